/** The timeline's series, its marks over the charts, and its lanes. */
/// <reference types="node" />
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";

import { decode, type Cube, type Meta } from "../src/widget/figures/cube";
import { formatScore } from "../src/widget/figures/format";
import { benchmarkOf, notEstimable, qualitySeries, stretchAt, type Stretch } from "../src/widget/figures/quality-series";
import { estimate } from "../src/widget/figures/statistics";
import { drawCharts, roundTicks } from "../src/widget/timeline/charts";
import { Head } from "../src/widget/timeline/head";
import { Lane } from "../src/widget/timeline/lanes";
import { Overlay } from "../src/widget/timeline/overlay";
import type { Model, State } from "../src/widget/page/view";
import { click, draw, HOSTILE, press, redraw, texts } from "./stage";

const golden = JSON.parse(readFileSync(join(process.cwd(), "..", "tests", "golden", "scored.json"), "utf8")) as { meta: Meta; payload: string };
const decoded = decode(golden.meta, new DataView(Uint8Array.from(Buffer.from(golden.payload, "base64")).buffer));
if (!decoded) throw new Error("no cube");
const cube = decoded;
const all = cube.window(0, cube.time.count);

/** The cube as if its evaluation set had other sums: so much of each. */
function withEvaluation(factor: (measure: string) => number): Cube {
  const bytes = new DataView(Uint8Array.from(Buffer.from(golden.payload, "base64")).buffer);
  for (const [name, { offset, dtype }] of Object.entries(golden.meta.arrays)) {
    if (!name.startsWith("evaluation.totals.")) continue;
    if (dtype === "u4") bytes.setUint32(offset, bytes.getUint32(offset, true) * factor(name), true);
    else bytes.setFloat64(offset, bytes.getFloat64(offset, true) * factor(name), true);
  }
  const made = decode(golden.meta, bytes);
  if (!made) throw new Error("no cube");
  return made;
}

describe("the series", () => {
  it("adds up to all samples, however few stretches it has", () => {
    for (const most of [1, 3, 240]) {
      const series = qualitySeries(cube, 0, cube.time.count, most);
      expect(series.length).toBeLessThanOrEqual(most);
      expect(series.reduce((sum, { n }) => sum + n, 0)).toBe(cube.total("n", 0, cube.time.count));
      expect([series[0]?.start, series.at(-1)?.end]).toEqual(all);
    }
  });

  it("shows finer stretches of a shorter span", () => {
    const [coarse, fine] = [qualitySeries(cube, 0, cube.time.count, 3), qualitySeries(cube, 0, 3, 3)];
    const length = (series: Stretch[]): number => (series[0]?.end ?? 0) - (series[0]?.start ?? 0);
    expect(length(fine)).toBeLessThan(length(coarse));
    expect(fine[0]?.score).toBe(estimate(cube.sums(0, 1).totals, 0, cube.meta.scale).score);
  });

  it("never draws a line through single samples: few samples make few stretches", () => {
    const few = Object.assign(Object.create(cube) as Cube, { total: () => 30 });
    expect(qualitySeries(few, 0, cube.time.count).length).toBe(10);
    const many = Object.assign(Object.create(cube) as Cube, { total: () => 1e9 });
    expect(qualitySeries(many, 0, cube.time.count).length).toBe(cube.time.count);
  });

  it("joins stretches that can't be estimated, and leaves empty ones out", () => {
    const stretch = (start: number, n: number, estimable: boolean): Stretch =>
      ({ start, end: start + 1, n, estimable, doubt: estimable ? 0 : 3, score: 0.5, low: 0, high: 1, estimated: 0.5, worst: 0, best: 1, coverage: 1, supported: 1, actual: NaN, nActual: 0 });
    const series = [stretch(0, 5, false), stretch(1, 5, false), stretch(2, 0, false), stretch(3, 5, false), stretch(4, 5, true)];
    expect(notEstimable(series)).toEqual([[0, 2], [3, 4]]);
    expect(stretchAt(series, 3.5)?.start).toBe(3);
    expect(stretchAt(series, 9)).toBeNull();
  });
});

