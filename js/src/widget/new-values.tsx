/** NewValues: which values are new is read off all of production, their figures follow the selection. */
import type { JSX } from "preact";

import type { Cube } from "./cube";
import { pick, reasonAgainst, selectionNote, tableView, windowSums, type Shown } from "./table-view";
import { distinctFigures, newCells, newValueFigures, type NewCell, type Whole } from "./new-value-rows";
import { NewValuesCard, type DistinctFigures } from "./new-values-card";
import { cellCondition } from "./segment-text";
import { bandOf, countsOf, sideOf } from "./sides";
import { seriesOf } from "./time-series";

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

/** The view of a selection. */
export function newValues(shown: Shown): JSX.Element {
  const { cube, whole } = shown;
  const { cells, distinct } = found(whole);
  const window = windowSums(shown);
  return (
    <NewValuesCard
      values={newValueFigures(cells, sideOf(cube, window), bandOf(cube, window))}
      distinct={distinct}
      note={selectionNote(shown)}
      isTime={cube.time.is_time}
      active={shown.segment}
      disabled={(text) => reasonAgainst(shown, text)}
      onPick={(text) => pick(shown, text, conditionsOf(whole, cells.find((cell) => cell.text === text)))}
    />
  );
}

function conditionsOf(cube: Cube, cell: NewCell | undefined) {
  const property = cube.properties.find((one) => one.name === cell?.property);
  const condition = property && cell ? cellCondition(property, cell.at - property.offset) : null;
  return condition === null ? [] : [condition];
}

export default tableView("new-values", newValues);
