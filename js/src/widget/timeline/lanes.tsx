/** The lanes above the charts: one for the window and one for the baseline, each a slider for mouse and keyboard. */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";

import { dragged, lastTenth, stepped, type Bins } from "../figures/windows";

export interface LaneProps {
  name: "Window" | "Baseline";
  /** What is chosen, in time bins; null for everything, or for the evaluation set. */
  chosen: Bins | null;
  /** The time bins that the charts show, and how many there are. */
  shown: Bins;
  count: number;
  text: string;
  hint: string;
  /** What the lane says while nothing is chosen. */
  empty: string;
  onChoose: (bins: Bins | null) => void;
}

type Grip = "start" | "end" | "all" | "new";
const EDGE_PX = 6;

export function Lane({ name, chosen, shown, count, text, hint, empty, onChoose }: LaneProps): JSX.Element {
  const hold = useRef<{ grip: Grip; from: number; bins: Bins; moved: boolean } | null>(null);
  const [first, last] = shown;
  const place = (bin: number): number => Math.min(Math.max((bin - first) / Math.max(last - first, 1), 0), 1);
  const at = (event: JSX.TargetedPointerEvent<HTMLElement>): [number, number] => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return [first + ((event.clientX - left) / Math.max(width, 1)) * (last - first), (last - first) / Math.max(width, 1)];
  };
  const start = (event: JSX.TargetedPointerEvent<HTMLElement>): void => {
    if (event.button !== 0) return;
    const [bin, perPixel] = at(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    hold.current = { grip: gripAt(chosen, bin, EDGE_PX * perPixel), from: bin, bins: chosen ?? [0, count], moved: false };
  };
  const move = (event: JSX.TargetedPointerEvent<HTMLElement>): void => {
    if (!hold.current) return;
    hold.current.moved = true;
    const { grip, from, bins } = hold.current;
    onChoose(dragged(grip, bins, from, at(event)[0], count));
  };
  const end = (): void => {
    // a click beside what is chosen takes it back
    if (hold.current?.grip === "new" && !hold.current.moved) onChoose(null);
    hold.current = null;
  };
  const key = (event: JSX.TargetedKeyboardEvent<HTMLElement>): void => {
    const next = stepped(event.key, event.shiftKey, chosen ?? lastTenth(count), count);
    if (next) onChoose(next);
    else if (event.key === "Escape" && chosen !== null && name === "Baseline") onChoose(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const [low, high] = chosen ?? [0, name === "Window" ? count : 0];
  const [from, to] = [place(low) * 100, place(high) * 100];
  return (
    <div class="pm-lane" data-lane={name.toLowerCase()}>
      <span class="pm-lane-name" aria-hidden="true">{name.toLowerCase()}</span>
      <div class="pm-lane-track" tabIndex={0} role="slider" aria-label={name} aria-orientation="horizontal" aria-valuemin={0} aria-valuemax={count}
        aria-valuenow={low} aria-valuetext={text} title={hint} data-field={name === "Window" ? "handle" : "baseline-handle"}
        onPointerDown={start} onPointerMove={move} onPointerUp={end} onPointerCancel={end} onKeyDown={key}>
        <span class="pm-lane-range" data-chosen={chosen !== null} hidden={chosen !== null && to <= from} style={{ left: `${from}%`, width: `${Math.max(to - from, 0)}%` }} />
        {chosen === null && <span class="pm-lane-hint" aria-hidden="true">{empty}</span>}
      </div>
    </div>
  );
}

/** What a hand takes hold of: an edge when it is near, what is chosen when inside, else nothing yet. */
function gripAt(chosen: Bins | null, bin: number, near: number): Grip {
  if (chosen === null) return "new";
  if (Math.abs(bin - chosen[1]) <= near) return "end";
  if (Math.abs(bin - chosen[0]) <= near) return "start";
  return chosen[0] < bin && bin < chosen[1] ? "all" : "new";
}
