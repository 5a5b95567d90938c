/** Estimated quality over time, in at most as many stretches as a chart can show: drawn anew at every zoom and filter. */
import type { Cube } from "./cube";
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

/** The time bins [first, last) as stretches of one length; the last may be shorter. */
export function qualitySeries(cube: Cube, first: number, last: number, most = MOST_POINTS): Stretch[] {
  const length = Math.max(1, Math.ceil((last - first) / most));
  const stretches: Stretch[] = [];
  for (let low = first; low < last; low += length) {
    const high = Math.min(low + length, last);
    const [start, end] = cube.window(low, high);
    const sums = cube.totalsOf(low, high);
    const nActual = sums.actual?.[0] ?? 0;
    const actual = nActual > 0 ? (sums.actual_good?.[0] ?? 0) / nActual : Number.NaN;
    stretches.push({ ...estimate(sums, 0, cube.meta.scale), start, end, actual, nActual });
  }
  return stretches;
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
