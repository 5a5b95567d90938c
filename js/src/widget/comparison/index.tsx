/** ComparisonTable: answers a brush from the cube. */
import type { JSX } from "preact";

import { ComparisonTable } from "./table";
import type { Cube, Property } from "../figures/cube";
import { formatCount, formatWindow } from "../figures/format";
import css from "./property-detail.css";
import { PropertyDetail } from "./property-detail";
import { gridRows, propertyFigures, rowShares, valueFigures, type Sides } from "../figures/property-rows";
import type { ValuesProps } from "./property-values";
import { countedOf, countsOf } from "../figures/sides";
import { compare } from "../figures/statistics";
import { baselineText, selectionNote, tableView, type Scene } from "../parts/table-view";
import { seriesOf } from "../figures/time-series";
import { gridOf, type Grid } from "./value-grid";

/** What an opened property shows of a cube whatever the window: counted once. */
interface Opened extends ReturnType<typeof gridRows> {
  grid: Grid;
  title: string;
}

const openedByCube = new WeakMap<Cube, Map<string, Opened>>();

function opened(cube: Cube, property: Property, sides: Pick<Sides, "production" | "evaluation">): Opened {
  const known = openedByCube.get(cube) ?? new Map<string, Opened>();
  openedByCube.set(cube, known);
  const found = known.get(property.name) ?? counted(cube, property, sides);
  known.set(property.name, found);
  return found;
}

function counted(cube: Cube, property: Property, sides: Pick<Sides, "production" | "evaluation">): Opened {
  const chosen = gridRows(property, sides);
  const title = property.unit ? `${property.name} in ${property.unit}` : property.name;
  return { ...chosen, grid: gridOf(chosen.rows, countsOf(cube)), title };
}

/** What the view shows of a scene. */
export function comparison(scene: Scene): JSX.Element {
  const { filtered, sums } = scene;
  const lines = compare(filtered, sums.window, sums.baseline, sums.production, sums.evaluation);
  const rows = propertyFigures(filtered.properties, lines, {
    window: countedOf(sums.window), baseline: countedOf(sums.baseline), production: countedOf(sums.production), evaluation: countedOf(sums.evaluation),
  });
  const drifted = rows.filter(({ verdict }) => verdict === "drift").length;
  const note = `${selectionNote(scene)} · ${formatCount(sums.window.totals.n?.[0])} samples · ${drifted} of ${rows.length} drift`;
  return (
    <ComparisonTable rows={rows} note={note} detail={(name) => detail(scene, name)} />
  );
}

function detail(scene: Scene, name: string): JSX.Element | null {
  const { filtered: cube, sums, against } = scene;
  const property = cube.properties.find((one) => one.name === name);
  if (!property) return null;
  const sides = { window: countedOf(sums.window), production: countedOf(sums.production), evaluation: countedOf(sums.evaluation) };
  const { rows, left, grid, title } = opened(cube, property, sides);
  const { count, is_time } = cube.time;
  const axis = cube.window(0, count);
  const place = ([first, last]: readonly [number, number]) => [first / count, last / count] as const;
  const span = place([sums.window.first, sums.window.last]);
  const table = (): ValuesProps => {
    const over = seriesOf(countsOf(cube));
    const caption = `${title}: share of each value, and its share over time (${formatWindow(axis, is_time)}${is_time ? ", UTC" : ""})`;
    return { ...valueFigures(property, sides, over), caption, steps: over.steps, span };
  };
  return (
    <PropertyDetail
      key={name}
      name={name}
      title={title}
      grid={grid}
      bins={property.kind === "numeric"}
      window={rowShares(rows, sides.window)}
      baseline={rowShares(rows, countedOf(sums.baseline))}
      production={rowShares(rows, sides.production)}
      against={baselineText(scene)}
      span={span}
      baselineSpan={against && place([sums.baseline.first, sums.baseline.last])}
      axis={axis}
      isTime={is_time}
      moment={(step) => formatWindow(cube.window(...(grid.spans[step] ?? [0, 0])), is_time)}
      left={left}
      table={table}
    />
  );
}

export default { render: tableView("comparison", comparison, { css }) };
