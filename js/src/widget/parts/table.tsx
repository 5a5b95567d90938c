/** The parts that the table views share: sortable heads, a name filter, and rows that are shown a few at a time. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";

import { memo, useStable } from "../page/memo";

export type Direction = "ascending" | "descending";

/** What a table is ordered by; `key` null is the view's own order. */
export interface Order {
  key: string | null;
  direction: Direction;
}

/** One column: what it is called, how its rows compare (null: not sortable), which way a first click sorts. */
export interface Column<Row> {
  key: string;
  title: string;
  hint?: string;
  /** A common heading over neighbouring columns. */
  group?: string;
  numeric?: boolean;
  /** CSS width; columns don't move while figures change. */
  width?: string;
  /** The way of the first click where it isn't the usual one of its kind. */
  first?: Direction;
  value: ((row: Row) => number | string | null) | null;
}

/** The next order after a click on a head: first way, other way, back to the view's own order. */
export function turned<Row>(order: Order, column: Column<Row>): Order {
  const first: Direction = column.first ?? (column.numeric ? "descending" : "ascending");
  if (order.key !== column.key) return { key: column.key, direction: first };
  if (order.direction === first) return { key: column.key, direction: first === "ascending" ? "descending" : "ascending" };
  return { key: null, direction: "descending" };
}

/** The rows in that order; ties keep their order, what is missing comes last either way. */
export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order): readonly Row[] {
  const value = columns.find((column) => column.key === order.key)?.value;
  if (!value) return rows;
  const sign = order.direction === "ascending" ? 1 : -1;
  return [...rows].sort((a, b) => compare(value(a), value(b), sign));
}

function compare(a: number | string | null, b: number | string | null, sign: number): number {
  const missing = Number(absent(a)) - Number(absent(b));
  if (missing !== 0 || absent(a) || absent(b)) return missing;
  if (typeof a === "string" || typeof b === "string") return sign * String(a).localeCompare(String(b));
  return sign * ((a as number) - (b as number));
}

function absent(value: number | string | null): boolean {
  return value === null || (typeof value === "number" && Number.isNaN(value));
}

export interface HeadProps<Row> {
  columns: readonly Column<Row>[];
  order: Order;
  onOrder: (order: Order) => void;
}

/** The head of a table; a sortable column is a button that says how it is sorted. A brush never draws it anew. */
export function Head<Row>({ onOrder, ...shown }: HeadProps<Row>): JSX.Element {
  return <StableHead {...(shown as unknown as HeadProps<never>)} onOrder={useStable(onOrder)} />;
}

const StableHead = memo(function StableHead({ columns, order, onOrder }: HeadProps<never>) {
  return (
    <>
      <colgroup>
        {columns.map((column) => (
          <col key={column.key} style={{ width: column.width }} />
        ))}
      </colgroup>
      <thead>
        {columns.some((column) => column.group) && <Groups columns={columns} />}
        <tr>
          {columns.map((column) => (
            <th
              key={column.key}
              scope="col"
              class={column.numeric ? "pm-number" : undefined}
              aria-sort={column.value ? (order.key === column.key ? order.direction : "none") : undefined}
              title={column.hint}
            >
              {column.value ? (
                <button type="button" class="pm-sort" onClick={() => onOrder(turned(order, column))}>
                  <span class="pm-head-text">{column.title}</span>
                  <span class="pm-arrow" aria-hidden="true">
                    {order.key === column.key && (order.direction === "ascending" ? "▲" : "▼")}
                  </span>
                </button>
              ) : (
                <span class="pm-head-text">{column.title}</span>
              )}
            </th>
          ))}
        </tr>
      </thead>
    </>
  );
});

/** The row of common headings. */
function Groups<Row>({ columns }: Pick<HeadProps<Row>, "columns">): JSX.Element {
  const cells: { group: string; span: number }[] = [];
  for (const { group = "" } of columns) {
    const last = cells.at(-1);
    if (last && last.group === group && group !== "") last.span++;
    else cells.push({ group, span: 1 });
  }
  return (
    <tr>
      {cells.map(({ group, span }, at) =>
        group === "" ? (
          <td key={at} class="pm-group" />
        ) : (
          <th key={at} scope="colgroup" class="pm-group" colSpan={span}>
            <span>{group}</span>
          </th>
        ),
      )}
    </tr>
  );
}

/** Rows whose name contains the text, in any case. */
export function matching<Row>(rows: readonly Row[], name: (row: Row) => string, text: string): readonly Row[] {
  const wanted = text.trim().toLowerCase();
  return wanted === "" ? rows : rows.filter((row) => name(row).toLowerCase().includes(wanted));
}

export interface FilterProps {
  label: string;
  text: string;
  onText: (text: string) => void;
}

export function NameFilter({ label, text, onText }: FilterProps): JSX.Element {
  return (
    <input
      type="search"
      class="pm-find"
      aria-label={label}
      placeholder={label}
      value={text}
      onInput={(event) => onText(event.currentTarget.value)}
    />
  );
}

/** How many rows to show, and the button that shows more of them. */
export function useMore(first: number, step: number): { shown: number; more: (total: number) => JSX.Element | null } {
  const [shown, setShown] = useState(first);
  const more = (total: number): JSX.Element | null =>
    total > first ? (
      <div class="pm-more">
        <span>{`${Math.min(shown, total)} of ${total}`}</span>
        {shown < total && (
          <button type="button" class="pm-button" onClick={() => setShown(shown + step)}>
            Show more
          </button>
        )}
        {shown > first && (
          <button type="button" class="pm-button" onClick={() => setShown(first)}>
            Show fewer
          </button>
        )}
      </div>
    ) : null;
  return { shown, more };
}

export interface PanelProps {
  title: string;
  note?: ComponentChildren;
  tools?: ComponentChildren;
  children: ComponentChildren;
}

/** A view's frame: its title, a line on what it shows, its tools, its content. */
export function Panel({ title, note, tools, children }: PanelProps): JSX.Element {
  return (
    <section class="pm-panel" aria-label={title}>
      <header class="pm-panel-head">
        <h3 class="pm-title">{title}</h3>
        {note && <span class="pm-note">{note}</span>}
        {tools && <div class="pm-tools">{tools}</div>}
      </header>
      {children}
    </section>
  );
}
