import { describe, expect, it } from "vitest";

import { distinctFigures, newCells, newValueFigures, type Whole } from "../src/widget/figures/new-value-rows";
import type { Described } from "../src/widget/figures/property-rows";
import type { SideSums } from "../src/widget/figures/segment-rows";
import { seriesOf } from "../src/widget/figures/time-series";

const FEED: Described = { name: "feed", kind: "categorical", unit: null, offset: 0, size: 4, labels: ["missing", "other", "a", "b"], edges: null };
const PREDICTION: Described = { name: "prediction", kind: "set", unit: null, offset: 4, size: 5, labels: ["missing", "other", "War", "Mystery", "Western"], edges: null };
const SIZE: Described = { name: "size", kind: "numeric", unit: null, offset: 9, size: 3, labels: ["missing", "< 1", "≥ 1"], edges: [1] };

const side = (n: number, of: Record<number, number>): SideSums => ({ n, score: n / 2, at: (at) => ({ n: of[at] ?? 0, score: 0, unsupported: (of[at] ?? 0) / 2 }) });

const START = { 3: 0, 7: 2, 8: 3 } as Record<number, number>;
const production = side(100, { 2: 50, 3: 50, 6: 80, 7: 4, 8: 10, 11: 9 });
const counts = { bins: 4, total: (a: number, b: number) => 25 * (b - a), cell: (at: number, a: number, b: number) => Math.max(0, b - Math.max(a, START[at] ?? 9)) };
const WHOLE: Whole = { production, evaluation: side(50, { 2: 50, 6: 50 }), counts, series: seriesOf(counts), startOf: (bin) => 1000 * bin };
const ALL = [FEED, PREDICTION, SIZE];

describe("new values", () => {
  const cells = newCells(ALL, WHOLE);

  it("are values of production that evaluation lacks, predictions first, and never bins of numbers", () => {
    expect(cells.map((cell) => cell.text)).toEqual(["prediction = Western", "prediction = Mystery", "feed = b"]);
  });

  it("say when they were first seen and how large they are", () => {
    expect(cells[1]).toMatchObject({ firstSeen: 2000, n: 4, share: 0.04, steps: 4 });
  });

  it("count the distinct values of both sides, also those beyond the coded ones", () => {
    const beyond = ALL.map((property) => ({ ...property, new_beyond: property.name === "feed" ? 7 : 0 }));
    expect(distinctFigures(beyond, cells, WHOLE)).toEqual([
      { property: "prediction", production: 3, evaluation: 1 },
      { property: "feed", production: 9, evaluation: 1 },
    ]);
  });

  it("take the window's share, score and support", () => {
    const band = () => ({ score: 0.3, low: 0.1, high: 0.5, worst: 0, best: 0.6 });
    const [western, mystery] = newValueFigures(cells, side(20, { 8: 5 }), band);
    expect(western).toMatchObject({ windowN: 5, windowShare: 0.25, unsupported: 0.5, score: 0.3 });
    expect(mystery).toMatchObject({ windowN: 0, windowShare: 0, unsupported: Number.NaN });
  });
});
