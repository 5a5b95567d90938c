/** The list in the side panel: each monitor with its score, its trend and its open alerts. */
import type { JSX } from "preact";

import type { MonitorFacts } from "./monitors";

const WIDTH = 120;
const HEIGHT = 24;

/** The line through the scores and the height of the benchmark, scaled to the lowest and highest of both. */
export interface Trend {
  readonly points: string;
  readonly benchmark: number | null;
}

/** Bins without a score are skipped. */
export function trendOf(trend: readonly (number | null)[], benchmark: number | null): Trend {
  const known = trend.flatMap((score, index) => (score === null ? [] : [{ score, index }]));
  const scores = [...known.map(({ score }) => score), ...(benchmark === null ? [] : [benchmark])];
  const low = Math.min(...scores);
  const span = Math.max(...scores) - low || 1;
  const last = Math.max(1, trend.length - 1);
  const height = (score: number): number => HEIGHT - 2 - ((score - low) / span) * (HEIGHT - 4);
  const points = known.map(({ score, index }) => `${((index / last) * WIDTH).toFixed(1)},${height(score).toFixed(1)}`);
  return { points: points.join(" "), benchmark: benchmark === null ? null : height(benchmark) };
}

/** A score with its band, as the views show it. */
export function scoreText({ score, low, high }: Pick<MonitorFacts, "score" | "low" | "high">): string {
  if (score === null) {
    return "estimating…";
  }
  const band = low === null || high === null ? "" : ` [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  return `${score.toFixed(3)}${band}`;
}

/** How far the score lies from the evaluation set's, in points. */
export function changeText({ score, benchmark }: Pick<MonitorFacts, "score" | "benchmark">): string {
  if (score === null || benchmark === null) {
    return "";
  }
  const change = 100 * (score - benchmark);
  const sign = change < 0 ? "−" : "+";
  return `${sign}${Math.abs(change).toFixed(2)} pts against evaluation ${benchmark.toFixed(3)}`;
}

function alertText(alerts: number): string {
  return alerts === 0 ? "no open alert" : `${alerts} open alert${alerts === 1 ? "" : "s"}`;
}

function Chart({ facts }: { facts: MonitorFacts }): JSX.Element | null {
  const { points, benchmark } = trendOf(facts.trend, facts.benchmark);
  if (points === "") {
    return null;
  }
  const line = { fill: "none", "stroke-width": 1.5, "vector-effect": "non-scaling-stroke" } as const;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`score over time of ${facts.name}, ${changeText(facts)}`}
    >
      {benchmark !== null && (
        <line class="prodmon-benchmark" x2={WIDTH} y1={benchmark} y2={benchmark} stroke-dasharray="4 3" {...line} />
      )}
      <polyline points={points} stroke="currentColor" {...line} />
    </svg>
  );
}

function Item({ facts, reveal }: { facts: MonitorFacts; reveal: (name: string) => void }): JSX.Element {
  return (
    <li data-monitor={facts.name}>
      <button type="button" title="Reveal its cell" onClick={() => reveal(facts.name)}>
        <strong>{facts.name}</strong> <span class="prodmon-score">{scoreText(facts)}</span>
      </button>
      <Chart facts={facts} />
      <span>{changeText(facts)}</span>
      <span class="prodmon-alerts" data-alerts={facts.alerts}>
        {facts.score !== null && alertText(facts.alerts)}
      </span>
      <small>{facts.summary}</small>
    </li>
  );
}

export interface MonitorListProps {
  readonly monitors: readonly MonitorFacts[];
  readonly message: string;
  readonly busy: boolean;
  readonly refresh: () => void;
  readonly reveal: (name: string) => void;
}

/** The panel's content. */
export function MonitorList({ monitors, message, busy, refresh, reveal }: MonitorListProps): JSX.Element {
  return (
    <div class="prodmon-panel" aria-busy={busy}>
      <header>
        <h2>Monitors of this kernel</h2>
        <button type="button" onClick={refresh}>
          Refresh
        </button>
      </header>
      <p role="status">{message}</p>
      <ul>
        {monitors.map((facts) => (
          <Item key={facts.name} facts={facts} reveal={reveal} />
        ))}
      </ul>
    </div>
  );
}
