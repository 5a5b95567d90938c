/**
 * The head of the timeline: what the window is and how good it is, presets, the filter, and the keyboard.
 *
 * The chart below is bqplot's; its brush writes through selection.ts. This view marks the timeline's root.
 */
import type { AnyModel } from "@anywidget/types";
import { render } from "preact";

import type { Cube } from "./cube";
import { formatBand, formatCount, formatPoints, formatScore, formatShare, formatMoment } from "./format";
import { estimate, type Estimate } from "./statistics";
import styles from "./tables.css";
import timelineStyles from "./timeline.css";
import { filter, linked, mark, moveWindow, type Linked, type State, type Window } from "./view";

const DAY = 86_400_000;

const LEGEND = [
  ["score", "estimated score"], ["band", "95 % band"], ["bounds", "worst to best: unsupported all bad, all good"],
  ["benchmark", "evaluation benchmark"], ["doubtful", "not estimable"], ["volume", "samples"], ["coverage", "coverage"], ["supported", "supported"],
] as const;

async function start({ model, el }: { model: AnyModel; el: HTMLElement }): Promise<() => void> {
  const link = await linked(model);
  const style = document.createElement("style");
  style.textContent = `${styles}\n${timelineStyles}`;
  const root = document.createElement("div");
  root.className = "pm-root pm-timeline-head";
  el.append(style, root);
  let host: HTMLElement | null = null;
  const refresh = (): void => {
    const state = link.state();
    if (host) mark(host, "timeline", state);
    render(<Head state={state} link={link} />, root);
  };
  const stopKeys = keys(() => host, link);
  refresh();
  // the root is there only once the view has been attached
  const attached = requestAnimationFrame(() => {
    host = el.closest<HTMLElement>(".prodmon-timeline");
    refresh();
  });
  const stop = link.observe(refresh);
  return () => {
    cancelAnimationFrame(attached);
    stopKeys();
    stop();
    render(null, root);
  };
}

const EDITABLE = "input, textarea, select, [contenteditable=true]";

/** Keys in the timeline; and Escape right after a drag, when the focus is nowhere near the chart. */
function keys(host: () => HTMLElement | null, link: Linked): () => void {
  const listening = new AbortController();
  let dragged = false;
  const inside = (target: EventTarget | null): boolean => target instanceof Node && host()?.contains(target) === true;
  const onPointer = (event: PointerEvent): void => void (dragged = inside(event.target));
  const onKey = (event: KeyboardEvent): void => {
    const { target } = event;
    const elsewhere = target instanceof Element && (target.closest(`${EDITABLE}, .pm-root`) !== null);
    const ours = inside(target) || (dragged && event.key === "Escape" && !elsewhere);
    if (ours && steer(event, link)) event.preventDefault();
  };
  // before JupyterLab's own listener, which is on the document
  window.addEventListener("pointerdown", onPointer, { capture: true, signal: listening.signal });
  window.addEventListener("keydown", onKey, { capture: true, signal: listening.signal });
  return () => listening.abort();
}

function Head({ state, link }: { state: State; link: Linked }) {
  const { whole, cube, window, segment } = state;
  if (!whole) return <p class="pm-note" role="status">{state.status || "Nothing to show yet."}</p>;
  const set = (next: Window): void => moveWindow(link.selection, whole, next);
  const [first, last] = whole.snap(window);
  const shown = cube?.scored ? estimate(cube.sums(first, last).totals, 0, cube.meta.scale) : null;
  return (
    <>
      <div class="pm-line">
        <h3 class="pm-title">Estimated quality</h3>
        <span class="pm-window-text" data-field="window">{windowText(whole, window)}</span>
        <span class="pm-presets" role="group" aria-label="Windows">
          {whole.time.is_time && <button type="button" onClick={() => set(lastDays(whole, 7))}>Last 7 days</button>}
          {whole.scored && <button type="button" onClick={() => set(worst(whole))}>{whole.time.is_time ? "Worst week" : "Worst stretch"}</button>}
          <button type="button" disabled={window === null} onClick={() => set(null)}>All</button>
        </span>
        {segment !== "" && (
          <span class="pm-filter" data-field="filter">
            only <strong>{segment}</strong>
            <button type="button" title="Show all samples again (Escape)" onClick={() => filter(link.selection, [])}>Clear</button>
          </span>
        )}
      </div>
      <Figures whole={whole} shown={shown} state={state} />
      <p class="pm-legend" aria-hidden="true">
        {LEGEND.map(([kind, text]) => (
          <span key={kind}><i data-kind={kind} />{text}</span>
        ))}
      </p>
      <p class="pm-track" tabIndex={0} role="slider" aria-label="Window" aria-valuemin={0} aria-valuemax={whole.time.count}
        aria-valuenow={first} aria-valuetext={windowText(whole, window)} data-field="handle">
        Drag over the chart to choose a window. Here: ← → move it, Shift+← → resize it, Home and End jump, Escape clears.
      </p>
    </>
  );
}

