import { describe, expect, it } from "vitest";

import * as format from "../src/widget/figures/format";

describe("numbers on screen", () => {
  it("writes means with the digits that tell them apart", () => {
    expect([2.2149, 2.0151, 1.9553].map((mean) => format.formatValue(mean))).toEqual(["2.21", "2.02", "1.96"]);
    expect(format.formatValue(0.87312)).toBe("0.873");
    expect(format.formatValue(123.456)).toBe("123.5");
    expect(format.formatValue(45678.9)).toBe("45,679");
    expect(format.formatValue(2006.5)).toBe("2006.5");
    expect(format.formatValue(2.5e9)).toBe("2.5B");
    expect(format.formatValue(0.00001234)).toBe("1.23e-5");
  });

  it("never writes NaN or infinity", () => {
    const writers = [format.formatValue, format.formatShare, format.formatScore, format.formatCount, format.formatPoints, format.formatDistance];
    for (const write of writers) {
      for (const nothing of [Number.NaN, Infinity, null, undefined]) expect(write(nothing)).toBe("–");
    }
    expect(format.formatEffect(Number.NaN, true)).toBe("–");
    expect(format.formatBand(Number.NaN, 1)).toBe("–");
    expect(format.formatMoment(Number.NaN)).toBe("–");
  });

  it("keeps rare shares apart from zero", () => {
    expect(format.formatShare(0)).toBe("0.0\u202f%");
    expect(format.formatShare(0.0052)).toBe("0.52\u202f%");
    expect(format.formatShare(0.384)).toBe("38.4\u202f%");
    expect(format.formatShare(0.00001)).toBe("<\u202f0.01\u202f%");
  });

  it("signs effects and points, but not what rounds to nothing", () => {
    expect(format.formatPoints(-0.024)).toBe("−2.40\u202fpts");
    expect(format.formatPoints(0.024)).toBe("+2.40\u202fpts");
    expect(format.formatPoints(-0.00001)).toBe("0.00\u202fpts");
    expect(format.formatEffect(0.312, true)).toBe("+0.31\u202fsd");
    expect(format.formatEffect(-0.031, false)).toBe("−3.1\u202fpp");
  });

  it("writes moments in UTC and the time of day only where it matters", () => {
    expect(format.formatMoment(Date.UTC(2023, 6, 22))).toBe("2023-07-22");
    expect(format.formatMoment(Date.UTC(2023, 6, 22, 13, 5))).toBe("2023-07-22 13:05");
    expect(format.formatMoment(1200, false)).toBe("row 1,200");
    expect(format.formatWindow([1200, 2400], false)).toBe("rows 1,200 to 2,400");
    expect(format.formatWindow(null)).toBe("all of production");
  });
});
