import { describe, expect, it } from "vitest";

import { ComparisonTable, ranked } from "../src/widget/comparison/table";
import { outline, tallest } from "../src/widget/parts/distribution";
import type { PropertyFigures } from "../src/widget/comparison/property-row";
import { click, draw, HOSTILE, redraw, texts, type } from "./stage";

function row(name: string, changes: Partial<PropertyFigures> = {}): PropertyFigures {
  return {
    name, unit: null, numeric: true, statistic: "mean", window: 2.2149, production: 2.0151, evaluation: 1.9553, drift: 0.12,
    effect: 0.31, low: 0.25, high: 0.37, verdict: "drift", missing: NaN, missingProduction: NaN, missingEvaluation: NaN, bins: 2, windowOutline: "M0,100", evaluationOutline: "M0,100", ...changes,
  };
}

const table = (rows: PropertyFigures[]) => <ComparisonTable rows={rows} note="" detail={(name) => `all about ${name}`} />;

describe("the comparison table", () => {
  it("shows window, production and evaluation side by side, readable, and exact for scripts", () => {
    const el = draw(table([row("n_predictions")]));
    const cells = ["window", "production", "evaluation"].map((column) => el.querySelector(`[data-property="n_predictions"] [data-column="${column}"]`));
    expect(cells.map((cell) => cell?.textContent)).toEqual(["2.21", "2.02", "1.96"]);
    expect(cells[0]?.getAttribute("data-value")).toBe("2.2149");
  });

  it("says under each figure what is missing there, where that is notable", () => {
    const el = draw(table([row("age", { missing: 0.3, missingProduction: 0.12, missingEvaluation: 0.036 }), row("full")]));
    const said = (name: string): string[] => texts(el, `[data-property="${name}"] [data-column]:not([data-column="effect"]) .pm-under`).filter(Boolean).map((text) => text.replace("\u202f", " "));
    expect(said("age")).toEqual(["missing 30.0 %", "missing 12.0 %", "missing 3.6 %"]);
    expect(said("full")).toEqual([]);
  });

  it("shows drifters first and too few last until it is sorted", () => {
    const rows = [
      row("few", { verdict: "too few", effect: 9 }),
      row("calm", { verdict: "stable", effect: 0.01 }),
      row("share", { numeric: false, effect: 0.1 }),
      row("mean", { effect: 0.3 }),
    ];
    expect(ranked(rows).map((one) => one.name)).toEqual(["share", "mean", "calm", "few"]);
    const el = draw(table(rows));
    const head = [...el.querySelectorAll("th button")].find((button) => button.textContent?.startsWith("Property"));
    click(head ?? null);
    expect(texts(el, "tbody .pm-expand .pm-clip")).toEqual(["calm", "few", "mean", "share"]);
    expect(head?.closest("th")?.getAttribute("aria-sort")).toBe("ascending");
  });

  it("filters by name and says when nothing is left", () => {
    const el = draw(table([row("alpha"), row("beta")]));
    type(el.querySelector("input"), "BET");
    expect(texts(el, "tbody .pm-expand .pm-clip")).toEqual(["beta"]);
    type(el.querySelector("input"), "gamma");
    expect(el.textContent).toContain("No property is called like “gamma”");
  });

  it("opens one row at a time", () => {
    const el = draw(table([row("alpha"), row("beta", { effect: 0.1 })]));
    const [first, second] = [...el.querySelectorAll(".pm-expand")];
    click(first ?? null);
    expect(el.textContent).toContain("all about alpha");
    click(second ?? null);
    expect(texts(el, ".pm-detail")).toEqual(["all about beta"]);
    expect(second?.getAttribute("aria-expanded")).toBe("true");
  });

  it("keeps an opened row in its place while a brush ranks the others, until a head sorts them", () => {
    const rows = (effects: number[]): PropertyFigures[] => ["a", "b", "c"].map((name, at) => row(name, { effect: effects[at] ?? 0 }));
    const names = (el: Element): string[] => texts(el, "tbody .pm-expand .pm-clip");
    const el = draw(table(rows([3, 2, 1])));
    click(el.querySelector("[data-property=b] button"));
    redraw(el, table(rows([1, 9, 3])));
    expect(names(el)).toEqual(["c", "b", "a"]);
    click(el.querySelector("th button"));
    expect(names(el)).toEqual(["a", "b", "c"]);
    click(el.querySelector("[data-property=b] button"));
    expect(el.querySelector(".pm-detail")).toBeNull();
  });

  it("keeps the rows it drew when only figures change", () => {
    const el = draw(table([row("alpha"), row("beta")]));
    const before = [...el.querySelectorAll("[data-property]")];
    redraw(el, table([row("alpha", { window: 3 }), row("beta")]));
    expect([...el.querySelectorAll("[data-property]")]).toEqual(before);
    expect(el.querySelector("[data-property=alpha] [data-column=window]")?.textContent).toBe("3.00");
  });

  it("shows hostile names as text", () => {
    const el = draw(table(HOSTILE.map((name) => row(name, { statistic: `share of ${name}` }))));
    expect(new Set(texts(el, "tbody .pm-expand .pm-clip"))).toEqual(new Set(HOSTILE));
    expect(el.querySelector("img, script, [onmouseover]")).toBeNull();
  });
});

describe("outlines", () => {
  it("share one scale", () => {
    const [window, evaluation] = [[0.5, 0.5], [1, 0]];
    const top = tallest(window, evaluation);
    expect(outline(window, top)).toBe("M0,60V30H2V60");
    expect(outline(evaluation, top)).toBe("M0,60V0H1V60H2V60");
  });

  it("are empty where there is nothing to draw", () => {
    expect(outline([0, 0], tallest([0, 0], [0, 0]))).toBe("");
  });
});
