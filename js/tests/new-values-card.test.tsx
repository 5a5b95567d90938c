import { describe, expect, it, vi } from "vitest";

import { distinctText, NewValuesCard, type NewValueFigures } from "../src/widget/new-values/card";
import { click, draw, HOSTILE, texts } from "./stage";

function value(name: string): NewValueFigures {
  return {
    property: "prediction", value: name, text: `prediction = ${name}`, firstSeen: Date.UTC(2023, 5, 10), n: 900, share: 0.03, windowN: 400,
    windowShare: 0.08, score: 0.3, low: 0.05, high: 0.98, worst: 0.05, best: 0.98, unsupported: 0.93, series: "M0,100V50H1V100", steps: 1,
  };
}

function card(values: NewValueFigures[], onPick: (text: string) => void = () => undefined) {
  const distinct = values.length > 0 ? [{ property: "prediction", production: 19, evaluation: 17 }] : [];
  return <NewValuesCard values={values} distinct={distinct} note="" isTime active="" disabled={() => ""} onPick={onPick} />;
}

describe("the new-values card", () => {
  it("counts what is distinct on both sides", () => {
    expect(draw(card([value("Mystery")])).textContent).toContain("19 distinct predictions, 17 in evaluation");
    expect(distinctText({ property: "device_id", production: 3, evaluation: 2 })).toBe("3 distinct values of device_id, 2 in evaluation");
  });

  it("names the value, when it was first seen, its share and its bounds", () => {
    const text = draw(card([value("Mystery")])).textContent;
    for (const fact of ["Mystery", "2023-06-10", "8.0", "3.0", "0.05 to 0.98", "93.0"]) expect(text).toContain(fact);
  });

  it("counts the window's and production's samples under their own shares", () => {
    const el = draw(card([value("Mystery")]));
    expect(el.querySelector("[data-column=window]")?.textContent).toContain("n 400");
    expect(el.querySelector("[data-column=production]")?.textContent).toContain("n 900");
    expect(texts(el, "thead th").every((title) => /^[A-Z]/.test(title))).toBe(true);
  });

  it("filters by a click on the name", () => {
    const onPick = vi.fn();
    click(draw(card([value("Mystery")], onPick)).querySelector(".pm-link"));
    expect(onPick).toHaveBeenCalledWith("prediction = Mystery");
  });

  it("says so when nothing is new", () => {
    expect(draw(card([])).textContent).toContain("no value that the evaluation set doesn’t have");
  });

  it("shows hostile values as text", () => {
    const el = draw(card(HOSTILE.map(value)));
    expect(texts(el, ".pm-link")).toEqual(HOSTILE);
    expect(el.querySelector("img, script, [onmouseover]")).toBeNull();
  });
});
