/**
 * Rows that keep their places while a hand drags over the timeline: figures change under it, rows don't jump. When it lets
 * go they are ranked anew.
 */
import { useEffect, useReducer, useRef } from "preact/hooks";

/** The ranked rows `now`, of which those that were shown `before` stand where they stood; newcomers fill the gaps. */
export function steady<Row>(before: readonly string[], now: readonly Row[], name: (row: Row) => string): readonly Row[] {
  const places = new Map(before.map((text, place) => [text, place]));
  const placed: (Row | undefined)[] = Array.from({ length: Math.min(before.length, now.length) });
  const others: Row[] = [];
  now.forEach((row, rank) => {
    const place = places.get(name(row));
    // a row that fell out of what is shown makes room
    if (place !== undefined && rank < placed.length && place < placed.length) placed[place] = row;
    else others.push(row);
  });
  let next = 0;
  const filled = placed.map((row) => row ?? others[next++]) as Row[];
  return [...filled, ...others.slice(next)];
}

const TIMELINE = "[data-view=timeline]";

/** Whether a hand drags over a timeline now; draws again when it lets go. */
function useDrag(): { readonly current: boolean } {
  const drag = useRef(false);
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const listening = new AbortController();
    const on = (kind: "pointerdown" | "pointermove" | "pointerup" | "pointercancel", call: (event: PointerEvent) => void): void =>
      window.addEventListener(kind, call, { capture: true, passive: true, signal: listening.signal });
    const end = (): void => {
      if (!drag.current) return;
      drag.current = false;
      draw(undefined);
    };
    on("pointerdown", ({ target, button }) => {
      drag.current = button === 0 && target instanceof Element && target.closest(TIMELINE) !== null;
    });
    // the end of a drag outside of the page is not told
    on("pointermove", ({ buttons }) => {
      if (buttons === 0) end();
    });
    on("pointerup", end);
    on("pointercancel", end);
    return () => listening.abort();
  }, []);
  return drag;
}

/** The ranked rows as they are to be shown: `shown` of them are in the document. */
export function useSteady<Row>(ranked: readonly Row[], name: (row: Row) => string, shown: number): readonly Row[] {
  const drag = useDrag();
  const before = useRef<readonly string[]>([]);
  const rows = drag.current ? steady(before.current, ranked, name) : ranked;
  before.current = rows.slice(0, shown).map(name);
  return rows;
}
