/**
 * What every view does: finds its selection and cube, draws itself when they change, says what it shows and what it
 * waits for, and keeps its own failure to itself.
 */
import { h, render, type ComponentChild } from "preact";

import type { Cube, WindowSums } from "./cube";
import { answers, mismatch, segmentCube, wholeCube } from "./figures";
import { follow, listen, offline, watchKernel, type Model, type Stage } from "./model";
import { segmentText, type Condition } from "./segment-text";

export type Window = readonly [number, number];

/** What a view draws from. */
export interface Scene {
  /** The view's own model. */
  model: Model;
  /** All of production; `filtered` is that of the selected segment, `cube` itself without one. */
  cube: Cube;
  filtered: Cube;
  /** The window snapped to bins; null is all of production. */
  window: Window | null;
  /** What it is compared with; null is the evaluation set. */
  against: Window | null;
  /** Sums of the selected segment: in the window, its baseline, all of production, evaluation. */
  sums: { window: WindowSums; baseline: WindowSums; production: WindowSums; evaluation: WindowSums };
  conditions: readonly Condition[];
  /** Canonical text of the conditions, "" without any. */
  segment: string;
  /** Why the kernel can't be asked, "" when it can. */
  offline: string;
  /** Why a segment can't be selected, "" when it can. */
  unanswerable: (text: string) => string;
  /** Filter every view; no conditions take the filter back. */
  filter: (conditions: readonly Condition[]) => void;
  select: (window: Window | null) => void;
}

export interface ViewOptions {
  /** Style sheets, put into the view's root. */
  styles?: readonly string[];
  /** The view's own traits that it draws. */
  traits?: readonly string[];
  /** Whether the view itself waits for the kernel. */
  busy?: (scene: Scene) => boolean;
}

const SELECTED = ["window", "baseline", "conditions"];
const COUNTED = ["meta", "payload", "segment", "segment_payload", "segment_payloads", "status"];
const UNAVAILABLE = "Not on this page: other segments need a running kernel.";

/** A bundle's `render`: draws what `draw` makes of the scene, again and again. */
export function view(name: string, draw: (scene: Scene) => ComponentChild, options: ViewOptions = {}): (stage: Stage) => Promise<() => void> {
  return async ({ model, el }) => {
    const [root, host] = rootOf(name, el, options.styles ?? []);
    const [selection, cube] = await Promise.all([follow(model, "selection"), follow(model, "cube")]);
    if (!selection || !cube) {
      render(message("This view has no selection: display it again."), host);
      return () => render(null, host);
    }
    const redraw = (): void => show(root, host, { model, selection, cube }, draw, options);
    const stops = [
      listen(selection, SELECTED, redraw),
      listen(cube, COUNTED, redraw),
      listen(model, ["problem", ...(options.traits ?? [])], redraw),
      watchKernel(cube, redraw),
    ];
    redraw();
    return () => {
      for (const stop of stops) stop();
      render(null, host);
    };
  };
}

function rootOf(name: string, el: HTMLElement, styles: readonly string[]): [HTMLElement, HTMLElement] {
  const style = document.createElement("style");
  style.textContent = styles.join("\n");
  const host = document.createElement("div");
  el.replaceChildren(style, host);
  el.classList.add("pm-root");
  el.dataset["view"] = name;
  return [el, host];
}

interface Models {
  model: Model;
  selection: Model;
  cube: Model;
}

function show(root: HTMLElement, host: HTMLElement, models: Models, draw: (scene: Scene) => ComponentChild, options: ViewOptions): void {
  const problem = String(models.model.get("problem") ?? "") || mismatch(models.cube);
  try {
    const scene = problem === "" ? sceneOf(models) : null;
    mark(root, models, scene, options);
    render(scene ? draw(scene) : message(problem || String(models.cube.get("status") || "Counting …"), problem !== ""), host);
  } catch (error) {
    // a failing view says so in its own place: its neighbours go on
    console.error(error);
    root.dataset["failed"] = "true";
    render(null, host);
    render(message(`This view can’t be drawn: ${error instanceof Error ? error.message : String(error)}`, true), host);
  }
}

function message(text: string, isProblem = false): ComponentChild {
  return h("p", isProblem ? { class: "pm-problem", role: "alert" } : { class: "pm-empty", role: "status" }, text);
}

function setAttribute(root: HTMLElement, name: string, value: string): void {
  if (root.getAttribute(name) !== value) root.setAttribute(name, value);
}

/** What it shows now, for readers of the page and for tests. */
function mark(root: HTMLElement, { selection, cube }: Models, scene: Scene | null, options: ViewOptions): void {
  delete root.dataset["failed"];
  setAttribute(root, "data-window", scene ? shownWindow(scene).join(",") : "");
  setAttribute(root, "data-filter", scene?.segment ?? "");
  const waits = waiting(selection, cube) && offline(cube) === "";
  setAttribute(root, "aria-busy", String(waits || scene === null || (options.busy?.(scene) ?? false)));
}

/** The window that is on screen, also where it is all of production. */
export function shownWindow({ cube, window }: Scene): Window {
  return window ?? cube.window(0, cube.time.count);
}

/** Whether the selected segment's figures are still to come. */
function waiting(selection: Model, cube: Model): boolean {
  return !answers(cube, segmentText(selection.get("conditions") as Condition[]));
}

/** Null while the cube isn't there yet. A segment whose figures are on their way shows the last whole ones, marked busy. */
export function sceneOf({ model, selection, cube: shelf }: Models): Scene | null {
  const cube = wholeCube(shelf);
  if (cube === null) return null;
  const conditions = selection.get("conditions") as readonly Condition[];
  const segment = segmentText(conditions);
  const filtered = (segment === "" ? cube : segmentCube(shelf, segment)) ?? cube;
  const window = snapped(cube, selection.get("window") as Window | null);
  const against = snapped(cube, selection.get("baseline") as Window | null);
  const gone = offline(shelf);
  const set = (trait: string, value: unknown): void => {
    selection.set(trait, value);
    selection.save_changes();
  };
  return {
    model,
    cube,
    filtered,
    window,
    against,
    conditions,
    segment,
    offline: gone,
    sums: {
      window: sumsOf(filtered, window),
      baseline: against ? sumsOf(filtered, against) : filtered.evaluation,
      production: filtered.sums(),
      evaluation: filtered.evaluation,
    },
    unanswerable: (text) => (gone === "" || answers(shelf, text) ? "" : UNAVAILABLE),
    filter: (wanted) => set("conditions", wanted),
    select: (wanted) => set("window", wanted),
  };
}

function sumsOf(cube: Cube, window: Window | null): WindowSums {
  return cube.sums(...cube.snap(window));
}

function snapped(cube: Cube, window: Window | null): Window | null {
  return window === null ? null : cube.window(...cube.snap(window));
}
