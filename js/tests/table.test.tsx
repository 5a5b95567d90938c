import { describe, expect, it } from "vitest";

import { matching, sorted, turned, type Column, type Order } from "../src/widget/parts/table";

interface Row {
  name: string;
  size: number;
}

const NAME: Column<Row> = { key: "name", title: "Name", value: (row) => row.name };
const SIZE: Column<Row> = { key: "size", title: "Size", numeric: true, value: (row) => row.size };
const ROWS: Row[] = [
  { name: "b", size: 2 },
  { name: "a", size: Number.NaN },
  { name: "C", size: 10 },
];

const names = (order: Order): string[] => sorted(ROWS, [NAME, SIZE], order).map((row) => row.name);

describe("sorting", () => {
  it("puts what is missing last, whichever way", () => {
    expect(names({ key: "size", direction: "ascending" })).toEqual(["b", "C", "a"]);
    expect(names({ key: "size", direction: "descending" })).toEqual(["C", "b", "a"]);
  });

  it("sorts names as people do", () => {
    expect(names({ key: "name", direction: "ascending" })).toEqual(["a", "b", "C"]);
  });

  it("leaves the rows it was given alone", () => {
    names({ key: "size", direction: "ascending" });
    expect(ROWS.map((row) => row.name)).toEqual(["b", "a", "C"]);
  });

  it("turns first to the useful way, then the other, then back", () => {
    let order: Order = { key: null, direction: "descending" };
    const way: string[] = [];
    for (let i = 0; i < 3; i++) {
      order = turned(order, SIZE);
      way.push(`${order.key} ${order.direction}`);
    }
    expect(way).toEqual(["size descending", "size ascending", "null descending"]);
  });
});

describe("filtering by name", () => {
  it("ignores case and space around", () => {
    expect(matching(ROWS, (row) => row.name, " c ").map((row) => row.name)).toEqual(["C"]);
    expect(matching(ROWS, (row) => row.name, "  ")).toBe(ROWS);
  });
});
