import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Pause } from "../src/widget/page/pause";

describe("a pause", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("does what was asked last, once, when nothing was asked for long enough", () => {
    const [pause, said]: [Pause, number[]] = [new Pause(), []];
    for (let move = 0; move < 10; move++) {
      pause.start(() => said.push(move), 100);
      vi.advanceTimersByTime(60);
    }
    expect(said).toEqual([]);
    vi.advanceTimersByTime(60);
    expect(said).toEqual([9]);
    vi.advanceTimersByTime(1000);
    expect(said).toEqual([9]);
  });

  it("does nothing once it is stopped, and starts again", () => {
    const call = vi.fn();
    const pause = new Pause();
    pause.start(call, 100);
    pause.stop();
    vi.advanceTimersByTime(1000);
    expect(call).not.toHaveBeenCalled();
    pause.start(call, 100);
    vi.advanceTimersByTime(101);
    expect(call).toHaveBeenCalledOnce();
  });

  it("may be started anew by what it does", () => {
    const [pause, said]: [Pause, string[]] = [new Pause(), []];
    pause.start(() => {
      said.push("first");
      pause.start(() => said.push("second"), 50);
    }, 100);
    vi.advanceTimersByTime(200);
    expect(said).toEqual(["first", "second"]);
  });

  it("ends sooner where less is asked for", () => {
    const call = vi.fn();
    const pause = new Pause();
    pause.start(call, 1000);
    pause.start(call, 10);
    vi.advanceTimersByTime(20);
    expect(call).toHaveBeenCalledOnce();
  });
});
