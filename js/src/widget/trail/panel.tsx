/** The investigation as a list: each step is a line that can be undone and copied as a code cell. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { copyText } from "../figures/csv";
import { Panel } from "../parts/table";
import { stepCode, stepText, type Step } from "./steps";

export interface TrailProps {
  steps: readonly Step[];
  isTime: boolean;
  /** Take back the step at this place and what came after it. */
  onUndo: (at: number) => void;
}

export function TrailPanel({ steps, isTime, onUndo }: TrailProps): JSX.Element {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => setSaid(""), 2500);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (code: string): Promise<void> => setSaid((await copyText(code)) ? "Copied: paste it into a cell" : "The browser refused the clipboard");
  const list = useRef<HTMLOListElement>(null);
  // the newest step is the last one
  useEffect(() => list.current?.scrollTo({ top: list.current.scrollHeight }), [steps.length]);
  const lines = steps.map((step, at) => ({ step, at, text: stepText(step, steps[at - 1]?.looked ?? null, isTime) })).slice(1);
  return (
    <Panel title="Investigation" note={lines.length === 0 ? "Every window, filter and cause that you look at is kept here" : undefined} tools={<span class="pm-note" role="status">{said}</span>}>
      {lines.length > 0 && (
        <ol ref={list} class="pm-trail" tabIndex={0} aria-label="Steps">
          {lines.map(({ step, at, text }) => (
            <li key={at} data-step={step.kind}>
              <span class="pm-trail-text">{text}</span>
              <button type="button" class="pm-button" aria-label={`Copy as code: ${text}`} title="Copy as a code cell" onClick={() => void copy(stepCode(step, isTime))}>Copy code</button>
              <button type="button" class="pm-button" aria-label={`Undo: ${text}`} title={at < steps.length - 1 ? "Back to before this step; later ones are undone, too" : "Take this step back"} onClick={() => onUndo(at)}>Undo</button>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
