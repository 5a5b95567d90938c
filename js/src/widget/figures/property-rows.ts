/** From a comparison and the cube's counts to what the property table shows. */
import { outline, tallest } from "../parts/distribution";
import type { ValueFigures } from "../comparison/property-values";
import type { PropertyFigures, Verdict } from "../comparison/property-row";
import type { Series } from "./time-series";
import type { GridRow } from "../comparison/value-grid";

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

/** The sides of a comparison, and what is shown beside them. */
export interface Compare {
  window: Counted;
  baseline: Counted;
  production: Counted;
  evaluation: Counted;
}

const MISSING = 0;
const OTHER = 1;

/** The rows of the table, in the order of the properties. */
export function propertyFigures(properties: readonly Described[], compared: readonly Compared[], sides: Compare): PropertyFigures[] {
  const lines = new Map(compared.map((line) => [line.property, line]));
  return properties.flatMap((property) => {
    const line = lines.get(property.name);
    return line ? [rowOf(property, line, sides)] : [];
  });
}

function rowOf(property: Described, line: Compared, sides: Compare): PropertyFigures {
  const { window, baseline } = sides;
  const codes = drawn(property, window, baseline);
  const [ours, theirs] = [shares(property, codes, window), shares(property, codes, baseline)];
  const top = tallest(ours, theirs);
  const { statistic, production, evaluation, drift, effect, low, high } = line;
  return {
    name: property.name, unit: property.unit, numeric: property.kind === "numeric", statistic, window: line.window, production, evaluation,
    drift, effect, low, high, verdict: line.verdict as Verdict, ...missingShares(property, line, sides), bins: codes.length,
    windowOutline: outline(ours, top), evaluationOutline: outline(theirs, top),
  };
}

const MUCH_MISSING = 0.05;
const MISSING_DIFFERS = 0.02;

/** Said where much is missing, or where window and baseline differ in it, unless it is the row's figure anyway. */
function missingShares({ offset, labels }: Described, { statistic }: Compared, { window, baseline, production, evaluation }: Compare): Pick<PropertyFigures, "missing" | "missingProduction" | "missingEvaluation"> {
  const share = ({ n, cells }: Counted): number => (n > 0 ? (cells[offset + MISSING] ?? 0) / n : Number.NaN);
  const [ours, theirs] = [share(window), share(baseline)];
  const notable = Math.max(ours, theirs) >= MUCH_MISSING || Math.abs(ours - theirs) >= MISSING_DIFFERS;
  if (!notable || statistic === `share of ${labels[MISSING] ?? "missing"}`) return NOTHING_MISSING;
  return { missing: ours, missingProduction: share(production), missingEvaluation: share(evaluation) };
}

const NOTHING_MISSING = { missing: Number.NaN, missingProduction: Number.NaN, missingEvaluation: Number.NaN };

/** The codes worth drawing: all bins or values, missing and the rare rest only where there are any. */
function drawn({ kind, offset, size }: Described, window: Counted, baseline: Counted): number[] {
  const first = kind === "numeric" ? OTHER : OTHER + 1;
  const codes: number[] = [];
  for (let code = 0; code < size; code++) {
    const seen = code >= first || (window.cells[offset + code] ?? 0) + (baseline.cells[offset + code] ?? 0) > 0;
    if (seen) codes.push(code);
  }
  return codes;
}

function shares({ offset }: Described, codes: readonly number[], { n, cells }: Counted): Float64Array {
  const found = new Float64Array(codes.length);
  if (n > 0) for (let i = 0; i < codes.length; i++) found[i] = (cells[offset + (codes[i] ?? 0)] ?? 0) / n;
  return found;
}

export const MOST_VALUES = 32;
/** Classes that a chart has room to name; bins are never more than MOST_VALUES and one for what is missing. */
export const MOST_DRAWN = 24;

export interface Sides {
  window: Counted;
  production: Counted;
  evaluation: Counted;
}

/** The values of an opened property: bins in their order, classes by their share. */
function valuesOf(property: Described, sides: Pick<Sides, "production" | "evaluation">): number[] {
  const codes = drawn(property, sides.production, sides.evaluation);
  const most = new Map(codes.map((code) => [code, Math.max(...Object.values(sides).map((side) => shareOf(property, code, side)))]));
  if (property.kind !== "numeric") codes.sort((a, b) => (most.get(b) ?? 0) - (most.get(a) ?? 0) || a - b);
  return codes;
}

function shareOf(property: Described, code: number, side: Counted): number {
  return shares(property, [code], side)[0] ?? 0;
}

function labelOf({ labels }: Described, code: number): string {
  return labels[code] ?? (code === MISSING ? "missing" : String(code));
}

/** The rows of an opened property's chart from above – the highest bin, the commonest class – and how many are left. */
export function gridRows(property: Described, sides: Pick<Sides, "production" | "evaluation">): { rows: GridRow[]; left: number } {
  const codes = valuesOf(property, sides);
  const listed = property.kind === "numeric" ? codes.reverse() : codes.slice(0, MOST_DRAWN);
  const rows = listed.map((code) => ({ label: labelOf(property, code), cell: property.offset + code }));
  return { rows, left: codes.length - listed.length };
}

/** The share of each row's cell on one side. */
export function rowShares(rows: readonly GridRow[], { n, cells }: Counted): number[] {
  return rows.map(({ cell }) => (n > 0 ? (cells[cell] ?? 0) / n : 0));
}

/** The values of an opened property as a table: at most so many, and how many are left. */
export function valueFigures(property: Described, sides: Sides, series: Series): { values: ValueFigures[]; left: number } {
  const codes = valuesOf(property, sides);
  const listed = codes.slice(0, MOST_VALUES);
  const values = listed.map((code) => {
    const overTime = series.shares(property.offset + code);
    const peak = Math.max(...overTime, 0);
    return {
      label: labelOf(property, code), window: shareOf(property, code, sides.window), production: shareOf(property, code, sides.production),
      evaluation: shareOf(property, code, sides.evaluation), series: outline(overTime, peak), peak,
    };
  });
  return { values, left: codes.length - listed.length };
}
