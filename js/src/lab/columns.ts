/** The columns of a data file, from its first or last kilobytes, read in the browser: no kernel runs for it. */
import { parquetMetadataAsync, parquetSchema } from "hyparquet";

import type { ReadRange } from "./ranges";

const FIRST_BYTES = 1 << 16;
const MOST_BYTES = 1 << 22;
const DELIMITERS = [",", ";", "\t", "|"] as const;

/** File name endings that a monitor reads. */
export const ENDINGS = [".csv", ".parquet", ".jsonl"] as const;

/** Whether a monitor can read the file of this name. */
export function readable(path: string): boolean {
  return ENDINGS.some((ending) => path.toLowerCase().endsWith(ending));
}

/** The text up to the end of the first line that a quote doesn't hold open, or null when it isn't there yet. */
function firstRecord(text: string, complete: boolean): string | null {
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') {
      quoted = !quoted;
    } else if (!quoted && (character === "\n" || character === "\r")) {
      return text.slice(0, index);
    }
  }
  return complete ? text : null;
}

/** The fields of one line of CSV; a doubled quote stands for a quote. */
export function fields(record: string, delimiter: string): string[] {
  const found: string[] = [];
  let field = "";
  let quoted = false;
  for (let index = 0; index < record.length; index += 1) {
    const character = record.charAt(index);
    if (quoted && character === '"' && record.charAt(index + 1) === '"') {
      field += character;
      index += 1;
    } else if (character === '"') {
      quoted = !quoted;
    } else if (character === delimiter && !quoted) {
      found.push(field);
      field = "";
    } else {
      field += character;
    }
  }
  return [...found, field];
}

/** The column names of a header line, by the delimiter that makes most of it. */
export function header(record: string): string[] {
  const counted = DELIMITERS.map((delimiter) => fields(record, delimiter));
  return counted.reduce((best, names) => (names.length > best.length ? names : best));
}

function keys(line: string): string[] {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Error("a line of JSON lines is an object with one value a column; the first one isn't");
  }
  return Object.keys(value);
}

async function fromText(read: ReadRange, parse: (record: string) => string[]): Promise<string[]> {
  for (let end = FIRST_BYTES; end <= MOST_BYTES; end *= 4) {
    const { bytes } = await read(0, end);
    const text = new TextDecoder().decode(bytes).replace(/^\uFEFF/, "");
    const record = firstRecord(text, bytes.length < end);
    if (record !== null) {
      return parse(record);
    }
  }
  throw new Error(`no end of the first line within ${MOST_BYTES >> 20} MB`);
}

async function fromParquet(read: ReadRange): Promise<string[]> {
  const { size } = await read(0, 4);
  if (!Number.isFinite(size)) {
    throw new Error("the server doesn't say how long the file is, and a Parquet file is read from its end");
  }
  const slice = async (start: number, end = size): Promise<ArrayBuffer> =>
    (await read(start, end)).bytes.slice().buffer;
  const metadata = await parquetMetadataAsync({ byteLength: size, slice });
  return parquetSchema(metadata).children.map((child) => child.element.name);
}

/** The column names of the file at this path, in its order. */
export async function columnsOf(path: string, read: ReadRange): Promise<string[]> {
  const lower = path.toLowerCase();
  if (lower.endsWith(".parquet")) {
    return fromParquet(read);
  }
  if (lower.endsWith(".jsonl")) {
    return fromText(read, keys);
  }
  if (lower.endsWith(".csv")) {
    return fromText(read, header);
  }
  throw new Error(`${path} is not a ${ENDINGS.join(", ")} file`);
}
