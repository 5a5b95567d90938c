import { describe, expect, it } from "vitest";
import { act } from "preact/test-utils";

import { steady, useSteady } from "../src/widget/parts/steady-rows";
import { draw, redraw, texts } from "./stage";

const name = (text: string): string => text;

describe("rows that keep their places", () => {
  it("stand where they stood, whatever their rank is now", () => {
    expect(steady(["a", "b", "c"], ["c", "a", "b"], name)).toEqual(["a", "b", "c"]);
  });

  it("leave their place to newcomers when they fall out of what is shown", () => {
    expect(steady(["a", "b", "c"], ["d", "c", "a", "b", "e"], name)).toEqual(["a", "d", "c", "b", "e"]);
  });

  it("move up when there are fewer of them", () => {
    expect(steady(["a", "b", "c"], ["c", "a"], name)).toEqual(["a", "c"]);
    expect(steady(["a"], [], name)).toEqual([]);
    expect(steady([], ["a", "b"], name)).toEqual(["a", "b"]);
  });

  it("are all there, each once", () => {
    const letters = [..."abcdefghij"];
    for (let turn = 0; turn < 10; turn++) {
      const now = [...letters.slice(turn), ...letters.slice(0, turn)];
      expect([...steady(letters.slice(0, 4), now, name)].sort()).toEqual(letters);
    }
  });
});

function List({ ranked }: { ranked: readonly string[] }) {
  return <ul>{useSteady(ranked, name, 3).slice(0, 3).map((text) => <li key={text}>{text}</li>)}</ul>;
}

function pointer(target: EventTarget, kind: string, buttons: number): void {
  void act(() => void target.dispatchEvent(new MouseEvent(kind, { bubbles: true, button: 0, buttons })));
}

describe("while a hand drags over a timeline", () => {
  const timeline = document.createElement("div");
  timeline.dataset["view"] = "timeline";
  document.body.append(timeline);

  it("rows keep their places, and are ranked when it lets go", () => {
    const el = draw(<List ranked={["a", "b", "c"]} />);
    redraw(el, <List ranked={["c", "b", "a"]} />);
    expect(texts(el, "li")).toEqual(["c", "b", "a"]);
    pointer(timeline, "pointerdown", 1);
    redraw(el, <List ranked={["a", "d", "b", "c"]} />);
    expect(texts(el, "li")).toEqual(["d", "b", "a"]);
    pointer(window, "pointerup", 0);
    expect(texts(el, "li")).toEqual(["a", "d", "b"]);
  });

  it("a drag that ended outside of the page has ended", () => {
    const el = draw(<List ranked={["a", "b"]} />);
    pointer(timeline, "pointerdown", 1);
    redraw(el, <List ranked={["b", "a"]} />);
    pointer(window, "pointermove", 1);
    expect(texts(el, "li")).toEqual(["a", "b"]);
    pointer(window, "pointermove", 0);
    expect(texts(el, "li")).toEqual(["b", "a"]);
  });

  it("a hand elsewhere holds nothing", () => {
    const el = draw(<List ranked={["a", "b"]} />);
    pointer(el, "pointerdown", 1);
    redraw(el, <List ranked={["b", "a"]} />);
    expect(texts(el, "li")).toEqual(["b", "a"]);
  });
});