function Figures({ whole, shown, state }: { whole: Cube; shown: Estimate | null; state: State }) {
  if (!shown) return <p class="pm-note" role="status">{state.busy ? "Counting the segment …" : state.status || "Estimating …"}</p>;
  const { estimated, score, low, high } = whole.meta.evaluation;
  return (
    <div class="pm-facts">
      <Fact name="score" title="Mean probability of good with its 95 % band" label="Score"
        text={formatScore(shown.score)} under={formatBand(shown.low, shown.high)} value={shown.score} />
      <Fact name="benchmark" label="Evaluation" title="The annotator's own estimate there, and the true score"
        text={formatScore(estimated)} under={`${formatBand(low, high)}, true ${formatScore(score)}`} value={estimated} />
      <Fact name="change" label="Change" title="Window minus evaluation, in points of score"
        text={formatPoints(shown.score - (estimated ?? NaN))} under={verdict(shown, low, high)} value={shown.score - (estimated ?? NaN)} />
      <Fact name="coverage" label="Coverage" title="Samples annotated good or bad" text={formatShare(shown.coverage)}
        under={`unknown ${formatShare(1 - shown.coverage)}`} value={shown.coverage} />
      <Fact name="supported" label="Supported" title="Samples like those of the evaluation set; below: the score if all others were bad, or good"
        text={formatShare(shown.supported)} under={`bounds ${formatBand(shown.worst, shown.best)}`} value={shown.supported} />
      <Fact name="n" label="Samples" title="In the window" text={formatCount(shown.n)} under={shown.estimable ? "" : "not estimable"} value={shown.n} />
    </div>
  );
}

interface FactProps {
  name: string;
  label: string;
  title: string;
  text: string;
  under: string;
  value: number | null | undefined;
}

function Fact({ name, label, title, text, under, value }: FactProps) {
  return (
    <div class="pm-fact" title={title}>
      <div class="pm-fact-label">{label}</div>
      <div class="pm-fact-value" data-field={name} data-value={value ?? ""}>{text}</div>
      <div class="pm-fact-under">{under}</div>
    </div>
  );
}

function verdict(shown: Estimate, low: number | null | undefined, high: number | null | undefined): string {
  if (!shown.estimable) return "can't tell";
  if (low != null && shown.high < low) return "below the benchmark";
  return high != null && shown.low > high ? "above the benchmark" : "on a par";
}

/** The window in words: days where it is whole days, times of day otherwise, all of it for none. */
export function windowText(cube: Cube, window: Window): string {
  const [from, to] = window ?? cube.window(0, cube.time.count);
  const name = window === null ? "all: " : "";
  if (!cube.time.is_time) return `${name}rows ${formatCount(from)} – ${formatCount(to)}`;
  return `${name}${formatMoment(from)} – ${formatMoment(to)} UTC`;
}

function lastDays(cube: Cube, days: number): Window {
  const [, end] = cube.window(0, cube.time.count);
  return [end - days * DAY, end];
}

/** The week (or tenth, where time is rows) with the lowest score. */
export function worst(cube: Cube): Window {
  const { step, count, is_time } = cube.time;
  const length = Math.min(count, Math.max(1, is_time ? Math.round((7 * DAY) / step) : Math.ceil(count / 10)));
  let [at, lowest] = [0, Infinity];
  for (let first = 0; first + length <= count; first++) {
    const n = cube.total("n", first, first + length);
    const score = (cube.total("score", first, first + length) / cube.meta.scale + cube.total("offset", first, first + length)) / n;
    if (n >= 30 && score < lowest) [at, lowest] = [first, score];
  }
  return cube.window(at, at + length);
}

/** Keys on the timeline: arrows move the window by a bin, with shift its end; Home and End jump; Escape clears. */
export function steer(event: Pick<KeyboardEvent, "key" | "shiftKey" | "target">, link: Linked): boolean {
  const { whole, window, segment } = link.state();
  if (!whole) return false;
  if (event.key === "Escape") {
    if (segment !== "") filter(link.selection, []);
    else moveWindow(link.selection, whole, null);
    return true;
  }
  if (!(event.target instanceof HTMLElement) || event.target.dataset["field"] !== "handle") return false;
  const { count } = whole.time;
  const [low, high] = window === null ? [Math.max(0, count - Math.ceil(count / 10)), count] : whole.snap(window);
  const length = high - low;
  const moved: Record<string, [number, number]> = event.shiftKey
    ? { ArrowLeft: [low, Math.max(low + 1, high - 1)], ArrowRight: [low, Math.min(count, high + 1)], Home: [0, high], End: [low, count] }
    : { ArrowLeft: [Math.max(0, low - 1), Math.max(length, high - 1)], ArrowRight: [Math.min(count - length, low + 1), Math.min(count, high + 1)], Home: [0, length], End: [count - length, count] };
  const next = moved[event.key];
  if (!next) return false;
  moveWindow(link.selection, whole, whole.window(...next));
  return true;
}

/** `render` of anywidget: mounts at once, cleans up also when the models were still on their way. */
function mount(props: { model: AnyModel; el: HTMLElement }): () => void {
  const started = start(props);
  return () => void started.then((stop) => stop());
}

export default { render: mount };
