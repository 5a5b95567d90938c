/** The segment table: classes, bins and precomputed segments, those that carry most of the drop first. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { useStable } from "../page/memo";
import { SegmentRow, type ScoreBand, type SegmentSummary } from "./row";
import { Head, matching, NameFilter, Panel, sorted, useMore, type Column, type Order } from "../parts/table";

/** Contributions with a smaller z are not told apart from chance: they rank behind those that are. */
export const SURE = 3;

/** The view's own order: what surely lowers the score, most first; then the rest by contribution. */
export function byContribution(rows: readonly SegmentSummary[]): readonly SegmentSummary[] {
  return [...rows].sort((a, b) => sure(b) - sure(a) || contribution(b) - contribution(a) || b.n - a.n);
}

function sure(row: SegmentSummary): number {
  return row.contribution > 0 && row.z >= SURE ? 1 : 0;
}

function contribution(row: SegmentSummary): number {
  return Number.isFinite(row.contribution) ? row.contribution : -Infinity;
}

/** The segment that every view is filtered to stays in sight, so that it can be taken back. */
function first(rows: readonly SegmentSummary[], active: string): readonly SegmentSummary[] {
  const mine = rows.filter((row) => row.text === active);
  return mine.length > 0 ? [...mine, ...rows.filter((row) => row.text !== active)] : rows;
}

const COLUMNS: readonly Column<SegmentSummary>[] = [
  { key: "text", width: "22.5%", title: "Segment", value: (row) => row.text },
  {
    key: "contribution", width: "11%",
    title: "Effect on score",
    hint: "Points that this segment takes off the score (−) or adds to it (+) against the baseline; segments overlap",
    numeric: true,
    value: (row) => row.contribution,
  },
  { key: "share-window", width: "8.5%", title: "Window", group: "Share", numeric: true, value: (row) => row.shareWindow },
  { key: "share-production", width: "8.5%", title: "Production", group: "Share", numeric: true, value: (row) => row.shareProduction },
  { key: "share-evaluation", width: "8.5%", title: "Evaluation", group: "Share", numeric: true, value: (row) => row.shareEvaluation },
  { key: "score-window", width: "10%", title: "Window", group: "Score", hint: "Estimated, with its 95 % band", numeric: true, value: (row) => row.score },
  { key: "score-production", width: "8.5%", title: "Production", group: "Score", numeric: true, value: (row) => row.scoreProduction },
  { key: "score-evaluation", width: "8.5%", title: "Evaluation", group: "Score", numeric: true, value: (row) => row.scoreEvaluation },
  {
    key: "unsupported", width: "11%",
    title: "Unsupported",
    hint: "Share of its samples of the window where the evaluation set has nothing to say",
    numeric: true,
    value: (row) => row.unsupported,
  },
];

export interface SegmentTableProps {
  rows: readonly SegmentSummary[];
  /** The band of a row in sight, by its place. */
  band: (at: number) => ScoreBand;
  note: string;
  /** Text of the segment that every view is filtered to, "" for none. */
  active: string;
  /** Why a segment can't be picked, by its text; "" where it can. */
  disabled: (text: string) => string;
  onPick: (text: string) => void;
  onClear: () => void;
}

const FIRST = 12;

export function SegmentTable({ rows, band, note, active, disabled, onPick, onClear }: SegmentTableProps): JSX.Element {
  const [order, setOrder] = useState<Order>({ key: null, direction: "descending" });
  const [text, setText] = useState("");
  const { shown, more } = useMore(FIRST, 25);
  const stablePick = useStable(onPick);
  const ordered = order.key === null ? byContribution(rows) : sorted(rows, COLUMNS, order);
  const found = matching(first(ordered, active), (row) => row.text, text);
  const visible = found.slice(0, shown);
  const scale = visible.reduce((most, row) => Math.max(most, Math.abs(row.contribution) || 0), 0);
  return (
    <Panel
      title="Segments"
      note={note}
      tools={
        <>
          {active && (
            <button type="button" class="pm-button" title="Escape does it too" onClick={onClear}>
              Clear filter
            </button>
          )}
          <NameFilter label="Find segments" text={text} onText={setText} />
        </>
      }
    >
      <div class="pm-scroll" tabIndex={0} role="region" aria-label="Segments, table">
        <table class="pm-table pm-segments">
          <Head columns={COLUMNS} order={order} onOrder={setOrder} />
          <tbody>
            {/* keyed by place: when a brush ranks them anew, texts change and no row is made or moved */}
            {visible.map(({ at, z, ...row }, place) => (
              <SegmentRow
                key={place}
                {...row}
                {...band(at)}
                scale={scale}
                active={row.text === active}
                disabled={row.text === active ? "" : disabled(row.text)}
                onPick={stablePick}
              />
            ))}
          </tbody>
        </table>
        {found.length === 0 && (
          <p class="pm-empty">{text ? `No segment contains “${text}”.` : "No segment has a sample in this window."}</p>
        )}
      </div>
      {more(found.length)}
    </Panel>
  );
}
