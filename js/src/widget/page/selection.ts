/**
 * Selection: the one writer of the window. It observes the brush, snaps to time bins, and writes `window`.
 *
 * The brush's rectangle is moved only when the hand lets go, so that it never jumps under the pointer.
 */
import type { AnyModel } from "@anywidget/types";

import type { Cube } from "../figures/cube";
import { holdAgainstEchoes, moveWindow, referred, same, saveSoon, wholeOf, type Model, type Window } from "./view";

interface Brush extends Model {
  get(key: "brushing"): boolean;
  get(key: string): unknown;
}

async function initialize({ model }: { model: AnyModel }): Promise<() => void> {
  const selection = model as unknown as Model;
  const [brush, cubeModel] = (await Promise.all([referred(model, "brush"), referred(model, "cube")])) as [Brush | null, Model | null];
  if (!brush || !cubeModel) return () => undefined;
  let cube: Cube | null = null;
  let placing = false;
  const read = (): void => {
    cube = wholeOf(cubeModel);
  };
  const follow = (): void => {
    if (placing) return;
    moveWindow(selection, cube, windowOf(brush.get("selected")));
    show();
  };
  // the brush's view ends its drag after it has told the model: only then will it draw another rectangle
  const show = (): void => queueMicrotask(() => {
    if (brush.get("brushing")) return;
    placing = true;
    place(brush, selection);
    placing = false;
  });
  // first of all listeners, so that no view ever draws an echo
  const release = holdAgainstEchoes(selection);
  read();
  place(brush, selection);
  cubeModel.on("change:payload", read);
  brush.on("change:selected", follow);
  brush.on("change:brushing", show);
  selection.on("change:window", show);
  return () => {
    release();
    cubeModel.off("change:payload", read);
    brush.off("change:selected", follow);
    brush.off("change:brushing", show);
    selection.off("change:window", show);
  };
}

/** What is brushed, as epoch milliseconds; nothing, or a click without a drag, is everything. */
function windowOf(selected: unknown): Window {
  if (selected === null || selected === undefined) return null;
  const pair = Array.from(selected as ArrayLike<number | Date>, Number);
  const [low = NaN, high = NaN] = pair;
  return Number.isFinite(low) && Number.isFinite(high) && low < high ? [low, high] : null;
}

/** Put the brush's rectangle where the window is. */
function place(brush: Brush, selection: Model): void {
  const window = (selection.get("window") ?? null) as Window;
  if (same(windowOf(brush.get("selected")), window)) return;
  brush.set("selected", window === null ? null : Float64Array.from(window));
  // a page that reconnects takes over what the kernel knows of the brush
  saveSoon(brush);
}

export default { initialize };
