/**
 * Two distributions over the same bins on one scale: evaluation as filled bars behind, the window as an outline in
 * front, so that they differ in shape as well as in colour.
 */
import { memo } from "../page/memo";

/** Twice the pixels that it is drawn on: finer steps nobody sees, and each is a new path while a brush moves. */
export const HEIGHT = 60;

/** Shares of a whole (a set property's may add up to more than 1). */
export type Shares = ArrayLike<number>;

/** The tallest bar of either, so that both are drawn on one scale. */
export function tallest(first: Shares, second: Shares): number {
  let most = 0;
  for (let i = 0; i < first.length; i++) most = Math.max(most, first[i] ?? 0, second[i] ?? 0);
  return most;
}

/** An outline of bars in a box as wide as there are bins and HEIGHT high; "" where there is nothing. */
export function outline(shares: Shares, top: number): string {
  if (!(top > 0)) return "";
  let path = `M0,${HEIGHT}`;
  let before = -1;
  for (let i = 0; i < shares.length; i++) {
    const height = HEIGHT - Math.round(((shares[i] ?? 0) / top) * HEIGHT);
    // bars of one height are one step
    if (height !== before) path += `${i > 0 ? `H${i}` : ""}V${height}`;
    before = height;
  }
  return `${path}H${shares.length}V${HEIGHT}`;
}

export interface PairProps {
  bins: number;
  window: string;
  evaluation: string;
  label: string;
}

/** The pair as one small picture; `window` and `evaluation` are outlines drawn to the same top. */
export const DistributionPair = memo(function DistributionPair({ bins, window, evaluation, label }: PairProps) {
  return (
    <svg class="pm-pair" viewBox={`0 0 ${Math.max(bins, 1)} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path class="pm-pair-evaluation" d={evaluation} />
      <path class="pm-pair-window" d={window} />
    </svg>
  );
});
