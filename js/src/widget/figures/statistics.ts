/** The engine's figures from the same sums: estimates as in performance.py, comparisons as in comparison.py. */
import type { Cube, Measure, Property, Sums, WindowSums } from "./cube";

export const Z = 1.959963984540054;
const MOSTLY_UNSUPPORTED = 0.5;

/** Estimated quality of a set of samples; NaN where there is none. */
export interface Estimate {
  n: number;
  score: number;
  low: number;
  high: number;
  /** The score without what drawn labels say of other samples. */
  estimated: number;
  worst: number;
  best: number;
  coverage: number;
  supported: number;
  estimable: boolean;
  doubt: Doubt;
}

/** Why a set of samples isn't estimable, as in Python. */
export enum Doubt { none, empty, unsupported, apart, wide, judged }

/** The estimate of one column of a window's sums: everything (0), a cell, or a segment. */
export function estimate(sums: Sums, at: number, scale: number): Estimate {
  const sum = (measure: Measure): number => sums[measure]?.[at] ?? 0;
  const n = sum("n");
  const unlabelled = (n - sum("known")) / n;
  const least = sum("known_good") / n;
  const most = least + unlabelled;
  const estimated = sum("score") / scale / n;
  const score = clip(estimated + sum("offset") / n, least, most);
  const unsupported = sum("unsupported") / n;
  const known = sum("supported_score") / scale / n;
  const variance = sum("variance") / scale / n ** 2 + (sum("calibration") / n) ** 2 + sum("offset_variance") / n ** 2;
  const half = Z * Math.sqrt(variance);
  const doubtful = unsupported - (sum("corrected") + sum("spoken")) / n;
  const mostly = doubtful > MOSTLY_UNSUPPORTED;
  // what nobody speaks for may be anything, and a segment may consist of it
  const anything = sum("whole") < n - sum("known") && unsupported > 0 ? clip(doubtful / unsupported, 0, 1) : 0;
  const middle = score + sum("lean") / n;
  const lowest = middle + anything * Math.min(known - score, 0);
  const highest = middle + anything * Math.max(known + unsupported - score, 0);
  const low = Math.min(mostly ? known : clip(lowest - half, least, most), score);
  const high = Math.max(mostly ? known + unsupported : clip(highest + half, least, most), score);
  const estimable = n > 0 && !mostly && sum("estimable") / n + 1 - unlabelled > 0.5;
  return {
    n,
    score,
    low,
    high,
    estimated,
    // labels may say what no annotation of the unsupported samples could
    worst: Math.min(known, low),
    best: Math.max(known + unsupported, high),
    coverage: sum("annotated") / n,
    supported: 1 - unsupported,
    estimable,
    doubt: estimable ? Doubt.none : n === 0 ? Doubt.empty : mostly ? Doubt.unsupported : doubted(sum("apart"), sum("wide"), sum("judged")),
  };
}

function doubted(apart: number, wide: number, judged: number): Doubt {
  if (judged > Math.max(apart, wide)) return Doubt.judged;
  return apart >= wide ? Doubt.apart : Doubt.wide;
}

