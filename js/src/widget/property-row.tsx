/** One row of the comparison table: a property's distributions, its three figures, its drift and what to make of it. */
import { DistributionPair } from "./distribution";
import { formatDistance, formatEffect, formatShare, formatValue, known } from "./format";
import { memo } from "./memo";

export type Verdict = "drift" | "new values" | "stable" | "too few";

/** What the table shows of one property; figures as numbers, so that the row can be sorted by any of them. */
export interface PropertyFigures {
  name: string;
  unit: string | null;
  numeric: boolean;
  statistic: string;
  window: number;
  production: number;
  evaluation: number;
  drift: number;
  effect: number;
  low: number;
  high: number;
  verdict: Verdict;
  bins: number;
  windowOutline: string;
  evaluationOutline: string;
}

export const COLUMNS_OF_A_ROW = 8;

const MEANING: Record<Verdict, string> = {
  drift: "The window differs from the baseline by more than chance and more than a trifle",
  "new values": "The window has values that the baseline has never seen",
  stable: "No difference beyond chance and trifles",
  "too few": "Fewer than 30 samples on a side: nothing can be said",
};

export interface RowProps extends PropertyFigures {
  open: boolean;
  onToggle: (name: string) => void;
}

export const PropertyRow = memo(function PropertyRow(row: RowProps) {
  const figure = row.numeric ? formatValue : formatShare;
  const statistic = row.unit ? `${row.statistic} in ${row.unit}` : row.statistic;
  return (
    <tr class="pm-row" data-property={row.name} data-verdict={row.verdict}>
      <th scope="row" class="pm-name">
        <button
          type="button"
          class="pm-expand"
          aria-expanded={row.open}
          title="Show the distribution over time"
          onClick={() => row.onToggle(row.name)}
        >
          <span class="pm-caret" aria-hidden="true">
            {row.open ? "▾" : "▸"}
          </span>
          <span class="pm-clip" title={row.name}>{row.name}</span>
        </button>
        <span class="pm-under pm-clip" title={statistic}>{statistic}</span>
      </th>
      <td class="pm-pair-cell">
        <DistributionPair
          bins={row.bins}
          window={row.windowOutline}
          evaluation={row.evaluationOutline}
          label={`Distribution of ${row.name}: window as outline, baseline filled`}
        />
      </td>
      <Figure column="window" value={row.window} text={figure(row.window)} />
      <Figure column="production" value={row.production} text={figure(row.production)} />
      <Figure column="evaluation" value={row.evaluation} text={figure(row.evaluation)} />
      <Figure column="drift" value={row.drift} text={formatDistance(row.drift)} />
      <td class="pm-number" data-column="effect">
        {formatEffect(row.effect, row.numeric)}
        <span class="pm-under">{effectBand(row.low, row.high, row.numeric)}</span>
      </td>
      <td data-column="verdict">
        <span class="pm-badge" data-verdict={row.verdict} title={MEANING[row.verdict]}>
          {row.verdict}
        </span>
      </td>
    </tr>
  );
});

function Figure({ column, value, text }: { column: string; value: number; text: string }) {
  return (
    <td class="pm-number" data-column={column} data-value={known(value) ? value : ""}>
      {text}
    </td>
  );
}

function effectBand(low: number, high: number, numeric: boolean): string {
  if (!known(low) || !known(high)) return "";
  const [from, to] = [formatEffect(low, numeric), formatEffect(high, numeric)];
  return `${from.split("\u202f")[0]} to ${to.split("\u202f")[0]}`;
}
