import { describe, expect, it } from "vitest";

import { columnsOf, header, readable } from "./columns";
import type { ReadRange } from "./ranges";

const text = (content: string): ReadRange => {
  const bytes = new TextEncoder().encode(content);
  return (start, end) => Promise.resolve({ bytes: bytes.subarray(start, end), size: bytes.length });
};

describe("the columns of a file", () => {
  it("are the header of a CSV, quotes, commas and a byte order mark undone", async () => {
    const names = await columnsOf("x.csv", text('\ufeffid,"a, ""b""",c\r\n1,2,3\r\n'));
    expect(names).toEqual(["id", 'a, "b"', "c"]);
  });

  it("may hold a line break in quotes", async () => {
    expect(await columnsOf("x.csv", text('"a\nb",c\n1,2'))).toEqual(["a\nb", "c"]);
  });

  it.each([";", "\t", "|"])("are split where %j makes most of them", (delimiter) => {
    expect(header(["a, first", "b", "c"].join(delimiter))).toEqual(["a, first", "b", "c"]);
  });

  it("are found in a header that is longer than the first stretch", async () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `column_${index}`);
    expect(await columnsOf("x.csv", text(`${names.join(",")}\n`))).toEqual(names);
  });

  it("are the keys of the first of JSON lines", async () => {
    expect(await columnsOf("x.jsonl", text('{"a": 1, "b": [2]}\n{"c": 3}\n'))).toEqual(["a", "b"]);
  });

  it("are refused where the first line isn't an object", async () => {
    await expect(columnsOf("x.jsonl", text("[1, 2]\n"))).rejects.toThrow("one value a column");
  });

  it("are refused for a file of another kind, by name", async () => {
    await expect(columnsOf("x.xlsx", text(""))).rejects.toThrow("x.xlsx is not a .csv, .parquet, .jsonl file");
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
