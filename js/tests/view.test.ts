import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { holdAgainstEchoes, moveBaseline, moveWindow, type Model } from "../src/widget/page/view";

/** A model as the widget manager's: `set` tells who listens, and `save_changes` is counted. */
function modelOf(state: Record<string, unknown>): Model & { saved: () => number } {
  const listeners = new Map<string, Set<() => void>>();
  const save = vi.fn();
  return {
    get: (key) => state[key],
    set: (key, value) => {
      state[key] = value;
      for (const tell of listeners.get(`change:${key}`) ?? []) tell();
    },
    on: (event, callback) => void listeners.set(event, (listeners.get(event) ?? new Set()).add(callback)),
    off: (event, callback) => void listeners.get(event)?.delete(callback),
    save_changes: save,
    saved: () => save.mock.calls.length,
  };
}

const [FIRST, SECOND, OTHER] = [[0, 1], [1, 2], [5, 9]] as const;

describe("a window under a hand", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is told to the kernel once the hand rests", () => {
    const selection = modelOf({ cube: "IPY_MODEL_1", window: null, baseline: null });
    moveWindow(selection, null, FIRST);
    moveWindow(selection, null, SECOND);
    expect(selection.saved()).toBe(0);
    vi.runAllTimers();
    expect([selection.saved(), selection.get("window")]).toEqual([1, SECOND]);
  });

  it.each([["window", moveWindow], ["baseline", moveBaseline]] as const)("is not moved back by an echo of the last %s", (name, move) => {
    const selection = modelOf({ cube: "IPY_MODEL_1", window: null, baseline: null });
    const stop = holdAgainstEchoes(selection);
    const drawn: unknown[] = [];
    selection.on(`change:${name}`, () => drawn.push(selection.get(name)));
    move(selection, null, FIRST);
    vi.runAllTimers();
    move(selection, null, SECOND);
    selection.set(name, FIRST);
    expect(selection.get(name)).toBe(SECOND);
    expect(drawn.slice(1).every((each) => each === SECOND)).toBe(true);
    vi.runAllTimers();
    // the hand rests: whatever comes is news
    selection.set(name, FIRST);
    expect(selection.get(name)).toBe(FIRST);
    stop();
  });

  it("is held, too, when who holds it and who moves it have two objects for one selection", () => {
    const selection = modelOf({ cube: "IPY_MODEL_2", window: null, baseline: null });
    const stop = holdAgainstEchoes({ ...selection });
    moveWindow(selection, null, FIRST);
    vi.runAllTimers();
    moveWindow(selection, null, SECOND);
    selection.set("window", FIRST);
    expect(selection.get("window")).toBe(SECOND);
    stop();
  });

  it("goes where Python puts it", () => {
    const selection = modelOf({ cube: "IPY_MODEL_1", window: null, baseline: null });
    const stop = holdAgainstEchoes(selection);
    moveWindow(selection, null, FIRST);
    vi.runAllTimers();
    moveWindow(selection, null, SECOND);
    selection.set("window", OTHER);
    expect(selection.get("window")).toBe(OTHER);
    stop();
  });
});
