/** SampleInspector: asks the kernel for the samples of the selection, and takes labels and a patch back to it. */
import type { JSX } from "preact";

import { KernelQuestion } from "./kernel-question";
import type { FullText } from "./sample-detail";
import { sameQuery, within, type Label, type Page, type Query, type Sample } from "./samples";
import { SamplesPanel } from "./samples-panel";
import { windowNote, tableView, type Scene } from "./table-view";
import type { Model } from "./view";

const FIRST = 100;
const STEP = 200;
const MOST = 1000;
const PAUSE_MS = 200;
const TRAITS = ["page", "labels", "patch", "full", "notice", "shown_columns", "order"];

/** What this page remembers of a view between two drawings. */
interface Memory {
  question: KernelQuestion;
  /** What the samples are of, and how many of them are wanted by now. */
  of: string;
  n: number;
}

const memories = new WeakMap<Model, Memory>();

function memory(model: Model): Memory {
  const known = memories.get(model) ?? { question: new KernelQuestion(model, "query", PAUSE_MS), of: "", n: FIRST };
  memories.set(model, known);
  return known;
}

interface Traits {
  shown_columns: readonly string[];
  order: string;
  labels: readonly Label[];
  patch: readonly number[];
  full: FullText | null;
  notice: string;
}

function traitsOf(model: Model): Traits {
  const names = ["shown_columns", "order", "labels", "patch", "full", "notice"];
  return Object.fromEntries(names.map((name) => [name, model.get(name)])) as unknown as Traits;
}

/** A new selection or order starts with the first samples again. */
function queryOf({ model, window, conditions }: Scene): Query {
  const mine = memory(model);
  const order = String(model.get("order"));
  const of = JSON.stringify([window, conditions, order]);
  if (of !== mine.of) [mine.of, mine.n] = [of, FIRST];
  return { window, conditions, order, n: mine.n };
}

function pageOf(model: Model): Page | null {
  const page = model.get("page") as Page | null;
  return page && "rows" in page ? page : null;
}

function isWaiting(scene: Scene): boolean {
  const { model, offline } = scene;
  return offline === "" && model.get("notice") === "" && !sameQuery(pageOf(model)?.query ?? null, queryOf(scene));
}

/** What the view shows of a scene. */
export function inspector(scene: Scene): JSX.Element {
  const { model, offline, sums } = scene;
  if (offline === "") memory(model).question.ask(queryOf(scene));
  const page = pageOf(model);
  const rows = offline ? within(page?.rows ?? [], scene.window, scene.segment) : (page?.rows ?? []);
  const total = sums.window.totals.n?.[0] ?? 0;
  const waiting = isWaiting(scene);
  const traits = traitsOf(model);
  const write = (trait: string, value: unknown): void => {
    model.set(trait, value);
    model.save_changes();
  };
  return (
    <SamplesPanel
      rows={rows}
      total={total}
      columns={page?.columns ?? []}
      shownColumns={traits.shown_columns}
      order={traits.order}
      labels={traits.labels}
      patch={traits.patch}
      full={traits.full}
      note={noteOf(scene, rows)}
      notice={traits.notice}
      offline={offline}
      waiting={waiting}
      onOrder={(order) => write("order", order)}
      onColumns={(columns) => write("shown_columns", columns)}
      onLabels={(labels) => write("labels", labels)}
      onPatch={(patch) => write("patch", patch)}
      onFull={(row, column, length) => write("asked", { row, column, length })}
      onEnd={() => more(scene, rows.length, total)}
    />
  );
}

function noteOf(scene: Scene, rows: readonly Sample[]): string {
  return scene.offline ? `${windowNote(scene)}: ${rows.length} of the samples that came with this page` : windowNote(scene);
}

function more(scene: Scene, loaded: number, total: number): void {
  const mine = memory(scene.model);
  if (scene.offline !== "" || loaded < mine.n || loaded >= total || mine.n >= MOST) return;
  mine.n = Math.min(MOST, mine.n + STEP);
  mine.question.ask(queryOf(scene));
}

export default { render: tableView("samples", inspector, { traits: TRAITS, busy: isWaiting }) };
