import { describe, expect, it, vi } from "vitest";

import { CausesPanel, type CausesProps } from "../src/widget/causes/panel";
import { bar, scaleOf, type CauseFigures, type DropFigures } from "../src/widget/causes/waterfall";
import { click, draw, HOSTILE, texts } from "./stage";

function cause(text: string, contribution: number, changes: Partial<CauseFigures> = {}): CauseFigures {
  return {
    text, conditions: [{ property: "p", values: [text] }], kind: "within", contribution, low: contribution - 0.01, high: contribution + 0.01,
    shareBefore: 0.1, shareAfter: 0.2, scoreBefore: 0.8, scoreAfter: 0.6, supported: 1, weak: false, ...changes,
  };
}

const DROP: DropFigures = { baseline: 0.8, window: 0.7, total: 0.1, unexplained: 0.02, items: [cause("a", 0.05), cause("b", 0.03)] };

function panel(changes: Partial<CausesProps> = {}) {
  const nothing = () => undefined;
  return (
    <CausesPanel drop={DROP} text="" explained={[]} note="" none="Brush" waiting="" notice="" offline="" unanswerable={() => ""} active="" onPoint={nothing} onPick={nothing} onExplain={nothing} onRestore={nothing} {...changes} />
  );
}

describe("the waterfall", () => {
  it("steps from the baseline down to the window without a gap", () => {
    const scale = scaleOf(DROP);
    const first = bar(scale, 0.8, 0.75);
    const second = bar(scale, 0.75, 0.72);
    const rest = bar(scale, 0.72, 0.7);
    expect(first.start).toBeCloseTo(second.end, 12);
    expect(second.start).toBeCloseTo(rest.end, 12);
    expect(rest.start).toBeCloseTo(bar(scale, scale.low, 0.7).end, 12);
  });

  it("holds every level inside its axis, also where an item overshoots", () => {
    const drop = { ...DROP, items: [cause("a", 0.3), cause("b", -0.2)], unexplained: 0 };
    const scale = scaleOf(drop);
    expect(scale.low).toBeLessThan(0.5);
    expect(scaleOf({ ...DROP, baseline: 1, items: [], window: 1 }).high).toBe(1);
  });

  it("writes each item's points, band, shares and scores", () => {
    const row = draw(panel()).querySelector('[data-segment="a"]');
    for (const fact of ["−5.00", "−6.00", "−4.00", "10.0", "20.0", "0.800", "0.600"]) expect(row?.textContent).toContain(fact);
  });

  it("says when there is no band", () => {
    const el = draw(panel({ drop: { ...DROP, items: [cause("a", 0.05, { low: null, high: null })] } }));
    expect(el.textContent).toContain("no band");
  });

  it("picks and explains away an item", () => {
    const onPick = vi.fn();
    const onExplain = vi.fn();
    const el = draw(panel({ onPick, onExplain }));
    click(el.querySelector(".pm-link"));
    click(el.querySelector(".pm-actions button"));
    expect(onPick.mock.calls[0]?.[0].text).toBe("a");
    expect(onExplain.mock.calls[0]?.[0].text).toBe("a");
  });

  it("tells which item is pointed at, by mouse and by focus", () => {
    const onPoint = vi.fn();
    const row = draw(panel({ onPoint })).querySelectorAll("[data-segment]")[1];
    for (const name of ["mouseenter", "mouseleave", "focusin", "focusout"]) row?.dispatchEvent(new Event(name));
    expect(onPoint.mock.calls).toEqual([[1], [null], [1], [null]]);
  });

  it("greys what is stale and disables it while it waits", () => {
    const el = draw(panel({ waiting: "Searching for causes…" }));
    expect(el.querySelector(".pm-stale")).not.toBeNull();
    expect([...el.querySelectorAll<HTMLButtonElement>("tbody button")].every((button) => button.disabled)).toBe(true);
  });

  it("has no filter on a decline that no segment carries", () => {
    const el = draw(panel({ drop: { ...DROP, items: [cause("everywhere", 0.05, { conditions: [] })] } }));
    expect(el.querySelector(".pm-link")).toBeNull();
  });

  it("shows hostile text as text", () => {
    const el = draw(panel({ drop: { ...DROP, items: HOSTILE.map((text) => cause(text, 0.001)) }, text: HOSTILE.join("\n"), notice: HOSTILE[0] ?? "" }));
    expect(texts(el, ".pm-link")).toEqual(HOSTILE);
    expect(el.querySelector("img, script, [onmouseover]")).toBeNull();
  });
});
