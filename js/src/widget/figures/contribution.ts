/**
 * How much of a drop a segment carries, from counts and score sums before (0) and after (1); as in Python's segments.
 *
 * After Kitagawa (1955): mix is a changed share of an unchanged score, within is the segment's own score, new is a
 * segment that was hardly there before.
 */

export type Kind = "mix" | "within" | "new";

export interface Contribution {
  /** Part of the score, positive lowers it. */
  contribution: number;
  /** Its size in standard errors. */
  z: number;
  kind: Kind;
}

/** Samples and their score sum: of a segment, or of everything. */
export interface Sum {
  n: number;
  score: number;
}

const spread = (mean: number): number => Math.max(mean * (1 - mean), 0.02);
const finite = (value: number): number => (Number.isFinite(value) ? value : 0);

export function contribution(before: Sum, allBefore: Sum, after: Sum, allAfter: Sum): Contribution {
  const p0 = before.n / allBefore.n;
  const p1 = after.n / allAfter.n;
  const m0 = before.score / before.n;
  const m1 = after.score / after.n;
  const rest0 = allBefore.n - before.n;
  const rest1 = allAfter.n - after.n;
  const k0 = (allBefore.score - before.score) / rest0;
  const k1 = (allAfter.score - after.score) / rest1;
  const own = spread(m1) / after.n + spread(k1) / rest1;
  if (before.n < 40 && p1 > 5 * p0 + 0.001) {
    const value = (p1 - p0) * (k1 - m1);
    const error = Math.sqrt(((k1 - m1) ** 2 * p1 * (1 - p1)) / allAfter.n + (p1 - p0) ** 2 * own);
    return { contribution: finite(value), z: finite(value / error), kind: "new" };
  }
  const v = own + spread(m0) / before.n + spread(k0) / rest0;
  const gap = (k0 - m0 + (k1 - m1)) / 2;
  const mix = (p1 - p0) * gap;
  const share = (p0 + p1) / 2;
  const within = share * (m0 - m1 - (k0 - k1));
  const drawn = (p1 * (1 - p1)) / allAfter.n + (p0 * (1 - p0)) / allBefore.n;
  // a product is as sure as the less sure of its factors
  const zMix = Math.sign(mix) * Math.min(Math.abs(p1 - p0) / Math.sqrt(drawn), Math.abs(2 * gap) / Math.sqrt(v));
  const zWithin = within / (share * Math.sqrt(v));
  const isMix = Math.abs(finite(zMix)) >= Math.abs(finite(zWithin));
  return { contribution: finite(mix + within), z: finite(isMix ? zMix : zWithin), kind: isMix ? "mix" : "within" };
}
