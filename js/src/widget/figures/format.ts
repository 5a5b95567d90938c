/**
 * How figures read on screen: enough digits to tell two of them apart, never so many that they claim more than they know.
 *
 * Every function answers with an en dash for what is missing (NaN, null, infinite), so that no view shows "NaN".
 */
import { format } from "d3-format";
import { utcFormat } from "d3-time-format";

export const MISSING = "–";
const MINUS = "−";
const THIN = "\u202f";

const whole = format(",.0f");
const one = format(",.1f");
// no separator: 2006.5 may be a year
const plain = format(".1f");
const two = format(",.2f");
const three = format(",.3f");
const short = format(".3~s");
const tiny = format(".2~e");

export function known(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** A measured value, e.g. a mean: `2.21`, `0.873`, `2006.5`, `12,400`. */
export function formatValue(value: number | null | undefined): string {
  if (!known(value)) return MISSING;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e7) return short(value).replace("G", "B");
  if (size >= 10_000) return whole(value);
  if (size >= 100) return plain(value);
  if (size >= 1) return two(value);
  return size >= 0.001 ? three(value) : tiny(value);
}

/** A share in [0, 1] as a percentage: `38.4 %`, `0.52 %`. */
export function formatShare(share: number | null | undefined): string {
  if (!known(share)) return MISSING;
  const percent = share * 100;
  const size = Math.abs(percent);
  if (size > 0 && size < 0.01) return `<${THIN}0.01${THIN}%`;
  return `${size > 0 && size < 1 ? two(percent) : one(percent)}${THIN}%`;
}

/** A score in [0, 1], three digits: differences of half a point matter. */
export function formatScore(score: number | null | undefined): string {
  return known(score) ? three(score) : MISSING;
}

/** A band as `0.781–0.822`. */
export function formatBand(low: number | null | undefined, high: number | null | undefined): string {
  return known(low) && known(high) ? `${three(low)}–${three(high)}` : MISSING;
}

/** Hard bounds, shorter: they are wide. */
export function formatBounds(worst: number | null | undefined, best: number | null | undefined): string {
  return known(worst) && known(best) ? `${two(worst)} to ${two(best)}` : MISSING;
}

export function formatCount(count: number | null | undefined): string {
  if (!known(count)) return MISSING;
  return Math.abs(count) >= 1e7 ? short(count).replace("G", "B") : whole(count);
}

/** Part of a score as points of a hundred, with its sign: `−2.4 pts`. */
export function formatPoints(part: number | null | undefined): string {
  if (!known(part)) return MISSING;
  return `${signed(part * 100, two)}${THIN}pts`;
}

/** An effect: standard deviations for a numeric property, percentage points of a share for the rest. */
export function formatEffect(effect: number | null | undefined, numeric: boolean): string {
  if (!known(effect)) return MISSING;
  return numeric ? `${signed(effect, two)}${THIN}sd` : `${signed(effect * 100, one)}${THIN}pp`;
}

/** A drift distance in [0, 1]; lower is nearer. */
export function formatDistance(distance: number | null | undefined): string {
  return known(distance) ? three(distance) : MISSING;
}

function signed(value: number, write: (value: number) => string): string {
  const text = write(Math.abs(value));
  if (!/[1-9]/.test(text)) return text;
  return `${value < 0 ? MINUS : "+"}${text}`;
}

const day = utcFormat("%Y-%m-%d");
const minute = utcFormat("%Y-%m-%d %H:%M");

/** A moment in UTC; the time of day only where it isn't midnight. Without a time column, the row number. */
export function formatMoment(ms: number | null | undefined, isTime = true): string {
  if (!known(ms)) return MISSING;
  if (!isTime) return `row ${whole(ms)}`;
  const moment = new Date(ms);
  return ms % 86_400_000 === 0 ? day(moment) : minute(moment);
}

const HOURS_MS = 2 * 86_400_000;
const DAYS_MS = 5 * 86_400_000;
const MONTHS_MS = 500 * 86_400_000;

/** How moments read on an axis that is `span` milliseconds long, for d3: hours of the day, days, or months. */
export function momentFormat(span: number): string {
  if (span <= HOURS_MS) return "%H:%M";
  if (span <= DAYS_MS) return "%b %d, %H:%M";
  return span <= MONTHS_MS ? "%b %d" : "%b %Y";
}

/** A half-open window in words. */
export function formatWindow(window: readonly [number, number] | null, isTime = true): string {
  if (window === null) return "all of production";
  if (!isTime) return `rows ${whole(window[0])} to ${whole(window[1])}`;
  return `${formatMoment(window[0])} to ${formatMoment(window[1])}`;
}
