import { describe, expect, it } from "vitest";

import { contribution } from "../src/widget/figures/contribution";

import golden from "../../tests/golden/contribution.json";

const BEFORE = { n: 20000, score: 16000 };
const AFTER = { n: 20000, score: 14000 };

describe("contribution to a drop", () => {
  it("gives Python's figures", () => {
    for (const { before, after, expected } of golden.cases) {
      const got = contribution(before, golden.before, after, golden.after);
      expect(got.contribution).toBeCloseTo(expected.contribution, 12);
      expect(got.z).toBeCloseTo(expected.z, 9);
      expect(got.kind).toBe(expected.kind);
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
