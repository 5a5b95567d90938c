/** SampleInspector: asks the kernel for the samples of the selection, and takes labels and a patch back to it. */
import type { JSX } from "preact";

import type { Copied } from "../parts/copy-button";
import { KernelQuestion } from "../page/kernel-question";
import type { FullText } from "./sample-detail";
import { SamplePages } from "./sample-pages";
import { within, type Label, type Page, type Sample } from "../figures/samples";
import { SamplesPanel } from "./samples-panel";
import { windowNote, tableView, type Scene } from "../parts/table-view";
import type { Model } from "../page/view";

const PAUSE_MS = 200;
const TRAITS = ["page", "query", "labels", "patch", "full", "copied", "notice", "shown_columns", "order"];

/** What this page remembers of a view between two drawings. */
interface Memory {
  question: KernelQuestion;
  pages: SamplePages;
}

const memories = new WeakMap<Model, Memory>();

function memory(model: Model): Memory {
  const known = memories.get(model) ?? { question: new KernelQuestion(model, "query", PAUSE_MS), pages: new SamplePages() };
  memories.set(model, known);
  return known;
}

interface Traits {
  shown_columns: readonly string[];
  order: string;
  labels: readonly Label[];
  patch: readonly number[];
  full: FullText | null;
  copied: Copied | null;
  notice: string;
}

function traitsOf(model: Model): Traits {
  const names = ["shown_columns", "order", "labels", "patch", "full", "copied", "notice"];
  return Object.fromEntries(names.map((name) => [name, model.get(name)])) as unknown as Traits;
}

function pageOf(model: Model): Page | null {
  const page = model.get("page") as Page | null;
  return page && "rows" in page ? page : null;
}

/** The samples of the scene as far as they are here. */
function pagesOf({ model, window, conditions, sums }: Scene): SamplePages {
  const { pages } = memory(model);
  pages.follow({ window, conditions, order: String(model.get("order")) }, pageOf(model), sums.window.totals.n?.[0] ?? 0);
  return pages;
}

function isWaiting(scene: Scene): boolean {
  const { model, offline } = scene;
  return offline === "" && model.get("notice") === "" && pagesOf(scene).wanted() !== null;
}

function ask(scene: Scene): void {
  const { question } = memory(scene.model);
  const wanted = scene.offline === "" ? pagesOf(scene).wanted() : null;
  if (wanted) question.ask(wanted);
  else question.cancel();
}

/** What the view shows of a scene. */
export function inspector(scene: Scene): JSX.Element {
  const { model, offline, sums } = scene;
  const pages = pagesOf(scene);
  ask(scene);
  const held = pages.held();
  // without a kernel there is no order but that of what came along
  const rows = offline ? within(held.length > 0 ? held : (pageOf(model)?.rows ?? []), scene.window, scene.segment) : held;
  const traits = traitsOf(model);
  const write = (trait: string, value: unknown): void => {
    model.set(trait, value);
    model.save_changes();
  };
  return (
    <SamplesPanel
      rows={rows}
      count={offline ? rows.length : pages.count}
      at={offline ? (index) => rows[index] : (index) => pages.at(index)}
      total={sums.window.totals.n?.[0] ?? 0}
      columns={pageOf(model)?.columns ?? []}
      shownColumns={traits.shown_columns}
      order={traits.order}
      labels={traits.labels}
      patch={traits.patch}
      full={traits.full}
      copied={traits.copied}
      onCopy={(asked) => write("copying", asked && { ...asked, query: { window: scene.window, conditions: scene.conditions, order: traits.order } })}
      note={noteOf(scene, rows)}
      notice={traits.notice}
      offline={offline}
      stale={offline === "" && pages.stale}
      onOrder={(order) => write("order", order)}
      onColumns={(columns) => write("shown_columns", columns)}
      onLabels={(labels) => write("labels", labels)}
      onPatch={(patch) => write("patch", patch)}
      onFull={(row, at, column, length) => write("asked", { row, at, column, length })}
      onSight={(first, last) => {
        pages.look(first, last);
        ask(scene);
      }}
    />
  );
}

function noteOf(scene: Scene, rows: readonly Sample[]): string {
  return scene.offline ? `${windowNote(scene)}: ${rows.length} of the samples that came with this page` : windowNote(scene);
}

export default { render: tableView("samples", inspector, { traits: TRAITS, busy: isWaiting }) };
