import { describe, expect, it } from "vitest";

import { FigureCell, type FigureProps } from "../src/widget/parts/figure-cell";
import { draw, redraw } from "./stage";

const row = (props: FigureProps) => <table><tbody><tr><FigureCell {...props} /></tr></tbody></table>;

describe("a cell with a figure", () => {
  it("shows what it is given, whatever it showed before", () => {
    const steps: FigureProps[] = [
      { column: "window", value: 0.5, text: "0.500" },
      { column: "window", value: 0.25, text: "0.250", under: "n 12", hint: "samples" },
      { column: "window", value: Number.NaN, text: "–", under: "", hint: "" },
      { column: "window", value: 0.5, text: "0.500", under: "<b>n</b>", hint: "samples" },
      { column: "window", value: 0.5, text: "0.500" },
    ];
    const el = draw(row(steps[0]!));
    const cell = el.querySelector("td")!;
    for (const step of [...steps, ...steps.reverse()]) {
      redraw(el, row(step));
      const [text, under] = cell.childNodes;
      expect(el.querySelector("td")).toBe(cell);
      expect([text?.textContent, under?.textContent]).toEqual([step.text, step.under ?? ""]);
      expect(cell.dataset["value"]).toBe(Number.isNaN(step.value) ? "" : String(step.value));
      expect((under as HTMLElement).title).toBe(step.hint ?? "");
    }
  });

  it("leaves what didn't change alone", async () => {
    const one: FigureProps = { column: "window", value: 0.5, text: "0.500", under: "n 12" };
    const el = draw(row(one));
    const changes: MutationRecord[] = [];
    const watching = new MutationObserver((records) => changes.push(...records));
    watching.observe(el, { subtree: true, childList: true, attributes: true, characterData: true });
    redraw(el, row({ ...one }));
    redraw(el, row({ ...one, value: Number.NaN }));
    redraw(el, row({ ...one, value: Number.NaN }));
    await Promise.resolve();
    changes.push(...watching.takeRecords());
    expect(changes.map(({ attributeName }) => attributeName)).toEqual(["data-value"]);
  });
});
