/** One row of the segment table: how much of the drop a segment carries, its share and its score, and who can judge it. */
import type { Kind } from "../figures/contribution";
import { FigureCell } from "../parts/figure-cell";
import { formatBand, formatBounds, formatCount, formatPoints, formatScore, formatShare, known } from "../figures/format";
import { memo } from "../page/memo";

/** What the table ranks a segment by. Shares and scores in [0, 1]; `contribution` in score, positive lowers it. */
export interface SegmentSummary {
  text: string;
  /** Its place in the sums. */
  at: number;
  kind: Kind | "";
  contribution: number;
  z: number;
  n: number;
  shareWindow: number;
  shareProduction: number;
  shareEvaluation: number;
  score: number;
  scoreProduction: number;
  scoreEvaluation: number;
  unsupported: number;
  weak: boolean;
}

/** What only the rows in sight need: the band of the window's score, and its hard bounds. */
export interface ScoreBand {
  score: number;
  low: number;
  high: number;
  worst: number;
  best: number;
}

export interface SegmentRowProps extends Omit<SegmentSummary, "at" | "z">, ScoreBand {
  /** The largest contribution shown: a full bar. */
  scale: number;
  active: boolean;
  disabled: string;
  onPick: (text: string) => void;
}

/** How a segment carries what it carries. */
export const MEANING: Readonly<Record<Kind | "", string>> = {
  mix: "Its score is as before; its share of the samples has changed",
  within: "Its own score has changed",
  new: "It was hardly there before",
  "": "",
};

/** Above this share of unsupported samples the score is the annotator's guess, and its bounds are what is known. */
export const MOSTLY_UNSUPPORTED = 0.5;

export const SegmentRow = memo(function SegmentRow(row: SegmentRowProps) {
  const unsupported = row.unsupported > MOSTLY_UNSUPPORTED;
  const width = row.scale > 0 ? Math.round(Math.min(1, Math.abs(row.contribution) / row.scale) * 100) : 0;
  return (
    <tr class="pm-row" data-segment={row.text} data-active={row.active || undefined} data-marked={row.weak || unsupported || undefined}>
      <th scope="row" class="pm-name">
        <button
          type="button"
          class="pm-link pm-clip"
          aria-pressed={row.active}
          disabled={row.disabled !== ""}
          title={row.disabled || (row.active ? "Clear this filter" : `Show only ${row.text} in every view`)}
          onClick={() => row.onPick(row.text)}
        >
          {row.text}
        </button>
        <span class="pm-marks">
          {row.weak && (
            <span class="pm-badge" data-tone="weak" title="Its score was already low on the evaluation set">
              weak on evaluation
            </span>
          )}
          {unsupported && (
            <span class="pm-badge" data-tone="unsupported" title="The evaluation set has next to nothing like these samples">
              unsupported
            </span>
          )}
        </span>
      </th>
      <td class="pm-number pm-contribution" data-column="contribution" data-value={known(row.contribution) ? row.contribution : ""}>
        {/* A drop is written as a loss: the segment takes these points off the score. */}
        {formatPoints(-row.contribution)}
        <span class="pm-under" title={MEANING[row.kind]}>{row.kind}</span>
        <span class="pm-meter" aria-hidden="true">
          <span class="pm-meter-fill" data-loss={row.contribution > 0} style={{ width: `${width}%` }} />
        </span>
      </td>
      <FigureCell column="share-window" value={row.shareWindow} text={formatShare(row.shareWindow)} under={`n ${formatCount(row.n)}`} />
      <FigureCell column="share-production" value={row.shareProduction} text={formatShare(row.shareProduction)} />
      <FigureCell column="share-evaluation" value={row.shareEvaluation} text={formatShare(row.shareEvaluation)} />
      <FigureCell column="score-window" value={row.score} text={formatScore(row.score)} under={formatBand(row.low, row.high)} hint="95 % band" />
      <FigureCell column="score-production" value={row.scoreProduction} text={formatScore(row.scoreProduction)} />
      <FigureCell column="score-evaluation" value={row.scoreEvaluation} text={formatScore(row.scoreEvaluation)} />
      <FigureCell
        column="unsupported"
        value={row.unsupported}
        text={formatShare(row.unsupported)}
        under={row.unsupported > 0.05 ? formatBounds(row.worst, row.best) : ""}
        hint="The score if every unsupported sample were bad, or good"
      />
    </tr>
  );
});