describe("labels by people", () => {
  // as if all samples were labelled, and good where they were annotated good or bad
  const { "totals.n": n, "totals.annotated": annotated } = golden.meta.arrays;
  const arrays = { ...golden.meta.arrays, "totals.known": n, "totals.known_good": annotated } as Meta["arrays"];
  const labelled = decode({ ...golden.meta, arrays }, new DataView(Uint8Array.from(Buffer.from(golden.payload, "base64")).buffer));
  if (!labelled) throw new Error("no cube");

  it("are the share of good among those who were asked, and none where nobody was", () => {
    for (const { n, nActual, actual, coverage } of qualitySeries(labelled, 0, labelled.time.count, 5).filter((each) => each.n > 0)) {
      expect(nActual).toBe(n);
      expect(actual).toBeCloseTo(coverage, 12);
    }
    const nobody = Object.fromEntries(Object.entries(golden.meta.arrays).filter(([name]) => !name.startsWith("totals.known"))) as Meta["arrays"];
    const bare = decode({ ...golden.meta, arrays: nobody }, new DataView(Uint8Array.from(Buffer.from(golden.payload, "base64")).buffer));
    if (!bare) throw new Error("no cube");
    expect(qualitySeries(bare, 0, bare.time.count).every(({ nActual, actual }) => nActual === 0 && Number.isNaN(actual))).toBe(true);
  });

  it("are dashes beside the estimate, in sight", () => {
    const parts = new Map<string, Record<string, unknown>>();
    const charts = Object.fromEntries(["actual", "y"].map((name) => [name, { set: (state: Record<string, unknown>) => parts.set(name, state) } as unknown as Model]));
    const series = qualitySeries(labelled, 0, labelled.time.count);
    drawCharts(charts, labelled, series);
    const points = [...(parts.get("actual")?.["y"] as Float64Array)].filter((share) => !Number.isNaN(share));
    expect(points).toEqual(series.filter(({ nActual }) => nActual > 0).flatMap(({ actual }) => [actual, actual]));
    const { min, max } = parts.get("y") as { min: number; max: number };
    expect(Math.min(...points)).toBeGreaterThanOrEqual(min);
    expect(Math.max(...points)).toBeLessThanOrEqual(max);
  });
});

describe("the charts", () => {
  it("get the series, the span of time, and round ticks around what there is", () => {
    const parts = new Map<string, Record<string, unknown>>();
    const names = ["x", "y", "volume_y", "score_axis", "volume_axis", "bounds", "band", "benchmark", "benchmark_band", "score", "volume", "coverage", "supported", "share"];
    const charts = Object.fromEntries(names.map((name) => [name, { set: (state: object) => parts.set(name, { ...parts.get(name), ...state }) } as unknown as Model]));
    const series = qualitySeries(cube, 0, cube.time.count);
    drawCharts(charts, cube, series);
    const known = series.filter(({ n }) => n > 0);
    expect([...(parts.get("score")?.["y"] as Float64Array)]).toEqual(known.map(({ score }) => score));
    expect(Number(parts.get("x")?.["max"])).toBe(all[1]);
    const { min, max } = parts.get("y") as { min: number; max: number };
    expect([min >= 0, max <= 1, min < max]).toEqual([true, true, true]);
  });

  it("have ticks of a round size", () => {
    expect(roundTicks(0.63, 0.88, 5)).toEqual([0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9]);
    expect(roundTicks(0, 113, 3)).toEqual([0, 50, 100, 150]);
  });
});

const series: Stretch[] = Array.from({ length: 10 }, (_, start) => ({
  start, end: start + 1, n: 20, estimable: start < 8, doubt: start < 8 ? 0 : 3, score: 0.8, low: 0.7, high: 0.9, estimated: 0.8, worst: 0.6, best: 0.95, coverage: 0.9, supported: 0.85, actual: NaN, nActual: 0,
}));
const overlay = {
  width: 300, height: 200, margin: { top: 20, bottom: 20, left: 50, right: 50 }, from: 0, to: 10, isTime: false, series, baseline: [1, 3] as const,
  alerts: [{ rule: HOSTILE[0] ?? "", fired: [[6, 7], [9, 10]] as const, open: true, value: 0.2 }], onset: { shape: "abrupt", at: 5, low: 4, high: 6, before: 0.9, after: 0.7 },
  hovered: null, upper: true,
};

describe("what lies over a chart", () => {
  it("hatches what can't be estimated, marks baseline, alerts and onset where they are", () => {
    const el = draw(<Overlay {...overlay} />);
    const at = (query: string): (number | undefined)[][] =>
      [...el.querySelectorAll(query)].map((one) => ["x", "width"].map((name) => Number(one.getAttribute(name))));
    expect(at(".pm-hatched")).toEqual([[210, 40]]);
    expect(at(".pm-baseline")).toEqual([[70, 40]]);
    expect(at(".pm-alert")).toEqual([[170, 20], [230, 20]]);
    expect(el.querySelector(".pm-onset line")?.getAttribute("x1")).toBe("150");
    expect(el.querySelector("img")).toBeNull();
  });

  it("says the figures of what the pointer is over, names of rules as text", () => {
    const el = draw(<Overlay {...overlay} hovered={series[9] ?? null} />);
    const tip = el.querySelector('[data-field="tip"]')?.textContent ?? "";
    for (const said of ["0.800 (0.700–0.900)", "0.60 to 0.95", "90.0", "not estimable", HOSTILE[0] ?? ""]) expect(tip).toContain(said);
    expect(el.querySelector("img")).toBeNull();
    redraw(el, <Overlay {...overlay} hovered={series[1] ?? null} />);
    expect(el.textContent).not.toContain("not estimable");
  });

  it("keeps to the span of a zoom", () => {
    const el = draw(<Overlay {...overlay} from={6} to={8} />);
    expect([el.querySelectorAll(".pm-baseline").length, el.querySelectorAll(".pm-onset").length, el.querySelectorAll(".pm-alert").length]).toEqual([0, 0, 1]);
  });
});

