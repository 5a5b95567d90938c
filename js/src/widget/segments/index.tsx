/** SegmentTable: ranks every class, bin and chosen segment again at each brush, from the cube. */
import type { JSX } from "preact";

import type { Cube } from "../figures/cube";
import { candidates, segmentSummaries, type Candidate, type Chosen, type Sides } from "../figures/segment-rows";
import { SegmentTable } from "./table";
import { bandOf, sideOf } from "../figures/sides";
import { selectionNote, tableView, type Scene } from "../parts/table-view";

const candidatesByCube = new WeakMap<Cube, ReadonlyMap<string, Candidate>>();

function named(cube: Cube): ReadonlyMap<string, Candidate> {
  const known = candidatesByCube.get(cube);
  if (known) return known;
  const { properties, segments, n_cells } = cube.meta;
  const made = new Map(candidates(properties, segments as readonly Chosen[], n_cells).map((one) => [one.text, one]));
  candidatesByCube.set(cube, made);
  return made;
}

/** What the view shows of a scene. */
export function segments(scene: Scene): JSX.Element {
  const { filtered, sums, segment } = scene;
  const all = named(filtered);
  const conditions = (text: string) => (text === segment ? [] : (all.get(text)?.conditions ?? []));
  const sides = Object.fromEntries(Object.entries(sums).map(([name, of]) => [name, sideOf(filtered, of)]));
  return (
    <SegmentTable
      rows={segmentSummaries([...all.values()], sides as unknown as Sides)}
      band={bandOf(filtered, sums.window)}
      note={filtered.scored ? selectionNote(scene) : "estimating scores…"}
      active={segment}
      disabled={scene.unanswerable}
      onPick={(text) => scene.filter(conditions(text))}
      onClear={() => scene.filter([])}
    />
  );
}

export default { render: tableView("segments", segments) };
