/** The values of an opened property as a table: share in window, production and evaluation, and over time. */
import type { JSX } from "preact";

import { HEIGHT } from "../parts/distribution";
import { formatShare } from "../figures/format";
import { memo } from "../page/memo";

/** One value (or bin) of the property. `series` is an outline of its share over time in a box as wide as `steps`. */
export interface ValueFigures {
  label: string;
  window: number;
  production: number;
  evaluation: number;
  series: string;
  peak: number;
}

export interface ValuesProps {
  caption: string;
  values: readonly ValueFigures[];
  /** How many values are not listed. */
  left: number;
  steps: number;
  /** Where the window lies on the time axis, as fractions. */
  span: readonly [number, number];
}

export function ValueTable({ caption, values, left, steps, span }: ValuesProps): JSX.Element {
  const top = Math.max(...values.map((value) => Math.max(value.window, value.evaluation, value.production)), 1e-9);
  return (
    <>
      <table class="pm-table pm-values">
        <caption class="pm-caption">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Value</th>
            <th scope="col">Window over evaluation</th>
            <th scope="col" class="pm-number">Window</th>
            <th scope="col" class="pm-number">Production</th>
            <th scope="col" class="pm-number">Evaluation</th>
            <th scope="col">Over time</th>
          </tr>
        </thead>
        <tbody>
          {values.map((value) => (
            <ValueRow key={value.label} {...value} top={top} steps={steps} start={span[0]} end={span[1]} />
          ))}
        </tbody>
      </table>
      {left > 0 && <p class="pm-note">{`${left} rarer values are not listed.`}</p>}
    </>
  );
}

interface ValueRowProps extends ValueFigures {
  top: number;
  steps: number;
  start: number;
  end: number;
}

const ValueRow = memo(function ValueRow(value: ValueRowProps) {
  return (
    <tr>
      <th scope="row" class="pm-name">
        <span class="pm-clip" title={value.label}>{value.label}</span>
      </th>
      <td class="pm-bars" aria-hidden="true">
        <span class="pm-bar pm-bar-window" style={{ width: `${(value.window / value.top) * 100}%` }} />
        <span class="pm-bar pm-bar-evaluation" style={{ width: `${(value.evaluation / value.top) * 100}%` }} />
      </td>
      <td class="pm-number">{formatShare(value.window)}</td>
      <td class="pm-number">{formatShare(value.production)}</td>
      <td class="pm-number">{formatShare(value.evaluation)}</td>
      <td class="pm-series-cell">
        <svg
          class="pm-series"
          viewBox={`0 0 ${Math.max(value.steps, 1)} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Share of ${value.label} over time, at most ${formatShare(value.peak)}`}
        >
          <rect class="pm-series-window" x={value.start * value.steps} y="0" width={(value.end - value.start) * value.steps} height={HEIGHT} />
          <path d={value.series} />
        </svg>
        <span class="pm-under">{`peak ${formatShare(value.peak)}`}</span>
      </td>
    </tr>
  );
});
