/** What a few values of a column say about it: of which kind they are, and examples that a reader knows it by. */

export type Kind = "number" | "time" | "yes or no" | "list" | "text" | "";

const MOST_EXAMPLES = 3;
const LONGEST_EXAMPLE = 40;
const NUMBER = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i;
const TIME = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/;
const MISSING = new Set(["", "na", "n/a", "nan", "null", "none"]);

/** Whether a value says nothing. */
function isMissing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === "string" && MISSING.has(value.trim().toLowerCase()));
}

function kindOfText(text: string): Kind {
  if (NUMBER.test(text)) {
    return "number";
  }
  if (TIME.test(text)) {
    return "time";
  }
  if (/^\[.*\]$/.test(text)) {
    return "list";
  }
  return /^(true|false)$/i.test(text) ? "yes or no" : "text";
}

function kindOf(value: unknown): Kind {
  if (typeof value === "string") {
    return kindOfText(value);
  }
  if (typeof value === "number" || typeof value === "bigint") {
    return "number";
  }
  if (typeof value === "boolean") {
    return "yes or no";
  }
  if (value instanceof Date) {
    return "time";
  }
  return Array.isArray(value) ? "list" : "text";
}

function shown(value: unknown): string {
  if (value instanceof Date) {
    return value.toISOString().replace("T", " ").replace(/(:00)?\.\d+Z$/, "");
  }
  const text = typeof value === "object" ? JSON.stringify(value) : String(value as string | number | bigint | boolean);
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST_EXAMPLE ? `${line.slice(0, LONGEST_EXAMPLE - 1)}…` : line;
}

/** The one kind of all values, text where they differ, "" where there is none; and the first different ones. */
export function described(values: readonly unknown[]): { readonly kind: Kind; readonly examples: readonly string[] } {
  const known = values.filter((value) => !isMissing(value));
  const [kind = "", ...others] = new Set(known.map(kindOf));
  const examples = [...new Set(known.map(shown))].slice(0, MOST_EXAMPLES);
  return { kind: others.length > 0 ? "text" : kind, examples };
}
