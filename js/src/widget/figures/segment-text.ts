/**
 * Conditions of a segment and how they read: `n_predictions ≥ 3`, `device = tablet & 0.2 ≤ confidence < 0.5`.
 *
 * The text is the segment's name: the kernel writes the same one, and a payload answers the segment it names.
 */

/** One condition on a property: one of some values, a half-open interval, or missing. */
export type Condition =
  | { property: string; values: readonly string[] }
  | { property: string; low: number | null; high: number | null }
  | { property: string; missing: true };

/** The canonical text of a conjunction, in the order of the properties' names; "" for no condition. */
export function segmentText(conditions: readonly Condition[]): string {
  const order = [...conditions].sort((a, b) => (a.property < b.property ? -1 : Number(a.property > b.property)));
  return order.map(conditionText).join(" & ");
}

function conditionText(condition: Condition): string {
  const { property } = condition;
  if ("missing" in condition) return `${property} is missing`;
  if ("values" in condition) return valuesText(property, condition.values);
  const { low, high } = condition;
  if (low === null) return high === null ? property : `${property} < ${numberText(high)}`;
  return high === null ? `${property} ≥ ${numberText(low)}` : `${numberText(low)} ≤ ${property} < ${numberText(high)}`;
}

function valuesText(property: string, values: readonly string[]): string {
  return values.length === 1 ? `${property} = ${values[0]}` : `${property} in {${values.join(", ")}}`;
}

/** As Python's `.12g`: at most twelve digits, an exponent of two digits for what is very small or large. */
function numberText(value: number): string {
  const [digits = "", power = "0"] = value.toExponential(11).split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 12) return trimmed(value.toPrecision(12));
  return `${trimmed(digits)}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function trimmed(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

/** What of a property's description on the wire names its cells. */
export interface Cells {
  name: string;
  kind: string;
  labels: readonly string[];
  edges: readonly number[] | null;
}

const MISSING = 0;
const OTHER = 1;

/** The condition that a cell of a property stands for; null for "other", which is no one value. */
export function cellCondition({ name, labels, edges }: Cells, code: number): Condition | null {
  if (code === MISSING) return { property: name, missing: true };
  if (edges !== null) return { property: name, low: edges[code - 2] ?? null, high: edges[code - 1] ?? null };
  const value = labels[code];
  return code === OTHER || value === undefined ? null : { property: name, values: [value] };
}
