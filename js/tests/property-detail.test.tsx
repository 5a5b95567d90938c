import { describe, expect, it, vi } from "vitest";

import { PropertyDetail, type DetailProps } from "../src/widget/comparison/property-detail";
import type { Counts } from "../src/widget/figures/time-series";
import { gridOf } from "../src/widget/comparison/value-grid";
import { draw, HOSTILE, press, redraw, texts } from "./stage";

const COUNTS: Counts = { bins: 4, total: (first, last) => 100 * (last - first), cell: (cell, first, last) => (cell === 0 ? 90 : 10) * (last - first) };
const GRID = gridOf([{ label: "common", cell: 0 }, { label: "rare", cell: 1 }], COUNTS);

function props(changes: Partial<DetailProps> = {}): DetailProps {
  return {
    name: "device", title: "device", grid: GRID, bins: false, window: [0.9, 0.1], baseline: [0.6, 0.4], production: [0.8, 0.2],
    against: "the evaluation set", span: [0.5, 1], baselineSpan: null, axis: [0, 4], isTime: false, moment: (step) => `step ${step}`, left: 0,
    table: () => ({ caption: "device", values: [], left: 0, steps: 1, span: [0, 1] }), ...changes,
  };
}

const detail = (changes: Partial<DetailProps> = {}) => <PropertyDetail {...props(changes)} />;
const mark = (el: Element, side: string): string | null | undefined => el.querySelector(`.pm-stretch[data-side=${side}]`)?.getAttribute("style");

describe("an opened property", () => {
  it("draws the window over the baseline and marks it in time", () => {
    const el = draw(detail());
    expect(el.querySelector(".pm-pair-window")?.getAttribute("d")).toBe("M0,0H0.9V1H0.1V2H0Z");
    expect(el.querySelector(".pm-pair-evaluation")?.getAttribute("d")).toBe("M0,0H0.6V1H0.4V2H0Z");
    expect(mark(el, "window")).toContain("left: 50%; width: 50%");
    expect(el.querySelector(".pm-stretch[data-side=baseline]")).toBeNull();
  });

  it("answers another window without drawing its times anew", () => {
    const el = draw(detail());
    const cells = el.querySelector(".pm-heat path");
    redraw(el, detail({ window: [0.5, 0.5], span: [0, 0.25], baselineSpan: [0.5, 0.75] }));
    expect(el.querySelector(".pm-heat path")).toBe(cells);
    expect(mark(el, "window")).toContain("left: 0%; width: 25%");
    expect(mark(el, "baseline")).toContain("left: 50%; width: 25%");
  });

  it("reads its figures by arrow keys, in time and beside it", () => {
    const el = draw(detail());
    const chart = el.querySelector(".pm-chart") as Element;
    const said = (): string | null | undefined => el.querySelector("[role=status]")?.textContent;
    press(chart, "ArrowDown");
    expect(said()).toBe("common, step 3, Share 90.0\u202f%, Samples 90 of 100");
    press(chart, "ArrowDown");
    press(chart, "Home");
    expect(said()).toContain("rare, step 0, Share 10.0");
    press(chart, "ArrowLeft");
    expect(said()).toContain("Window 10.0\u202f%, Baseline 40.0\u202f% (the evaluation set), Production 20.0");
    expect(texts(el, "[data-field=figures] strong")).toEqual(["rare"]);
    press(chart, "Escape");
    expect(el.querySelector("[data-field=figures]")).toBeNull();
  });

  it("says where there are no samples", () => {
    const el = draw(detail({ grid: gridOf([{ label: "x", cell: 0 }], { bins: 2, total: () => 0, cell: () => 0 }), window: [0], baseline: [0], production: [0] }));
    press(el.querySelector(".pm-chart") as Element, "End");
    expect(el.querySelector("[role=status]")?.textContent).toContain("no samples");
  });

  it("counts the table's figures only where it is unfolded", () => {
    const table = vi.fn(props().table);
    const el = draw(detail({ table }));
    expect(table).not.toHaveBeenCalled();
    expect(el.querySelector("summary")?.textContent).toBe("Figures as a table");
  });

  it("shows hostile values as text", () => {
    const el = draw(detail({ grid: gridOf(HOSTILE.map((label) => ({ label, cell: 0 })), COUNTS), window: [], baseline: [], production: [] }));
    expect(new Set(texts(el, ".pm-value-names span"))).toEqual(new Set(HOSTILE));
    expect(el.querySelector("img, script, [onmouseover]")).toBeNull();
  });
});
