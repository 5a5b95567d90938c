import { describe, expect, it, vi } from "vitest";

import { toCsv } from "../src/widget/figures/csv";
import { labelled, sameQuery, within, type Label, type Sample } from "../src/widget/figures/samples";
import { csvOf } from "../src/widget/parts/copy-button";
import { SamplesPanel, type SamplesProps } from "../src/widget/inspector/samples-panel";
import { click, draw, HOSTILE, press, redraw, texts } from "./stage";

function sample(row: number, changes: Partial<Sample> = {}): Sample {
  return {
    id: `id${row}`, row, time: row * 1000, cells: { prediction: "Drama", overview: `text ${row}` }, cut: [], score: 0.1 * row,
    annotation: "bad", reason: "new value of prediction", supported: true, given: null, ...changes,
  };
}

function panel({ rows = [sample(1), sample(2)], ...changes }: Partial<SamplesProps> = {}) {
  const nothing = () => undefined;
  return (
    <SamplesPanel
      rows={rows} count={rows.length} at={(index) => rows[index]} total={2} columns={["prediction", "overview"]} shownColumns={["prediction", "overview"]} order="worst"
      labels={[]} patch={[]} full={null} copied={null} note="" notice="" offline="" stale={false} onOrder={nothing} onColumns={nothing} onLabels={nothing}
      onPatch={nothing} onFull={nothing} onCopy={nothing} onSight={nothing} {...changes}
    />
  );
}

const button = (el: ParentNode, text: string): Element | null => [...el.querySelectorAll("button")].find((one) => one.textContent === text) ?? null;

describe("the samples panel", () => {
  it("keeps only rows in sight in the document, however many there are", () => {
    const el = draw(panel({ rows: Array.from({ length: 5000 }, (_, i) => sample(i)), total: 5000 }));
    const drawn = el.querySelectorAll("[data-sample]").length;
    expect(drawn).toBeGreaterThan(5);
    expect(drawn).toBeLessThan(60);
    expect(el.querySelector("[role=table]")?.getAttribute("aria-rowcount")).toBe("5001");
  });

  it("tells which rows are in sight, and leaves room for those that are not here", () => {
    const onSight = vi.fn();
    const el = draw(panel({ count: 1_000_000, onSight }));
    expect(onSight).toHaveBeenLastCalledWith(0, 18);
    expect(el.querySelectorAll("[data-sample]").length).toBe(2);
    expect(el.querySelectorAll("[aria-label='Waiting for the kernel']").length).toBe(16);
    expect(el.querySelector("[role=table]")?.getAttribute("aria-rowcount")).toBe("1000001");
  });

  it("opens a sample in full, walks with the arrows and closes with Escape", () => {
    const el = draw(panel());
    click(el.querySelector(".pm-sample-row"));
    expect(el.querySelector(".pm-sample")?.getAttribute("data-sample")).toBe("id1");
    const list = el.querySelector("[role=table]");
    press(list as Element, "ArrowDown");
    expect(el.querySelector(".pm-sample")?.getAttribute("data-sample")).toBe("id2");
    press(list as Element, "Escape");
    expect(el.querySelector(".pm-sample")).toBeNull();
  });

  it("asks for more of a long text and shows how far it has come", () => {
    const onFull = vi.fn();
    const one = sample(1, { cut: ["overview"] });
    const el = draw(panel({ rows: [one], onFull, full: { row: 1, column: "overview", text: "x".repeat(20_000), length: 1_000_000 } }));
    click(el.querySelector(".pm-sample-row"));
    const more = el.querySelector(".pm-show-more");
    expect(more?.textContent).toBe("Show more (20,000 of 1,000,000 characters)");
    click(more);
    expect(onFull).toHaveBeenCalledWith(1, 0, "overview", 40_000);
  });

  it("labels in line, and takes the last label back", () => {
    const onLabels = vi.fn();
    const el = draw(panel({ onLabels }));
    click(el.querySelector("[aria-label='Label sample id1 bad']"));
    const given: Label[] = [{ id: "id1", row: 1, annotation: "bad", reason: "" }];
    expect(onLabels).toHaveBeenLastCalledWith(given);
    const after = draw(panel({ onLabels, labels: given }));
    click(button(after, "Undo label (1)"));
    expect(onLabels).toHaveBeenLastCalledWith([]);
  });

  it("puts a sample into the patch and takes it out", () => {
    const onPatch = vi.fn();
    const el = draw(panel({ onPatch, patch: [2] }));
    click(el.querySelector(".pm-sample-row"));
    click(button(el, "Add to evaluation patch"));
    expect(onPatch).toHaveBeenCalledWith([2, 1]);
  });

  it("says why what needs the kernel is off", () => {
    const el = draw(panel({ offline: "The kernel is gone." }));
    const quick = [...el.querySelectorAll<HTMLButtonElement>(".pm-quick button")];
    expect(quick.length).toBeGreaterThan(0);
    expect(quick.every((one) => one.disabled && one.title === "The kernel is gone.")).toBe(true);
  });

  it("shows hostile text as text", () => {
    const rows = HOSTILE.map((text, i) => sample(i, { id: text, reason: text, cells: { prediction: text, overview: text } }));
    const el = draw(panel({ rows, total: rows.length }));
    click(el.querySelector(".pm-sample-row"));
    expect(texts(el, ".pm-sample-row [data-column=overview]")).toEqual(HOSTILE);
    expect(el.querySelector("img, script, [onmouseover]")).toBeNull();
  });
});