describe("a lane", () => {
  const props = { shown: [0, 10] as const, count: 10, text: "all", hint: "" };

  it("answers keys, and Escape gives the baseline up", () => {
    const chosen = vi.fn();
    const el = draw(<Lane {...props} name="Baseline" empty="" chosen={[2, 4]} onChoose={chosen} />);
    const slider = el.querySelector("[role=slider]");
    if (!slider) throw new Error("no slider");
    press(slider, "ArrowRight");
    press(slider, "Escape");
    press(slider, "q");
    expect(chosen.mock.calls).toEqual([[[3, 5]], [null]]);
  });

  it("begins at the last tenth", () => {
    const chosen = vi.fn();
    const el = draw(<Lane {...props} name="Window" empty="" chosen={null} onChoose={chosen} />);
    press(el.querySelector("[role=slider]") as Element, "ArrowLeft");
    expect(chosen.mock.calls).toEqual([[[8, 9]]]);
  });
});

describe("the head", () => {
  const state: State = { cube, whole: cube, window: null, baseline: null, conditions: [], segment: "", busy: false, status: "" };
  const silent = { onWindow: () => undefined, onBaseline: () => undefined, onZoom: () => undefined, onClearFilter: () => undefined };

  it("offers the stretch since the onset only where there is one, and says open alerts", () => {
    const window = vi.fn();
    const el = draw(<Head state={state} history={{}} zoom={null} {...silent} onWindow={window} />);
    const since = (): HTMLButtonElement => [...el.querySelectorAll("button")].find((one) => one.textContent === "Since onset") as HTMLButtonElement;
    expect(since().disabled).toBe(true);
    const onset = { shape: "gradual", at: all[0] + cube.time.step, low: all[0], high: all[1], before: 0.9, after: 0.7 };
    redraw(el, <Head state={state} history={{ onset, alerts: overlay.alerts }} zoom={null} {...silent} onWindow={window} />);
    click(since());
    expect(window.mock.calls).toEqual([[[onset.at, all[1]]]]);
    expect(texts(el, '[data-field="alerts"] strong')).toEqual(["Alert", "Onset"]);
    expect(texts(el, '[data-field="alerts"] .pm-note')).toEqual([]);
    redraw(el, <Head state={{ ...state, segment: "a = b" }} history={{ onset, alerts: overlay.alerts }} zoom={null} {...silent} onWindow={window} />);
    expect(texts(el, '[data-field="alerts"] .pm-note')).toEqual(["Alerts watch all samples, not only a = b:"]);
    expect(el.querySelector("img")).toBeNull();
  });

  it("compares a segment with its own part of the evaluation set, and says when that has none", () => {
    const part = withEvaluation((measure) => (/score$|good$/.test(measure) ? 0.25 : 0.5));
    const nowhere = withEvaluation(() => 0);
    const el = draw(<Head state={{ ...state, cube: part, segment: "a = b" }} history={{}} zoom={null} {...silent} />);
    const fact = (name: string): HTMLElement | null => el.querySelector(`[data-field="${name}"]`);
    const { score, true: actual } = benchmarkOf(part);
    expect(score).toBeCloseTo(benchmarkOf(cube).score / 2, 6);
    expect(Number(fact("benchmark")?.dataset["value"])).toBe(score);
    expect(fact("benchmark")?.nextElementSibling?.textContent).toContain(`true ${formatScore(actual)}`);
    expect(Number(fact("change")?.dataset["value"])).toBeCloseTo(estimate(part.sums().totals, 0, part.meta.scale).score - score, 12);
    redraw(el, <Head state={{ ...state, cube: nowhere, segment: "a = c" }} history={{}} zoom={null} {...silent} />);
    expect(fact("benchmark")?.nextElementSibling?.textContent).toBe("has none of these");
    expect(fact("change")?.textContent).toBe("–");
    expect(fact("change")?.nextElementSibling?.textContent).not.toContain("on a par");
  });

  it("compares with the baseline in place of the evaluation set", () => {
    const baseline = cube.window(0, 1);
    const el = draw(<Head state={{ ...state, baseline }} history={{}} zoom={null} {...silent} />);
    const { score } = estimate(cube.sums(0, 1).totals, 0, cube.meta.scale);
    expect(Number(el.querySelector<HTMLElement>('[data-field="benchmark"]')?.dataset["value"])).toBe(score);
    expect(el.textContent).toContain("Baseline");
  });
});
