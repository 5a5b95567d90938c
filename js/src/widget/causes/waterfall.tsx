/** The drop as a waterfall: from the baseline's score, cause by cause and what is unexplained, down to the window's. */
import type { JSX } from "preact";

import { formatPoints, formatScore, formatShare, known } from "../figures/format";

/** One item of the drop. `contribution` in score, positive lowers the score; `low` to `high` its band, null without. */
export interface CauseFigures {
  text: string;
  conditions: readonly unknown[];
  kind: string;
  contribution: number;
  low: number | null;
  high: number | null;
  shareBefore: number | null;
  shareAfter: number | null;
  scoreBefore: number | null;
  scoreAfter: number | null;
  supported: number | null;
  weak: boolean;
}

/** The itemised drop: baseline − Σ contributions − unexplained = window. */
export interface DropFigures {
  baseline: number;
  window: number;
  total: number;
  unexplained: number;
  items: readonly CauseFigures[];
}

/** A bar on the score axis, as fractions of its length. */
export interface Bar {
  start: number;
  end: number;
}

export interface Scale {
  low: number;
  high: number;
}

/** An axis that holds every level of the waterfall with a little room, so that points can be told apart. */
export function scaleOf(drop: DropFigures): Scale {
  const levels = [drop.baseline, drop.window];
  let level = drop.baseline;
  for (const item of drop.items) levels.push((level -= item.contribution));
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const room = Math.max((high - low) * 0.08, 0.005);
  return { low: Math.max(0, low - room), high: Math.min(1, high + room) };
}

/** The bar between two levels. */
export function bar(scale: Scale, from: number, to: number): Bar {
  const at = (value: number): number => Math.min(1, Math.max(0, (value - scale.low) / (scale.high - scale.low || 1)));
  return { start: at(Math.min(from, to)), end: at(Math.max(from, to)) };
}

export interface WaterfallProps {
  drop: DropFigures;
  active: string;
  /** Why nothing can be asked now, "" when it can. */
  disabled: string;
  /** Why a cause can't be picked now, "" when it can. */
  blocked: (text: string) => string;
  /** The item of this row is pointed at, or none any more. */
  onPoint: (at: number | null) => void;
  onPick: (item: CauseFigures) => void;
  onExplain: (item: CauseFigures) => void;
}

export function Waterfall({ drop, active, disabled, blocked, onPoint, onPick, onExplain }: WaterfallProps): JSX.Element {
  const scale = scaleOf(drop);
  let level = drop.baseline;
  return (
    <table class="pm-table pm-waterfall">
      <caption class="pm-caption">{`Score from ${formatScore(scale.low)} to ${formatScore(scale.high)}, left to right`}</caption>
      <thead>
        <tr>
          <th scope="col">Cause</th>
          <th scope="col">From baseline to window</th>
          <th scope="col" class="pm-number">Effect on score</th>
          <th scope="col" class="pm-number">Share before → after</th>
          <th scope="col" class="pm-number">Score before → after</th>
          <th scope="col" class="pm-number" data-column="supported">Supported</th>
          <th scope="col"><span class="pm-hidden">Actions</span></th>
        </tr>
      </thead>
      <tbody>
        <Level name="Baseline" score={drop.baseline} scale={scale} />
        {drop.items.map((item, at) => {
          const from = level;
          level -= item.contribution;
          return (
            <CauseRow
              key={item.text}
              item={item}
              bar={bar(scale, from, level)}
              active={item.text === active}
              disabled={disabled}
              blocked={blocked(item.text)}
              onPoint={(on) => onPoint(on ? at : null)}
              onPick={onPick}
              onExplain={onExplain}
            />
          );
        })}
        <tr class="pm-row" data-item="unexplained">
          <th scope="row" class="pm-name">Unexplained</th>
          <td><Track bar={bar(scale, level, drop.window)} tone="unexplained" /></td>
          <td class="pm-number" data-value={drop.unexplained}>{formatPoints(-drop.unexplained)}</td>
          <td colSpan={4} />
        </tr>
        <Level name="Window" score={drop.window} scale={scale} />
      </tbody>
    </table>
  );
}

function Level({ name, score, scale }: { name: string; score: number; scale: Scale }) {
  return (
    <tr class="pm-row pm-level" data-item={name.toLowerCase()}>
      <th scope="row" class="pm-name">{name}</th>
      <td><Track bar={bar(scale, scale.low, score)} tone="level" /></td>
      <td class="pm-number" data-value={score}>{formatScore(score)}</td>
      <td colSpan={4} />
    </tr>
  );
}

interface CauseRowProps extends Omit<WaterfallProps, "drop" | "active" | "blocked" | "onPoint"> {
  onPoint: (on: boolean) => void;
  item: CauseFigures;
  bar: Bar;
  active: boolean;
  blocked: string;
}

function CauseRow({ item, bar: place, active, disabled, blocked, onPoint, onPick, onExplain }: CauseRowProps) {
  const everywhere = item.conditions.length === 0;
  return (
    <tr
      class="pm-row"
      data-segment={item.text}
      data-active={active || undefined}
      onMouseEnter={() => onPoint(true)}
      onMouseLeave={() => onPoint(false)}
      onFocusIn={() => onPoint(true)}
      onFocusOut={() => onPoint(false)}
    >
      <th scope="row" class="pm-name">
        {everywhere ? (
          <span>{item.text}</span>
        ) : (
          <button type="button" class="pm-link pm-clip" aria-pressed={active} disabled={blocked !== ""} title={blocked || `Show only ${item.text} in every view`} onClick={() => onPick(item)}>
            {item.text}
          </button>
        )}
        <span class="pm-badge" data-kind={item.kind} title={MEANING[item.kind]}>{item.kind}</span>
        {item.weak && <span class="pm-badge" data-tone="weak">weak on evaluation</span>}
      </th>
      <td><Track bar={place} tone={item.contribution >= 0 ? "loss" : "gain"} /></td>
      <td class="pm-number" data-value={item.contribution}>
        {formatPoints(-item.contribution)}
        <span class="pm-under">{contributionBand(item)}</span>
      </td>
      <td class="pm-number">{`${formatShare(item.shareBefore)} → ${formatShare(item.shareAfter)}`}</td>
      <td class="pm-number">{`${formatScore(item.scoreBefore)} → ${formatScore(item.scoreAfter)}`}</td>
      <td class="pm-number" data-column="supported">{formatShare(item.supported)}</td>
      <td class="pm-actions">
        <button type="button" class="pm-button" disabled={disabled !== ""} title={disabled || "Take this cause out of both periods and rank the rest again"} onClick={() => onExplain(item)}>
          Explain away
        </button>
      </td>
    </tr>
  );
}

const MEANING: Record<string, string> = {
  mix: "Its score is as before; its share of the samples has changed",
  within: "Its own score has fallen",
  new: "It was hardly there before",
};

function contributionBand({ low, high }: CauseFigures): string {
  return known(low) && known(high) ? `${formatPoints(-high)} to ${formatPoints(-low)}` : "no band";
}

function Track({ bar: place, tone }: { bar: Bar; tone: string }) {
  const width = Math.max((place.end - place.start) * 100, 0.4);
  return (
    <span class="pm-fall" aria-hidden="true">
      <span class="pm-fall-bar" data-tone={tone} style={{ left: `${place.start * 100}%`, width: `${width}%` }} />
    </span>
  );
}
