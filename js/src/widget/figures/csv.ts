/** Samples as CSV text, and text to the clipboard. */
import { csvFormatRow } from "d3-dsv";

/** How a cell begins that a spreadsheet takes for a formula, and the plain numbers among them; samples.py has both too. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A cell that a spreadsheet shows and doesn't run: an apostrophe stands before what isn't a plain number. */
export function guarded(cell: string): string {
  return FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
}

/** RFC 4180: cells with a comma, a quote or a line break are quoted; what a spreadsheet would run is guarded. */
export function toCsv(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, ...rows].map((row) => csvFormatRow(row.map(guarded))).join("\r\n");
}

/** Put text on the clipboard; false where the page may not (a page without https has no clipboard of its own). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyThroughSelection(text);
  }
}

function copyThroughSelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  const copied = typeof document.execCommand === "function" && document.execCommand("copy");
  area.remove();
  return copied;
}
