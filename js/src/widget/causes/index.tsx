/** Causes: asks the kernel's search when the hand rests, and shows its answer as long as it is of what is selected. */
import type { JSX } from "preact";

import { CausesPanel } from "./panel";
import { equal, KernelQuestion } from "../page/kernel-question";
import type { Condition } from "../figures/segment-text";
import { selectionNote, tableView, type Scene } from "../parts/table-view";
import type { Model, Window } from "../page/view";
import type { CauseFigures, DropFigures } from "./waterfall";

const PAUSE_MS = 400;
const TRAITS = ["finding", "notice", "explained"];

/** What the drop is of. */
interface Question {
  window: Window;
  baseline: Window;
  explained: readonly string[];
}

/** The kernel's answer; `question` is what it answers. */
interface Finding {
  question: Question;
  drop: DropFigures;
  text: string;
  /** Each item's share over time, in the timeline's stretches. */
  shares: readonly (readonly number[])[];
}

const questions = new WeakMap<Model, KernelQuestion>();

function questionsOf(model: Model): KernelQuestion {
  const known = questions.get(model) ?? new KernelQuestion(model, "question", PAUSE_MS);
  questions.set(model, known);
  return known;
}

function questionOf({ model, window, against }: Scene): Question {
  return { window, baseline: against, explained: (model.get("explained") ?? []) as string[] };
}

/** The answer to what is asked, from the kernel or as it came with an exported page; else the last answer. */
function findingOf(model: Model, question: Question): Finding | null {
  const exported = (model.get("findings") ?? []) as Finding[];
  const known = [model.get("finding") as Finding | null, ...exported].filter((each) => each !== null && "drop" in each);
  return known.find((each) => equal(each.question, question)) ?? known[0] ?? null;
}

/** Nothing is asked before a window is chosen: all of production has no one drop. */
function isAsked(scene: Scene): boolean {
  return scene.window !== null && scene.cube.scored;
}

function isWaiting(scene: Scene): boolean {
  const { model, offline } = scene;
  const answered = equal(findingOf(model, questionOf(scene))?.question, questionOf(scene));
  return isAsked(scene) && offline === "" && model.get("notice") === "" && !answered;
}

/** What the view shows of a scene. */
export function causes(scene: Scene): JSX.Element {
  const { model, offline, segment } = scene;
  const finding = isAsked(scene) ? findingOf(model, questionOf(scene)) : null;
  const explained = (model.get("explained") ?? []) as string[];
  if (offline === "" && isAsked(scene)) questionsOf(model).ask(questionOf(scene));
  const explain = (texts: readonly string[]): void => {
    model.set("explained", texts);
    model.save_changes();
  };
  return (
    <CausesPanel
      drop={finding?.drop ?? null}
      text={finding?.text ?? ""}
      explained={explained}
      note={noteOf(scene, finding)}
      waiting={waitingText(scene, finding)}
      none={scene.exported ? NONE_EXPORTED : NONE}
      notice={String(model.get("notice") ?? "")}
      offline={offline}
      unanswerable={scene.unanswerable}
      active={segment}
      onPoint={(at) => scene.pointAt(at === null ? null : (finding?.shares[at] ?? null))}
      onPick={(item: CauseFigures) => scene.filter(item.text === segment ? [] : (item.conditions as Condition[]))}
      onExplain={(item) => explain([...explained, item.text])}
      onRestore={() => explain(explained.slice(0, -1))}
    />
  );
}

const NONE = "Brush a window on the timeline to see what its drop is made of.";
const NONE_EXPORTED = "Causes are those of a window: the timeline’s buttons, such as “Worst week”, choose those whose causes came with this page.";

/** A finding of something else than what is selected. */
function isStale(scene: Scene, finding: Finding | null): finding is Finding {
  return isAsked(scene) && finding !== null && !equal(finding.question, questionOf(scene));
}

/** What a question is of, in words; a filter leaves it as it is. */
function questionText(scene: Scene, { window, baseline }: Pick<Question, "window" | "baseline">): string {
  return selectionNote({ ...scene, window, against: baseline, segment: "" });
}

/** What the shown causes are of. */
function noteOf(scene: Scene, finding: Finding | null): string {
  const shown = scene.offline !== "" && isStale(scene, finding) ? finding.question : questionOf(scene);
  return `${questionText(scene, shown)}${scene.segment && `; of all samples, not only ${scene.segment}`}`;
}

function waitingText(scene: Scene, finding: Finding | null): string {
  if (scene.window !== null && !scene.cube.scored) return "Waiting for the estimates…";
  const shown = isStale(scene, finding) ? questionText(scene, finding.question) : "";
  if (isWaiting(scene)) return `The kernel searches for the causes of this window…${shown && ` Shown are those of ${shown}.`}`;
  return shown && `${scene.offline} Shown are the causes of ${shown}: not of the selected window.`.trim();
}

export default { render: tableView("causes", causes, { traits: TRAITS, busy: isWaiting }) };
