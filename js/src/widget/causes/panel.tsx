/** Causes: the itemised drop with its text, what was explained away, and whether the search is still running. */
import type { ComponentChildren, JSX } from "preact";

import { Panel } from "../parts/table";
import { Waterfall, type CauseFigures, type DropFigures } from "./waterfall";

export interface CausesProps {
  drop: DropFigures | null;
  /** The finding in plain sentences, one paragraph a line. */
  text: string;
  /** Text of each cause taken out, in order. */
  explained: readonly string[];
  note: string;
  /** What to do where there is no window to find causes of. */
  none: string;
  /** What the panel waits for, "" when the finding is of what is selected. */
  waiting: string;
  /** What went wrong in the kernel, "" if nothing did. */
  notice: string;
  offline: string;
  /** Why a cause can't be picked, "" when it can. */
  unanswerable: (segment: string) => string;
  active: string;
  /** The item of this row is pointed at, or none any more. */
  onPoint: (at: number | null) => void;
  onPick: (item: CauseFigures) => void;
  onExplain: (item: CauseFigures) => void;
  onRestore: () => void;
}

export function CausesPanel(props: CausesProps): JSX.Element {
  const { drop, waiting, notice, note } = props;
  return (
    <Panel title="Causes" note={note} tools={<Restore {...props} />}>
      <p class="pm-waiting" role="status">{waiting}</p>
      {notice && <p class="pm-problem" role="alert">{notice}</p>}
      <div class={waiting === "" ? "pm-current" : "pm-stale"}>{drop ? <Finding {...props} drop={drop} /> : <Nothing {...props} />}</div>
    </Panel>
  );
}

function Finding(props: CausesProps & { drop: DropFigures }): ComponentChildren {
  const { drop, text, active, waiting, offline, unanswerable, onPick, onExplain } = props;
  const blocked = (segment: string): string => unanswerable(segment) || waiting;
  return (
    <>
      <div class="pm-scroll" tabIndex={0} role="region" aria-label="Causes, table">
        <Waterfall drop={drop} active={active} disabled={offline || waiting} blocked={blocked} onPoint={props.onPoint} onPick={onPick} onExplain={onExplain} />
      </div>
      {text && <p class="pm-text pm-finding">{text}</p>}
    </>
  );
}

function Nothing({ waiting, notice, none }: CausesProps): ComponentChildren {
  return waiting || notice ? null : <p class="pm-empty">{none}</p>;
}

function Restore({ explained, offline, onRestore }: CausesProps): ComponentChildren {
  if (explained.length === 0) return null;
  return (
    <>
      <span class="pm-note">{`Explained away: ${explained.join(", ")}`}</span>
      <button type="button" class="pm-button" disabled={offline !== ""} title={offline} onClick={onRestore}>
        Bring back the last
      </button>
    </>
  );
}
