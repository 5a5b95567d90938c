/** How a table view lives on the page: drawn again, in the same turn, whenever what it shows has changed. */
import type { AnyModel } from "@anywidget/types";
import { render, type JSX } from "preact";

import type { Cube, WindowSums } from "../figures/cube";
import { formatWindow } from "../figures/format";
import { isOffline, onKernel } from "../page/kernel";
import type { Condition } from "../figures/segment-text";
import css from "./tables.css";
import { answers, filter, isExported, linked, mark, referred, type Linked, type Model, type State, type Window } from "../page/view";

/** What a view draws from. */
export interface Scene {
  /** The view's own model. */
  model: Model;
  /** All of production; `filtered` is that of the selected segment, `cube` itself without one. */
  cube: Cube;
  filtered: Cube;
  window: Window;
  /** What the window is compared with; null is the evaluation set. */
  against: Window;
  /** Sums of the selected segment. */
  sums: { window: WindowSums; baseline: WindowSums; production: WindowSums; evaluation: WindowSums };
  conditions: readonly Condition[];
  /** Canonical text of the conditions, "" without any. */
  segment: string;
  /** Why the kernel can't be asked, "" when it can. */
  offline: string;
  /** The page came with its answers and never had a kernel. */
  exported: boolean;
  /** Why a segment can't be chosen, "" when it can: without a kernel only those that came with the page. */
  unanswerable: (segment: string) => string;
  /** Filter every view; no conditions take the filter back. */
  filter: (conditions: readonly Condition[]) => void;
  /** Draw a share over time into the timeline; null takes it away. */
  pointAt: (shares: readonly number[] | null) => void;
}

export type Draw = (scene: Scene) => JSX.Element;

export interface TableOptions {
  /** The view's own traits that it draws. */
  traits?: readonly string[];
  /** Whether the view itself waits for the kernel. */
  busy?: (scene: Scene) => boolean;
  /** Style of the view's own. */
  css?: string;
}

const OFFLINE = "This page has no running kernel: run the notebook's cells to do this.";
const EXPORTED = "This page holds what was worked out when it was written; open its monitor in a notebook for more.";

/** A bundle's `render`. */
export function tableView(name: string, draw: Draw, options: TableOptions = {}) {
  return async ({ model, el }: { model: AnyModel; el: HTMLElement }): Promise<() => void> => {
    const link = await linked(model);
    const mine = model as unknown as Model;
    const stage = new Stage(name, el, mine, link, options.css);
    const redraw = (): void => stage.show(draw, options);
    const events = [...(options.traits ?? []), "error"].map((trait) => `change:${trait}`);
    for (const event of events) mine.on(event, redraw);
    const stops = [link.observe(redraw), onKernel(link.cubeModel, redraw)];
    redraw();
    return () => {
      for (const event of events) mine.off(event, redraw);
      for (const stop of stops) stop();
      stage.close();
    };
  };
}

/** A view's root with its style and hooks, and the last scene, which stays while the kernel works on a segment. */
class Stage {
  private readonly root = document.createElement("div");
  private readonly style = document.createElement("style");
  private scene: Scene | null = null;

  constructor(private readonly name: string, el: HTMLElement, private readonly model: Model, private readonly link: Linked, own = "") {
    this.style.textContent = `${css}\n${own}`;
    this.root.className = "pm-root";
    el.append(this.style, this.root);
  }

  show(draw: Draw, options: TableOptions): void {
    const state = this.link.state();
    this.scene = sceneOf(this.model, this.link, state) ?? this.scene;
    const busy = state.busy || (this.scene !== null && options.busy?.(this.scene) === true);
    mark(this.root, this.name, state, busy);
    render(<Frame scene={this.scene} state={state} error={String(this.model.get("error") ?? "")} draw={draw} />, this.root);
  }

  close(): void {
    render(null, this.root);
    this.root.remove();
    this.style.remove();
  }
}

interface FrameProps {
  scene: Scene | null;
  state: State;
  error: string;
  draw: Draw;
}

/** What goes round every view: what is wrong, what is awaited, and Escape, which takes the filter back. */
function Frame({ scene, state, error, draw }: FrameProps): JSX.Element {
  const escape = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.defaultPrevented && scene && state.segment !== "") scene.filter([]);
  };
  return (
    <div class={state.cube === null && scene !== null ? "pm-stale" : "pm-current"} onKeyDown={escape}>
      {error && <p class="pm-problem" role="alert">{error}</p>}
      {state.status && <p class="pm-status" role="status">{state.status}</p>}
      {scene ? guarded(draw, scene) : <p class="pm-empty" role="status">Waiting for the kernel…</p>}
    </div>
  );
}

/** A view that fails says so in its own place; its neighbours stay right. */
function guarded(draw: Draw, scene: Scene): JSX.Element {
  try {
    return draw(scene);
  } catch (error) {
    return <p class="pm-problem" role="alert">{`This view can’t be drawn: ${error instanceof Error ? error.message : String(error)}`}</p>;
  }
}

/** Null while there is no cube for what is selected. */
export function sceneOf(model: Model, link: Linked, state: State): Scene | null {
  const { cube: filtered, whole, window, baseline, conditions, segment } = state;
  if (filtered === null || whole === null) return null;
  const exported = isExported(link.cubeModel);
  const offline = !isOffline(link.cubeModel) ? "" : exported ? EXPORTED : OFFLINE;
  const sums = (of: Window): WindowSums => filtered.sums(...filtered.snap(of));
  return {
    model,
    cube: whole,
    filtered,
    window,
    against: baseline,
    sums: {
      window: sums(window),
      baseline: baseline === null ? filtered.evaluation : sums(baseline),
      production: filtered.sums(),
      evaluation: filtered.evaluation,
    },
    conditions,
    segment,
    offline,
    exported,
    unanswerable: (text) => (answers(link.cubeModel, text) ? "" : offline),
    filter: (wanted) => filter(link.selection, wanted),
    pointAt: (shares) => void pointAt(link.selection, shares),
  };
}

/** The line is the timeline's; only this page moves it, the kernel needn't know. */
async function pointAt(selection: Model, shares: readonly number[] | null): Promise<void> {
  const line = await referred(selection, "share_line");
  if (shares !== null && shares.length > 0) line?.set("y", Float64Array.from(shares));
  line?.set("visible", shares !== null && shares.length > 0);
}

/** What the figures are of, in words. */
export function selectionNote(scene: Scene): string {
  return `${windowNote(scene)}, against ${baselineText(scene)}`;
}

/** What the window is compared with, in words. */
export function baselineText({ against, cube }: Scene): string {
  return against === null ? "the evaluation set" : formatWindow(against, cube.time.is_time);
}

/** Which samples are looked at, in words. */
export function windowNote({ cube, window, segment }: Scene): string {
  const time = cube.time.is_time;
  return `${formatWindow(window, time)}${time && window ? " (UTC)" : ""}${segment && `, only ${segment}`}`;
}
