/**
 * An opened property at full size: the window's distribution over the baseline's, and beside it, over the same rows, the
 * share of every value at every time, with the window marked. Pointer and arrow keys read single figures.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { formatCount, formatShare } from "../figures/format";
import { memo } from "../page/memo";
import { momentTicks, rowHeight, shareTicks, valueTicks, type Tick } from "./value-axis";
import { LEVELS, share, shareOf, type Grid } from "./value-grid";

/** A stretch of the time axis, as fractions from its start to its end. */
export type Stretch = readonly [number, number];

export interface ChartProps {
  /** The property with its unit. */
  title: string;
  grid: Grid;
  /** Whether rows are bins of a number, highest first. */
  bins: boolean;
  /** Share of each row in the window, in what it is compared with, and in all of production. */
  window: readonly number[];
  baseline: readonly number[];
  production: readonly number[];
  /** What the window is compared with, in words. */
  against: string;
  span: Stretch;
  /** Where the baseline lies; null where it is the evaluation set. */
  baselineSpan: Stretch | null;
  /** Where the time axis starts and ends. */
  axis: readonly [number, number];
  isTime: boolean;
  /** A step of the grid in words. */
  moment: (step: number) => string;
}

/** What is read: a row, at a step of time, or of window and baseline. */
interface Place {
  row: number;
  step: number | null;
}

export function PropertyChart(props: ChartProps): JSX.Element {
  const { title, grid, bins, window, baseline, span, baselineSpan, axis, isTime } = props;
  const [place, setPlace] = useState<Place | null>(null);
  const [spoken, setSpoken] = useState("");
  const { top, ticks } = shareTicks(Math.max(...window, ...baseline, 0));
  const high = grid.rows.length * rowHeight(grid.rows.length);
  const point = (event: JSX.TargetedPointerEvent<HTMLElement>, steps: number | null): void => {
    const { left, top: above, width, height } = event.currentTarget.getBoundingClientRect();
    const at = (part: number, count: number): number => Math.min(Math.max(Math.floor(part * count), 0), count - 1);
    setPlace({ row: at((event.clientY - above) / height, grid.rows.length), step: steps === null ? null : at((event.clientX - left) / width, steps) });
  };
  const key = (event: KeyboardEvent): void => {
    const next = stepped(event.key, place, grid.rows.length, grid.spans.length);
    if (next === undefined) return;
    setPlace(next);
    setSpoken(next === null ? "" : lines(props, next).map((line) => line.join(" ").trim()).join(", "));
    event.preventDefault();
    event.stopPropagation();
  };
  const leave = (): void => setPlace(null);
  return (
    <div class="pm-chart" tabIndex={0} role="group" onKeyDown={key} onBlur={leave}
      aria-label={`Distribution of ${title} over time. Arrow keys read its figures; below they are a table.`}>
      <span class="pm-chart-title" />
      <span class="pm-chart-title">Window over baseline, share of samples</span>
      <span class="pm-chart-title">
        Share of samples over time{isTime && ", UTC"}
        <Legend top={grid.top} />
      </span>
      <ValueNames grid={grid} bins={bins} />
      <div class="pm-plot" data-field="bars" style={{ height: `${high}px` }} onPointerMove={(event) => point(event, null)} onPointerLeave={leave}>
        {ticks.map(({ at }) => <i key={at} class="pm-gridline" style={{ left: `${at * 100}%` }} />)}
        <svg viewBox={`0 0 1 ${grid.rows.length}`} preserveAspectRatio="none" aria-hidden="true">
          <path class="pm-pair-evaluation" d={bars(baseline, top)} />
          <path class="pm-pair-window" d={bars(window, top)} />
        </svg>
        {place && <i class="pm-row-mark" style={rowAt(place.row, grid.rows.length)} />}
        {place?.step === null && <Tip {...props} place={place} />}
      </div>
      <div class="pm-plot" data-field="map" style={{ height: `${high}px` }} onPointerMove={(event) => point(event, grid.spans.length)} onPointerLeave={leave}>
        <HeatMap grid={grid} />
        {baselineSpan && <i class="pm-stretch" data-side="baseline" style={across(baselineSpan)} />}
        <i class="pm-stretch" data-side="window" style={across(span)} />
        {place && place.step !== null && <i class="pm-cell-mark" style={{ ...rowAt(place.row, grid.rows.length), ...across([place.step / grid.spans.length, (place.step + 1) / grid.spans.length]) }} />}
        {place && place.step !== null && <Tip {...props} place={place} />}
      </div>
      <span />
      <Axis ticks={ticks} kind="share" />
      <TimeAxis from={axis[0]} to={axis[1]} isTime={isTime} />
      <span class="pm-hidden" role="status">{spoken}</span>
    </div>
  );
}

