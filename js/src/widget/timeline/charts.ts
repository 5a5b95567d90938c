/** Draws the timeline into the charts that Python made: their marks, scales and axes are models that live on the page. */
import type { AnyModel } from "@anywidget/types";
import { scaleLinear } from "d3-scale";

import type { Cube } from "../figures/cube";
import { momentFormat } from "../figures/format";
import { benchmarkOf, MOST_POINTS, qualitySeries, type Stretch } from "../figures/quality-series";
import { resolved, type Model } from "../page/view";

/** The parts of the charts by name; see `TimelineCharts.parts` in Python. */
export type Charts = Readonly<Record<string, Model>>;

export async function chartsOf(model: AnyModel): Promise<Charts> {
  const references = (model.get("charts") ?? {}) as Record<string, unknown>;
  const asked = Object.entries(references).map(async ([name, reference]) => [name, await resolved(model, reference)] as const);
  const found = await Promise.all(asked);
  return Object.fromEntries(found.filter((pair): pair is [string, Model] => pair[1] !== null));
}

const TOLD: readonly (readonly [part: string, event: string])[] = [
  ["x", "change:min"],
  ["y", "change:min"],
  ["score", "change:x"],
  ["volume", "change:x"],
];

/** Call a listener when what is drawn is overwritten: a page that reconnects takes over the kernel's charts, and those are empty. */
export function onOverwritten(charts: Charts, listener: () => void): () => void {
  for (const [part, event] of TOLD) charts[part]?.on(event, listener);
  return () => {
    for (const [part, event] of TOLD) charts[part]?.off(event, listener);
  };
}

/** The charts of a cube from its time bin `first` to `last`; `series` are its stretches there. */
export function drawCharts(charts: Charts, cube: Cube, series: readonly Stretch[]): void {
  const put = (name: string, state: Record<string, unknown>): void => {
    const part = charts[name] as (Model & { set(state: Record<string, unknown>): void }) | undefined;
    part?.set(state);
  };
  span(put, cube, series);
  volume(put, series);
  wholeShare(put, cube);
  const known = cube.scored ? series.filter((each) => each.n > 0) : [];
  const x = Float64Array.from(known, middle);
  const column = (name: Figure): Float64Array => Float64Array.from(known, (each) => each[name]);
  // no wider than the band they would only darken it
  const bound = (name: "worst" | "best", beside: "low" | "high"): Float64Array =>
    Float64Array.from(known, (each) => (each[name] === each[beside] ? each.score : each[name]));
  put("bounds", { x, y: [bound("worst", "low"), bound("best", "high")] });
  put("band", { x, y: [column("low"), column("high")] });
  for (const name of ["score", "coverage", "supported"] as const) put(name, { x, y: column(name) });
  const labelled = series.filter(({ nActual }) => nActual > 0);
  const actual = labelled.map((each) => each.actual);
  // a dash as long as its stretch; NaN ends it
  put("actual", {
    x: Float64Array.from(labelled.flatMap(({ start, end }) => [start, end, end])),
    y: Float64Array.from(actual.flatMap((share) => [share, share, Number.NaN])),
  });
  const { score, low, high } = benchmarkOf(cube);
  // all of it or nothing
  const benchmark = [score, low, high].every(Number.isFinite) ? [score, low, high] : [];
  const ends = Float64Array.from(benchmark.length ? [series[0]?.start ?? 0, series.at(-1)?.end ?? 0] : []);
  const level = (at: number): Float64Array => ends.map(() => benchmark[at] ?? 0);
  put("benchmark", { x: ends, y: level(0) });
  put("benchmark_band", { x: ends, y: [level(1), level(2)] });
  fit(put, [...column("low"), ...column("high"), ...benchmark, ...actual]);
}

type Figure = "score" | "low" | "high" | "coverage" | "supported";
type Put = (name: string, state: Record<string, unknown>) => void;

function middle({ start, end }: Stretch): number {
  return (start + end) / 2;
}

/** Both charts from the first stretch's start to the last one's end. */
function span(put: Put, cube: Cube, series: readonly Stretch[]): void {
  const edge = (at: number): Date | number => (cube.time.is_time ? new Date(at) : at);
  const [from, to] = [series[0]?.start ?? 0, series.at(-1)?.end ?? 1];
  put("x", { min: edge(from), max: edge(to) });
  const format = cube.time.is_time ? momentFormat(to - from) : ",.0f";
  for (const axis of ["time_axis", "time_axis_below"]) put(axis, { tick_format: format });
}

function volume(put: Put, series: readonly Stretch[]): void {
  // each stretch as wide as it is long: steps change at its start, and the last one lasts to its end
  const at = series.flatMap(({ start, end }, index) => (index === series.length - 1 ? [start, end] : [start]));
  const n = [...series.map((each) => each.n), series.at(-1)?.n ?? 0];
  put("volume", { x: Float64Array.from(at), y: Float64Array.from(n) });
  const ticks = roundTicks(0, Math.max(1, ...n), 3);
  put("volume_y", { max: ticks.at(-1) });
  put("volume_axis", { tick_values: Float64Array.from(ticks) });
}

/** Where a share that is pointed at elsewhere is drawn: all of production, whatever the zoom. */
function wholeShare(put: Put, cube: Cube): void {
  const length = Math.max(1, Math.ceil(cube.time.count / MOST_POINTS));
  const at = Float64Array.from({ length: Math.ceil(cube.time.count / length) }, (_, step) => {
    const [start, end] = cube.window(step * length, (step + 1) * length);
    return (start + end) / 2;
  });
  put("share", { x: at, y: new Float64Array(at.length), visible: false });
}

/** The score's axis around what there is to see, never beyond [0, 1]; bounds may reach out of it. */
function fit(put: Put, values: readonly number[]): void {
  const finite = values.filter(Number.isFinite);
  const [low, high] = finite.length ? [Math.min(...finite), Math.max(...finite)] : [0, 1];
  const ticks = roundTicks(Math.max(0, low - 0.02), Math.min(1, high + 0.02), 5);
  put("y", { min: ticks[0], max: ticks.at(-1) });
  put("score_axis", { tick_values: Float64Array.from(ticks) });
}

/** About so many steps of a round size around [low, high]. */
export function roundTicks(low: number, high: number, about: number): number[] {
  return scaleLinear().domain([low, high]).nice(about).ticks(about);
}

/** The stretches that the charts show: of the zoom, or of all. */
export function seriesShown(cube: Cube, zoom: readonly [number, number] | null): Stretch[] {
  return qualitySeries(cube, ...cube.snap(zoom));
}
