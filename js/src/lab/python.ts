/** Python source from values: names of files and columns are data, whatever they look like. */

// what a reader can't see or what turns the text around: control, format, surrogate, private and separator characters
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

const SHORT: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return SHORT[character] ?? (code > 0xffff ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`);
}

/** A Python string literal with this very value, on one line and with every character visible. */
export function stringLiteral(value: string): string {
  const text = value.replace(/["\\]/g, (character) => `\\${character}`).replace(UNSEEN, escaped);
  return `"${text}"`;
}

/** A Python list of string literals. */
export function listLiteral(values: readonly string[]): string {
  return `[${values.map(stringLiteral).join(", ")}]`;
}
