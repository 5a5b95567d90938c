/** Samples as the kernel sends them, and the labels that a person gives them here. */

export type Annotation = "good" | "bad" | "unknown";
export const ANNOTATIONS: readonly Annotation[] = ["good", "bad", "unknown"];

/** One sample: its texts are cut to a bounded length; `cut` names those that are longer in full. */
export interface Sample {
  id: string;
  row: number;
  time: number | null;
  cells: Record<string, string>;
  cut: readonly string[];
  score: number | null;
  annotation: string;
  reason: string;
  supported: boolean | null;
  given: string | null;
  /** In an exported page: which of its segments the sample belongs to. */
  segments?: readonly string[];
}

/** What the samples are asked for. */
export interface Query {
  window: readonly [number, number] | null;
  conditions: readonly unknown[];
  order: string;
  /** How many of the order are skipped, and how many are wanted. */
  start: number;
  n: number;
}

/** The kernel's answer to a query. */
export interface Page {
  query: Query | null;
  columns: readonly string[];
  rows: readonly Sample[];
}

/** One label a person gave; a later one for the same sample replaces it. */
export interface Label {
  id: string;
  row: number;
  annotation: Annotation;
  reason: string;
}

export const ORDERS: readonly (readonly [string, string])[] = [
  ["worst", "Worst first"],
  ["uncertain", "Most uncertain first"],
  ["newest", "Newest first"],
  ["random", "Random"],
];

export function sameQuery(a: Query | null, b: Query | null): boolean {
  return a !== null && b !== null && JSON.stringify(asked(a)) === JSON.stringify(asked(b));
}

function asked(query: Query): unknown[] {
  return [query.window, query.conditions, query.order, query.start, query.n];
}

/** The label in force of each sample, by row. */
export function inForce(labels: readonly Label[]): ReadonlyMap<number, Label> {
  return new Map(labels.map((label) => [label.row, label]));
}

/** The log with this label added, unless it says what is in force already. */
export function labelled(labels: readonly Label[], label: Label): readonly Label[] {
  const now = inForce(labels).get(label.row);
  return now && now.annotation === label.annotation && now.reason === label.reason ? labels : [...labels, label];
}

/** Samples of a window and segment among those that came along, for a page without a kernel. */
export function within(rows: readonly Sample[], window: readonly [number, number] | null, segment: string): readonly Sample[] {
  const inWindow = ({ time }: Sample): boolean => window === null || (time !== null && time >= window[0] && time < window[1]);
  // a page that was left by its kernel has samples of the segment that was selected last, and none knows another
  const inSegment = ({ segments }: Sample): boolean => segment === "" || segments === undefined || segments.includes(segment);
  return rows.filter((row) => inWindow(row) && inSegment(row));
}
