/** One sample in full: every column as text, its estimate and reason, and the place to label it. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { formatScore } from "../figures/format";
import { ANNOTATIONS, type Annotation, type Label, type Sample } from "../figures/samples";

/** As much of a long text as was asked for. */
export interface FullText {
  row: number;
  column: string;
  text: string;
  length: number;
}

export interface DetailProps {
  sample: Sample;
  columns: readonly string[];
  label: Label | undefined;
  inPatch: boolean;
  full: FullText | null;
  /** Why the kernel can't be asked, "" when it can. */
  offline: string;
  onLabel: (annotation: Annotation, reason: string) => void;
  onPatch: () => void;
  onFull: (column: string, length: number) => void;
  onClose: () => void;
}

export const STEP = 20_000;

export function SampleDetail(props: DetailProps): JSX.Element {
  const { sample, columns, inPatch, offline, onPatch, onClose } = props;
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => show(box.current), []);
  return (
    <div class="pm-sample" ref={box} role="region" aria-label={`Sample ${sample.id}`} data-sample={sample.id}>
      <div class="pm-sample-head">
        <strong class="pm-clip">{`Sample ${sample.id}`}</strong>
        <span class="pm-tools">
          <button type="button" class="pm-button" aria-pressed={inPatch} disabled={offline !== ""} title={offline} onClick={onPatch}>
            {inPatch ? "In evaluation patch" : "Add to evaluation patch"}
          </button>
          <button type="button" class="pm-button" aria-label="Close sample" onClick={onClose}>
            ✕
          </button>
        </span>
      </div>
      <Estimate sample={sample} />
      <Labelling {...props} />
      <dl class="pm-fields">
        {columns.map((column) => (
          <Field key={column} {...props} column={column} />
        ))}
      </dl>
    </div>
  );
}

/** What was opened comes into sight, and the row that it belongs to stays there. */
function show(box: HTMLElement | null): void {
  box?.scrollIntoView({ block: "nearest" });
  box?.parentElement?.querySelector(".pm-sample-row[data-open]")?.scrollIntoView({ block: "nearest" });
}

function Estimate({ sample }: { sample: Sample }) {
  const { annotation, given, score, supported, reason } = sample;
  return (
    <p class="pm-estimate">
      {given ? "Annotated by a person " : "Estimated "}
      <span class="pm-badge" data-annotation={given ?? annotation}>{given ?? annotation}</span>
      {` (estimated probability of good ${formatScore(score)}${supported === false ? ", unsupported" : ""})`}
      {reason && <span class="pm-reason">{reason}</span>}
    </p>
  );
}

function Labelling({ sample, label, offline, onLabel }: DetailProps) {
  const [reason, setReason] = useState(label?.reason ?? "");
  return (
    <div class="pm-labelling" role="group" aria-label={`Label sample ${sample.id}`}>
      {ANNOTATIONS.map((annotation) => (
        <button
          key={annotation}
          type="button"
          class="pm-button"
          data-annotation={annotation}
          aria-pressed={label?.annotation === annotation}
          disabled={offline !== ""}
          title={offline || `Say that this output is ${annotation}`}
          onClick={() => onLabel(annotation, reason)}
        >
          {annotation}
        </button>
      ))}
      <input
        type="text"
        class="pm-reason-input"
        aria-label="Reason of the label"
        placeholder="Reason (optional), then good, bad or unknown"
        value={reason}
        disabled={offline !== ""}
        onInput={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && label) onLabel(label.annotation, reason);
          event.stopPropagation();
        }}
      />
    </div>
  );
}

function Field({ sample, column, full, offline, onFull }: DetailProps & { column: string }) {
  const more = full && full.row === sample.row && full.column === column ? full : null;
  const text = more?.text ?? sample.cells[column] ?? "";
  const isCut = more ? more.text.length < more.length : sample.cut.includes(column);
  return (
    <>
      <dt>{column}</dt>
      <dd data-column={column}>
        <span class="pm-text" dir="auto">{text}</span>
        {isCut && (
          <button
            type="button"
            class="pm-button pm-show-more"
            disabled={offline !== ""}
            title={offline || "Load more of this text from the kernel"}
            onClick={() => onFull(column, (more?.text.length ?? 0) + STEP)}
          >
            {more ? `Show more (${text.length.toLocaleString("en")} of ${more.length.toLocaleString("en")} characters)` : "Show more"}
          </button>
        )}
      </dd>
    </>
  );
}
