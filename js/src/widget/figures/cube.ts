/**
 * The cube as it travels: prefix sums over time bins, so that a window of any length is two look-ups a figure.
 *
 * Value sums are added up over the window instead: one huge value would spoil every later difference.
 */

/** A property as the wire describes it; its cells lie in code order from `offset`. */
export interface Property {
  name: string;
  kind: "numeric" | "categorical" | "boolean" | "set";
  unit: string | null;
  offset: number;
  size: number;
  labels: readonly string[];
  edges: readonly number[] | null;
  center: number | null;
  positions: readonly number[] | null;
  missing: number;
  other: number | null;
  numeric: number | null;
  levels: number | null;
  new_beyond: number;
}

/** Time bins: `count` half-open ones of `step` from `start`, in epoch milliseconds, or row numbers. */
export interface TimeBins {
  start: number;
  step: number;
  count: number;
  is_time: boolean;
}

export interface Placed {
  offset: number;
  dtype: "u4" | "f8" | "u1";
  shape: readonly number[];
}

export interface DescribedSegment {
  text: string;
  conditions: readonly unknown[];
  weak: boolean;
}

export interface Meta {
  version: number;
  scale: number;
  scored: boolean;
  time: TimeBins;
  properties: readonly Property[];
  n_cells: number;
  measures: readonly string[];
  segments: readonly DescribedSegment[];
  arrays: Readonly<Record<string, Placed>>;
}

/**
 * Measures of the wire, and what an estimate needs of the blocks: Σ u·term over the bins, of which nobody labelled u
 * samples. `known` counts as it is; `actual` are labels of the evaluation set, whose scores are estimates all the same.
 */
export type Measure =
  | "n" | "annotated" | "unsupported" | "known" | "known_good" | "score" | "variance" | "supported_score"
  | "calibration" | "offset" | "offset_variance" | "lean" | "estimable" | "corrected" | "apart" | "wide" | "judged" | "spoken" | "whole"
  | "actual" | "actual_good";

export type Sums = Readonly<Partial<Record<Measure, Float64Array>>>;

/** What the cube holds of a window: measure → one figure a cell, segment or in all; value sums are (numeric, 3). */
export interface WindowSums {
  first: number;
  last: number;
  totals: Sums;
  cells: Sums;
  segments: Sums;
  values: Float64Array;
}

export const VERSION = 3;
const TERMS = ["calibration", "offset", "offset_variance", "lean", "estimable", "corrected", "apart", "wide", "judged"] as const;
/** What is known of a bin as a whole, and not of its cells and segments. */
const TERMS_OF_ALL = [...TERMS, "spoken", "whole"] as const;

type Numbers = Float64Array | Uint32Array | Uint8Array;

/** A stretch of the bins; a measure is summed up when it is first read, since a brush reads few of them. */
interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** Prefix sums of one group of columns: measure → (T + 1) × width. */
class Prefix {
  private readonly sums = new Map<Measure, Float64Array>();
  private readonly lazy = {};

  constructor(readonly width: number, private readonly bins: number) {}

  add(measure: Measure, at: (index: number) => number): void {
    const { width, bins } = this;
    const sums = new Float64Array((bins + 1) * width);
    for (let index = 0; index < bins * width; index++) sums[index + width] = (sums[index] ?? 0) + at(index);
    this.sums.set(measure, sums);
    Object.defineProperty(this.lazy, measure, {
      get(this: Stretch): Float64Array {
        const [low, high] = [this.first * width, this.last * width];
        const part = new Float64Array(width);
        for (let cell = 0; cell < width; cell++) part[cell] = (sums[high + cell] ?? 0) - (sums[low + cell] ?? 0);
        Object.defineProperty(this, measure, { value: part });
        return part;
      },
    });
  }

  window(first: number, last: number): Sums {
    return Object.assign(Object.create(this.lazy) as Stretch, { first, last }) as Sums;
  }

  one(measure: Measure, cell: number, first: number, last: number): number {
    const sums = this.sums.get(measure);
    return sums ? (sums[last * this.width + cell] ?? 0) - (sums[first * this.width + cell] ?? 0) : 0;
  }
}

const REMEMBERED = 8;

export class Cube {
  readonly time: TimeBins;
  readonly properties: readonly Property[];
  readonly scored: boolean;
  readonly nNumeric: number;
  /** Sums of the evaluation set; no term applies to it. */
  readonly evaluation: WindowSums;
  private readonly totals: Prefix;
  private readonly cells: Prefix;
  private readonly segments: Prefix;
  private readonly values: Float64Array;
  private readonly remembered = new Map<string, WindowSums>();

  constructor(readonly meta: Meta, private readonly payload: ArrayBuffer, private readonly start = 0, private readonly end = payload.byteLength) {
    const { time, n_cells } = meta;
    this.time = time;
    this.properties = meta.properties;
    this.scored = meta.scored;
    this.nNumeric = meta.properties.filter((property) => property.numeric !== null).length;
    this.values = this.array("values") as Float64Array;
    this.totals = this.prefix("totals", 1);
    this.cells = this.prefix("cells", n_cells);
    this.segments = this.prefix("segments", meta.segments.length);
    this.evaluation = this.ofEvaluation();
  }

