import { describe, expect, it } from "vitest";

import { boxHeight, HIGHEST, placeOf, rowsInSight, ROW_HEIGHT, scrolledTo, toShow } from "../src/widget/parts/rows-in-sight";
import { BLOCK, SamplePages } from "../src/widget/inspector/sample-pages";
import type { Page, Query, Sample } from "../src/widget/figures/samples";

const OF = { window: [0, 10] as const, conditions: [], order: "worst" };
const TOTAL = 10_000;

function sample(row: number): Sample {
  return { id: `id${row}`, row, time: row, cells: {}, cut: [], score: 0.5, annotation: "bad", reason: "", supported: true, given: null };
}

/** What the kernel answers. */
function answer(query: Query | null): Page {
  if (!query) throw new Error("nothing was asked");
  const rows = Array.from({ length: Math.min(query.n, TOTAL - query.start) }, (_, at) => sample(query.start + at));
  return { query, columns: [], rows };
}

/** Pages of which the first is here. */
function started(): SamplePages {
  const pages = new SamplePages();
  pages.follow(OF, null, TOTAL);
  pages.follow(OF, answer(pages.wanted()), TOTAL);
  return pages;
}

describe("the samples that are held", () => {
  it("begin with the first block, and are asked for by what is in sight", () => {
    const pages = new SamplePages();
    pages.follow(OF, null, TOTAL);
    expect([pages.stale, pages.count]).toEqual([true, 0]);
    expect(pages.wanted()).toEqual({ ...OF, start: 0, n: BLOCK });
    pages.follow(OF, answer(pages.wanted()), TOTAL);
    expect([pages.stale, pages.count, pages.wanted()]).toEqual([false, TOTAL, null]);
    pages.look(1590, 1615);
    expect(pages.wanted()).toEqual({ ...OF, start: 1500, n: 2 * BLOCK });
    pages.follow(OF, answer(pages.wanted()), TOTAL);
    expect([pages.at(1599)?.row, pages.at(1600)?.row, pages.at(1700)]).toEqual([1599, 1600, undefined]);
    expect(pages.wanted()).toBeNull();
  });

  it("ask for no more than there is", () => {
    const pages = started();
    pages.look(TOTAL - 5, TOTAL + 20);
    expect(pages.wanted()).toEqual({ ...OF, start: TOTAL - BLOCK, n: BLOCK });
    pages.follow(OF, answer(pages.wanted()), TOTAL);
    expect(pages.at(TOTAL - 1)?.row).toBe(TOTAL - 1);
  });

  it("are never more than a bounded number, and what was let go is asked for again", () => {
    const pages = started();
    for (let at = 0; at < TOTAL; at += BLOCK) {
      pages.look(at, at + 20);
      const wanted = pages.wanted();
      if (wanted) pages.follow(OF, answer(wanted), TOTAL);
    }
    expect(pages.held().length).toBe(20 * BLOCK);
    pages.look(0, 20);
    expect(pages.wanted()?.start).toBe(0);
  });

  it("stay, as stale, until another selection's come, and take no answer to an older question", () => {
    const pages = started();
    const other = { ...OF, window: [5, 10] as const };
    const late = answer({ ...OF, start: 300, n: BLOCK });
    pages.follow(other, late, 7);
    expect([pages.stale, pages.count, pages.at(0)?.row]).toEqual([true, TOTAL, 0]);
    pages.look(900, 920);
    expect(pages.wanted()).toEqual({ ...other, start: 0, n: BLOCK });
    pages.follow(other, { ...answer(pages.wanted()), rows: [sample(77)] }, 7);
    expect([pages.stale, pages.count, pages.at(0)?.row, pages.held().length]).toEqual([false, 7, 77, 1]);
  });

  it("are asked for again when the kernel says of itself that something has changed", () => {
    const pages = started();
    pages.look(1000, 1020);
    const query = pages.wanted();
    pages.follow(OF, answer(query), TOTAL);
    pages.look(0, 20);
    expect(pages.wanted()).toBeNull();
    // a label has been given: the last question is answered anew
    pages.follow(OF, answer(query), TOTAL);
    expect(pages.wanted()).toEqual({ ...OF, start: 0, n: BLOCK });
    expect(pages.at(5)?.row).toBe(5);
  });
});

describe("rows in sight", () => {
  const START = { scrolled: 0, top: 0 };
  const MANY = 10_000_000;

  it("are drawn where they are", () => {
    const scroll = scrolledTo(START, 3400, 340, 1000);
    expect(rowsInSight(scroll, 340, 1000)).toEqual([94, 116]);
    expect(placeOf(100, scroll)).toBe(3400);
    expect(rowsInSight(START, 340, 3)).toEqual([0, 3]);
  });

  it("reach both ends of a list that is higher than any box", () => {
    expect(boxHeight(MANY)).toBe(HIGHEST);
    const end = scrolledTo(START, HIGHEST - 340, 340, MANY);
    expect(rowsInSight(end, 340, MANY)[1]).toBe(MANY);
    expect(placeOf(MANY - 1, end) + ROW_HEIGHT).toBeCloseTo(HIGHEST, 3);
    expect(scrolledTo(end, 0, 340, MANY)).toEqual(START);
  });

  it("move by single rows with the wheel, in proportion with the bar", () => {
    const half = scrolledTo(START, (HIGHEST - 340) / 2, 340, MANY);
    const [first] = rowsInSight(half, 340, MANY);
    expect(first / MANY).toBeCloseTo(0.5, 3);
    const next = scrolledTo(half, half.scrolled + 2 * ROW_HEIGHT, 340, MANY);
    expect(rowsInSight(next, 340, MANY)[0]).toBe(first + 2);
    // it is drawn in the box where it is looked at
    expect(Math.abs(placeOf(first + 8, next) - next.scrolled)).toBeLessThan(3 * ROW_HEIGHT);
  });

  it("say how far to scroll to a row", () => {
    const scroll = { scrolled: 340, top: 340 };
    expect([toShow(9, scroll, 340), toShow(10, scroll, 340), toShow(19, scroll, 340), toShow(20, scroll, 340)]).toEqual([-34, 0, 0, 34]);
  });
});
