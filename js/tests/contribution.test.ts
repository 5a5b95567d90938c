import { describe, expect, it } from "vitest";

import { contribution } from "../src/widget/contribution";

const BEFORE = { n: 20000, score: 16000 };
const AFTER = { n: 20000, score: 14000 };

describe("contribution to a drop", () => {
  it("gives Python's figures", () => {
    const cases: [number, number, number, number, number, number, string][] = [
      [0, 0, 800, 240, 0.016666666666666666, 18.99028974062158, "new"],
      [300, 150, 900, 450, 0.0048555558508517815, 11.558453588502498, "mix"],
      [1000, 500, 1000, 100, 0.01578947368421053, 16.684292595258572, "within"],
      [0, 0, 0, 0, 0, 0, "mix"],
      [500, 450, 20000, 14000, 0, 0, "mix"],
    ];
    for (const [n0, s0, n1, s1, points, z, kind] of cases) {
      const got = contribution({ n: n0, score: s0 }, BEFORE, { n: n1, score: s1 }, AFTER);
      expect(got.contribution).toBeCloseTo(points, 12);
      expect(got.z).toBeCloseTo(z, 9);
      expect(got.kind).toBe(kind);
    }
  });

  it("is the drop that goes away with the segment", () => {
    const [segment0, segment1] = [{ n: 3000, score: 2500 }, { n: 5000, score: 2600 }];
    const rest = (all: typeof BEFORE, part: typeof BEFORE): number => (all.score - part.score) / (all.n - part.n);
    const drop = BEFORE.score / BEFORE.n - AFTER.score / AFTER.n;
    const without = rest(BEFORE, segment0) - rest(AFTER, segment1);
    expect(contribution(segment0, BEFORE, segment1, AFTER).contribution).toBeCloseTo(drop - without, 12);
  });
});
