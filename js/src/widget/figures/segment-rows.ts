/** From the cube's sums to what the segment table shows: every class and bin, and the segments chosen by the engine. */
import { contribution, type Sum } from "./contribution";
import type { Described } from "./property-rows";
import type { SegmentSummary } from "../segments/row";
import { cellCondition, segmentText, type Condition } from "./segment-text";

/** A segment that the table may show; `at` is its place in the sums: cells first, then the chosen segments. */
export interface Candidate {
  text: string;
  conditions: readonly Condition[];
  weak: boolean;
  at: number;
}

/** A segment as the wire describes it. */
export interface Chosen {
  text: string;
  conditions: readonly Condition[];
  weak: boolean;
}

/** Every nameable cell and every chosen segment, each once. */
export function candidates(properties: readonly Described[], chosen: readonly Chosen[], nCells: number): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const property of properties) {
    for (let code = 0; code < property.size; code++) {
      const condition = cellCondition(property, code);
      if (condition === null) continue;
      const text = segmentText([condition]);
      found.set(text, { text, conditions: [condition], weak: false, at: property.offset + code });
    }
  }
  chosen.forEach((segment, index) => {
    const known = found.get(segment.text);
    if (known) known.weak ||= segment.weak;
    else found.set(segment.text, { ...segment, at: nCells + index });
  });
  return [...found.values()];
}

/** Sums of one side. Arrays by place; scores are sums of probabilities, null while nothing is scored. */
export interface SideSums {
  n: number;
  score: number | null;
  at: (place: number) => PlaceSums;
}

export interface PlaceSums {
  n: number;
  score: number;
  unsupported: number;
}

export interface Sides {
  window: SideSums;
  production: SideSums;
  evaluation: SideSums;
  baseline: SideSums;
}

/** Fewer samples than this on both sides together say nothing. */
const FEWEST = 30;

/** The segments with a sample in the window or its baseline. */
export function segmentSummaries(all: readonly Candidate[], sides: Sides): SegmentSummary[] {
  const rows: SegmentSummary[] = [];
  for (const candidate of all) {
    const window = sides.window.at(candidate.at);
    const before = sides.baseline.at(candidate.at);
    if (window.n + before.n >= FEWEST || (window.n > 0 && before.n === 0)) rows.push(summary(candidate, window, before, sides));
  }
  return rows;
}

function summary({ text, weak, at }: Candidate, window: PlaceSums, before: PlaceSums, sides: Sides): SegmentSummary {
  const [production, evaluation] = [sides.production.at(at), sides.evaluation.at(at)];
  const carried = carries(before, window, sides);
  return {
    text, at, weak: weak || isWeak(evaluation, sides.evaluation), n: window.n, contribution: carried?.contribution ?? Number.NaN, z: carried?.z ?? 0, kind: carried?.kind ?? "",
    shareWindow: window.n / sides.window.n, shareProduction: production.n / sides.production.n, shareEvaluation: evaluation.n / sides.evaluation.n,
    scoreProduction: mean(production, sides.production), scoreEvaluation: mean(evaluation, sides.evaluation),
    score: mean(window, sides.window), unsupported: window.n > 0 && sides.window.score !== null ? window.unsupported / window.n : Number.NaN,
  };
}

function carries(before: PlaceSums, window: PlaceSums, { baseline, window: after }: Sides): ReturnType<typeof contribution> | null {
  if (baseline.score === null || after.score === null || window.n + before.n < FEWEST) return null;
  // nothing to compare with, or nothing beside it
  if (baseline.n === 0 || after.n === 0 || (before.n === baseline.n && window.n === after.n)) return null;
  const whole = (side: SideSums): Sum => ({ n: side.n, score: side.score ?? 0 });
  return contribution(before, whole(baseline), window, whole(after));
}

const WEAK_ERRORS = 3;
const WEAK_GAP = 0.02;

/** Whether a segment scores lower than the rest of its side, by more than chance and a trifle. */
export function isWeak(part: PlaceSums, side: SideSums): boolean {
  const rest = side.n - part.n;
  if (side.score === null || part.n < FEWEST || rest < FEWEST) return false;
  const [own, other] = [part.score / part.n, (side.score - part.score) / rest];
  const variance = Math.max(own * (1 - own), 0.02) / part.n + Math.max(other * (1 - other), 0.02) / rest;
  return other - own > Math.max(WEAK_ERRORS * Math.sqrt(variance), WEAK_GAP);
}

function mean({ n, score }: PlaceSums, side: SideSums): number {
  return n > 0 && side.score !== null ? score / n : Number.NaN;
}
