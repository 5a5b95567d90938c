/** The investigation trail: what becomes a step, how it reads, its code, and how it is undone. */
import { describe, expect, it, vi } from "vitest";

import { TrailPanel } from "../src/widget/trail/panel";
import { before, recorded, stepCode, stepText, type Looked, type Step } from "../src/widget/trail/steps";
import { click, draw, HOSTILE, texts } from "./stage";

const DAY = 86_400_000;
const NOTHING: Looked = { window: null, baseline: null, conditions: [], explained: [] };
const LATE_JULY = [Date.UTC(2023, 6, 22), Date.UTC(2023, 7, 1)] as const;

function steps(...looked: Looked[]): readonly Step[] {
  return looked.reduce<readonly Step[]>(recorded, recorded([], NOTHING));
}

describe("what becomes a step", () => {
  it("is each part that has changed, and nothing else", () => {
    const found = steps({ ...NOTHING, window: LATE_JULY }, { ...NOTHING, window: LATE_JULY }, { ...NOTHING, conditions: [{ property: "p", missing: true }] });
    expect(found.map(({ kind }) => kind)).toEqual(["start", "window", "window", "filter"]);
    expect(recorded(found, { ...NOTHING, conditions: [{ property: "p", missing: true }] })).toBe(found);
  });

  it("can be taken back with all that came after it", () => {
    const found = steps({ ...NOTHING, window: LATE_JULY }, { ...NOTHING, window: LATE_JULY, explained: ["a"] });
    expect(before(found, 2)).toEqual({ steps: found.slice(0, 2), looked: { ...NOTHING, window: LATE_JULY } });
    expect(before(found, 1).looked).toEqual(NOTHING);
  });
});

describe("how a step reads", () => {
  const text = (now: Partial<Looked>, was: Looked = NOTHING): string[] =>
    recorded([{ kind: "start", looked: was }], { ...was, ...now }).slice(1).map((step) => stepText(step, was, true));
  it("says what was looked at", () => {
    expect(text({ window: LATE_JULY })).toEqual(["Window 2023-07-22 to 2023-08-01 (UTC)"]);
    expect(text({ window: null }, { ...NOTHING, window: LATE_JULY })).toEqual(["All of production"]);
    expect(text({ baseline: [0, DAY] })).toEqual(["Compared with 1970-01-01 to 1970-01-02 (UTC)"]);
    expect(text({ conditions: [{ property: "prediction", values: ["Mystery"] }] })).toEqual(["Only prediction = Mystery"]);
    expect(text({ explained: ["language = it"] })).toEqual(["Explained away: language = it"]);
    expect(text({ explained: [] }, { ...NOTHING, explained: ["language = it"] })).toEqual(["Brought back: language = it"]);
  });
});

describe("the code of a step", () => {
  const looked: Looked = {
    window: [LATE_JULY[0], LATE_JULY[1] + DAY / 2], baseline: null, explained: ["n ≥ 3"],
    conditions: [{ property: "a", values: ["x"] }, { property: "b", values: ["y", "z"] }, { property: "c", low: null, high: 0.5 }, { property: "d", missing: true }],
  };

  it("selects the same again", () => {
    expect(stepCode({ kind: "filter", looked }, true)).toBe(
      'window = ("2023-07-22", "2023-08-01 12:00:00")\nwhere = {"a": "x", "b": ["y", "z"], "c": (None, 0.5), "d": None}\nprint(monitor.score(window, where))\nmonitor.samples(window, where)',
    );
    expect(stepCode({ kind: "window", looked: { ...NOTHING, window: [3, 9], baseline: [0, 3] } }, false)).toBe(
      "window = (3, 9)\nbaseline = (0, 3)\nprint(monitor.score(window))\nmonitor.compare(window, baseline)",
    );
    expect(stepCode({ kind: "explain", looked: { ...looked, conditions: [] } }, true)).toContain('for cause in ["n ≥ 3"]:\n    causes = causes.explain_away(cause)\ncauses.items');
  });

  it("has names and values of the data only as literals on one line", () => {
    for (const text of [...HOSTILE, '"); import os; ("', "a\nb", "\\"]) {
      const code = stepCode({ kind: "filter", looked: { ...NOTHING, conditions: [{ property: text, values: [text] }] } }, true);
      expect(code.split("\n")).toHaveLength(4);
      expect(code).not.toContain('("); import');
    }
  });
});

describe("the panel", () => {
  it("lists the steps as text, undoes one, and copies one", async () => {
    const copied = vi.fn().mockResolvedValue(undefined);
    vi.stubGlobal("navigator", { clipboard: { writeText: copied } });
    const undo = vi.fn();
    const found = steps({ ...NOTHING, window: LATE_JULY }, { ...NOTHING, window: LATE_JULY, conditions: [{ property: "p", values: [HOSTILE[0] ?? ""] }] });
    const el = draw(<TrailPanel steps={found} isTime onUndo={undo} />);
    expect(texts(el, ".pm-trail-text")).toEqual(["Window 2023-07-22 to 2023-08-01 (UTC)", `Only p = ${HOSTILE[0]}`]);
    expect(el.querySelector("img")).toBeNull();
    click(el.querySelector('[data-step="filter"] [aria-label^="Undo"]'));
    click(el.querySelector('[data-step="window"] [aria-label^="Copy"]'));
    await vi.waitFor(() => expect(copied.mock.calls).toEqual([[stepCode(found[1] as Step, true)]]));
    expect(undo.mock.calls).toEqual([[2]]);
    vi.unstubAllGlobals();
  });

  it("says what it is for while there is none", () => {
    const el = draw(<TrailPanel steps={recorded([], NOTHING)} isTime onUndo={() => undefined} />);
    expect(el.textContent).toContain("is kept here");
    expect(el.querySelector("ol")).toBeNull();
  });
});
