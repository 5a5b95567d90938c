/** The head of the timeline: what the window is and how good it is, presets, zoom, the filter, and the two lanes. */
import type { JSX } from "preact";

import type { Cube } from "../figures/cube";
import { formatBand, formatCount, formatMoment, formatPoints, formatScore, formatShare, formatValue, formatWindow } from "../figures/format";
import { memo } from "../page/memo";
import { benchmarkOf } from "../figures/quality-series";
import { estimate, type Estimate } from "../figures/statistics";
import { Lane } from "./lanes";
import { onsetText, type Alert } from "./overlay";
import type { State, Window } from "../page/view";
import { isShort, lastDays, sinceOnset, worst, type Bins, type Onset } from "../figures/windows";

const KINDS = [
  ["score", "estimated score"], ["band", "95 % band"], ["bounds", "worst to best: unsupported all bad, all good"],
  ["benchmark", "evaluation benchmark"], ["doubtful", "not estimable"], ["alert", "alert"], ["onset", "onset of the decline"],
  ["volume", "samples"], ["coverage", "coverage"], ["supported", "supported"],
] as const;

function legend(kinds: readonly (readonly [string, string])[]): JSX.Element {
  return (
    <p class="pm-legend" aria-hidden="true">
      {kinds.map(([kind, text]) => (
        <span key={kind}><i data-kind={kind} />{text}</span>
      ))}
    </p>
  );
}

// one and the same at every drawing, so that it is never drawn again
const LEGEND = legend(KINDS);
const LEGEND_WITH_ACTUAL = legend([...KINDS, ["actual", "labels by people, share of good"]]);

/** When alerts would have fired, and when the decline began. */
export interface History {
  alerts?: readonly Alert[];
  onset?: Onset | null;
}

export interface HeadProps {
  state: State;
  history: History;
  zoom: Window;
  onWindow: (window: Window) => void;
  onBaseline: (baseline: Window) => void;
  onZoom: (zoom: Window) => void;
  onClearFilter: () => void;
}

export function Head(props: HeadProps): JSX.Element {
  const { state, zoom, onWindow, onBaseline, onZoom, onClearFilter } = props;
  const { whole, window, baseline, segment } = state;
  if (!whole) return <p class="pm-note" role="status">{state.status || "Nothing to show yet."}</p>;
  const shown = whole.snap(zoom);
  const bins = (of: Window): Bins | null => (of === null ? null : whole.snap(of));
  const windowOf = (chosen: Bins | null): Window => (chosen === null ? null : whole.window(...chosen));
  const zoomable = window !== null && !(zoom && zoom[0] === window[0] && zoom[1] === window[1]);
  return (
    <>
      <div class="pm-line">
        <h3 class="pm-title">Estimated quality</h3>
        <span class="pm-window-text" data-field="window">{windowText(whole, window)}</span>
        <Presets whole={whole} {...props} />
        <span class="pm-presets" role="group" aria-label="Zoom">
          <button type="button" class="pm-button" disabled={!zoomable} title="Show the window alone, in finer steps where there are any (Ctrl and the wheel zoom, too)" onClick={() => onZoom(window)}>Zoom to window</button>
          <button type="button" class="pm-button" disabled={zoom === null} onClick={() => onZoom(null)}>Zoom out</button>
        </span>
        {segment !== "" && (
          <span class="pm-filter" data-field="filter">
            only <strong>{segment}</strong>
            <button type="button" class="pm-button" title="Show all samples again (Escape)" onClick={onClearFilter}>Clear</button>
          </span>
        )}
      </div>
      <Figures {...props} />
      <Alarms history={props.history} isTime={whole.time.is_time} segment={segment} />
      {whole.total("known", 0, whole.time.count) > 0 ? LEGEND_WITH_ACTUAL : LEGEND}
      <Lane name="Window" chosen={bins(window)} shown={shown} count={whole.time.count} text={windowText(whole, window)} empty="all of production: drag here or over the chart to look at a part"
        hint="Drag here or over the chart. Keys: ← → move it, Shift+← → resize it, Home and End jump, Escape clears." onChoose={(chosen) => onWindow(windowOf(chosen))} />
      <Lane name="Baseline" chosen={bins(baseline)} shown={shown} count={whole.time.count} text={baseline ? windowText(whole, baseline) : "the evaluation set"} empty="the evaluation set: drag here to compare with a stretch of production"
        hint="What the window is compared with: the evaluation set, or a stretch that you drag here (or over the chart with Shift). Same keys." onChoose={(chosen) => onBaseline(windowOf(chosen))} />
    </>
  );
}

const SHORT = "Production is no longer than a week";

