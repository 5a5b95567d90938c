/** InvestigationTrail: keeps a step whenever the hand rests on another window, baseline, filter or explanation. */
import type { AnyModel } from "@anywidget/types";
import type { JSX } from "preact";

import { onceStarted } from "../page/once-started";
import { Pause } from "../page/pause";
import type { Condition } from "../figures/segment-text";
import { tableView, type Scene } from "../parts/table-view";
import { TrailPanel } from "./panel";
import { before, recorded, type Looked, type Step } from "./steps";
import { referred, type Model, type Window } from "../page/view";

const REST_MS = 700;
const SHOWN = ["window", "baseline", "conditions"];
const MOST_STEPS = 200;

function stepsOf(model: Model): readonly Step[] {
  return (model.get("steps") ?? []) as Step[];
}

async function record({ model }: { model: AnyModel }): Promise<() => void> {
  const mine = model as unknown as Model;
  const [selection, causes] = await Promise.all([referred(model, "selection"), referred(model, "causes")]);
  if (!selection || !causes) return () => undefined;
  const pause = new Pause();
  const keep = (): void => {
    const steps = recorded(stepsOf(mine), lookedAt(selection, causes));
    if (steps === stepsOf(mine)) return;
    // the oldest go, the newest start first
    mine.set("steps", steps.length > MOST_STEPS ? steps.slice(-MOST_STEPS) : steps);
    mine.save_changes();
  };
  const later = (): void => pause.start(keep, REST_MS);
  keep();
  for (const name of SHOWN) selection.on(`change:${name}`, later);
  causes.on("change:explained", later);
  return () => {
    pause.stop();
    for (const name of SHOWN) selection.off(`change:${name}`, later);
    causes.off("change:explained", later);
  };
}

function lookedAt(selection: Model, causes: Model): Looked {
  return {
    window: (selection.get("window") ?? null) as Window,
    baseline: (selection.get("baseline") ?? null) as Window,
    conditions: (selection.get("conditions") ?? []) as Condition[],
    explained: (causes.get("explained") ?? []) as string[],
  };
}

/** What the view shows of a scene. */
export function trail({ model, cube }: Scene): JSX.Element {
  return <TrailPanel steps={stepsOf(model)} isTime={cube.time.is_time} onUndo={(at) => void undo(model, at)} />;
}

async function undo(model: Model, at: number): Promise<void> {
  const { steps, looked } = before(stepsOf(model), at);
  const [selection, causes] = await Promise.all([referred(model, "selection"), referred(model, "causes")]);
  if (!looked || !selection || !causes) return;
  model.set("steps", steps);
  const { explained, ...selected } = looked;
  for (const [name, value] of Object.entries(selected)) selection.set(name, value);
  causes.set("explained", explained);
  for (const each of [model, selection, causes]) each.save_changes();
}

export default { initialize: onceStarted(record), render: tableView("trail", trail, { traits: ["steps"] }) };
