/** The samples as a long list of which only the rows in sight are in the document. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualItem,
} from "@tanstack/virtual-core";
import type { JSX, RefObject } from "preact";
import { useLayoutEffect, useReducer, useRef } from "preact/hooks";

import { formatScore } from "./format";
import { memo } from "./memo";
import type { Annotation, Label, Sample } from "./samples";

export const ROW_HEIGHT = 34;

export interface ListProps {
  rows: readonly Sample[];
  columns: readonly string[];
  labels: ReadonlyMap<number, Label>;
  opened: number | null;
  offline: string;
  onOpen: (row: number | null) => void;
  onLabel: (sample: Sample, annotation: Annotation) => void;
  /** The last row came into sight. */
  onEnd: () => void;
}

export function SampleList(props: ListProps): JSX.Element {
  const { rows, columns, onEnd } = props;
  const box = useRef<HTMLDivElement>(null);
  const items = useVisible(box, rows.length);
  const last = items.at(-1)?.index ?? -1;
  useLayoutEffect(() => {
    if (rows.length > 0 && last >= rows.length - 1) onEnd();
  }, [last, rows.length, onEnd]);
  const template = templateOf(rows, columns);
  return (
    <div
      ref={box}
      class="pm-samples"
      role="table"
      tabIndex={0}
      aria-label="Samples"
      aria-rowcount={rows.length + 1}
      onKeyDown={(event) => step(event, props)}
    >
      <div class="pm-samples-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
        {["Score", "Estimated", ...columns, "Label"].map((title) => (
          <span key={title} role="columnheader" class="pm-clip" title={title}>{title}</span>
        ))}
      </div>
      <div class="pm-samples-body" role="rowgroup" style={{ height: `${rows.length * ROW_HEIGHT}px` }}>
        {items.map((item) => {
          const sample = rows[item.index];
          return sample && <SampleRow key={item.index} {...rowOf(props, sample)} template={template} index={item.index} start={item.start} />;
        })}
      </div>
    </div>
  );
}

/** Long texts get the room. */
function templateOf(rows: readonly Sample[], columns: readonly string[]): string {
  const widths = columns.map((column) => (rows.slice(0, 50).some((row) => (row.cells[column] ?? "").length > 60) ? "minmax(12rem, 4fr)" : "minmax(6rem, 1fr)"));
  return `3.5rem 6rem ${widths.join(" ")} 8rem`;
}

/** Arrow keys open the next or previous sample, Escape closes it. */
function step(event: JSX.TargetedKeyboardEvent<HTMLDivElement>, { rows, opened, onOpen }: ListProps): void {
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (move === undefined) return;
  const at = rows.findIndex((sample) => sample.row === opened);
  const next = rows[at < 0 ? 0 : at + move];
  if (next) onOpen(next.row);
  event.preventDefault();
}

// a list in a hidden tab has no height; it draws its first rows, so that there is something to show at once
const UNSEEN = { width: 800, height: 400 };
const observeBox: typeof observeElementRect<HTMLDivElement> = (instance, tell) =>
  observeElementRect(instance, (rect) => tell(rect.height > 0 ? rect : UNSEEN));

function useVisible(box: RefObject<HTMLDivElement>, count: number): VirtualItem[] {
  const [, redraw] = useReducer((version: number) => version + 1, 0);
  const virtualizer = useRef<Virtualizer<HTMLDivElement, Element> | null>(null);
  const options = {
    count,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 6,
    initialRect: UNSEEN,
    scrollToFn: elementScroll,
    observeElementRect: observeBox,
    observeElementOffset,
    onChange: () => redraw(undefined),
  };
  virtualizer.current ??= new Virtualizer(options);
  virtualizer.current.setOptions(options);
  useLayoutEffect(() => virtualizer.current?._didMount(), []);
  useLayoutEffect(() => virtualizer.current?._willUpdate());
  return virtualizer.current.getVirtualItems();
}

interface RowProps {
  sample: Sample;
  columns: readonly string[];
  label: Annotation | null;
  open: boolean;
  offline: string;
  template: string;
  index: number;
  start: number;
  onOpen: ListProps["onOpen"];
  onLabel: ListProps["onLabel"];
}

function rowOf(props: ListProps, sample: Sample): Omit<RowProps, "template" | "index" | "start"> {
  const { columns, labels, opened, offline, onOpen, onLabel } = props;
  const label = labels.get(sample.row)?.annotation ?? null;
  return { sample, columns, label, open: opened === sample.row, offline, onOpen, onLabel };
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
      onClick={() => rest.onOpen(open ? null : sample.row)}
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
        <span key={column} role="cell" class="pm-clip" dir="auto" data-column={column} data-reason={sample.reason.includes(column) || undefined}>
          {sample.cells[column] ?? ""}
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
