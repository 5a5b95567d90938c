import { describe, expect, it } from "vitest";

import type { Described } from "../src/widget/figures/property-rows";
import { candidates, isWeak, segmentSummaries, type Sides, type SideSums } from "../src/widget/figures/segment-rows";

const DEVICE: Described = { name: "device", kind: "categorical", unit: null, offset: 0, size: 4, labels: ["missing", "other", "phone", "tablet"], edges: null };
const COUNT: Described = { name: "n", kind: "numeric", unit: null, offset: 4, size: 3, labels: ["missing", "0", "1"], edges: [1] };
const CHOSEN = [
  { text: "n ≥ 1", conditions: [{ property: "n", low: 1, high: null }], weak: true },
  { text: "device = phone & n ≥ 1", conditions: [], weak: true },
];

function side(n: number, score: number | null, of: Record<number, [number, number, number]>): SideSums {
  return { n, score, at: (place) => ({ n: of[place]?.[0] ?? 0, score: of[place]?.[1] ?? 0, unsupported: of[place]?.[2] ?? 0 }) };
}

describe("candidates", () => {
  const all = candidates([DEVICE, COUNT], CHOSEN, 7);

  it("are every nameable cell and the chosen segments, each once", () => {
    const texts = ["device is missing", "device = phone", "device = tablet", "n is missing", "n < 1", "n ≥ 1", "device = phone & n ≥ 1"];
    expect(all.map((one) => one.text)).toEqual(texts);
    expect(all.map((one) => one.at)).toEqual([0, 2, 3, 4, 5, 6, 8]);
  });

  it("carry the mark of a chosen segment that is a cell", () => {
    expect(all.filter((one) => one.weak).map((one) => one.text)).toEqual(["n ≥ 1", "device = phone & n ≥ 1"]);
  });
});

describe("summaries", () => {
  const evaluation = side(1000, 800, { 2: [600, 540, 0], 3: [400, 260, 0] });
  const window = side(500, 300, { 2: [200, 180, 0], 3: [300, 120, 30] });
  const sides: Sides = { window, production: side(5000, 4000, { 3: [2500, 1500, 0] }), evaluation, baseline: evaluation };
  const all = candidates([DEVICE], [], 4);

  it("give shares, scores and support of each side", () => {
    const tablet = segmentSummaries(all, sides).find((row) => row.text === "device = tablet");
    expect(tablet).toMatchObject({ n: 300, shareWindow: 0.6, shareProduction: 0.5, shareEvaluation: 0.4, score: 0.4, scoreProduction: 0.6, scoreEvaluation: 0.65, unsupported: 0.1 });
    expect(tablet?.contribution).toBeGreaterThan(0.1);
  });

  it("mark what was weak on evaluation by more than chance and a trifle", () => {
    const whole = { n: 1000, score: 800, at: () => ({ n: 0, score: 0, unsupported: 0 }) };
    const part = (n: number, score: number) => ({ n, score, unsupported: 0 });
    expect(isWeak(part(300, 180), whole)).toBe(true);
    expect(isWeak(part(300, 236), whole)).toBe(false);
    expect(isWeak(part(20, 0), whole)).toBe(false);
    expect(isWeak(part(300, 270), whole)).toBe(false);
    expect(isWeak(part(300, 180), { ...whole, score: null })).toBe(false);
  });

  it("leave out what has no samples on either side", () => {
    expect(segmentSummaries(all, sides).map((row) => row.text)).toEqual(["device = phone", "device = tablet"]);
  });

  it("rank a segment with few samples by nothing, but show it when it is new", () => {
    const few = { ...sides, window: side(500, 300, { 3: [5, 1, 5] }), baseline: side(1000, 800, {}) };
    const [row] = segmentSummaries(all, few);
    expect(row?.text).toBe("device = tablet");
    expect(row?.contribution).toBeNaN();
  });

  it("carry nothing where there is nothing to compare with, or nothing beside them", () => {
    const unseen = { ...sides, baseline: side(0, 0, {}), evaluation: side(0, 0, {}) };
    expect(segmentSummaries(all, unseen).map(({ contribution, kind }) => [contribution, kind])).toEqual([[Number.NaN, ""], [Number.NaN, ""]]);
    const everything = { ...sides, window: side(300, 120, { 3: [300, 120, 30] }), baseline: side(400, 260, { 3: [400, 260, 0] }) };
    expect(segmentSummaries(all, everything).find((row) => row.text === "device = tablet")?.contribution).toBeNaN();
  });

  it("show shares alone while nothing is scored", () => {
    const unscored = { ...sides, window: { ...window, score: null } };
    const tablet = segmentSummaries(all, unscored).find((row) => row.text === "device = tablet");
    expect(tablet?.shareWindow).toBe(0.6);
    expect([tablet?.score, tablet?.contribution, tablet?.unsupported]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});
