/** The first records of a text: lines, of CSV those that no quote holds open, and the fields of each. */

/** Records enough to see what a column holds. */
const MOST_RECORDS = 50;
const DELIMITERS = [",", ";", "\t", "|"] as const;

/** The first lines; the last one counts only where the text is complete, as it may be cut. */
export function firstLines(text: string, complete: boolean): string[] {
  const lines = text.split(/\r?\n/);
  return (complete ? lines : lines.slice(0, -1)).slice(0, MOST_RECORDS);
}

/** The same, where a quote holds a line open. */
export function firstRecords(text: string, complete: boolean): string[] {
  const records: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < text.length && records.length < MOST_RECORDS; index += 1) {
    const character = text[index];
    if (character === '"') {
      quoted = !quoted;
    } else if (!quoted && (character === "\n" || character === "\r")) {
      records.push(text.slice(start, index));
      index += character === "\r" && text[index + 1] === "\n" ? 1 : 0;
      start = index + 1;
    }
  }
  return complete && start < text.length && records.length < MOST_RECORDS ? [...records, text.slice(start)] : records;
}

/** The fields of one record; a doubled quote stands for a quote. */
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
export function header(record: string): { readonly names: readonly string[]; readonly delimiter: string } {
  const counted = DELIMITERS.map((delimiter) => ({ names: fields(record, delimiter), delimiter }));
  return counted.reduce((best, each) => (each.names.length > best.names.length ? each : best));
}
