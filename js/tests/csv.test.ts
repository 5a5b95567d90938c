import { describe, expect, it } from "vitest";

import { toCsv } from "../src/widget/figures/csv";

describe("samples as CSV", () => {
  it.each(["=HYPERLINK(1)", "@SUM(1)", "+1+cmd", "-2+3", "\t=1", "\r=1", "＝1"])("guards %j, which a spreadsheet would run", (cell) => {
    expect(toCsv(["text"], [[cell]])).toMatch(/\r\n"?'/);
  });

  it("guards headings too, and leaves numbers and texts alone", () => {
    expect(toCsv(["=a", "b"], [["-1.5", "a - b"], ["1e-7", "a,b"]])).toBe("'=a,b\r\n-1.5,a - b\r\n1e-7,\"a,b\"");
  });
});
