/** The segment table ranks as Python does for the static fallback: golden vectors that Python wrote. */
/// <reference types="node" />
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

import { decode, type Meta } from "../src/widget/figures/cube";
import { candidates, segmentSummaries, type Chosen } from "../src/widget/figures/segment-rows";
import { sideOf } from "../src/widget/figures/sides";
import { byContribution } from "../src/widget/segments/table";
import type { SegmentSummary } from "../src/widget/segments/row";

type Row = Record<string, string | number | boolean | null>;
interface Case {
  bins: [number, number];
  baseline: [number, number] | null;
  rows: Row[];
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(process.cwd(), "..", "tests", "golden", name), "utf8"));
const { meta, payload } = read("scored.json") as { meta: Meta; payload: string };
const FIGURES: readonly (readonly [string, (row: SegmentSummary) => number])[] = [
  ["effect_on_score", (row) => -row.contribution],
  ["n", (row) => row.n],
  ["share", (row) => row.shareWindow],
  ["share_production", (row) => row.shareProduction],
  ["share_evaluation", (row) => row.shareEvaluation],
  ["score", (row) => row.score],
  ["score_production", (row) => row.scoreProduction],
  ["score_evaluation", (row) => row.scoreEvaluation],
  ["unsupported_share", (row) => row.unsupported],
];

it.each(read("ranking.json") as Case[])("ranks the bins $bins against $baseline as Python does", ({ bins, baseline, rows }) => {
  const cube = decode(meta, new DataView(Uint8Array.from(Buffer.from(payload, "base64")).buffer));
  if (!cube) throw new Error("no cube");
  const side = (sums: Parameters<typeof sideOf>[1]) => sideOf(cube, sums);
  const sides = {
    window: side(cube.sums(...bins)), production: side(cube.sums()), evaluation: side(cube.evaluation),
    baseline: side(baseline ? cube.sums(...baseline) : cube.evaluation),
  };
  const all = candidates(meta.properties, meta.segments as readonly Chosen[], meta.n_cells);
  const ours = byContribution(segmentSummaries(all, sides));
  expect(ours.length).toBe(rows.length);
  const named = new Map(ours.map((row) => [row.text, row]));
  rows.forEach((row, at) => {
    const mine = named.get(row["segment"] as string);
    if (!mine) throw new Error(`no row ${row["segment"]}`);
    for (const [name, figure] of FIGURES) {
      const wanted = row[name] ?? NaN;
      if (Number.isFinite(wanted)) expect(figure(mine), `${mine.text} ${name}`).toBeCloseTo(wanted as number, 9);
      else expect(Number.isFinite(figure(mine)), `${mine.text} ${name}`).toBe(false);
    }
    expect([mine.kind, mine.weak]).toEqual([row["kind"], row["weak"]]);
    // equal figures may stand in either order
    expect(ours[at]?.contribution ?? NaN).toBe(mine.contribution);
  });
});
