import { describe, expect, it } from "vitest";

import { cellCondition, segmentText } from "../src/widget/figures/segment-text";

describe("a segment's text", () => {
  it("is canonical", () => {
    expect(segmentText([{ property: "n_predictions", low: 3, high: null }])).toBe("n_predictions ≥ 3");
    expect(
      segmentText([
        { property: "device", values: ["tablet"] },
        { property: "confidence", low: 0.2, high: 0.5 },
      ]),
    ).toBe("0.2 ≤ confidence < 0.5 & device = tablet");
    expect(segmentText([{ property: "x", missing: true }])).toBe("x is missing");
    expect(segmentText([{ property: "x", values: ["a", "b"] }])).toBe("x in {a, b}");
    expect(segmentText([{ property: "x", low: null, high: 5 }])).toBe("x < 5");
    expect(segmentText([])).toBe("");
  });

  it("writes numbers as the kernel does", () => {
    const text = (low: number): string => segmentText([{ property: "x", low, high: null }]);
    const numbers = [0.1 + 0.2, 1e-7, 123456789.5, 3, 0.00012, 0.000012, 123456789012345, 1e12, 100, -2.5, 0];
    const written = ["0.3", "1e-07", "123456789.5", "3", "0.00012", "1.2e-05", "1.23456789012e+14", "1e+12", "100", "-2.5", "0"];
    expect(numbers.map(text)).toEqual(written.map((number) => `x ≥ ${number}`));
  });
});

describe("the condition of a cell", () => {
  const numeric = { name: "n", kind: "numeric", labels: ["missing", "< 1", "1 – 2", "≥ 2"], edges: [1, 2] };
  const levels = { name: "d", kind: "categorical", labels: ["missing", "other", "phone"], edges: null };

  it("is a half-open bin without an outer end", () => {
    expect([1, 2, 3].map((code) => cellCondition(numeric, code))).toEqual([
      { property: "n", low: null, high: 1 },
      { property: "n", low: 1, high: 2 },
      { property: "n", low: 2, high: null },
    ]);
  });

  it("is a value, missing, or nothing for what was lumped together", () => {
    expect([0, 1, 2].map((code) => cellCondition(levels, code))).toEqual([
      { property: "d", missing: true },
      null,
      { property: "d", values: ["phone"] },
    ]);
  });
});
