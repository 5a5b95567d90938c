/** The inspector: the samples of the selection in an order of choice, one of them in full, labels and a patch. */
import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";

import { CopyButton, type CopyProps } from "../parts/copy-button";
import { formatCount } from "../figures/format";
import { useStable } from "../page/memo";
import { SampleDetail, type FullText } from "./sample-detail";
import { SampleList } from "./sample-list";
import { inForce, labelled, ORDERS, type Annotation, type Label, type Sample } from "../figures/samples";
import { Panel } from "../parts/table";

export interface SamplesProps extends CopyProps {
  /** How many the list has, of which `rows` are here; `at` gives them by their place. */
  count: number;
  at: (index: number) => Sample | undefined;
  order: string;
  labels: readonly Label[];
  patch: readonly number[];
  full: FullText | null;
  note: string;
  /** What went wrong in the kernel, "" if nothing did. */
  notice: string;
  /** What is shown is of another selection: the kernel is looking for this one's. */
  stale: boolean;
  onOrder: (order: string) => void;
  onColumns: (columns: readonly string[]) => void;
  onLabels: (labels: readonly Label[]) => void;
  onPatch: (rows: readonly number[]) => void;
  onFull: (row: number, at: number, column: string, length: number) => void;
  onSight: (first: number, last: number) => void;
}

/** The opened sample: its place, and itself, which may scroll out of what is here. */
interface Opened {
  index: number;
  sample: Sample | undefined;
}

/** The opened sample as it is known now; null where it is no longer among those that are shown. */
function shownOf({ index, sample }: Opened, { at, rows, offline }: SamplesProps): Sample | null {
  const here = at(index);
  if (!sample || here?.row === sample.row) return here ?? null;
  return offline && !rows.some(({ row }) => row === sample.row) ? null : sample;
}

export function SamplesPanel(props: SamplesProps): JSX.Element {
  const { rows, count, at, columns, shownColumns, labels, patch, offline, notice, stale, onLabels, onPatch } = props;
  const [opened, setOpened] = useState<Opened | null>(null);
  const sample = opened && shownOf(opened, props);
  // another selection's samples have other places
  useEffect(() => {
    if (stale) setOpened(null);
  }, [stale]);
  const give = (one: Sample, annotation: Annotation, reason: string): void =>
    onLabels(labelled(labels, { id: one.id, row: one.row, annotation, reason }));
  const force = inForce(labels);
  const close = useCallback(() => setOpened(null), []);
  const open = useStable((index: number | null) => setOpened(index === null ? null : { index, sample: at(index) }));
  const quick = useStable((one: Sample, annotation: Annotation) => give(one, annotation, force.get(one.row)?.reason ?? ""));
  const look = useStable(props.onSight);
  return (
    <Panel title="Samples" note={props.note} tools={<Tools {...props} />}>
      {notice && <p class="pm-problem" role="alert">{notice}</p>}
      <div
        class={stale ? "pm-samples-box pm-stale" : "pm-samples-box"}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || opened === null) return;
          close();
          event.stopPropagation();
        }}
      >
        <SampleList
          count={count}
          at={at}
          rows={rows}
          columns={shownColumns}
          labels={force}
          opened={opened && at(opened.index) === sample ? opened.index : null}
          stale={stale}
          offline={offline}
          onOpen={open}
          onLabel={quick}
          onSight={look}
        />
        {count === 0 && <p class="pm-empty">{stale ? "Waiting for the kernel…" : "No sample in this selection."}</p>}
        {opened && sample && (
          <SampleDetail
            key={sample.row}
            sample={sample}
            columns={columns}
            label={force.get(sample.row)}
            inPatch={patch.includes(sample.row)}
            full={props.full}
            offline={offline}
            onLabel={(annotation, reason) => give(sample, annotation, reason)}
            onPatch={() => onPatch(toggled(patch, sample.row))}
            onFull={(column, length) => props.onFull(sample.row, opened.index, column, length)}
            onClose={close}
          />
        )}
      </div>
      <p class="pm-note">
        {`${formatCount(rows.length)} of ${formatCount(props.total)} samples ${offline ? "came along" : "loaded"}`}
        {count > rows.length && "; more come as you scroll"}
      </p>
    </Panel>
  );
}

function toggled<T>(list: readonly T[], one: T): readonly T[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

function Tools(props: SamplesProps) {
  const { labels, patch, offline, order, onOrder, onLabels } = props;
  return (
    <>
      <select class="pm-select" aria-label="Order of samples" value={order} disabled={offline !== ""} title={offline} onChange={(event) => onOrder(event.currentTarget.value)}>
        {ORDERS.map(([value, text]) => (
          <option key={value} value={value}>{text}</option>
        ))}
      </select>
      <Columns {...props} />
      <CopyButton {...props} />
      {labels.length > 0 && (
        <button type="button" class="pm-button" disabled={offline !== ""} title={offline} onClick={() => onLabels(labels.slice(0, -1))}>
          {`Undo label (${labels.length})`}
        </button>
      )}
      {patch.length > 0 && <span class="pm-note">{`${patch.length} in patch`}</span>}
    </>
  );
}

function Columns({ columns, shownColumns, onColumns }: SamplesProps) {
  return (
    <details class="pm-menu">
      <summary class="pm-button">Columns</summary>
      <div class="pm-menu-box" role="group" aria-label="Columns shown">
        {columns.map((column) => (
          <label key={column} class="pm-choice">
            <input
              type="checkbox"
              checked={shownColumns.includes(column)}
              onChange={() => onColumns(columns.filter((one) => toggled(shownColumns, column).includes(one)))}
            />
            <span class="pm-clip">{column}</span>
          </label>
        ))}
      </div>
    </details>
  );
}
