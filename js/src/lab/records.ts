/** The first records of a text: lines, or rows of CSV by the delimiter that makes most of its head. */
import { dsvFormat } from "d3-dsv";

/** Records enough to see what a column holds. */
const MOST_RECORDS = 50;
const FORMATS = [",", ";", "\t", "|"].map(dsvFormat);

/** The first lines; the last one counts only where the text is complete, as it may be cut. */
export function firstLines(text: string, complete: boolean): readonly string[] {
  const lines = text.split(/\r?\n/);
  return (complete ? lines : lines.slice(0, -1)).slice(0, MOST_RECORDS);
}

/** The fields of the first rows, likewise. */
export function firstRows(text: string, complete: boolean): readonly (readonly string[])[] {
  const parsed = FORMATS.map((format) => format.parseRows(text));
  const rows = parsed.reduce((best, each) => ((each[0]?.length ?? 0) > (best[0]?.length ?? 0) ? each : best));
  return (complete ? rows : rows.slice(0, -1)).slice(0, MOST_RECORDS);
}
