/** ComparisonTable: answers a brush from the cube. */
import type { JSX } from "preact";

import { ComparisonTable } from "./comparison-table";
import type { Cube } from "./cube";
import { formatCount, formatMoment } from "./format";
import { PropertyDetail } from "./property-detail";
import { propertyFigures, valueFigures } from "./property-rows";
import { countedOf, countsOf } from "./sides";
import { compare } from "./statistics";
import { selectionNote, tableView, type Scene } from "./table-view";
import { seriesOf, type Series } from "./time-series";

const seriesByCube = new WeakMap<Cube, Series>();

function series(cube: Cube): Series {
  const known = seriesByCube.get(cube) ?? seriesOf(countsOf(cube));
  seriesByCube.set(cube, known);
  return known;
}

/** What the view shows of a scene. */
export function comparison(scene: Scene): JSX.Element {
  const { filtered, sums } = scene;
  const lines = compare(filtered, sums.window, sums.baseline, sums.production, sums.evaluation);
  const rows = propertyFigures(filtered.properties, lines, countedOf(sums.window), countedOf(sums.baseline));
  const note = `${selectionNote(scene)} · ${formatCount(sums.window.totals.n?.[0])} samples`;
  return (
    <ComparisonTable rows={rows} note={note} detail={(name) => detail(scene, name)} />
  );
}

function detail({ filtered: cube, sums }: Scene, name: string): JSX.Element | null {
  const property = cube.properties.find((one) => one.name === name);
  if (!property) return null;
  const sides = { window: countedOf(sums.window), production: countedOf(sums.production), evaluation: countedOf(sums.evaluation) };
  const { count, is_time } = cube.time;
  const [from = "", to = ""] = cube.window(0, count).map((at) => formatMoment(at, is_time));
  const span = [sums.window.first / count, sums.window.last / count] as const;
  const over = series(cube);
  return <PropertyDetail name={name} {...valueFigures(property, sides, over)} steps={over.steps} span={span} from={from} to={to} />;
}

export default { render: tableView("comparison", comparison) };
