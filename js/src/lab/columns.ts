/** The columns of a data file with a few of their values, from its first or last kilobytes: no kernel runs for it. */
import { parquetColumns } from "./parquet-columns";
import type { ReadRange } from "./ranges";
import { firstLines, firstRows } from "./records";
import { described, type Kind } from "./values";

const FIRST_BYTES = 1 << 16;
const MOST_BYTES = 1 << 22;

/** File name endings that a monitor reads. */
export const ENDINGS = [".csv", ".parquet", ".jsonl"] as const;

/** A column, what its values are, and the first few of them (of Parquet the least and the largest). */
export interface FileColumn {
  readonly name: string;
  readonly kind: Kind;
  readonly examples: readonly string[];
}

/** Whether a monitor can read the file of this name. */
export function readable(path: string): boolean {
  return ENDINGS.some((ending) => path.toLowerCase().endsWith(ending));
}

function objectOf(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("a line of JSON lines is an object with one value a column; the first one isn't");
  }
  return value as Record<string, unknown>;
}

function csvColumns([names = [], ...rows]: readonly (readonly string[])[]): FileColumn[] {
  return names.map((name, at) => ({ name, ...described(rows.map((row) => row[at])) }));
}

function jsonColumns([first = "", ...rest]: readonly string[]): FileColumn[] {
  const objects = [first, ...rest.filter((line) => line.trim() !== "")].map(objectOf);
  const names = [...new Set(objects.flatMap(Object.keys))];
  return names.map((name) => ({ name, ...described(objects.map((each) => each[name])) }));
}

async function fromText<R>(
  read: ReadRange,
  split: (text: string, complete: boolean) => readonly R[],
  columns: (records: readonly R[]) => FileColumn[],
): Promise<FileColumn[]> {
  for (let end = FIRST_BYTES; end <= MOST_BYTES; end *= 4) {
    const { bytes } = await read(0, end);
    const complete = bytes.length < end;
    const text = new TextDecoder().decode(bytes).replace(/^\uFEFF/, "");
    if (complete && text.trim() === "") {
      throw new Error("the file is empty");
    }
    const records = split(text, complete);
    if (records.length > 0) {
      return columns(records);
    }
  }
  throw new Error(`no end of the first line within ${MOST_BYTES >> 20} MB`);
}

/** The columns of the file at this path, in its order. */
export async function columnsOf(path: string, read: ReadRange): Promise<FileColumn[]> {
  const lower = path.toLowerCase();
  if (lower.endsWith(".parquet")) {
    return parquetColumns(read);
  }
  if (lower.endsWith(".jsonl")) {
    return fromText(read, firstLines, jsonColumns);
  }
  if (lower.endsWith(".csv")) {
    return fromText(read, firstRows, csvColumns);
  }
  throw new Error(`${path} is not a ${ENDINGS.join(", ")} file`);
}
