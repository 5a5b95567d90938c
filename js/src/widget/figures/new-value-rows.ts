/** From the cube's sums to what the new-values card shows. */
import { outline } from "../parts/distribution";
import type { DistinctFigures, NewValueFigures } from "../new-values/card";
import type { Described } from "./property-rows";
import type { ScoreBand } from "../segments/row";
import type { SideSums } from "./segment-rows";
import { cellCondition, segmentText } from "./segment-text";
import { firstSeen, type Counts, type Series } from "./time-series";

/** A cell that production has and evaluation hasn't; what doesn't change with the window. */
export interface NewCell {
  at: number;
  property: string;
  value: string;
  text: string;
  firstSeen: number;
  n: number;
  share: number;
  series: string;
  steps: number;
}

const FIRST_VALUE = 2;

/** Places of a property's values, missing and the rare rest left out. */
function places({ offset, size }: Described): number[] {
  return Array.from({ length: Math.max(0, size - FIRST_VALUE) }, (_, i) => offset + FIRST_VALUE + i);
}

export interface Whole {
  production: SideSums;
  evaluation: SideSums;
  counts: Counts;
  series: Series;
  /** Start of a time bin. */
  startOf: (bin: number) => number;
}

/** The new cells, those of predictions first, then the most frequent first. */
export function newCells(properties: readonly Described[], whole: Whole): NewCell[] {
  const found = properties
    .filter((property) => property.edges === null)
    .flatMap((property) => places(property).filter((at) => isNew(at, whole)).map((at) => cellOf(property, at, whole)));
  return found.sort((a, b) => Number(b.property === "prediction") - Number(a.property === "prediction") || b.n - a.n);
}

function isNew(at: number, { production, evaluation }: Whole): boolean {
  return production.at(at).n > 0 && evaluation.at(at).n === 0;
}

function cellOf(property: Described, at: number, { production, counts, series, startOf }: Whole): NewCell {
  const code = at - property.offset;
  const condition = cellCondition(property, code);
  const shares = series.shares(at);
  const { n } = production.at(at);
  return {
    at, property: property.name, value: property.labels[code] ?? "", text: condition === null ? "" : segmentText([condition]),
    firstSeen: startOf(firstSeen(counts, at)), n, share: n / production.n, series: outline(shares, Math.max(...shares, 0)), steps: series.steps,
  };
}

/** How many different values each property with new ones has on either side, in the order of the cells. */
export function distinctFigures(properties: readonly (Described & { new_beyond?: number })[], cells: readonly NewCell[], whole: Whole): DistinctFigures[] {
  const names = [...new Set(cells.map((cell) => cell.property))];
  return names.flatMap((name) => {
    const property = properties.find((one) => one.name === name);
    if (!property) return [];
    const count = (side: SideSums): number => places(property).filter((at) => side.at(at).n > 0).length;
    return [{ property: name, production: count(whole.production) + (property.new_beyond ?? 0), evaluation: count(whole.evaluation) }];
  });
}

/** The cells with the window's figures. */
export function newValueFigures(cells: readonly NewCell[], window: SideSums, band: (at: number) => ScoreBand): NewValueFigures[] {
  return cells.map(({ at, ...cell }) => {
    const { n, unsupported } = window.at(at);
    return {
      ...cell, ...band(at), windowN: n, windowShare: window.n > 0 ? n / window.n : Number.NaN,
      unsupported: n > 0 && window.score !== null ? unsupported / n : Number.NaN,
    };
  });
}
