/** The new-values card: what production shows that the evaluation set has never seen. */
import type { JSX } from "preact";

import { HEIGHT } from "../parts/distribution";
import { formatBand, formatBounds, formatCount, formatMoment, formatScore, formatShare } from "../figures/format";
import { memo, useStable } from "../page/memo";
import { Panel, useMore } from "../parts/table";

/** A value of production that the evaluation set doesn't have. Shares and scores in [0, 1]. */
export interface NewValueFigures {
  property: string;
  value: string;
  text: string;
  firstSeen: number;
  n: number;
  share: number;
  windowN: number;
  windowShare: number;
  score: number;
  low: number;
  high: number;
  worst: number;
  best: number;
  unsupported: number;
  /** Outline of its share over time, in a box as wide as `steps`. */
  series: string;
  steps: number;
}

/** How many distinct values a property has in production and in evaluation. */
export interface DistinctFigures {
  property: string;
  production: number;
  evaluation: number;
}

export interface NewValuesProps {
  values: readonly NewValueFigures[];
  distinct: readonly DistinctFigures[];
  note: string;
  isTime: boolean;
  active: string;
  disabled: (text: string) => string;
  onPick: (text: string) => void;
}

export function NewValuesCard(props: NewValuesProps): JSX.Element {
  const { values, distinct, note } = props;
  const onPick = useStable(props.onPick);
  return (
    <Panel title="New values" note={note}>
      {values.length === 0 && <p class="pm-empty">Production shows no value that the evaluation set doesn’t have.</p>}
      {distinct.map((one) => (
        <NewOfProperty key={one.property} {...props} onPick={onPick} distinct={one} />
      ))}
    </Panel>
  );
}

/** “19 distinct predictions, 17 in evaluation”. */
export function distinctText({ property, production, evaluation }: DistinctFigures): string {
  return `${formatCount(production)} distinct ${plural(property)}, ${formatCount(evaluation)} in evaluation`;
}

function plural(name: string): string {
  return /[a-z]$/.test(name) && !/(s|_id)$/.test(name) ? `${name}s` : `values of ${name}`;
}

/** The same for every property, so that figures of two stand below one another. */
const WIDTHS = ["19%", "13%", "16%", "11%", "12%", "12%", "9%", "11%"];
const FIRST = 8;

function NewOfProperty(props: Omit<NewValuesProps, "distinct"> & { distinct: DistinctFigures }) {
  const { distinct, values, isTime, active, disabled, onPick } = props;
  const mine = values.filter((value) => value.property === distinct.property);
  const { shown, more } = useMore(FIRST, 25);
  return (
    <div class="pm-new" data-property={distinct.property}>
      <p class="pm-headline">{distinctText(distinct)}</p>
      <div class="pm-scroll" tabIndex={0} role="region" aria-label={`New values of ${distinct.property}`}>
        <table class="pm-table pm-new-values">
          <colgroup>{WIDTHS.map((width, at) => <col key={at} style={{ width }} />)}</colgroup>
          <thead>
            <tr>
              <th scope="col">New value</th>
              <th scope="col">First seen</th>
              <th scope="col">Growth</th>
              <th scope="col" class="pm-number">Share window</th>
              <th scope="col" class="pm-number">Share production</th>
              <th scope="col" class="pm-number">Score window</th>
              <th scope="col" class="pm-number" data-column="bounds">Bounds</th>
              <th scope="col" class="pm-number">Unsupported</th>
            </tr>
          </thead>
          <tbody>
            {mine.slice(0, shown).map((value) => (
              <NewValueRow
                key={value.value}
                {...value}
                isTime={isTime}
                active={value.text === active}
                disabled={value.text === active ? "" : disabled(value.text)}
                onPick={onPick}
              />
            ))}
          </tbody>
        </table>
      </div>
      {more(mine.length)}
    </div>
  );
}

interface RowProps extends NewValueFigures {
  isTime: boolean;
  active: boolean;
  disabled: string;
  onPick: (text: string) => void;
}

const NewValueRow = memo(function NewValueRow(row: RowProps) {
  return (
    <tr class="pm-row" data-segment={row.text} data-active={row.active || undefined}>
      <th scope="row" class="pm-name">
        <button
          type="button"
          class="pm-link pm-clip"
          aria-pressed={row.active}
          disabled={row.disabled !== ""}
          title={row.disabled || (row.active ? "Clear this filter" : `Show only ${row.text} in every view`)}
          onClick={() => row.onPick(row.text)}
        >
          {row.value}
        </button>
      </th>
      <td class="pm-moment">{formatMoment(row.firstSeen, row.isTime)}</td>
      <td>
        <svg
          class="pm-series"
          viewBox={`0 0 ${Math.max(row.steps, 1)} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Share of ${row.value} over all of production`}
        >
          <path d={row.series} />
        </svg>
      </td>
      <td class="pm-number" data-column="window" data-value={row.windowShare}>
        {formatShare(row.windowShare)}
        <span class="pm-under">{`n ${formatCount(row.windowN)}`}</span>
      </td>
      <td class="pm-number" data-column="production" data-value={row.share}>
        {formatShare(row.share)}
        <span class="pm-under">{`n ${formatCount(row.n)}`}</span>
      </td>
      <td class="pm-number">
        {formatScore(row.score)}
        <span class="pm-under">{formatBand(row.low, row.high)}</span>
      </td>
      <td class="pm-number" data-column="bounds" title="The score if every unsupported sample were bad, or good">
        {formatBounds(row.worst, row.best)}
      </td>
      <td class="pm-number">{formatShare(row.unsupported)}</td>
    </tr>
  );
});
