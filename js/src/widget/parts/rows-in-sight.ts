/** Which rows of a long list lie in its box, and where: rows are of one height, and there may be millions of them. */

export const ROW_HEIGHT = 34;
/** Browsers draw no box that is much higher than this many pixels. */
export const HIGHEST = 8_000_000;
const OVERSCAN = 6;

/** `scrolled` is where the box stands; `top` the pixel of all rows that is seen at its top. */
export interface Scroll {
  scrolled: number;
  top: number;
}

export function boxHeight(count: number): number {
  return Math.min(count * ROW_HEIGHT, HIGHEST);
}

/**
 * What is seen after the box was scrolled. A list that is higher than its box can be moves pixel by pixel with the wheel,
 * and in proportion when the bar is dragged; both ends are always reached.
 */
export function scrolledTo(before: Scroll, scrolled: number, height: number, count: number): Scroll {
  const [all, most] = [count * ROW_HEIGHT, boxHeight(count) - height];
  if (all <= HIGHEST) return { scrolled, top: scrolled };
  const end = all - height;
  if (scrolled <= 0) return { scrolled, top: 0 };
  if (scrolled >= most) return { scrolled, top: end };
  const by = scrolled - before.scrolled;
  const top = Math.abs(by) <= height ? before.top + by : (scrolled / most) * end;
  return { scrolled, top: Math.min(Math.max(top, 0), end) };
}

/** The rows [first, last) to draw, with some beyond the edges. */
export function rowsInSight({ top }: Scroll, height: number, count: number): [number, number] {
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - OVERSCAN);
  return [Math.min(first, count), Math.min(count, Math.ceil((top + height) / ROW_HEIGHT) + OVERSCAN)];
}

/** How far below the box's own beginning a row is drawn. */
export function placeOf(row: number, { scrolled, top }: Scroll): number {
  return scrolled - top + row * ROW_HEIGHT;
}

/** How far to scroll so that a row is wholly seen. */
export function toShow(row: number, { top }: Scroll, height: number): number {
  const [above, below] = [row * ROW_HEIGHT - top, (row + 1) * ROW_HEIGHT - top - height];
  return above < 0 ? above : Math.max(below, 0);
}
