import { describe, expect, it } from "vitest";

import { notebook, relativePath } from "./notebook";
import { listLiteral, stringLiteral } from "./python";
import type { Correction } from "./roles";
import { DEFAULTS } from "./settings";
import { HOSTILE_NAMES } from "../../tests/hostile-names";

const NOTHING: Correction = { single: new Map(), many: new Map() };

const source = (evaluation: string, production: string, correction = NOTHING, settings = DEFAULTS): string =>
  notebook({ evaluation, production, correction }, settings)
    .cells.map((cell) => cell.source)
    .join("\n\n");

/** What Python reads out of a literal; JSON's escapes are Python's, but for \U. */
function readBack(literal: string): string {
  const short = literal.replace(/\\\\|\\U([0-9a-f]{8})/g, (found, hex?: string) => {
    if (hex === undefined) {
      return found;
    }
    const pair = String.fromCodePoint(Number.parseInt(hex, 16));
    return [...Array(pair.length).keys()].map((i) => `\\u${pair.charCodeAt(i).toString(16).padStart(4, "0")}`).join("");
  });
  return JSON.parse(short) as string;
}

describe("a string literal", () => {
  it.each(HOSTILE_NAMES)("holds %j and nothing else", (name) => {
    expect(readBack(stringLiteral(name))).toBe(name);
  });

  it.each(HOSTILE_NAMES)("of %j is one line without unescaped quotes or unseen characters", (name) => {
    const inside = stringLiteral(name).slice(1, -1);
    expect(inside.replace(/\\./g, "")).not.toMatch(/["\\\n\r]/);
    expect(inside).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  });

  it("ends the known attack as a quoted string", () => {
    expect(stringLiteral('"); import os; ("x.csv')).toBe('"\\"); import os; (\\"x.csv"');
  });

  it("lists several", () => {
    expect(listLiteral(['a"', "b"])).toBe('["a\\"", "b"]');
  });
});

describe("the notebook", () => {
  it("reads like code that a person writes", () => {
    expect(source("evaluation.csv", "logs/production.parquet")).toContain(
      [
        "import prodmon_widgets as pm",
        "",
        'evaluation = "evaluation.csv"  # labelled samples from before deployment',
        'production = "logs/production.parquet"  # what the model does now',
        "monitor = pm.Monitor(evaluation, production)",
        "monitor.schema",
      ].join("\n"),
    );
  });

  it("says to Schema only what was corrected", () => {
    const correction: Correction = {
      single: new Map([["timestamp", "when"]]),
      many: new Map([["ignore", ['x"y', "z"]]]),
    };
    expect(source("a.csv", "b.csv", correction)).toContain(
      ["schema = pm.Schema(", '    timestamp="when",', '    ignore=["x\\"y", "z"],', ")"].join("\n"),
    );
    expect(source("a.csv", "b.csv", correction)).toContain("pm.Monitor(evaluation, production, schema=schema)");
  });

  it("starts with the window and the sample cap of the settings", () => {
    const settings = { ...DEFAULTS, defaultWindow: "last 7 days", sampleCap: 20 } as const;
    expect(source("a.csv", "b.csv", NOTHING, settings)).toContain(".iloc[-7:]");
    expect(source("a.csv", "b.csv", NOTHING, settings)).toContain("n=20)");
    expect(source("a.csv", "b.csv")).not.toContain("selection.window =");
  });

  it("puts file names into code only, never into markdown", () => {
    const { cells } = notebook({ evaluation: "<b>", production: "<i>", correction: NOTHING }, DEFAULTS);
    const markdown = cells.filter((cell) => cell.cell_type === "markdown").map((cell) => cell.source);
    expect(markdown.join()).not.toMatch(/<b>|<i>/);
  });

  it("has run nothing", () => {
    const { cells } = notebook({ evaluation: "a.csv", production: "b.csv", correction: NOTHING }, DEFAULTS);
    const ran = cells.filter((cell) => cell.cell_type === "code" && cell.execution_count !== null);
    expect(ran).toEqual([]);
  });

  it("gives each cell an id of its own", () => {
    const { cells } = notebook({ evaluation: "a.csv", production: "b.csv", correction: NOTHING }, DEFAULTS);
    expect(new Set(cells.map((cell) => cell.id)).size).toBe(cells.length);
  });
});

describe("a path from a folder", () => {
  it.each([
    ["a/b/x.csv", "a/b", "x.csv"],
    ["a/x.csv", "a/b", "../x.csv"],
    ["x.csv", "", "x.csv"],
    ["c/x.csv", "a/b", "../../c/x.csv"],
    ["a/b", "a/b", "../b"],
  ])("%s seen from %s is %s", (path, folder, expected) => {
    expect(relativePath(path, folder)).toBe(expected);
  });
});
