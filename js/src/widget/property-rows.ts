/** From a comparison and the cube's counts to what the property table shows. */
import { outline, tallest } from "./distribution";
import type { ValueFigures } from "./property-detail";
import type { PropertyFigures, Verdict } from "./property-row";
import type { Series } from "./time-series";

/** A property as the wire describes it. */
export interface Described {
  name: string;
  kind: string;
  unit: string | null;
  offset: number;
  size: number;
  labels: readonly string[];
  edges: readonly number[] | null;
}

/** A line of the comparison, as in Python. */
export interface Compared {
  property: string;
  statistic: string;
  window: number;
  production: number;
  evaluation: number;
  drift: number;
  effect: number;
  low: number;
  high: number;
  verdict: string;
}

/** Samples of one side, and how many of them lie in each cell. */
export interface Counted {
  n: number;
  cells: ArrayLike<number>;
}

const MISSING = 0;
const OTHER = 1;

/** The rows of the table, in the order of the properties. */
export function propertyFigures(properties: readonly Described[], compared: readonly Compared[], window: Counted, baseline: Counted): PropertyFigures[] {
  const lines = new Map(compared.map((line) => [line.property, line]));
  return properties.flatMap((property) => {
    const line = lines.get(property.name);
    return line ? [rowOf(property, line, window, baseline)] : [];
  });
}

function rowOf(property: Described, line: Compared, window: Counted, baseline: Counted): PropertyFigures {
  const codes = drawn(property, window, baseline);
  const [ours, theirs] = [shares(property, codes, window), shares(property, codes, baseline)];
  const top = tallest(ours, theirs);
  const { statistic, production, evaluation, drift, effect, low, high } = line;
  return {
    name: property.name, unit: property.unit, numeric: property.kind === "numeric", statistic, window: line.window, production, evaluation,
    drift, effect, low, high, verdict: line.verdict as Verdict, bins: codes.length,
    windowOutline: outline(ours, top), evaluationOutline: outline(theirs, top),
  };
}

/** The codes worth drawing: all bins or values, missing and the rare rest only where there are any. */
function drawn({ kind, offset, size }: Described, window: Counted, baseline: Counted): number[] {
  const seen = (code: number): boolean => (window.cells[offset + code] ?? 0) + (baseline.cells[offset + code] ?? 0) > 0;
  const first = kind === "numeric" ? OTHER : OTHER + 1;
  return Array.from({ length: size }, (_, code) => code).filter((code) => code >= first || seen(code));
}

function shares({ offset }: Described, codes: readonly number[], { n, cells }: Counted): number[] {
  return codes.map((code) => (n > 0 ? (cells[offset + code] ?? 0) / n : 0));
}

export const MOST_VALUES = 32;

/** The values of an opened property: bins in their order, classes by their share; at most so many, and how many are left. */
export function valueFigures(
  property: Described,
  sides: { window: Counted; production: Counted; evaluation: Counted },
  series: Series,
): { values: ValueFigures[]; left: number } {
  const codes = drawn(property, sides.production, sides.evaluation);
  const most = (code: number): number => Math.max(...Object.values(sides).map((side) => shares(property, [code], side)[0] ?? 0));
  if (property.kind !== "numeric") codes.sort((a, b) => most(b) - most(a) || a - b);
  const listed = codes.slice(0, MOST_VALUES);
  const share = (side: Counted, code: number): number => shares(property, [code], side)[0] ?? 0;
  const values = listed.map((code) => {
    const overTime = series.shares(property.offset + code);
    const peak = Math.max(...overTime, 0);
    return {
      label: property.labels[code] ?? (code === MISSING ? "missing" : String(code)), window: share(sides.window, code),
      production: share(sides.production, code), evaluation: share(sides.evaluation, code), series: outline(overTime, peak), peak,
    };
  });
  return { values, left: codes.length - listed.length };
}
