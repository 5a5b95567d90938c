/** The samples as a long list of which only the rows in sight are in the document. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { formatScore } from "../figures/format";
import { memo } from "../page/memo";
import { boxHeight, placeOf, rowsInSight, scrolledTo, toShow, type Scroll } from "../parts/rows-in-sight";
import type { Annotation, Label, Sample } from "../figures/samples";

export interface ListProps {
  /** How many rows the list has; `at` gives those that are here. */
  count: number;
  at: (index: number) => Sample | undefined;
  /** Some that are here, for the widths of columns. */
  rows: readonly Sample[];
  columns: readonly string[];
  labels: ReadonlyMap<number, Label>;
  /** The opened sample's place. */
  opened: number | null;
  offline: string;
  /** The rows are still those of another selection. */
  stale: boolean;
  onOpen: (index: number | null) => void;
  onLabel: (sample: Sample, annotation: Annotation) => void;
  /** The rows [first, last) came into sight. */
  onSight: (first: number, last: number) => void;
}

// a list in a hidden tab has no height; it draws its first rows, so that there is something to show at once
const UNSEEN_PX = 400;

export function SampleList(props: ListProps): JSX.Element {
  const { count, at, rows, columns, stale, onSight } = props;
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState<Scroll>({ scrolled: 0, top: 0 });
  const [height, setHeight] = useState(UNSEEN_PX);
  const [first, last] = rowsInSight(scroll, height, count);
  useLayoutEffect(() => {
    const sizes = new ResizeObserver(([entry]) => setHeight(entry?.contentRect.height || UNSEEN_PX));
    if (box.current) sizes.observe(box.current);
    return () => sizes.disconnect();
  }, []);
  // another selection begins with its first row
  useLayoutEffect(() => {
    if (stale || !box.current) return;
    box.current.scrollTop = 0;
    setScroll({ scrolled: 0, top: 0 });
  }, [stale]);
  useLayoutEffect(() => onSight(first, last), [first, last, count, stale, onSight]);
  const template = templateOf(rows, columns);
  const drawn = Array.from({ length: Math.max(last - first, 0) }, (_, offset) => first + offset);
  return (
    <div
      ref={box}
      class="pm-samples"
      role="table"
      tabIndex={0}
      aria-label="Samples"
      aria-rowcount={count + 1}
      onKeyDown={(event) => step(event, props, scroll, height)}
      onScroll={(event) => setScroll(scrolledTo(scroll, event.currentTarget.scrollTop, height, count))}
    >
      <div class="pm-samples-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
        {["Score", "Estimated", ...columns, "Label"].map((title) => (
          <span key={title} role="columnheader" class="pm-clip" title={title}>{title}</span>
        ))}
      </div>
      <div class="pm-samples-body" role="rowgroup" style={{ height: `${boxHeight(count)}px` }}>
        {drawn.map((index) => {
          const sample = at(index);
          const start = placeOf(index, scroll);
          return sample ? <SampleRow key={index} {...rowOf(props, sample, index)} template={template} start={start} /> : <Awaited key={index} index={index} start={start} />;
        })}
      </div>
    </div>
  );
}