describe("copying samples", () => {
  const copies = (): { writeText: ReturnType<typeof vi.fn> } => {
    const clipboard = { writeText: vi.fn(() => Promise.resolve()) };
    Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true });
    return clipboard;
  };
  const said = (el: ParentNode): string | null | undefined => [...el.querySelectorAll("[role=status]")].at(0)?.textContent;

  it("asks the kernel for the whole selection, waits for its answer, and says how much it was", async () => {
    const [clipboard, onCopy] = [copies(), vi.fn()];
    const el = draw(panel({ total: 30_000, shownColumns: ["overview"], onCopy }));
    click(button(el, "Copy as CSV"));
    const [{ at, columns }] = onCopy.mock.calls[0] as [{ at: number; columns: string[] }];
    expect(columns).toEqual(["overview"]);
    expect(said(el)).toBe("Copying…");
    redraw(el, panel({ total: 30_000, onCopy, copied: { at: at - 1, text: "another's", n: 2 } }));
    expect(clipboard.writeText).not.toHaveBeenCalled();
    redraw(el, panel({ total: 30_000, onCopy, copied: { at, text: "id\r\n1", n: 10_000 } }));
    expect(clipboard.writeText.mock.calls).toEqual([["id\r\n1"]]);
    expect(onCopy).toHaveBeenLastCalledWith(null);
    await vi.waitFor(() => expect(said(el)).toBe("Copied the first 10,000 of 30,000 samples"));
  });

  it("copies what came along where there is no kernel", async () => {
    const [clipboard, onCopy] = [copies(), vi.fn()];
    const el = draw(panel({ offline: "no kernel", onCopy }));
    click(button(el, "Copy as CSV"));
    await vi.waitFor(() => expect(said(el)).toBe("Copied 2 samples"));
    expect(onCopy).not.toHaveBeenCalled();
    expect(String(clipboard.writeText.mock.calls[0]?.[0]).split("\r\n")).toHaveLength(3);
  });
});

describe("samples apart from the page", () => {
  it("are copied as CSV that reads back", () => {
    expect(toCsv(["a", "b"], [['say "hi"', "x,y"], ["line\nbreak", "plain"]])).toBe('a,b\r\n"say ""hi""","x,y"\r\n"line\nbreak",plain');
    expect(csvOf([sample(1)], ["prediction"]).split("\r\n")[1]).toBe("id1,0.1,bad,new value of prediction,true,Drama");
  });

  it("are the half-open window's", () => {
    expect(within([sample(1), sample(2), sample(3)], [1000, 3000], "").map((one) => one.row)).toEqual([1, 2]);
    expect(within([sample(1, { time: null })], [0, 9e9], "")).toEqual([]);
  });

  it("are the segment's where the page came with the segments of its samples", () => {
    const rows = [sample(1, { segments: ["device = tv"] }), sample(2, { segments: [] })];
    expect(within(rows, null, "device = tv").map((one) => one.row)).toEqual([1]);
    expect(within([sample(3)], null, "device = tv").map((one) => one.row)).toEqual([3]);
  });

  it("answer one query and no other", () => {
    const query = { window: [1, 2] as const, conditions: [], order: "worst", start: 0, n: 5 };
    expect(sameQuery(query, { ...query, window: [1, 2] })).toBe(true);
    expect(sameQuery(query, { ...query, n: 6 })).toBe(false);
    expect(sameQuery(query, { ...query, start: 5 })).toBe(false);
    expect(sameQuery(query, null)).toBe(false);
  });

  it("take a label once and a changed one again", () => {
    const label: Label = { id: "a", row: 1, annotation: "bad", reason: "" };
    const log = labelled([], label);
    expect(labelled(log, { ...label })).toBe(log);
    expect(labelled(log, { ...label, annotation: "good" })).toHaveLength(2);
  });
});
