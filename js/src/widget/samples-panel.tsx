/** The inspector: the samples of the selection in an order of choice, one of them in full, labels and a patch. */
import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";

import { copyText, toCsv } from "./csv";
import { formatCount } from "./format";
import { useStable } from "./memo";
import { SampleDetail, type FullText } from "./sample-detail";
import { SampleList } from "./sample-list";
import { inForce, labelled, ORDERS, type Annotation, type Label, type Sample } from "./samples";
import { Panel } from "./table";

export interface SamplesProps {
  rows: readonly Sample[];
  /** Samples of the selection, of which `rows` are the first. */
  total: number;
  columns: readonly string[];
  shownColumns: readonly string[];
  order: string;
  labels: readonly Label[];
  patch: readonly number[];
  full: FullText | null;
  note: string;
  /** What went wrong in the kernel, "" if nothing did. */
  notice: string;
  /** Why the kernel can't be asked, "" when it can. */
  offline: string;
  /** The kernel is looking for other samples. */
  waiting: boolean;
  onOrder: (order: string) => void;
  onColumns: (columns: readonly string[]) => void;
  onLabels: (labels: readonly Label[]) => void;
  onPatch: (rows: readonly number[]) => void;
  onFull: (row: number, column: string, length: number) => void;
  onEnd: () => void;
}

export function SamplesPanel(props: SamplesProps): JSX.Element {
  const { rows, columns, shownColumns, labels, patch, offline, notice, waiting, onLabels, onPatch } = props;
  const [opened, setOpened] = useState<number | null>(null);
  const sample = rows.find((row) => row.row === opened);
  const give = (one: Sample, annotation: Annotation, reason: string): void =>
    onLabels(labelled(labels, { id: one.id, row: one.row, annotation, reason }));
  const force = inForce(labels);
  const close = useCallback(() => setOpened(null), []);
  const quick = useStable((one: Sample, annotation: Annotation) => give(one, annotation, force.get(one.row)?.reason ?? ""));
  const end = useStable(props.onEnd);
  return (
    <Panel title="Samples" note={props.note} tools={<Tools {...props} />}>
      {notice && <p class="pm-problem" role="alert">{notice}</p>}
      <div
        class={waiting ? "pm-samples-box pm-stale" : "pm-samples-box"}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || opened === null) return;
          close();
          event.stopPropagation();
        }}
      >
        <SampleList
          rows={rows}
          columns={shownColumns}
          labels={force}
          opened={opened}
          offline={offline}
          onOpen={setOpened}
          onLabel={quick}
          onEnd={end}
        />
        {rows.length === 0 && <p class="pm-empty">{waiting ? "Waiting for the kernel…" : "No sample in this selection."}</p>}
        {sample && (
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
            onFull={(column, length) => props.onFull(sample.row, column, length)}
            onClose={close}
          />
        )}
      </div>
      <p class="pm-note">{`${formatCount(rows.length)} of ${formatCount(props.total)} samples loaded`}</p>
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

function CopyButton({ rows, columns, shownColumns }: SamplesProps) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => setSaid(""), 2500);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => {
    const shown = columns.filter((column) => shownColumns.includes(column));
    setSaid((await copyText(csvOf(rows, shown))) ? `Copied ${rows.length} samples` : "The browser refused the clipboard");
  };
  return (
    <>
      <button type="button" class="pm-button" title="The samples loaded here, in the columns shown; long texts as shown" onClick={() => void copy()}>
        Copy as CSV
      </button>
      <span class="pm-note" role="status">{said}</span>
    </>
  );
}

/** The samples with their estimates, in these columns. */
export function csvOf(rows: readonly Sample[], columns: readonly string[]): string {
  const head = ["id", "score", "estimated_annotation", "reason", "supported", ...columns];
  return toCsv(head, rows.map((row) => [row.id, String(row.score ?? ""), row.annotation, row.reason, String(row.supported ?? ""), ...columns.map((column) => row.cells[column] ?? "")]));
}