/** A row that the kernel has been asked for. */
const Awaited = memo(function Awaited({ index, start }: { index: number; start: number }) {
  return (
    <div class="pm-sample-row" role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${start}px)` }}>
      <span role="cell" class="pm-note" aria-label="Waiting for the kernel">…</span>
    </div>
  );
});

const MOMENT = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}/;

function isMoment(text: string | undefined): boolean {
  return text !== undefined && text.length < 36 && MOMENT.test(text);
}

/** Moments up to their second: a sample in full has the rest. */
function shownText(text: string): string {
  return isMoment(text) ? text.slice(0, 19) : text;
}

/** Long texts get the room. */
function templateOf(rows: readonly Sample[], columns: readonly string[]): string {
  const first = rows.slice(0, 50);
  const widths = columns.map((column) => {
    if (first.some((row) => (row.cells[column] ?? "").length > 60)) return "minmax(var(--pm-long, 12rem), 4fr)";
    // a moment is as wide as it is: cut it says nothing
    return first.some((row) => isMoment(row.cells[column])) ? "var(--pm-moment, 9rem)" : "minmax(var(--pm-short, 6rem), 1.4fr)";
  });
  return `3.2rem 5.6rem ${widths.join(" ")} var(--pm-labels, 8rem)`;
}

/** Arrow keys open the next or previous sample and keep it in sight; Escape closes it. */
function step(event: JSX.TargetedKeyboardEvent<HTMLDivElement>, { count, opened, onOpen }: ListProps, scroll: Scroll, height: number): void {
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (move === undefined) return;
  const next = opened === null ? 0 : opened + move;
  event.preventDefault();
  if (next < 0 || next >= count) return;
  onOpen(next);
  event.currentTarget.scrollTop += toShow(next, scroll, height - HEAD_PX);
}

const HEAD_PX = 28;

interface RowProps {
  sample: Sample;
  columns: readonly string[];
  label: Annotation | null;
  open: boolean;
  offline: string;
  index: number;
  template: string;
  start: number;
  onOpen: ListProps["onOpen"];
  onLabel: ListProps["onLabel"];
}

function rowOf(props: ListProps, sample: Sample, index: number): Omit<RowProps, "template" | "start"> {
  const { columns, labels, opened, offline, onOpen, onLabel } = props;
  const label = labels.get(sample.row)?.annotation ?? null;
  return { sample, index, columns, label, open: opened === index, offline, onOpen, onLabel };
}

const SampleRow = memo(function SampleRow({ sample, columns, template, index, start, open, ...rest }: RowProps) {
  const said = rest.label ?? sample.given;
  return (
    <div
      class="pm-sample-row"
      role="row"
      aria-rowindex={index + 2}
      data-sample={sample.id}
      data-open={open || undefined}
      style={{
        transform: `translateY(${start}px)`,
        gridTemplateColumns: template,
      }}
      onClick={() => rest.onOpen(open ? null : index)}
    >
      <span role="cell" class="pm-number">
        <button
          type="button"
          class="pm-link"
          aria-expanded={open}
          aria-label={`Open sample ${sample.id}, score ${formatScore(sample.score)}`}
        >
          {formatScore(sample.score)}
        </button>
      </span>
      <span role="cell" class="pm-clip" title={sample.reason}>
        <span class="pm-badge" data-annotation={said ?? sample.annotation} title={said ? `by a person; estimated ${sample.annotation}` : "estimated"}>
          {said ?? sample.annotation}
        </span>
        {said && <span class="pm-mark" title="Annotated by a person"> ✓</span>}
        {sample.supported === false && <span class="pm-mark" title={`unsupported: ${sample.reason}`}> ?</span>}
      </span>
      {columns.map((column) => (
        <span key={column} role="cell" class="pm-clip" dir="auto" data-column={column} data-reason={sample.reason.includes(column) || undefined} data-moment={isMoment(sample.cells[column]) || undefined}>
          {shownText(sample.cells[column] ?? "")}
        </span>
      ))}
      <QuickLabels sample={sample} {...rest} />
    </div>
  );
});

function QuickLabels({ sample, label, offline, onLabel }: Pick<RowProps, "sample" | "label" | "offline" | "onLabel">) {
  const choices: readonly (readonly [Annotation, string])[] = [["good", "good"], ["bad", "bad"], ["unknown", "?"]];
  return (
    <span role="cell" class="pm-quick" onClick={(event) => event.stopPropagation()}>
      {choices.map(([annotation, text]) => (
        <button
          key={annotation}
          type="button"
          class="pm-button"
          data-annotation={annotation}
          aria-pressed={label === annotation}
          aria-label={`Label sample ${sample.id} ${annotation}`}
          disabled={offline !== ""}
          title={offline || `Label ${annotation}`}
          onClick={() => onLabel(sample, annotation)}
        >
          {text}
        </button>
      ))}
    </span>
  );
}
