/** A property's distribution over time as a grid: a row a value or bin, a column a step of time, its share in each cell. */
import type { Counts } from "../figures/time-series";

/** What the rows of a grid stand for, in the order in which they are drawn, from above. */
export interface GridRow {
  label: string;
  /** Where the row lies among the cube's cells. */
  cell: number;
}

export interface Grid {
  rows: readonly GridRow[];
  /** The time bins [first, last) of each step. */
  spans: readonly (readonly [number, number])[];
  /** Samples of each step. */
  totals: readonly number[];
  /** Samples of each row in each step. */
  counts: readonly (readonly number[])[];
  /** The largest share of any cell. */
  top: number;
  /** One outline a level, faint to full, in a box as wide as there are steps and as high as there are rows. */
  levels: readonly string[];
}

export const LEVELS = 10;
const MOST_STEPS = 120;
/** A share of a step with fewer samples says nothing, and would outshine all others. */
const FEWEST = 10;

export function gridOf(rows: readonly GridRow[], counts: Counts, most = MOST_STEPS): Grid {
  const length = Math.max(1, Math.ceil(counts.bins / most));
  const spans = Array.from({ length: Math.ceil(counts.bins / length) }, (_, step) => [step * length, Math.min((step + 1) * length, counts.bins)] as const);
  const totals = spans.map(([first, last]) => counts.total(first, last));
  const counted = rows.map(({ cell }) => spans.map(([first, last]) => counts.cell(cell, first, last)));
  const shares = counted.map((row) => row.map((n, step) => share(n, totals[step])));
  const judged = shares.map((row) => row.filter((_, step) => (totals[step] ?? 0) >= FEWEST));
  const top = Math.max(...judged.flat(), 0) || Math.max(...shares.flat(), 0);
  return { rows, spans, totals, counts: counted, top, levels: outlines(shares, top) };
}

export function share(n: number | undefined, total: number | undefined): number {
  return n !== undefined && total !== undefined && total > 0 ? n / total : 0;
}

/** By the root of the share, so that a rare value is seen beside a common one; 0 is nothing at all. */
export function levelOf(value: number, top: number): number {
  if (!(value > 0) || !(top > 0)) return 0;
  return Math.min(LEVELS, Math.max(1, Math.ceil(Math.sqrt(value / top) * LEVELS)));
}

/** The largest share that a level stands for. */
export function shareOf(level: number, top: number): number {
  return (level / LEVELS) ** 2 * top;
}

/** Neighbours of one level become one rectangle. */
function outlines(shares: readonly (readonly number[])[], top: number): string[] {
  const paths = Array.from({ length: LEVELS }, () => "");
  shares.forEach((row, y) => {
    const levels = row.map((value) => levelOf(value, top));
    for (let x = 0; x < levels.length; ) {
      const level = levels[x] ?? 0;
      let end = x + 1;
      while (end < levels.length && levels[end] === level) end++;
      if (level > 0) paths[level - 1] += `M${x},${y}h${end - x}v1h${x - end}z`;
      x = end;
    }
  });
  return paths;
}
