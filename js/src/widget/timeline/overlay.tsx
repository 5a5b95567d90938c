/** What lies over a chart: stretches that can't be estimated, the baseline, alerts, the onset, and figures at the pointer. */
import type { JSX } from "preact";

import { formatBand, formatBounds, formatCount, formatMoment, formatScore, formatShare, formatWindow } from "../figures/format";
import { notEstimable, type Stretch } from "../figures/quality-series";
import type { Window } from "../page/view";
import type { Onset } from "../figures/windows";

/** A rule that fired, in which stretches of time, and whether it still does. */
export interface Alert {
  rule: string;
  fired: readonly (readonly [number, number])[];
  open: boolean;
  value: number | null;
}

export interface Margin {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export interface OverlayProps {
  width: number;
  height: number;
  margin: Margin;
  /** From where to where the charts go. */
  from: number;
  to: number;
  isTime: boolean;
  series: readonly Stretch[];
  baseline: Window;
  alerts: readonly Alert[];
  onset: Onset | null;
  /** The stretch under the pointer. */
  hovered: Stretch | null;
  /** The upper chart, which has alerts, words and figures. */
  upper: boolean;
}

const ROW = 6;
const MOST_ROWS = 3;
/** How high the bar of the onset's interval is. */
const INTERVAL = 4;

export function Overlay(props: OverlayProps): JSX.Element | null {
  const { width, height, margin, from, to, series, baseline, alerts, onset, hovered, upper } = props;
  const wide = width - margin.left - margin.right;
  const high = height - margin.top - margin.bottom;
  if (wide <= 0 || high <= 0) return null;
  const x = (at: number): number => margin.left + Math.min(Math.max((at - from) / (to - from), 0), 1) * wide;
  const pattern = `pm-hatch-${Math.round(from)}-${Math.round(wide)}-${Math.round(high)}`;
  const box = ([start, end]: readonly [number, number]) => ({ x: x(start), width: Math.max(x(end) - x(start), 0), y: margin.top, height: high });
  return (
    <>
      <svg width={width} height={height} aria-hidden="true">
        <defs>
          <pattern id={pattern} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <line x1="0" y1="0" x2="0" y2="6" />
          </pattern>
        </defs>
        {notEstimable(series).map((stretch) => <rect key={stretch[0]} class="pm-hatched" {...box(stretch)} fill={`url(#${pattern})`} />)}
        {baseline && x(baseline[1]) > x(baseline[0]) && <rect class="pm-baseline" {...box(baseline)} />}
        {upper && alerts.length > 0 && <text class="pm-rules" x={margin.left - 5} y="13">alerts</text>}
        {(upper ? alerts.slice(0, MOST_ROWS) : []).map((alert, row) =>
          alert.fired
            .filter(([start, end]) => x(end) > x(start))
            .map(([start, end]) => (
              <rect key={`${row} ${start}`} class="pm-alert" data-rule={alert.rule} x={x(start)} y={3 + row * ROW} width={Math.max(x(end) - x(start), 2)} height={ROW - 2} />
            )),
        )}
        {onset && from <= onset.at && onset.at <= to && (
          <g class="pm-onset">
            <rect x={x(onset.low)} width={Math.max(x(onset.high) - x(onset.low), 1)} y={margin.top + high - INTERVAL} height={INTERVAL} />
            <line x1={x(onset.at)} x2={x(onset.at)} y1={margin.top - 4} y2={margin.top + high} />
            {upper && <text x={x(onset.at) + 4} y={margin.top + high - INTERVAL - 4}>onset</text>}
          </g>
        )}
        {hovered && <line class="pm-hover" x1={x((hovered.start + hovered.end) / 2)} x2={x((hovered.start + hovered.end) / 2)} y1={margin.top} y2={margin.top + high} />}
      </svg>
      {hovered && upper && <Tip {...props} hovered={hovered} at={x((hovered.start + hovered.end) / 2)} />}
    </>
  );
}

function Tip({ hovered, at, width, alerts, onset, isTime }: OverlayProps & { hovered: Stretch; at: number }): JSX.Element {
  const { start, end, n, score, low, high, worst, best, coverage, supported, estimable, actual, nActual } = hovered;
  const firing = alerts.filter(({ fired }) => fired.some(([from, to]) => from < end && start < to));
  const scored = n > 0 && Number.isFinite(score);
  const lines: [string, string][] = [
    ...(scored ? ([["Score", `${formatScore(score)} (${formatBand(low, high)})`], ["Worst to best", formatBounds(worst, best)]] as [string, string][]) : []),
    ...(nActual > 0 ? ([["Actual", `${formatScore(actual)} of ${formatCount(nActual)} labels`]] as [string, string][]) : []),
    ["Samples", formatCount(n)],
    ...(scored ? ([["Coverage", formatShare(coverage)], ["Supported", formatShare(supported)]] as [string, string][]) : []),
    ...firing.map(({ rule }): [string, string] => ["Alert", rule]),
    ...(onset && onset.low < end && start < onset.high ? ([["Onset", onsetText(onset, isTime)]] as [string, string][]) : []),
  ];
  const side = at > width / 2 ? { right: `${width - at + 10}px` } : { left: `${at + 10}px` };
  return (
    <div class="pm-tip" style={side} data-field="tip">
      <strong>{formatWindow([start, end], isTime)}</strong>
      {scored && !estimable && <em>not estimable: the evaluation set can’t tell</em>}
      <dl>
        {lines.map(([label, text]) => (
          <div key={`${label} ${text}`}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** The onset in words: a day, its interval, and its shape. */
export function onsetText({ at, low, high, shape }: Onset, isTime: boolean): string {
  return `${formatMoment(at, isTime)} (${formatMoment(low, isTime)} to ${formatMoment(high, isTime)}), ${shape}`;
}
