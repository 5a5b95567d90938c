/** Copies the samples of the selection as CSV: all of them through the kernel, without one those that are here. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { copyText, toCsv } from "../figures/csv";
import { formatCount } from "../figures/format";
import type { Sample } from "../figures/samples";

/** The kernel's answer to what was asked for at this moment: `n` samples as CSV. */
export interface Copied {
  at: number;
  text: string;
  n: number;
}

export interface CopyProps {
  /** The samples that are here, of `total` in the selection. */
  rows: readonly Sample[];
  total: number;
  columns: readonly string[];
  shownColumns: readonly string[];
  /** Why the kernel can't be asked, "" when it can. */
  offline: string;
  /** What is shown is of another selection. */
  stale: boolean;
  copied: Copied | null;
  /** Ask the kernel for these columns; null tells it that its answer has arrived. */
  onCopy: (asked: { at: number; columns: readonly string[] } | null) => void;
}

const SAID_MS = 2500;
const REFUSED = "The browser refused the clipboard";

export function CopyButton({ rows, total, columns, shownColumns, offline, stale, copied, onCopy }: CopyProps): JSX.Element {
  const [said, setSaid] = useState("");
  const [asked, setAsked] = useState<number | null>(null);
  const waiting = asked !== null && offline === "";
  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  useEffect(() => {
    if (copied === null || copied.at !== asked) return;
    setAsked(null);
    onCopy(null);
    const { n, text } = copied;
    const words = n < total ? `Copied the first ${formatCount(n)} of ${formatCount(total)} samples` : `Copied ${formatCount(n)} samples`;
    void copyText(text).then((done) => setSaid(n === 0 ? "No sample to copy" : done ? words : REFUSED));
  }, [copied, asked, total, onCopy]);
  const shown = columns.filter((column) => shownColumns.includes(column));
  const copy = async (): Promise<void> => {
    if (offline === "") {
      const at = Date.now();
      setAsked(at);
      onCopy({ at, columns: shown });
    } else setSaid((await copyText(csvOf(rows, shown))) ? `Copied ${formatCount(rows.length)} samples` : REFUSED);
  };
  return (
    <>
      <button
        type="button"
        class="pm-button"
        disabled={waiting || stale}
        title={offline ? "The samples that came with this page, in the columns shown" : "The samples of the selection in this order, in the columns shown, texts in full; at most 10,000"}
        onClick={() => void copy()}
      >
        Copy as CSV
      </button>
      <span class="pm-note" role="status">{waiting ? "Copying…" : said}</span>
    </>
  );
}

/** The samples with their estimates, in these columns. */
export function csvOf(rows: readonly Sample[], columns: readonly string[]): string {
  const head = ["id", "score", "estimated_annotation", "reason", "supported", ...columns];
  return toCsv(head, rows.map((row) => [row.id, String(row.score ?? ""), row.annotation, row.reason, String(row.supported ?? ""), ...columns.map((column) => row.cells[column] ?? "")]));
}
