/** Keys and gestures of the timeline beyond its lanes: Escape, a drag with Shift for the baseline, Ctrl and the wheel. */
import type { TimelineStage } from "./stage";
import { filter, moveBaseline, moveWindow, type Linked, type Window } from "../page/view";

const EDITABLE = "input, textarea, select, [contenteditable=true]";
const STEP = 1.25;
/** Below so many time bins there is nothing more to see. */
const FEWEST_BINS = 4;

export interface Gestures {
  host: () => HTMLElement | null;
  stage: () => TimelineStage | null;
  zoom: () => Window;
  onZoom: (zoom: Window) => void;
}

/** Listen; returns how to stop. */
export function listen(link: Linked, gestures: Gestures): () => void {
  const listening = new AbortController();
  const { host } = gestures;
  let dragged = false;
  const inside = (target: EventTarget | null): boolean => target instanceof Node && host()?.contains(target) === true;
  const onPointer = (event: PointerEvent): void => void (dragged = inside(event.target));
  // Escape also right after a drag, when the focus is nowhere near the chart
  const onKey = (event: KeyboardEvent): void => {
    const { target } = event;
    const elsewhere = target instanceof Element && target.closest(`${EDITABLE}, .pm-root`) !== null;
    const ours = inside(target) || (dragged && !elsewhere);
    if (ours && event.key === "Escape" && back(link, target)) event.preventDefault();
  };
  const options = { capture: true, signal: listening.signal };
  // before JupyterLab's own listener, which is on the document
  window.addEventListener("pointerdown", onPointer, options);
  window.addEventListener("keydown", onKey, options);
  // before bqplot's brush, which would begin a window
  window.addEventListener("mousedown", (event) => drawBaseline(event, link, gestures, listening.signal), options);
  window.addEventListener("wheel", (event) => wheel(event, link, gestures), { ...options, passive: false });
  return () => listening.abort();
}

/** Escape takes back the filter, then the window; on the baseline's lane the lane itself says what. */
export function back(link: Linked, target: EventTarget | null): boolean {
  const { whole, segment, baseline } = link.state();
  if (!whole) return false;
  if (target instanceof HTMLElement && target.dataset["field"] === "baseline-handle" && baseline !== null) return false;
  if (segment !== "") filter(link.selection, []);
  else moveWindow(link.selection, whole, null);
  return true;
}

function drawBaseline(event: MouseEvent, link: Linked, { stage }: Gestures, signal: AbortSignal): void {
  const from = event.shiftKey && event.button === 0 ? (stage()?.at(event) ?? null) : null;
  if (from === null) return;
  event.stopPropagation();
  event.preventDefault();
  const drag = new AbortController();
  const follow = (moved: MouseEvent): void => {
    const to = stage()?.at(moved) ?? null;
    if (to !== null && to !== from) moveBaseline(link.selection, link.state().whole, [Math.min(from, to), Math.max(from, to)]);
  };
  const options = { capture: true, signal: AbortSignal.any([drag.signal, signal]) };
  window.addEventListener("mousemove", follow, options);
  window.addEventListener("mouseup", () => drag.abort(), options);
}

/** Ctrl and the wheel (a pinch, too) zoom around the pointer. */
function wheel(event: WheelEvent, link: Linked, { stage, zoom, onZoom }: Gestures): void {
  const at = event.ctrlKey ? (stage()?.at(event) ?? null) : null;
  const { whole } = link.state();
  if (at === null || !whole) return;
  event.preventDefault();
  event.stopPropagation();
  const all = whole.window(0, whole.time.count);
  const [from, to] = zoom() ?? all;
  const by = event.deltaY < 0 ? 1 / STEP : STEP;
  const next: [number, number] = [Math.max(at - (at - from) * by, all[0]), Math.min(at + (to - at) * by, all[1])];
  if (next[1] - next[0] < FEWEST_BINS * whole.time.step) return;
  onZoom(next[0] <= all[0] && next[1] >= all[1] ? null : whole.window(...whole.snap(next)));
}
