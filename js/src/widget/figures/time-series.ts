/** Shares over time in at most as many steps as a small picture can show. */

/** Counts over the time bins [first, last), from prefix sums: two look-ups. */
export interface Counts {
  /** Number of time bins. */
  bins: number;
  total: (first: number, last: number) => number;
  cell: (cell: number, first: number, last: number) => number;
}

/** The shares of any cell over time, one a step; 0 where a step has no samples. */
export interface Series {
  steps: number;
  shares: (cell: number) => number[];
}

export const MOST_STEPS = 60;

export function seriesOf(counts: Counts, most = MOST_STEPS): Series {
  const steps = Math.min(counts.bins, most);
  const edges = Array.from({ length: steps + 1 }, (_, step) => Math.round((step * counts.bins) / Math.max(steps, 1)));
  const spans = edges.slice(1).map((last, step) => [edges[step] ?? 0, last] as const);
  const totals = spans.map(([first, last]) => counts.total(first, last));
  const shares = (cell: number): number[] =>
    spans.map(([first, last], step) => ((totals[step] ?? 0) > 0 ? counts.cell(cell, first, last) / (totals[step] ?? 1) : 0));
  return { steps, shares };
}

/** The first time bin in which a cell has a sample, −1 for none: by halving, since prefix sums never fall. */
export function firstSeen(counts: Counts, cell: number): number {
  if (counts.cell(cell, 0, counts.bins) <= 0) return -1;
  let [low, high] = [0, counts.bins - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (counts.cell(cell, 0, middle + 1) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