function Presets({ whole, history, state: { window, baseline }, onWindow, onBaseline }: HeadProps & { whole: Cube }): JSX.Element {
  const { onset } = history;
  const short = isShort(whole);
  return (
    <span class="pm-presets" role="group" aria-label="Windows">
      {whole.time.is_time && <button type="button" class="pm-button" disabled={short} title={short ? SHORT : undefined} onClick={() => onWindow(lastDays(whole, 7))}>Last 7 days</button>}
      {whole.scored && <button type="button" class="pm-button" disabled={short} title={short ? SHORT : undefined} onClick={() => onWindow(worst(whole))}>{whole.time.is_time ? "Worst week" : "Worst stretch"}</button>}
      {whole.scored && (
        <button type="button" class="pm-button" disabled={!onset} title={onset ? onsetText(onset, whole.time.is_time) : "No decline is beyond chance"}
          onClick={() => onset && onWindow(sinceOnset(whole, onset))}>Since onset</button>
      )}
      <button type="button" class="pm-button" disabled={window === null} onClick={() => onWindow(null)}>All</button>
      {baseline && <button type="button" class="pm-button" title="Compare with the evaluation set again" onClick={() => onBaseline(null)}>Clear baseline</button>}
    </span>
  );
}

/** Alerts that are open, and the onset: what the marks in the chart say, in words. */
const Alarms = memo(function Alarms({ history: { alerts = [], onset }, isTime, segment }: { history: History; isTime: boolean; segment: string }) {
  const open = alerts.filter((alert) => alert.open);
  return (
    <p class="pm-alarms" data-field="alerts">
      {segment !== "" && open.length > 0 && <span class="pm-note">Alerts watch all samples, not only {segment}:</span>}
      {open.map(({ rule, fired, value }) => (
        <span key={rule}>
          <strong>Alert</strong> {`${rule} (now ${formatValue(value)}, since ${formatMoment(fired.at(-1)?.[0], isTime)})`}
        </span>
      ))}
      {onset && <span><strong>Onset</strong> {onsetText(onset, isTime)}</span>}
    </p>
  );
});

/** What the window is compared with: the evaluation set, or a window of its own. */
interface Reference {
  label: string;
  under: string;
  score: number;
  low: number;
  high: number;
}

/** Both of the same samples as the window's: a segment is compared with its own part. */
function referenceOf(cube: Cube, baseline: Window): Reference {
  if (baseline === null) {
    const { n, score, low, high, true: actual } = benchmarkOf(cube);
    return { label: "Evaluation", under: n > 0 ? `${formatBand(low, high)}, true ${formatScore(actual)}` : "has none of these", score, low, high };
  }
  const { score, low, high } = estimate(cube.totalsOf(...cube.snap(baseline)), 0, cube.meta.scale);
  return { label: "Baseline", under: formatBand(low, high), score, low, high };
}

function Figures({ state }: HeadProps): JSX.Element {
  const { cube, window, baseline } = state;
  if (!cube?.scored) return <p class="pm-note" role="status">{state.busy ? "Counting the segment …" : state.status || "Estimating …"}</p>;
  const shown = estimate(cube.totalsOf(...cube.snap(window)), 0, cube.meta.scale);
  const known = referenceOf(cube, baseline);
  const change = shown.score - (known.score);
  return (
    <div class="pm-facts">
      <Fact name="score" title="Mean probability of good with its 95 % band" label="Score"
        text={formatScore(shown.score)} under={formatBand(shown.low, shown.high)} value={shown.score} />
      <Fact name="benchmark" label={known.label} title={`The annotator's own estimate there, and the true score where it is known${state.segment && `; of ${state.segment} alone`}`}
        text={formatScore(known.score)} under={known.under} value={known.score} />
      <Fact name="change" label="Change" title={`Window minus ${known.label.toLowerCase()}, in points of score`}
        text={formatPoints(change)} under={verdict(shown, known)} value={change} />
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

function Fact({ name, label, title, text, under, value }: FactProps): JSX.Element {
  return (
    <div class="pm-fact" title={title}>
      <div class="pm-fact-label">{label}</div>
      <div class="pm-fact-value" data-field={name} data-value={value ?? ""}>{text}</div>
      <div class="pm-fact-under">{under}</div>
    </div>
  );
}

function verdict(shown: Estimate, { label, low, high }: Reference): string {
  if (!shown.estimable) return "can't tell";
  if (!Number.isFinite(low)) return "nothing to compare with";
  const name = label === "Evaluation" ? "the benchmark" : "the baseline";
  if (shown.high < low) return `below ${name}`;
  return shown.low > high ? `above ${name}` : "on a par";
}

/** The window in words: days where it is whole days, times of day otherwise, all of it for none. */
export function windowText(cube: Cube, window: Window): string {
  const name = window === null ? "all: " : "";
  const text = formatWindow(window ?? cube.window(0, cube.time.count), cube.time.is_time);
  return `${name}${text}${cube.time.is_time ? " UTC" : ""}`;
}
