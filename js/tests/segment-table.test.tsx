import { describe, expect, it, vi } from "vitest";

import type { SegmentSummary } from "../src/widget/segments/row";
import { byContribution, SegmentTable } from "../src/widget/segments/table";
import { click, draw, HOSTILE, texts } from "./stage";

function segment(text: string, changes: Partial<SegmentSummary> = {}): SegmentSummary {
  return {
    text, at: 0, kind: "within", contribution: 0.01, z: 8, n: 500, shareWindow: 0.2, shareProduction: 0.15, shareEvaluation: 0.1, score: 0.6,
    scoreProduction: 0.7, scoreEvaluation: 0.8, unsupported: 0, weak: false, ...changes,
  };
}

function table(rows: SegmentSummary[], more: Partial<Parameters<typeof SegmentTable>[0]> = {}) {
  const band = () => ({ score: 0.6, low: 0.55, high: 0.65, worst: 0.05, best: 0.95 });
  return <SegmentTable rows={rows} band={band} note="" active="" disabled={() => ""} onPick={() => undefined} onClear={() => undefined} {...more} />;
}

const shown = (el: HTMLElement): (string | null)[] => [...el.querySelectorAll("[data-segment]")].map((row) => row.getAttribute("data-segment"));

describe("the segment table", () => {
  it("ranks what surely carries the drop first, most first", () => {
    const rows = [
      segment("gain", { contribution: -0.02 }),
      segment("chance", { contribution: 0.5, z: 1 }),
      segment("small", { contribution: 0.01 }),
      segment("large", { contribution: 0.03 }),
      segment("absent", { contribution: Number.NaN }),
    ];
    expect(byContribution(rows).map((row) => row.text)).toEqual(["large", "small", "chance", "gain", "absent"]);
  });

  it("shows a few and more on demand", () => {
    const el = draw(table(Array.from({ length: 40 }, (_, i) => segment(`s${i}`))));
    expect(shown(el)).toHaveLength(12);
    click([...el.querySelectorAll("button")].find((button) => button.textContent === "Show more") ?? null);
    expect(shown(el)).toHaveLength(37);
  });

  it("marks weak and unsupported segments and shows the bounds of the latter", () => {
    const el = draw(table([segment("new one", { weak: true, unsupported: 0.9 })]));
    expect(texts(el, ".pm-badge")).toEqual(["weak on evaluation", "unsupported"]);
    expect(el.textContent).toContain("0.05 to 0.95");
  });

  it("writes a drop as points off the score", () => {
    const el = draw(table([segment("a", { contribution: 0.024 })]));
    expect(el.querySelector("[data-column=contribution]")?.textContent).toContain("−2.40");
    expect(el.querySelector("[data-column=contribution]")?.getAttribute("data-value")).toBe("0.024");
  });

  it("picks a segment, and says why one can't be picked", () => {
    const onPick = vi.fn();
    const el = draw(table([segment("a"), segment("b")], { onPick, active: "a", disabled: (text) => (text === "b" ? "The kernel is gone" : "") }));
    const [a, b] = [...el.querySelectorAll<HTMLButtonElement>(".pm-link")];
    click(a ?? null);
    expect(onPick).toHaveBeenCalledWith("a");
    expect(a?.getAttribute("aria-pressed")).toBe("true");
    expect(b?.disabled).toBe(true);
    expect(b?.title).toBe("The kernel is gone");
  });

  it("keeps the segment of the filter in sight and can clear it", () => {
    const onClear = vi.fn();
    const rows = Array.from({ length: 40 }, (_, i) => segment(`s${i}`, { contribution: 1 - i / 100 }));
    const el = draw(table(rows, { active: "s39", onClear }));
    expect(shown(el)[0]).toBe("s39");
    click([...el.querySelectorAll("button")].find((button) => button.textContent === "Clear filter") ?? null);
    expect(onClear).toHaveBeenCalledOnce();
  });

  it("shows hostile values as text", () => {
    const el = draw(table(HOSTILE.map((text) => segment(text))));
    expect(new Set(shown(el))).toEqual(new Set(HOSTILE));
    expect(el.querySelector("img, script, [onmouseover]")).toBeNull();
  });
});
