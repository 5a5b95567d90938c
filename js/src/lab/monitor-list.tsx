/** The list in the side panel: each monitor with its score, its trend and its open alerts. */
import type { JSX } from "preact";

import type { MonitorFacts } from "./monitors";

const WIDTH = 120;
const HEIGHT = 24;

/** Points of a line through the scores, scaled to the lowest and highest of them; bins without a score are skipped. */
export function points(trend: readonly (number | null)[]): string {
  const known = trend.flatMap((score, index) => (score === null ? [] : [{ score, index }]));
  const scores = known.map(({ score }) => score);
  const low = Math.min(...scores);
  const span = Math.max(...scores) - low || 1;
  const last = Math.max(1, trend.length - 1);
  return known
    .map(({ score, index }) => {
      const x = (index / last) * WIDTH;
      const y = HEIGHT - 2 - ((score - low) / span) * (HEIGHT - 4);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(" ");
}

/** A score with its band, as the views show it. */
export function scoreText({ score, low, high }: Pick<MonitorFacts, "score" | "low" | "high">): string {
  if (score === null) {
    return "estimating…";
  }
  const band = low === null || high === null ? "" : ` [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  return `${score.toFixed(3)}${band}`;
}

function alertText(alerts: number): string {
  return alerts === 0 ? "no open alert" : `${alerts} open alert${alerts === 1 ? "" : "s"}`;
}

function Item({ facts, reveal }: { facts: MonitorFacts; reveal: (name: string) => void }): JSX.Element {
  return (
    <li data-monitor={facts.name}>
      <button type="button" title="Reveal its cell" onClick={() => reveal(facts.name)}>
        <strong>{facts.name}</strong> <span class="prodmon-score">{scoreText(facts)}</span>
      </button>
      <svg width={WIDTH} height={HEIGHT} role="img" aria-label={`score over time of ${facts.name}`}>
        <polyline points={points(facts.trend)} fill="none" stroke="currentColor" stroke-width="1.5" />
      </svg>
      <span class="prodmon-alerts" data-alerts={facts.alerts}>
        {alertText(facts.alerts)}
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
        <button type="button" class="jp-mod-styled" onClick={refresh}>
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
