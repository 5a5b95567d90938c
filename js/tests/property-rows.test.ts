import { describe, expect, it } from "vitest";

import { propertyFigures, valueFigures, type Compare, type Compared, type Counted, type Described } from "../src/widget/figures/property-rows";
import { firstSeen, seriesOf, type Counts } from "../src/widget/figures/time-series";

const NUMBER: Described = { name: "n", kind: "numeric", unit: null, offset: 0, size: 3, labels: ["missing", "< 1", "≥ 1"], edges: [1] };
const CLASS: Described = { name: "c", kind: "categorical", unit: null, offset: 3, size: 4, labels: ["missing", "other", "x", "y"], edges: null };

function line(property: string): Compared {
  return { property, statistic: "mean", window: 1, production: 2, evaluation: 3, drift: 0, effect: 0, low: 0, high: 0, verdict: "stable" };
}

function sidesOf(window: Counted, baseline: Counted): Compare {
  return { window, baseline, production: window, evaluation: baseline };
}

/** Two cells over four bins: the first falls, the second appears in the third bin. */
const PER_BIN = [[4, 3, 2, 1], [0, 0, 2, 3]];
const COUNTS: Counts = {
  bins: 4,
  total: (first, last) => 4 * (last - first),
  cell: (cell, first, last) => (PER_BIN[cell] ?? []).slice(first, last).reduce((sum, n) => sum + n, 0),
};

describe("rows of the property table", () => {
  const window = { n: 10, cells: [0, 4, 6, 0, 0, 5, 5] };
  const baseline = { n: 10, cells: [0, 8, 2, 0, 0, 10, 0] };

  it("draw both sides on one scale and leave out what nobody has", () => {
    const [number, classes] = propertyFigures([NUMBER, CLASS], [line("c"), line("n")], sidesOf(window, baseline));
    expect(number?.name).toBe("n");
    expect(number?.bins).toBe(2);
    expect(number?.windowOutline).toBe("M0,60V30H1V15H2V60");
    expect(number?.evaluationOutline).toBe("M0,60V0H1V45H2V60");
    expect(classes?.windowOutline).toBe("M0,60V30H2V60");
  });

  it("draw missing where there is any", () => {
    const [number] = propertyFigures([NUMBER], [line("n")], sidesOf({ n: 10, cells: [5, 5, 0] }, { n: 10, cells: [0, 10, 0] }));
    expect(number?.bins).toBe(3);
  });

  it("say what is missing where much is, or where it differs, and not where that is the figure itself", () => {
    const shares = (ours: number[], theirs: number[], statistic = "mean") => {
      const [row] = propertyFigures([NUMBER], [{ ...line("n"), statistic }], { ...sidesOf({ n: 100, cells: ours }, { n: 100, cells: theirs }), production: { n: 1000, cells: [120, 880, 0] } });
      return [row?.missing, row?.missingProduction, row?.missingEvaluation];
    };
    const nothing = [NaN, NaN, NaN];
    expect(shares([30, 70, 0], [4, 96, 0])).toEqual([0.3, 0.12, 0.04]);
    expect(shares([0, 100, 0], [2, 98, 0])).toEqual([0, 0.12, 0.02]);
    expect(shares([6, 94, 0], [6, 94, 0])).toEqual([0.06, 0.12, 0.06]);
    expect(shares([3, 97, 0], [2, 98, 0])).toEqual(nothing);
    expect(shares([30, 70, 0], [4, 96, 0], "share of missing")).toEqual(nothing);
    expect(shares([0, 0, 0], [0, 0, 0])).toEqual(nothing);
  });

  it("survive an empty window", () => {
    const [number] = propertyFigures([NUMBER], [line("n")], sidesOf({ n: 0, cells: [0, 0, 0] }, baseline));
    expect(number?.windowOutline).toBe("M0,60V60H2V60");
  });

  it("leave out a property that was not compared", () => {
    expect(propertyFigures([NUMBER, CLASS], [line("c")], sidesOf(window, baseline)).map((row) => row.name)).toEqual(["c"]);
  });
});

describe("an opened property", () => {
  const sides = { window: { n: 10, cells: [0, 4, 6, 0, 0, 1, 9] }, production: { n: 40, cells: [0, 4, 6, 0, 0, 30, 10] }, evaluation: { n: 10, cells: [0, 5, 5, 0, 0, 10, 0] } };
  const series = seriesOf({ ...COUNTS, cell: (cell, first, last) => COUNTS.cell(cell % 2, first, last) });

  it("lists classes by share, bins in order", () => {
    const shown = (property: Described): string[] => valueFigures(property, sides, series).values.map((value) => value.label);
    expect(shown(NUMBER)).toEqual(["< 1", "≥ 1"]);
    expect(shown({ ...CLASS, labels: ["missing", "other", "rare", "common"] })).toEqual(["rare", "common"]);
    const mostly = { ...sides, evaluation: { n: 10, cells: [0, 5, 5, 0, 0, 2, 0] }, production: { n: 40, cells: [0, 4, 6, 0, 0, 3, 10] } };
    expect(valueFigures(CLASS, mostly, series).values.map((value) => value.label)).toEqual(["y", "x"]);
  });

  it("says how many it does not list", () => {
    const many = { ...CLASS, offset: 0, size: 50, labels: Array.from({ length: 50 }, (_, i) => `v${i}`) };
    const one = { n: 50, cells: Array.from({ length: 50 }, () => 1) };
    const got = valueFigures(many, { window: one, production: one, evaluation: one }, series);
    expect([got.values.length, got.left]).toEqual([32, 18]);
  });
});

describe("shares over time", () => {
  it("are grouped into steps that cover every bin once", () => {
    expect(seriesOf(COUNTS, 2).shares(0)).toEqual([7 / 8, 3 / 8]);
    expect(seriesOf(COUNTS, 60).shares(1)).toEqual([0, 0, 0.5, 0.75]);
  });

  it("say when a cell was first seen", () => {
    expect([firstSeen(COUNTS, 0), firstSeen(COUNTS, 1), firstSeen(COUNTS, 7)]).toEqual([0, 2, -1]);
  });
});
