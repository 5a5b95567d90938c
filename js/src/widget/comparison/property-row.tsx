/** One row of the comparison table: a property's distributions, its three figures, its drift and what to make of it. */
import { DistributionPair } from "../parts/distribution";
import { FigureCell } from "../parts/figure-cell";
import { formatDistance, formatEffect, formatShare, formatValue, known } from "../figures/format";
import { memo } from "../page/memo";

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
  /** Shares of samples without a value, in [0, 1]; NaN where that is nothing to speak of. */
  missing: number;
  missingProduction: number;
  missingEvaluation: number;
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
      <NameCell name={row.name} statistic={statistic} open={row.open} onToggle={row.onToggle} />
      <td class="pm-pair-cell">
        <DistributionPair
          bins={row.bins}
          window={row.windowOutline}
          evaluation={row.evaluationOutline}
          label={`Distribution of ${row.name}: window as outline, baseline filled`}
        />
      </td>
      <FigureCell column="window" value={row.window} text={figure(row.window)} under={missingText(row.missing)} hint={MISSING_HINT} />
      <FigureCell column="production" value={row.production} text={figure(row.production)} under={missingText(row.missingProduction)} hint={MISSING_HINT} />
      <FigureCell column="evaluation" value={row.evaluation} text={figure(row.evaluation)} under={missingText(row.missingEvaluation)} hint={MISSING_HINT} />
      <FigureCell column="drift" value={row.drift} text={formatDistance(row.drift)} />
      <FigureCell column="effect" value={row.effect} text={formatEffect(row.effect, row.numeric)} under={effectBand(row.low, row.high, row.numeric)} hint="95 % band" />
      <VerdictCell verdict={row.verdict} />
    </tr>
  );
});

const NameCell = memo(function NameCell({ name, statistic, open, onToggle }: Pick<RowProps, "name" | "statistic" | "open" | "onToggle">) {
  return (
    <th scope="row" class="pm-name">
      <button type="button" class="pm-expand" aria-expanded={open} title="Show the distribution over time" onClick={() => onToggle(name)}>
        <span class="pm-caret" aria-hidden="true">
          {open ? "▾" : "▸"}
        </span>
        <span class="pm-clip" title={name}>{name}</span>
      </button>
      <span class="pm-under pm-clip" title={statistic}>{statistic}</span>
    </th>
  );
});

const VerdictCell = memo(function VerdictCell({ verdict }: Pick<RowProps, "verdict">) {
  return (
    <td data-column="verdict">
      <span class="pm-badge" data-verdict={verdict} title={MEANING[verdict]}>
        {verdict}
      </span>
    </td>
  );
});

const MISSING_HINT = "Samples without a value";

function missingText(share: number): string {
  return known(share) ? `missing ${formatShare(share)}` : "";
}

function effectBand(low: number, high: number, numeric: boolean): string {
  if (!known(low) || !known(high)) return "";
  const [from, to] = [formatEffect(low, numeric), formatEffect(high, numeric)];
  return `${from.split("\u202f")[0]} to ${to.split("\u202f")[0]}`;
}
