/** SegmentTable: ranks every class, bin and chosen segment again at each brush, from the cube. */
import type { JSX } from "preact";

import type { Cube } from "./cube";
import { baselineSums, pick, reasonAgainst, selectionNote, tableView, windowSums, type Shown } from "./table-view";
import { filter } from "./view";
import { candidates, segmentSummaries, type Candidate, type Chosen } from "./segment-rows";
import { SegmentTable } from "./segment-table";
import { bandOf, sideOf } from "./sides";

const candidatesByCube = new WeakMap<Cube, ReadonlyMap<string, Candidate>>();

function named(cube: Cube): ReadonlyMap<string, Candidate> {
  const known = candidatesByCube.get(cube);
  if (known) return known;
  const { properties, segments, n_cells } = cube.meta;
  const made = new Map(candidates(properties, segments as readonly Chosen[], n_cells).map((one) => [one.text, one]));
  candidatesByCube.set(cube, made);
  return made;
}

/** The view of a selection. */
export function segments(shown: Shown): JSX.Element {
  const { cube } = shown;
  const all = named(cube);
  const window = windowSums(shown);
  const [production, evaluation, baseline] = [cube.sums(), cube.evaluation, baselineSums(shown)].map((sums) => sideOf(cube, sums)) as [Side, Side, Side];
  const rows = segmentSummaries([...all.values()], { window: sideOf(cube, window), production, evaluation, baseline });
  return (
    <SegmentTable
      rows={rows}
      band={bandOf(cube, window)}
      note={cube.scored ? selectionNote(shown) : "estimating scores…"}
      active={shown.segment}
      disabled={(text) => reasonAgainst(shown, text)}
      onPick={(text) => pick(shown, text, all.get(text)?.conditions ?? [])}
      onClear={() => filter(shown.selection, [])}
    />
  );
}

type Side = ReturnType<typeof sideOf>;

export default tableView("segments", segments);
