/** ComparisonTable: answers a brush from the cube. */
import type { JSX } from "preact";

import { ComparisonTable } from "./comparison-table";
import type { Cube, WindowSums } from "./cube";
import { formatCount, formatMoment } from "./format";
import { PropertyDetail } from "./property-detail";
import { propertyFigures, valueFigures } from "./property-rows";
import { countedOf, countsOf } from "./sides";
import { compare } from "./statistics";
import { seriesOf, type Series } from "./time-series";
import { baselineSums, tableView, selectionNote, windowSums, type Shown } from "./table-view";

const seriesByCube = new WeakMap<Cube, Series>();

function series(cube: Cube): Series {
  const known = seriesByCube.get(cube) ?? seriesOf(countsOf(cube));
  seriesByCube.set(cube, known);
  return known;
}

/** The view of a selection. */
export function comparison(shown: Shown): JSX.Element {
  const { cube } = shown;
  const [window, baseline] = [windowSums(shown), baselineSums(shown)];
  const lines = compare(cube, window, baseline, cube.sums(), cube.evaluation);
  const rows = propertyFigures(cube.properties, lines, countedOf(window), countedOf(baseline));
  const note = `${selectionNote(shown)} · ${formatCount(window.totals.n?.[0])} samples`;
  return <ComparisonTable rows={rows} note={note} detail={(name) => detail(shown, name, window)} />;
}

function detail({ cube }: Shown, name: string, window: WindowSums): JSX.Element | null {
  const property = cube.properties.find((one) => one.name === name);
  if (!property) return null;
  const sides = { window: countedOf(window), production: countedOf(cube.sums()), evaluation: countedOf(cube.evaluation) };
  const { count, is_time } = cube.time;
  const [from, to] = cube.window(0, count).map((at) => formatMoment(at, is_time));
  const span = [window.first / count, window.last / count] as const;
  const over = series(cube);
  return <PropertyDetail name={name} {...valueFigures(property, sides, over)} steps={over.steps} span={span} from={from ?? ""} to={to ?? ""} />;
}

export default tableView("comparison", comparison);
