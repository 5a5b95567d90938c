/** Browser and kernel give the same figures: golden vectors that Python wrote. */
/// <reference types="node" />
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { decode, type Meta } from "../src/widget/figures/cube";
import { benchmarkOf, type Benchmark } from "../src/widget/figures/quality-series";
import { compare, estimate, type Estimate } from "../src/widget/figures/statistics";

interface Case {
  window: [number, number] | null;
  baseline: [number, number] | null;
  bins: [number, number];
  expected: {
    performance?: { window: Record<string, number | boolean | null>; cells: Record<string, (number | boolean | null)[]> };
    comparison: Record<string, unknown>[];
  };
}

function golden(name: string): { meta: Meta; payload: string; benchmark: Record<string, number | boolean | null>; cases: Case[] } {
  return JSON.parse(readFileSync(join(process.cwd(), "..", "tests", "golden", name), "utf8"));
}

function near(ours: unknown, theirs: unknown, what: string): void {
  if (theirs === null) expect(Number.isFinite(ours as number), what).toBe(false);
  else if (typeof theirs === "number") expect(Math.abs((ours as number) - theirs), `${what}: ${ours} for ${theirs}`).toBeLessThan(1e-9);
  else expect(ours, what).toBe(theirs);
}

for (const name of ["scored.json", "unscored.json"]) {
  const { meta, payload, benchmark, cases } = golden(name);
  const bytes = Uint8Array.from(Buffer.from(payload, "base64"));
  const cube = decode(meta, new DataView(bytes.buffer));

  describe(name, () => {
    it("gives Python's benchmark, and none before there are scores", () => {
      if (!cube) throw new Error("no cube");
      const ours = benchmarkOf(cube);
      for (const [field, value] of Object.entries(benchmark)) near(ours[field as keyof Benchmark], value, field);
      expect(Number.isFinite(ours.score)).toBe(meta.scored);
    });

    it.each(cases)("gives Python's figures for the window $window against $baseline", ({ window, baseline, bins, expected }) => {
      if (!cube) throw new Error("no cube");
      expect(cube.snap(window)).toEqual(bins);
      const sums = cube.sums(...bins);
      if (expected.performance) {
        const whole = estimate(sums.totals, 0, meta.scale);
        for (const [field, value] of Object.entries(expected.performance.window)) near(whole[field as keyof Estimate], value, field);
        for (let cell = 0; cell < meta.n_cells; cell++) {
          const ours = estimate(sums.cells, cell, meta.scale);
          for (const [field, values] of Object.entries(expected.performance.cells))
            near(ours[field as keyof Estimate], values[cell], `${field} of cell ${cell}`);
        }
      }
      const against = baseline ? cube.sums(...cube.snap(baseline)) : cube.evaluation;
      const lines = compare(cube, sums, against, cube.sums(), cube.evaluation);
      expected.comparison.forEach((line, at) => {
        for (const [field, ours] of Object.entries(lines[at] ?? {})) near(ours, line[field], `${line["property"]}.${field}`);
      });
      expect(lines.length).toBe(expected.comparison.length);
    });
  });
}

describe("decode", () => {
  it("reads a payload that doesn't start at a multiple of eight", () => {
    const { meta, payload } = golden("scored.json");
    const bytes = Buffer.from(payload, "base64");
    const shifted = new Uint8Array(bytes.length + 4);
    shifted.set(bytes, 4);
    const cube = decode(meta, new DataView(shifted.buffer, 4));
    expect(cube?.sums().totals.n?.[0]).toBeGreaterThan(0);
  });

  it("refuses another version and nothing at all", () => {
    const { meta } = golden("scored.json");
    expect(decode({ ...meta, version: 99 }, new DataView(new ArrayBuffer(8)))).toBeNull();
    expect(decode(meta, null)).toBeNull();
  });
});
