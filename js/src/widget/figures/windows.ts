/** Windows as time bins: the presets of the timeline, and what a key makes of one. */
import type { Cube } from "./cube";
import type { Window } from "../page/view";

const DAY = 86_400_000;
const FEWEST = 30;

export type Bins = readonly [number, number];

/** When a decline began, with its 95 % interval; times as in windows. */
export interface Onset {
  shape: string;
  at: number;
  low: number;
  high: number;
  before: number;
  after: number;
}

export function lastDays(cube: Cube, days: number): Window {
  const [, end] = cube.window(0, cube.time.count);
  return [end - days * DAY, end];
}

/** Whether all of production lies within one week: then that is no part of it. */
export function isShort({ time: { step, count, is_time } }: Cube): boolean {
  return is_time && count * step <= 7 * DAY;
}

/** The week (or tenth, where time is rows) with the lowest score. */
export function worst(cube: Cube): Window {
  const { step, count, is_time } = cube.time;
  const length = Math.min(count, Math.max(1, is_time ? Math.round((7 * DAY) / step) : Math.ceil(count / 10)));
  let [at, lowest] = [0, Infinity];
  for (let first = 0; first + length <= count; first++) {
    const n = cube.total("n", first, first + length);
    const score = (cube.total("score", first, first + length) / cube.meta.scale + cube.total("offset", first, first + length)) / n;
    if (n >= FEWEST && score < lowest) [at, lowest] = [first, score];
  }
  return cube.window(at, at + length);
}

/** From the onset to the end. */
export function sinceOnset(cube: Cube, onset: Onset): Window {
  const [, end] = cube.window(0, cube.time.count);
  return [onset.at, end];
}

/** The last tenth, where a key starts when there is no window yet. */
export function lastTenth(count: number): Bins {
  return [Math.max(0, count - Math.ceil(count / 10)), count];
}

/**
 * What a key makes of the bins [low, high) of `count`: arrows move it by a bin, with shift its end; Home and End jump,
 * with shift its start and its end; null for other keys.
 */
export function stepped(key: string, shift: boolean, [low, high]: Bins, count: number): Bins | null {
  const length = high - low;
  const moved: Record<string, Bins> = shift
    ? { ArrowLeft: [low, Math.max(low + 1, high - 1)], ArrowRight: [low, Math.min(count, high + 1)], Home: [0, high], End: [low, count] }
    : {
        ArrowLeft: [Math.max(0, low - 1), Math.max(length, high - 1)],
        ArrowRight: [Math.min(count - length, low + 1), Math.min(count, high + 1)],
        Home: [0, length],
        End: [count - length, count],
      };
  return moved[key] ?? null;
}

/** What a hand makes of the bins [low, high): it holds its start, its end, all of it, or draws it anew from `from`. */
export function dragged(grip: "start" | "end" | "all" | "new", [low, high]: Bins, from: number, to: number, count: number): Bins {
  const edge = Math.min(Math.max(Math.round(to), 0), count);
  if (grip === "start") return [Math.min(edge, high - 1), high];
  if (grip === "end") return [low, Math.max(edge, low + 1)];
  if (grip === "all") {
    const by = Math.min(Math.max(Math.round(to - from), -low), count - high);
    return [low + by, high + by];
  }
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  const start = Math.min(Math.max(Math.floor(first), 0), count - 1);
  return [start, Math.max(start + 1, Math.min(Math.ceil(last), count))];
}
