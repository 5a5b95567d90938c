import { describe, expect, it } from "vitest";

import { gridRows, rowShares, type Described } from "../src/widget/figures/property-rows";
import type { Counts } from "../src/widget/figures/time-series";
import { momentTicks, rowHeight, shareTicks, valueTicks } from "../src/widget/comparison/value-axis";
import { gridOf, levelOf, LEVELS, shareOf } from "../src/widget/comparison/value-grid";

const NUMBER: Described = { name: "n", kind: "numeric", unit: null, offset: 0, size: 3, labels: ["missing", "< 1", "≥ 1"], edges: [1] };
const CLASS: Described = { name: "c", kind: "categorical", unit: null, offset: 3, size: 4, labels: ["missing", "other", "x", "y"], edges: null };

/** Two cells over four bins of 100 samples; the last bin is empty. */
const PER_BIN = [[100, 100, 25, 0], [0, 0, 75, 0]];
const TOTALS = [100, 100, 100, 0];
const sum = (values: readonly number[], first: number, last: number): number => values.slice(first, last).reduce((a, b) => a + b, 0);
const COUNTS: Counts = { bins: 4, total: (first, last) => sum(TOTALS, first, last), cell: (cell, first, last) => sum(PER_BIN[cell] ?? [], first, last) };
const ROWS = [{ label: "a", cell: 0 }, { label: "b", cell: 1 }];

describe("a property's grid over time", () => {
  it("has steps of whole bins that cover each of them once", () => {
    expect(gridOf(ROWS, COUNTS, 2).spans).toEqual([[0, 2], [2, 4]]);
    expect(gridOf(ROWS, COUNTS, 3).spans).toEqual([[0, 2], [2, 4]]);
    expect(gridOf(ROWS, COUNTS).counts).toEqual(PER_BIN);
    expect(gridOf(ROWS, { ...COUNTS, bins: 0 }).spans).toEqual([]);
  });

  it("draws neighbours of one shade as one rectangle, nothing where there is nothing", () => {
    const { levels, top } = gridOf(ROWS, COUNTS);
    expect(top).toBe(1);
    expect(levels[LEVELS - 1]).toBe("M0,0h2v1h-2z");
    expect(levels[4]).toBe("M2,0h1v1h-1z");
    expect(levels.join("")).not.toContain("M3,");
  });

  it("is not outshone by a step of a few samples", () => {
    const few: Counts = { ...COUNTS, total: (first, last) => (first === 3 ? 1 : 100 * (last - first)), cell: (cell, first) => (first === 3 ? cell : 20) };
    expect(gridOf(ROWS, few).top).toBe(0.2);
  });

  it("has shades by the root of a share, and says what they stand for", () => {
    expect([levelOf(0, 1), levelOf(1e-9, 1), levelOf(0.25, 1), levelOf(1, 1), levelOf(3, 1), levelOf(0.5, 0)]).toEqual([0, 1, 5, 10, 10, 0]);
    expect(shareOf(5, 0.4)).toBeCloseTo(0.1);
    for (const value of [0.001, 0.1, 0.3, 0.99]) expect(shareOf(levelOf(value, 1), 1)).toBeGreaterThanOrEqual(value);
  });
});

describe("the rows of the chart", () => {
  const production = { n: 40, cells: [0, 4, 6, 0, 0, 30, 10] };
  const evaluation = { n: 10, cells: [0, 5, 5, 0, 0, 1, 9] };

  it("go from the highest bin down, and from the commonest class", () => {
    expect(gridRows(NUMBER, { production, evaluation }).rows.map(({ label }) => label)).toEqual(["≥ 1", "< 1"]);
    expect(gridRows(CLASS, { production, evaluation }).rows.map(({ label }) => label)).toEqual(["y", "x"]);
  });

  it("are as many as can be named, and the rest is counted", () => {
    const many = { ...CLASS, offset: 0, size: 50, labels: Array.from({ length: 50 }, (_, i) => `v${i}`) };
    const one = { n: 50, cells: Array.from({ length: 50 }, () => 1) };
    const { rows, left } = gridRows(many, { production: one, evaluation: one });
    expect([rows.length, left]).toEqual([24, 26]);
  });

  it("have the share of their own cell, none in an empty window", () => {
    const { rows } = gridRows(CLASS, { production, evaluation });
    expect(rowShares(rows, evaluation)).toEqual([0.9, 0.1]);
    expect(rowShares(rows, { n: 0, cells: [] })).toEqual([0, 0]);
  });
});

describe("the axes of the chart", () => {
  it("name every value where there is room, and edges of bins where there is not", () => {
    expect(valueTicks(["b", "a"], false)).toEqual([{ at: 0.5, text: "b" }, { at: 1.5, text: "a" }]);
    const labels = ["≥ 30", ...Array.from({ length: 29 }, (_, i) => `${29 - i} – ${30 - i}`), "< 1", "missing"];
    const ticks = valueTicks(labels, true);
    expect(ticks[0]).toEqual({ at: 0.5, text: "≥ 30" });
    expect(ticks.slice(-2).map(({ text }) => text)).toEqual(["< 1", "missing"]);
    // the lower edge of the bin above the line
    expect(ticks.find(({ text }) => text === "20")?.at).toBe(labels.indexOf("20 – 21") + 1);
    const places = ticks.slice(0, -2).map(({ at }) => at * rowHeight(labels.length));
    expect(Math.min(...places.slice(1).map((at, index) => at - (places[index] ?? 0)))).toBeGreaterThanOrEqual(18);
  });

  it("have round shares up to the longest bar", () => {
    expect(shareTicks(0.27)).toEqual({ top: 0.3, ticks: [0, 0.1, 0.2, 0.3].map((at) => ({ at: at / 0.3, text: `${at * 100}%` })) });
    expect(shareTicks(0).ticks.length).toBeGreaterThan(1);
    expect(shareTicks(1).top).toBe(1);
  });

  it("have round moments, or row numbers", () => {
    const ticks = momentTicks(Date.UTC(2023, 4, 1), Date.UTC(2023, 7, 1), true, 6);
    expect(ticks.every(({ at }) => at >= 0 && at <= 1)).toBe(true);
    expect(ticks.map(({ text }) => text)).toContain("Jun 01");
    expect(momentTicks(0, 1000, false, 4).map(({ text }) => text)).toEqual(["0", "200", "400", "600", "800", "1,000"]);
  });
});