function clip(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** One line of the comparison: a property in the window, in production and on evaluation, against the baseline. */
export interface Compared {
  property: string;
  kind: string;
  statistic: string;
  window: number;
  production: number;
  evaluation: number;
  drift: number;
  effect: number;
  low: number;
  high: number;
  verdict: "drift" | "new values" | "stable" | "too few";
  n_window: number;
  n_baseline: number;
  new_values: number;
}

const FEWEST = 30;
const LARGE_SD = 0.1;
const LARGE_SHARE = 0.02;
const LARGE_DISTANCE = 0.1;
const CERTAIN = 3;
const MOST_SD = 10;
const EXPECTED = 5;
const ROUND_Z = 1.96;
const OTHER = 1;

/** One property of one side: counts by code, samples, and the moments of its finite values. */
interface Side {
  n: number;
  counts: Float64Array;
  values: number;
  mean: number;
  variance: number;
}

export function compare(cube: Cube, window: WindowSums, baseline: WindowSums, production: WindowSums, evaluation: WindowSums): Compared[] {
  return cube.properties.map((property) => {
    const [w, b, p, e] = [window, baseline, production, evaluation].map((sums) => side(property, sums)) as [Side, Side, Side, Side];
    return line(property, w, b, p, e);
  });
}

function side({ offset, size, numeric, center }: Property, sums: WindowSums): Side {
  const counts = (sums.cells.n ?? new Float64Array(0)).subarray(offset, offset + size);
  const [values = NaN, first = NaN, second = NaN] = numeric === null ? [] : sums.values.subarray(numeric * 3, numeric * 3 + 3);
  const mean = (center ?? 0) + first / values;
  const variance = Math.max(second / values - (first / values) ** 2, 0);
  return { n: sums.totals.n?.[0] ?? 0, counts, values, mean, variance };
}

function line(property: Property, w: Side, b: Side, p: Side, e: Side): Compared {
  const level = property.kind === "numeric" ? -1 : mostDifferent(w, b);
  const [effect, error] = level < 0 ? meanEffect(w, b) : shareEffect(w, b, level);
  const divergence = jensenShannon(w.counts, b.counts);
  const chance = byChance(w.counts, b.counts);
  const isSet = property.kind === "set";
  const sparse = Math.min(w.n, b.n) < EXPECTED * chance.used;
  const certain = isSet || sparse ? 0 : Math.sqrt(Math.max(divergence - chance.mean - CERTAIN * chance.deviation, 0));
  // the value that differs most is one of many
  const sure = level < 0 ? CERTAIN : Math.sqrt(CERTAIN ** 2 + 2 * Math.log(Math.max(chance.used, 1)));
  const drifted = Math.abs(effect) - sure * error > (level < 0 ? LARGE_SD : LARGE_SHARE) || certain >= LARGE_DISTANCE;
  const appeared = property.kind === "numeric" ? 0 : newLevels(w, b);
  const value = (each: Side): number => (level < 0 ? each.mean : (each.counts[level] ?? 0) / each.n);
  const [low, high] = [effect - ROUND_Z * error, effect + ROUND_Z * error];
  return {
    property: property.name,
    kind: property.kind,
    statistic: level < 0 ? "mean" : `share of ${property.labels[level] ?? ""}`,
    window: value(w),
    production: value(p),
    evaluation: value(e),
    drift: isSet ? Math.abs(effect) : Math.sqrt(Math.max(divergence - chance.mean, 0)),
    effect,
    low: level < 0 ? low : Math.max(low, -1),
    high: level < 0 ? high : Math.min(high, 1),
    verdict: Math.min(w.n, b.n) < FEWEST ? "too few" : drifted ? "drift" : appeared > 0 ? "new values" : "stable",
    n_window: w.n,
    n_baseline: b.n,
    new_values: appeared,
  };
}

/** The code whose share differs most; the rare rest is no value. */
function mostDifferent(w: Side, b: Side): number {
  let [at, most] = [0, -1];
  for (let code = 0; code < w.counts.length; code++) {
    if (code === OTHER) continue;
    const difference = Math.abs((w.counts[code] ?? 0) / w.n - (b.counts[code] ?? 0) / b.n);
    const known = Number.isNaN(difference) ? 0 : difference;
    if (known > most) [at, most] = [code, known];
  }
  return at;
}

function meanEffect(w: Side, b: Side): [number, number] {
  const pooled = Math.sqrt((w.values * w.variance + b.values * b.variance) / (w.values + b.values));
  const difference = w.mean - b.mean;
  const effect = difference === 0 ? 0 : clip(difference / pooled, -MOST_SD, MOST_SD);
  return [effect, Math.sqrt(1 / w.values + 1 / b.values + effect ** 2 / (2 * (w.values + b.values)))];
}

/** The band of Agresti and Caffo (2000): one success and one failure added to each side. */
function shareEffect(w: Side, b: Side, code: number): [number, number] {
  const variance = ({ counts, n }: Side): number => {
    const p = ((counts[code] ?? 0) + 1) / (n + 2);
    return (p * (1 - p)) / (n + 2);
  };
  return [(w.counts[code] ?? 0) / w.n - (b.counts[code] ?? 0) / b.n, Math.sqrt(variance(w) + variance(b))];
}

function newLevels(w: Side, b: Side): number {
  let found = 0;
  for (let code = OTHER; code < w.counts.length; code++) if ((w.counts[code] ?? 0) > 0 && (b.counts[code] ?? 0) === 0) found++;
  return found;
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** In bits, in [0, 1]. */
function jensenShannon(a: Float64Array, b: Float64Array): number {
  const [n, m] = [total(a), total(b)];
  let divergence = 0;
  for (let code = 0; code < a.length; code++) {
    const [p, q] = [(a[code] ?? 0) / n, (b[code] ?? 0) / m];
    const middle = (p + q) / 2;
    if (p > 0) divergence += (p * Math.log2(p / middle)) / 2;
    if (q > 0) divergence += (q * Math.log2(q / middle)) / 2;
  }
  return n > 0 && m > 0 ? Math.max(divergence, 0) : NaN;
}

/** Mean and deviation that the divergence has where both sides have one distribution (Grosse et al. 2002). */
function byChance(a: Float64Array, b: Float64Array): { used: number; mean: number; deviation: number } {
  let used = 0;
  for (let code = 0; code < a.length; code++) if ((a[code] ?? 0) + (b[code] ?? 0) > 0) used++;
  const freedom = Math.max(used - 1, 0);
  const scale = (1 / total(a) + 1 / total(b)) / (8 * Math.LN2);
  return { used, mean: freedom * scale, deviation: Math.sqrt(2 * freedom) * scale };
}
