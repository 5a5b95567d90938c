/** NewValues: which values are new is read off all of production, their figures follow the selection. */
import type { JSX } from "preact";

import type { Cube } from "../figures/cube";
import { distinctFigures, newCells, newValueFigures, type NewCell, type Whole } from "../figures/new-value-rows";
import { NewValuesCard, type DistinctFigures } from "./card";
import { cellCondition, type Condition } from "../figures/segment-text";
import { bandOf, countsOf, sideOf } from "../figures/sides";
import { windowNote, tableView, type Scene } from "../parts/table-view";
import { seriesOf } from "../figures/time-series";

interface Found {
  cells: NewCell[];
  distinct: DistinctFigures[];
}

const foundByCube = new WeakMap<Cube, Found>();

function found(cube: Cube): Found {
  const known = foundByCube.get(cube);
  if (known) return known;
  const counts = countsOf(cube);
  const whole: Whole = {
    production: sideOf(cube, cube.sums()), evaluation: sideOf(cube, cube.evaluation), counts, series: seriesOf(counts),
    startOf: (bin) => cube.window(bin, bin)[0],
  };
  const cells = newCells(cube.properties, whole);
  const made = { cells, distinct: distinctFigures(cube.properties, cells, whole) };
  foundByCube.set(cube, made);
  return made;
}

/** What the view shows of a scene. */
export function newValues(scene: Scene): JSX.Element {
  const { cube, filtered, sums, segment } = scene;
  const { cells, distinct } = found(cube);
  const pick = (text: string): void => scene.filter(text === segment ? [] : conditionsOf(cube, cells.find((cell) => cell.text === text)));
  return (
    <NewValuesCard
      values={newValueFigures(cells, sideOf(filtered, sums.window), bandOf(filtered, sums.window))}
      distinct={distinct}
      note={windowNote(scene)}
      isTime={cube.time.is_time}
      active={segment}
      disabled={scene.unanswerable}
      onPick={pick}
    />
  );
}

function conditionsOf(cube: Cube, cell: NewCell | undefined): Condition[] {
  const property = cube.properties.find((one) => one.name === cell?.property);
  const condition = property && cell ? cellCondition(property, cell.at - property.offset) : null;
  return condition === null ? [] : [condition];
}

export default { render: tableView("new-values", newValues) };