  /** The bins [first, last) that hold a window, outward; null is everything. */
  snap(window: readonly [number, number] | null): [number, number] {
    const { start, step, count } = this.time;
    if (window === null) return [0, count];
    const first = Math.min(Math.max(Math.floor((window[0] - start) / step), 0), count);
    const last = Math.min(Math.max(Math.ceil((window[1] - start) / step), 0), count);
    return [first, Math.max(first, last)];
  }

  /** Where the bins [first, last) start and end. */
  window(first: number, last: number): [number, number] {
    return [this.time.start + first * this.time.step, this.time.start + last * this.time.step];
  }

  /** Everything of the bins [first, last); views of one brush share the answer. */
  sums(first = 0, last = this.time.count): WindowSums {
    const key = `${first},${last}`;
    const known = this.remembered.get(key);
    if (known) {
      // what is asked for most stays: all of production, at every move of a brush
      this.remembered.delete(key);
      this.remembered.set(key, known);
      return known;
    }
    const made = {
      first, last,
      totals: this.totals.window(first, last),
      cells: this.cells.window(first, last),
      segments: this.segments.window(first, last),
      values: this.valueSums(first, last),
    };
    const oldest = this.remembered.keys().next();
    if (this.remembered.size >= REMEMBERED && !oldest.done) this.remembered.delete(oldest.value);
    this.remembered.set(key, made);
    return made;
  }

  /** The totals alone, which cost next to nothing. */
  totalsOf(first: number, last: number): Sums {
    return this.totals.window(first, last);
  }

  total(measure: Measure, first: number, last: number): number {
    return this.totals.one(measure, 0, first, last);
  }

  cell(measure: Measure, cell: number, first: number, last: number): number {
    return this.cells.one(measure, cell, first, last);
  }

  private valueSums(first: number, last: number): Float64Array {
    const width = this.nNumeric * 3;
    const result = new Float64Array(width);
    for (let bin = first; bin < last; bin++)
      for (let column = 0; column < width; column++) result[column] = (result[column] ?? 0) + (this.values[bin * width + column] ?? 0);
    return result;
  }

  private prefix(group: string, width: number): Prefix {
    const prefix = new Prefix(width, this.time.count);
    for (const name of Object.keys(this.meta.arrays)) {
      if (!name.startsWith(`${group}.`)) continue;
      const values = this.array(name);
      prefix.add(name.slice(group.length + 1) as Measure, (index) => values[index] ?? 0);
    }
    if (this.scored && `${group}.n` in this.meta.arrays) {
      const terms = group === "totals" ? TERMS_OF_ALL : TERMS;
      this.addTerms(prefix, this.unlabelled(group), width, terms);
    }
    return prefix;
  }

  /** How many samples nobody labelled. */
  private unlabelled(group: string): Float64Array {
    const known = this.array(`${group}.known`);
    return Float64Array.from(this.array(`${group}.n`), (n, index) => n - (known[index] ?? 0));
  }

  /** u·term, and u²·variance, so that a band is a difference of two sums as well. */
  private addTerms(prefix: Prefix, n: Numbers, width: number, terms: typeof TERMS_OF_ALL | typeof TERMS): void {
    for (const term of terms) {
      const values = this.array(term);
      const power = term === "offset_variance" ? 2 : 1;
      prefix.add(term, (index) => (n[index] ?? 0) ** power * (values[Math.floor(index / width)] ?? 0));
    }
  }

  private ofEvaluation(): WindowSums {
    const group = (name: string): Sums => {
      const start = `evaluation.${name}.`;
      const names = Object.keys(this.meta.arrays).filter((each) => each.startsWith(start));
      return Object.fromEntries(names.map((each) => [each.slice(start.length), Float64Array.from(this.array(each))]));
    };
    const values = Float64Array.from(this.array("evaluation.values"));
    return { first: 0, last: 1, totals: group("totals"), cells: group("cells"), segments: group("segments"), values };
  }

  /** Empty where it isn't there: a segment's payload lacks the series of further segments at its end. */
  private array(name: string): Numbers {
    const placed = this.meta.arrays[name];
    if (!placed) return new Float64Array(0);
    const length = placed.shape.reduce((product, size) => product * size, 1);
    const type = { f8: Float64Array, u4: Uint32Array, u1: Uint8Array }[placed.dtype];
    const at = this.start + placed.offset;
    if (at + length * type.BYTES_PER_ELEMENT > this.end) return new Float64Array(0);
    // a typed array must start at a multiple of its element: a view into a larger message may not
    if (at % type.BYTES_PER_ELEMENT === 0) return new type(this.payload, at, length);
    return new type(this.payload.slice(at, at + length * type.BYTES_PER_ELEMENT));
  }
}

/** The cube in a bytes trait; null while there is none. */
export function decode(meta: Meta, payload: DataView | null | undefined): Cube | null {
  if (!payload || payload.byteLength === 0 || meta.version !== VERSION) return null;
  return new Cube(meta, payload.buffer as ArrayBuffer, payload.byteOffset, payload.byteOffset + payload.byteLength);
}
