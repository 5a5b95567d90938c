/** Estimated quality over time, in at most as many stretches as a chart can show: drawn anew at every zoom and filter. */
import type { Cube, Sums } from "./cube";
import { estimate, type Estimate } from "./statistics";

/** Stretches that a line is drawn from; more can't be told apart on a screen. `charts.py` has it too. */
export const MOST_POINTS = 240;

/**
 * A stretch of whole time bins, in epoch milliseconds or row numbers, and its quality; NaN before it is scored.
 * `actual` is the share of good among the `nActual` samples that people annotated, NaN where there are none.
 */
export interface Stretch extends Estimate {
  start: number;
  end: number;
  actual: number;
  nActual: number;
}

/** A line through fewer samples a point shows chance alone; fewer points than this show no course. */
const SAMPLES_A_POINT = 15;
const FEWEST_POINTS = 12;

/** The time bins [first, last) as stretches of one length, with enough samples on the average; the last may be shorter. */
export function qualitySeries(cube: Cube, first: number, last: number, most = MOST_POINTS): Stretch[] {
  const readable = Math.max(Math.floor(cube.total("n", first, last) / SAMPLES_A_POINT), FEWEST_POINTS);
  const length = Math.max(1, Math.ceil((last - first) / Math.min(readable, most)));
  const stretches: Stretch[] = [];
  for (let low = first; low < last; low += length) {
    const high = Math.min(low + length, last);
    const [start, end] = cube.window(low, high);
    const sums = cube.totalsOf(low, high);
    const nActual = sums.known?.[0] ?? 0;
    const actual = nActual > 0 ? (sums.known_good?.[0] ?? 0) / nActual : Number.NaN;
    stretches.push({ ...estimate(sums, 0, cube.meta.scale), start, end, actual, nActual });
  }
  return stretches;
}

/** The benchmark: the estimate on the evaluation set, and the `true` share of good among its `nTrue` annotated samples. */
export interface Benchmark extends Pick<Estimate, "n" | "score" | "low" | "high"> {
  true: number;
  nTrue: number;
}

/** The same sums with what the estimate is wrong by, beyond sampling, as their calibration. */
function ofTruth(totals: Sums, actual: number, scale: number): Sums {
  const n = totals.n?.[0] ?? 0;
  const error = actual - (totals.score?.[0] ?? 0) / scale / n;
  const excess = Math.sqrt(Math.max(0, error ** 2 - (totals.variance?.[0] ?? 0) / scale / n ** 2));
  return { ...totals, whole: Float64Array.of(n), calibration: Float64Array.of(Number.isFinite(excess) ? excess * n : 0) };
}

/** The benchmark of a cube's samples: of the evaluation set, or of a segment's part of it; NaN where it has none. */
export function benchmarkOf({ evaluation: { totals }, scored, meta }: Cube): Benchmark {
  const nTrue = totals.actual?.[0] ?? 0;
  const actual = nTrue > 0 ? (totals.actual_good?.[0] ?? 0) / nTrue : Number.NaN;
  const { n, score, low, high } = estimate(ofTruth(totals, actual, meta.scale), 0, meta.scale);
  const estimated = scored ? { score, low, high } : { score: Number.NaN, low: Number.NaN, high: Number.NaN };
  return { n, ...estimated, true: actual, nTrue };
}

/** Stretches in which the evaluation set can't tell, joined where they touch, as [start, end). */
export function notEstimable(series: readonly Stretch[]): [number, number][] {
  const found: [number, number][] = [];
  for (const { n, estimable, start, end } of series) {
    if (n === 0 || estimable) continue;
    const before = found.at(-1);
    if (before && before[1] === start) before[1] = end;
    else found.push([start, end]);
  }
  return found;
}

/** The stretch that holds a moment. */
export function stretchAt(series: readonly Stretch[], at: number): Stretch | null {
  return series.find(({ start, end }) => start <= at && at < end) ?? null;
}
