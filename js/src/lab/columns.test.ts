import { describe, expect, it } from "vitest";

import { columnsOf, readable } from "./columns";
import type { ReadRange } from "./ranges";

const text = (content: string): ReadRange => {
  const bytes = new TextEncoder().encode(content);
  return (start, end) => Promise.resolve({ bytes: bytes.subarray(start, end), size: bytes.length });
};

const names = async (path: string, read: ReadRange): Promise<string[]> =>
  (await columnsOf(path, read)).map((column) => column.name);

describe("the columns of a file", () => {
  it("are the header of a CSV, quotes, commas and a byte order mark undone", async () => {
    expect(await names("x.csv", text('\ufeffid,"a, ""b""",c\r\n1,2,3\r\n'))).toEqual(["id", 'a, "b"', "c"]);
  });

  it("may hold a line break in quotes", async () => {
    expect(await names("x.csv", text('"a\nb",c\n1,2'))).toEqual(["a\nb", "c"]);
  });

  it.each([";", "\t", "|"])("are split where %j makes most of them", async (delimiter) => {
    expect(await names("x.csv", text(`${["a, first", "b", "c"].join(delimiter)}\n`))).toEqual(["a, first", "b", "c"]);
  });

  it("are found in a header that is longer than the first stretch", async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `column_${index}`);
    expect(await names("x.csv", text(`${many.join(",")}\n`))).toEqual(many);
  });

  it("are the keys of the first JSON lines, whatever is quoted in them", async () => {
    expect(await names("x.jsonl", text('{"a": 1, "b": "an \\" inch"}\n{"c": 3}\n'))).toEqual(["a", "b", "c"]);
  });

  it("are refused where the first line isn't an object", async () => {
    await expect(columnsOf("x.jsonl", text("[1, 2]\n"))).rejects.toThrow("one value a column");
  });

  it.each(["x.csv", "x.jsonl", "x.parquet"])("are refused where there is nothing: %s", async (path) => {
    await expect(columnsOf(path, text(""))).rejects.toThrow("the file is empty");
  });

  it("are refused for a file of another kind, by name", async () => {
    await expect(columnsOf("x.xlsx", text(""))).rejects.toThrow("x.xlsx is not a .csv, .parquet, .jsonl file");
  });
});

describe("what a column holds", () => {
  it("is read off the first rows of a CSV", async () => {
    const rows = ["when;n;sure;label;none", "2024-05-01 10:00;1,5;true;cat;", "2024-05-02;3;false;dog;NA", "x"];
    expect(await columnsOf("x.csv", text(rows.join("\n").replace("x", "2024-05-03;1e3;true;cat;")))).toEqual([
      { name: "when", kind: "time", examples: ["2024-05-01 10:00", "2024-05-02", "2024-05-03"] },
      { name: "n", kind: "text", examples: ["1,5", "3", "1e3"] },
      { name: "sure", kind: "yes or no", examples: ["true", "false"] },
      { name: "label", kind: "text", examples: ["cat", "dog"] },
      { name: "none", kind: "", examples: [] },
    ]);
  });

  it("is read off the first JSON lines", async () => {
    const lines = ['{"n": 1, "tags": ["a", "b"], "long": "' + "x".repeat(90) + '"}', '{"n": null, "tags": []}'];
    expect(await columnsOf("x.jsonl", text(lines.join("\n")))).toEqual([
      { name: "n", kind: "number", examples: ["1"] },
      { name: "tags", kind: "list", examples: ['["a","b"]', "[]"] },
      { name: "long", kind: "text", examples: [`${"x".repeat(39)}…`] },
    ]);
  });

  it("never counts a record that the first stretch cuts", async () => {
    const row = "12345,cat\n";
    const content = `n,label\n${row.repeat(3)}999${"9".repeat(1 << 16)},dog\n`;
    const [n] = await columnsOf("x.csv", text(content));
    expect(n?.examples).toEqual(["12345"]);
  });
});

describe("a readable file", () => {
  it.each([
    ["x.csv", true],
    ["X.PARQUET", true],
    ["x.jsonl", true],
    ["x.csv.gz", false],
    ["csv", false],
  ])("%s: %s", (path, expected) => {
    expect(readable(path)).toBe(expected);
  });
});
