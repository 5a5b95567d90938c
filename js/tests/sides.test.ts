import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { Cube, type Meta } from "../src/widget/cube";
import { bandOf, countedOf, countsOf, sideOf } from "../src/widget/sides";

interface Golden {
  meta: Meta;
  payload: string;
  cases: { bins: [number, number]; expected: { performance?: { cells: Record<string, (number | null)[]>; window: Record<string, number> } } }[];
}

function golden(name: string): Golden {
  return JSON.parse(readFileSync(`${import.meta.dirname}/../../tests/golden/${name}.json`, "utf8")) as Golden;
}

function cubeOf({ meta, payload }: Golden): Cube {
  return new Cube(meta, Uint8Array.from(atob(payload), (char) => char.charCodeAt(0)).buffer);
}

const SCORED = golden("scored");

describe("the cube as the tables read it", () => {
  const cube = cubeOf(SCORED);

  it.each(SCORED.cases)("gives the engine's figure for every cell of bins $bins", ({ bins, expected }) => {
    const sums = cube.sums(...bins);
    const side = sideOf(cube, sums);
    const band = bandOf(cube, sums);
    const { n = [], low = [], score = [], supported = [] } = expected.performance?.cells ?? {};
    n.forEach((count, place) => {
      const got = side.at(place);
      expect(got.n).toBe(count);
      if (!count) return;
      expect(got.score / got.n).toBeCloseTo(score[place] ?? NaN, 9);
      expect(1 - got.unsupported / got.n).toBeCloseTo(supported[place] ?? NaN, 9);
      expect(band(place).low).toBeCloseTo(low[place] ?? NaN, 9);
    });
    expect(side.n).toBe(expected.performance?.window.n);
  });

  it("counts over time what it counts in all", () => {
    const counts = countsOf(cube);
    const { n, cells } = countedOf(cube.sums());
    expect(counts.total(0, counts.bins)).toBe(n);
    expect(counts.cell(2, 0, 3) + counts.cell(2, 3, counts.bins)).toBe(cells[2]);
  });

  it("has no scores before there are any", () => {
    const unscored = cubeOf(golden("unscored"));
    expect(sideOf(unscored, unscored.sums()).score).toBeNull();
    expect(bandOf(unscored, unscored.sums())(2).score).toBeNaN();
  });
});
