/** What keys and hands make of a window, in time bins. */
import { describe, expect, it } from "vitest";

import type { Cube } from "../src/widget/figures/cube";
import { dragged, isShort, lastTenth, stepped, type Bins } from "../src/widget/figures/windows";

describe("keys", () => {
  it.each<[string, boolean, Bins, Bins | null]>([
    ["ArrowLeft", false, [3, 5], [2, 4]],
    ["ArrowLeft", false, [0, 2], [0, 2]],
    ["ArrowRight", false, [3, 5], [4, 6]],
    ["ArrowRight", false, [8, 10], [8, 10]],
    ["ArrowLeft", true, [3, 5], [3, 4]],
    ["ArrowLeft", true, [3, 4], [3, 4]],
    ["ArrowRight", true, [3, 10], [3, 10]],
    ["Home", false, [3, 5], [0, 2]],
    ["End", false, [3, 5], [8, 10]],
    ["Home", true, [3, 5], [0, 5]],
    ["End", true, [3, 5], [3, 10]],
    ["x", false, [3, 5], null],
  ])("%s (shift: %s) makes %j to %j", (key, shift, from, to) => {
    expect(stepped(key, shift, from, 10)).toEqual(to);
  });

  it("start from the last tenth, at least one bin", () => {
    expect(lastTenth(184)).toEqual([165, 184]);
    expect(lastTenth(3)).toEqual([2, 3]);
  });
});

describe("presets", () => {
  it("are no part of a production that is no longer than they are", () => {
    const short = (count: number, is_time = true): boolean => isShort({ time: { start: 0, step: 86_400_000, count, is_time } } as Cube);
    expect([short(7), short(8), short(7, false)]).toEqual([true, false, false]);
  });
});

describe("hands", () => {
  it("move all of it, and stop at the ends", () => {
    expect(dragged("all", [3, 5], 3.5, 5.6, 10)).toEqual([5, 7]);
    expect(dragged("all", [3, 5], 3.5, 99, 10)).toEqual([8, 10]);
    expect(dragged("all", [3, 5], 3.5, -99, 10)).toEqual([0, 2]);
  });

  it("pull an edge, but never past the other", () => {
    expect(dragged("start", [3, 5], 3, 1.2, 10)).toEqual([1, 5]);
    expect(dragged("start", [3, 5], 3, 9, 10)).toEqual([4, 5]);
    expect(dragged("end", [3, 5], 5, 0, 10)).toEqual([3, 4]);
    expect(dragged("end", [3, 5], 5, 99, 10)).toEqual([3, 10]);
  });

  it("draw a new one outward to whole bins, in either direction", () => {
    expect(dragged("new", [0, 10], 2.4, 5.1, 10)).toEqual([2, 6]);
    expect(dragged("new", [0, 10], 5.1, 2.4, 10)).toEqual([2, 6]);
    expect(dragged("new", [0, 10], 9.9, 12, 10)).toEqual([9, 10]);
    expect(dragged("new", [0, 10], -3, -2, 10)).toEqual([0, 1]);
  });
});
