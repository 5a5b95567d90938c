/** The cube's sums as the table views read them: one side of a comparison, counts over time, bands of single places. */
import type { Cube, Sums, WindowSums } from "./cube";
import type { ScoreBand } from "../segments/row";
import type { PlaceSums, SideSums } from "./segment-rows";
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
  const { n_cells } = cube.meta;
  const [all, cells, segments] = [sums.totals, sums.cells, sums.segments].map((group) => readerOf(group, cube.meta.scale)) as [Reader, Reader, Reader];
  const { n, score } = all(0);
  return { n, score: cube.scored ? score : null, at: (place) => (place < n_cells ? cells(place) : segments(place - n_cells)) };
}

type Reader = (at: number) => PlaceSums;

/** Reads places of a group: its columns are looked up once, for over a thousand places a brush. */
function readerOf({ n, score, offset, unsupported }: Sums, scale: number): Reader {
  return (at) => ({ n: n?.[at] ?? 0, score: (score?.[at] ?? 0) / scale + (offset?.[at] ?? 0), unsupported: unsupported?.[at] ?? 0 });
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
