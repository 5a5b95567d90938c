/** The axes of an opened property: names of its values beside their rows, shares and moments below. */
import { scaleLinear, scaleUtc } from "d3-scale";
import { utcFormat } from "d3-time-format";

import { formatCount, momentFormat } from "../figures/format";

/** A word at a place, in rows from above or as a fraction from the left. */
export interface Tick {
  at: number;
  text: string;
}

/** How high a row is drawn: few values get room, many stay on a screen. */
export function rowHeight(rows: number): number {
  if (rows <= 5) return 40;
  if (rows <= 8) return 30;
  if (rows <= 14) return 22;
  return rows <= 24 ? 16 : 12;
}

const READABLE = 16;
/** Edges are named this many pixels apart at the least. */
const APART = 24;

/** Every value by its name; where rows are too low for that, edges of bins between them. `bins` have labels like `2 – 3`. */
export function valueTicks(labels: readonly string[], bins: boolean): Tick[] {
  const height = rowHeight(labels.length);
  const all = labels.map((text, row) => ({ at: row + 0.5, text }));
  if (height >= READABLE || !bins) return all;
  const every = Math.ceil(APART / height);
  const lowest = labels.at(-1) === "missing" ? labels.length - 2 : labels.length - 1;
  // rows are drawn from the highest bin down: a bin's lower edge is the line below it
  return all.flatMap(({ at, text }, row) => {
    if (row === 0 || row >= lowest) return [{ at, text }];
    const [lower = text] = text.split(" – ");
    return row % every === 0 && row + every <= lowest ? [{ at: row + 1, text: lower }] : [];
  });
}

/** Round shares up to the longest bar, as fractions of `top`. */
export function shareTicks(longest: number): { top: number; ticks: Tick[] } {
  const scale = scaleLinear().domain([0, Math.min(Math.max(longest, 1e-4), 1)]).nice(3);
  const [, top = 1] = scale.domain();
  const write = scale.tickFormat(3, "~%");
  return { top, ticks: scale.ticks(3).map((value) => ({ at: value / top, text: write(value) })) };
}

/** Round moments (or row numbers) between two, as fractions from the first to the last. */
export function momentTicks(from: number, to: number, isTime: boolean, about: number): Tick[] {
  const place = (value: number): number => (value - from) / (to - from);
  if (!isTime) return scaleLinear().domain([from, to]).ticks(about).map((value) => ({ at: place(value), text: formatCount(value) }));
  const scale = scaleUtc().domain([from, to]);
  const write = utcFormat(momentFormat(to - from));
  return scale.ticks(about).map((moment) => ({ at: place(moment.getTime()), text: write(moment) }));
}
