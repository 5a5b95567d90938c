/** The property table: every property of the window beside all of production and the evaluation set. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";

import { useStable } from "../page/memo";
import { COLUMNS_OF_A_ROW, PropertyRow, type PropertyFigures, type Verdict } from "./property-row";
import { useSteady } from "../parts/steady-rows";
import { Head, matching, NameFilter, Panel, sorted, useMore, type Column, type Order } from "../parts/table";

const RANK: Record<Verdict, number> = { drift: 3, "new values": 2, stable: 1, "too few": 0 };

/** How far an effect is beyond what counts as a difference, so that means and shares can be ranked together. */
export function strength(row: PropertyFigures): number {
  const threshold = row.numeric ? 0.1 : 0.02;
  return Number.isFinite(row.effect) ? Math.abs(row.effect) / threshold : -1;
}

/** The view's own order: what drifted first, then by strength of the effect. */
export function ranked(rows: readonly PropertyFigures[]): readonly PropertyFigures[] {
  return [...rows].sort((a, b) => RANK[b.verdict] - RANK[a.verdict] || strength(b) - strength(a));
}

const COLUMNS: readonly Column<PropertyFigures>[] = [
  { key: "name", width: "22%", title: "Property", value: (row) => row.name },
  { key: "distribution", width: "144px", title: "Distribution", hint: "Outline: window. Filled: baseline. One scale.", value: null },
  { key: "window", width: "11%", title: "Window", numeric: true, value: (row) => row.window },
  { key: "production", width: "12%", title: "Production", numeric: true, hint: "All of production", value: (row) => row.production },
  { key: "evaluation", width: "12%", title: "Evaluation", numeric: true, hint: "The labelled set", value: (row) => row.evaluation },
  {
    key: "drift", width: "8%",
    title: "Drift",
    numeric: true,
    hint: "Jensen–Shannon distance of window and baseline, 0 to 1; of a set, its largest difference of a share",
    value: (row) => row.drift,
  },
  {
    key: "effect", width: "13%",
    title: "Effect",
    numeric: true,
    hint: "Window minus baseline with its 95 % band: standard deviations, or percentage points of a share",
    value: strength,
  },
  { key: "verdict", width: "100px", title: "Verdict", first: "descending", value: (row) => RANK[row.verdict] },
];

export interface ComparisonProps {
  rows: readonly PropertyFigures[];
  note: string;
  /** The opened row's distribution over time. */
  detail: (name: string) => ComponentChildren;
}

const FIRST = 60;
const nameOf = ({ name }: PropertyFigures): string => name;

/** The opened property, and where its row was. */
interface Opened {
  name: string | null;
  place: number;
}

const NONE: Opened = { name: null, place: -1 };

/** What is opened stays where it is, while a brush ranks the others around it. */
export function held(rows: readonly PropertyFigures[], { name, place }: Opened): readonly PropertyFigures[] {
  const opened = rows.find((row) => row.name === name);
  if (!opened || place < 0) return rows;
  const others = rows.filter((row) => row !== opened);
  return [...others.slice(0, place), opened, ...others.slice(place)];
}

export function ComparisonTable({ rows, note, detail }: ComparisonProps): JSX.Element {
  const [order, setOrder] = useState<Order>({ key: null, direction: "descending" });
  const [text, setText] = useState("");
  const [open, setOpen] = useState<Opened>(NONE);
  const { shown, more } = useMore(FIRST, FIRST);
  const listed = held(order.key === null ? ranked(rows) : sorted(rows, COLUMNS, order), open);
  const found = useSteady(matching(listed, nameOf, text), nameOf, shown);
  const toggle = useStable((name: string) => setOpen(open.name === name ? NONE : { name, place: found.findIndex((row) => row.name === name) }));
  return (
    <Panel
      title="Properties"
      note={note}
      tools={
        <>
          <span class="pm-pair-legend" aria-hidden="true">
            <span class="pm-key pm-key-window" /> window
            <span class="pm-key pm-key-evaluation" /> baseline
          </span>
          <NameFilter label="Filter properties" text={text} onText={setText} />
        </>
      }
    >
      <div class="pm-scroll" tabIndex={0} role="region" aria-label="Properties, table">
        <table class="pm-table pm-comparison">
          <Head columns={COLUMNS} order={order} onOrder={(next) => { setOrder(next); setOpen({ ...open, place: -1 }); }} />
          <tbody>
            {/* keyed by place: when a brush ranks them anew, texts change and no row is made or moved */}
            {found.slice(0, shown).map((row, place) => [
              <PropertyRow key={place} {...row} open={open.name === row.name} onToggle={toggle} />,
              open.name === row.name && (
                <tr key="detail" class="pm-detail">
                  <td colSpan={COLUMNS_OF_A_ROW}>{detail(row.name)}</td>
                </tr>
              ),
            ])}
          </tbody>
        </table>
        {found.length === 0 && <p class="pm-empty">{text ? `No property is called like “${text}”.` : "No properties."}</p>}
      </div>
      {more(found.length)}
    </Panel>
  );
}
