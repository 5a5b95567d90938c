import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { Cube, type Meta } from "../src/widget/figures/cube";
import { newCells, newValueFigures } from "../src/widget/figures/new-value-rows";
import { bandOf, countedOf, countsOf, sideOf } from "../src/widget/figures/sides";
import { seriesOf } from "../src/widget/figures/time-series";

interface NewValue {
  property: string;
  value: string;
  n: number;
  share: number;
  window_share: number | null;
}

interface Golden {
  meta: Meta;
  payload: string;
  cases: { bins: [number, number]; expected: { new_values: NewValue[]; performance?: { cells: Record<string, (number | null)[]>; window: Record<string, number> } } }[];
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

  it.each(SCORED.cases)("keeps production's figures of new values beside the window's, bins $bins", ({ bins, expected }) => {
    const whole = { production: sideOf(cube, cube.sums()), evaluation: sideOf(cube, cube.evaluation), counts: countsOf(cube), series: seriesOf(countsOf(cube)), startOf: () => 0 };
    const sums = cube.sums(...bins);
    const shown = newValueFigures(newCells(cube.properties, whole), sideOf(cube, sums), bandOf(cube, sums));
    expect(expected.new_values.length).toBeGreaterThan(0);
    for (const { property, value, n, share, window_share } of expected.new_values) {
      const row = shown.find((one) => one.property === property && one.value === value);
      expect(row?.n).toBe(n);
      expect(row?.share).toBeCloseTo(share, 9);
      expect(row?.windowN).toBeCloseTo((window_share ?? 0) * (sums.totals.n?.[0] ?? 0), 6);
    }
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