/** What a key makes of the place that is read; null leaves it, undefined is another key. */
function stepped(key: string, place: Place | null, rows: number, steps: number): Place | null | undefined {
  if (key === "Escape") return place === null ? undefined : null;
  const from = place ?? { row: 0, step: steps - 1 };
  const moves: Record<string, Place> = {
    ArrowUp: { ...from, row: Math.max(from.row - 1, 0) },
    ArrowDown: { ...from, row: Math.min(from.row + 1, rows - 1) },
    // left of the first step lie the bars
    ArrowLeft: { ...from, step: from.step === null || from.step === 0 ? null : from.step - 1 },
    ArrowRight: { ...from, step: from.step === null ? 0 : Math.min(from.step + 1, steps - 1) },
    Home: { ...from, step: 0 },
    End: { ...from, step: steps - 1 },
  };
  return place === null && moves[key] ? from : moves[key];
}

function lines({ grid, window, baseline, production, against, moment }: ChartProps, { row, step }: Place): [string, string][] {
  const label = grid.rows[row]?.label ?? "";
  if (step === null)
    return [
      [label, ""], ["Window", formatShare(window[row])], ["Baseline", `${formatShare(baseline[row])} (${against})`],
      ["Production", formatShare(production[row])],
    ];
  const [n, total] = [grid.counts[row]?.[step] ?? 0, grid.totals[step] ?? 0];
  if (total === 0) return [[label, ""], [moment(step), ""], ["no samples", ""]];
  return [[label, ""], [moment(step), ""], ["Share", formatShare(share(n, total))], ["Samples", `${formatCount(n)} of ${formatCount(total)}`]];
}

function Tip(props: ChartProps & { place: Place }): JSX.Element {
  const { grid, place } = props;
  const [[label] = [""], ...rest] = lines(props, place);
  const part = place.step === null ? 0.5 : (place.step + 0.5) / grid.spans.length;
  const down = (place.row + 0.5) / grid.rows.length;
  const side = part > 0.5 ? { right: `${(1 - part) * 100 + 2}%` } : { left: `${part * 100 + 2}%` };
  const edge = down > 0.5 ? { bottom: `${(1 - down) * 100}%` } : { top: `${down * 100}%` };
  return (
    <div class="pm-figures" data-field="figures" aria-hidden="true" style={{ ...side, ...edge }}>
      <strong>{label}</strong>
      {rest.map(([name, text]) => (
        <div key={name}><span class="pm-note">{name}</span> {text}</div>
      ))}
    </div>
  );
}

const HeatMap = memo(function HeatMap({ grid }: { grid: Grid }) {
  return (
    <svg class="pm-heat" viewBox={`0 0 ${Math.max(grid.spans.length, 1)} ${Math.max(grid.rows.length, 1)}`} preserveAspectRatio="none" aria-hidden="true">
      {grid.levels.map((path, at) => path && <path key={at} d={path} fill-opacity={(at + 1) / LEVELS} />)}
    </svg>
  );
});

/** What the shades stand for: nothing, faint, half, full. */
const Legend = memo(function Legend({ top }: { top: number }) {
  return (
    <span class="pm-heat-legend">
      {[2, 5, 10].map((level) => (
        <span key={level}>
          <i style={{ opacity: level / LEVELS }} />
          {formatShare(shareOf(level, top))}
        </span>
      ))}
    </span>
  );
});

const ValueNames = memo(function ValueNames({ grid, bins }: { grid: Grid; bins: boolean }) {
  const ticks = valueTicks(grid.rows.map(({ label }) => label), bins);
  const longest = Math.max(...ticks.map(({ text }) => text.length), 1);
  return (
    <div class="pm-value-names" style={{ width: `${Math.min(longest, 20)}ch` }}>
      {ticks.map(({ at, text }) => (
        <span key={at} class="pm-clip" title={text} style={{ top: `${(at / grid.rows.length) * 100}%` }}>{text}</span>
      ))}
    </div>
  );
});

const TimeAxis = memo(function TimeAxis({ from, to, isTime }: { from: number; to: number; isTime: boolean }) {
  return <Axis ticks={momentTicks(from, to, isTime, 7)} kind="time" />;
});

function Axis({ ticks, kind }: { ticks: readonly Tick[]; kind: "share" | "time" }): JSX.Element {
  return (
    <div class="pm-plot-axis" data-axis={kind} aria-hidden="true">
      {ticks.map(({ at, text }) => <span key={at} style={{ left: `${at * 100}%` }}>{text}</span>)}
    </div>
  );
}

/** Bars one below the other, in a box of 1 by the number of bars. */
function bars(shares: readonly number[], top: number): string {
  return `M0,0${shares.map((value, row) => `H${Math.round((value / top) * 1000) / 1000}V${row + 1}`).join("")}H0Z`;
}

function across([start, end]: Stretch): JSX.CSSProperties {
  return { left: `${start * 100}%`, width: `${Math.max(end - start, 0) * 100}%` };
}

function rowAt(row: number, rows: number): JSX.CSSProperties {
  return { top: `${(row / rows) * 100}%`, height: `${100 / rows}%` };
}
