/** The cube's sums as the table views read them: one side of a comparison, counts over time, bands of single places. */
import type { Cube, Measure, Sums, WindowSums } from "./cube";
import type { ScoreBand } from "./segment-row";
import type { SideSums } from "./segment-rows";
import { estimate } from "./statistics";
import type { Counted } from "./property-rows";
import type { Counts } from "./time-series";

/** Places beyond the cells are the chosen segments. */
function located(cube: Cube, sums: WindowSums, place: number): [Sums, number] {
  const { n_cells } = cube.meta;
  return place < n_cells ? [sums.cells, place] : [sums.segments, place - n_cells];
}

/** A side's samples and scores, of everything and of any place; the scores with the correction by labels. */
export function sideOf(cube: Cube, sums: WindowSums): SideSums {
  const { scale } = cube.meta;
  const figure = (group: Sums, measure: Measure, at: number): number => group[measure]?.[at] ?? 0;
  const score = (group: Sums, at: number): number => figure(group, "score", at) / scale + figure(group, "offset", at);
  return {
    n: figure(sums.totals, "n", 0),
    score: cube.scored ? score(sums.totals, 0) : null,
    at: (place) => {
      const [group, at] = located(cube, sums, place);
      return { n: figure(group, "n", at), score: score(group, at), unsupported: figure(group, "unsupported", at) };
    },
  };
}

/** The estimate of one place with its band and bounds. */
export function bandOf(cube: Cube, sums: WindowSums): (place: number) => ScoreBand {
  return (place) => {
    if (!cube.scored) return UNKNOWN;
    // the band alone: an estimate has an n of its own, the window's
    const { score, low, high, worst, best } = estimate(...located(cube, sums, place), cube.meta.scale);
    return { score, low, high, worst, best };
  };
}

const UNKNOWN: ScoreBand = { score: NaN, low: NaN, high: NaN, worst: NaN, best: NaN };

export function countedOf(sums: WindowSums): Counted {
  return { n: sums.totals.n?.[0] ?? 0, cells: sums.cells.n ?? [] };
}

export function countsOf(cube: Cube): Counts {
  return {
    bins: cube.time.count,
    total: (first, last) => cube.total("n", first, last),
    cell: (cell, first, last) => cube.cell("n", cell, first, last),
  };
}
