import { describe, expect, it } from "vitest";

import { changeText, scoreText, trendOf } from "./monitor-list";
import { factsIn, mismatch, versionIn } from "./monitors";
import { cellThatAssigns } from "./reveal";

const notebook = (...sources: string[]) => ({
  activeCellIndex: 0,
  widgets: sources.map((source) => ({ model: { sharedModel: { getSource: () => source } } })),
});

describe("the cell of a monitor", () => {
  it("is the last that assigns its name", () => {
    expect(cellThatAssigns(notebook("monitor = 1", "x", "monitor = pm.Monitor(a, b)"), "monitor")).toBe(2);
  });

  it.each(["monitor == 1", "monitors = 1", "print(monitor)", "other.monitor = 1"])("is not one with %s", (source) => {
    expect(cellThatAssigns(notebook(source), "monitor")).toBe(-1);
  });

  it("may annotate the name", () => {
    expect(cellThatAssigns(notebook("monitor: pm.Monitor = make()"), "monitor")).toBe(0);
  });
});

describe("the kernel's answer", () => {
  it("holds the facts as JSON", () => {
    const facts = [{ name: "monitor" }];
    expect(factsIn({ status: "ok", data: { "application/json": facts } })).toEqual(facts);
  });

  it("holds none where the package isn't loaded", () => {
    expect(factsIn({ status: "ok", data: { "text/plain": "None" } })).toEqual([]);
  });

  it("says what went wrong", () => {
    expect(() => factsIn({ status: "error", evalue: "no such thing" })).toThrow("no such thing");
  });
});

describe("the kernel's version", () => {
  it("is read off what Python prints", () => {
    expect(versionIn({ status: "ok", data: { "text/plain": "'0.2.0'" } })).toBe("0.2.0");
    expect(versionIn({ status: "ok", data: { "text/plain": "None" } })).toBe("");
    expect(versionIn(undefined)).toBe("");
  });

  it("is only worth a word, and a cure, where it is another one", () => {
    expect(mismatch("0.1.0", "0.1.0")).toBe("");
    expect(mismatch("", "0.1.0")).toBe("");
    expect(mismatch("0.0.1", "0.1.0")).toMatch(/kernel has prodmon-widgets 0\.0\.1, this page has 0\.1\.0\. Install the same/);
  });
});

describe("a monitor in the list", () => {
  it("shows its score with its band", () => {
    expect(scoreText({ score: 0.8123, low: 0.79, high: 0.83 })).toBe("0.812 [0.790, 0.830]");
  });

  it("says so while it estimates", () => {
    expect(scoreText({ score: null, low: null, high: null })).toBe("estimating…");
  });

  it("draws its trend from left to right, high scores on top, and skips what isn't known", () => {
    expect(trendOf([1, null, 0], null)).toEqual({ points: "0.0,2.0 120.0,22.0", benchmark: null });
  });

  it("draws the benchmark on the same scale, also beyond all scores", () => {
    expect(trendOf([0.5, 0], 1)).toEqual({ points: "0.0,12.0 120.0,22.0", benchmark: 2 });
  });

  it("says how far it lies from the evaluation set", () => {
    expect(changeText({ score: 0.7875, benchmark: 0.85 })).toBe("−6.25 pts against evaluation 0.850");
    expect(changeText({ score: null, benchmark: 0.85 })).toBe("");
  });
});
