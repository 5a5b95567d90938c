/** The steps of an investigation: what was selected when, how a step reads, and the code that does it again. */
import { listLiteral, stringLiteral } from "../../lab/python";
import { formatWindow } from "../figures/format";
import { equal } from "../page/kernel-question";
import { segmentText, type Condition } from "../figures/segment-text";
import type { Window } from "../page/view";

/** What is looked at: the selection, and the causes that were taken out. */
export interface Looked {
  window: Window;
  baseline: Window;
  conditions: readonly Condition[];
  explained: readonly string[];
}

export type Kind = "start" | "window" | "baseline" | "filter" | "explain";

/** A step and what was looked at after it; the first one is where the investigation began. */
export interface Step {
  kind: Kind;
  looked: Looked;
}

const PARTS = [["window", "window"], ["baseline", "baseline"], ["filter", "conditions"], ["explain", "explained"]] as const;

/** The steps with one more for each part that has changed since the last; the very same ones where none has. */
export function recorded(steps: readonly Step[], now: Looked): readonly Step[] {
  const last = steps.at(-1);
  if (!last) return [{ kind: "start", looked: now }];
  let looked = last.looked;
  const added: Step[] = [];
  for (const [kind, part] of PARTS) {
    if (equal(looked[part], now[part])) continue;
    looked = { ...looked, [part]: now[part] };
    added.push({ kind, looked });
  }
  return added.length > 0 ? [...steps, ...added] : steps;
}

/** The steps before the one at this place, and what was looked at then. */
export function before(steps: readonly Step[], at: number): { steps: readonly Step[]; looked: Looked | null } {
  const left = steps.slice(0, at);
  return { steps: left, looked: left.at(-1)?.looked ?? null };
}

/** A step in words. */
export function stepText({ kind, looked }: Step, previous: Looked | null, isTime: boolean): string {
  const zone = isTime ? " (UTC)" : "";
  if (kind === "window") return looked.window ? `Window ${formatWindow(looked.window, isTime)}${zone}` : "All of production";
  if (kind === "baseline") return looked.baseline ? `Compared with ${formatWindow(looked.baseline, isTime)}${zone}` : "Compared with the evaluation set";
  if (kind === "filter") return looked.conditions.length > 0 ? `Only ${segmentText(looked.conditions)}` : "All samples again";
  const more = looked.explained.length > (previous?.explained.length ?? 0);
  return more ? `Explained away: ${looked.explained.at(-1) ?? ""}` : `Brought back: ${previous?.explained.at(-1) ?? ""}`;
}

/** Python that shows what this step showed, with `monitor` as in the tutorials; texts from the data are only literals. */
export function stepCode({ kind, looked }: Step, isTime: boolean): string {
  const { window, baseline, conditions, explained } = looked;
  const lines = [`window = ${windowCode(window, isTime)}`];
  if (baseline !== null) lines.push(`baseline = ${windowCode(baseline, isTime)}`);
  if (conditions.length > 0) lines.push(`where = {${conditions.map(conditionCode).join(", ")}}`);
  const sides = baseline === null ? "window" : "window, baseline";
  if (kind === "explain") return [...lines, `causes = monitor.causes(${sides})`, ...taken(explained), "causes.items"].join("\n");
  if (conditions.length > 0) return [...lines, "print(monitor.score(window, where))", "monitor.samples(window, where)"].join("\n");
  return [...lines, "print(monitor.score(window))", `monitor.compare(${sides})`].join("\n");
}

function taken(explained: readonly string[]): string[] {
  return explained.length > 0 ? [`for cause in ${listLiteral(explained)}:`, "    causes = causes.explain_away(cause)"] : [];
}

function windowCode(window: Window, isTime: boolean): string {
  if (window === null) return "None";
  const edge = (at: number): string => (isTime ? stringLiteral(moment(at)) : String(at));
  return `(${edge(window[0])}, ${edge(window[1])})`;
}

/** As short as it is exact. */
function moment(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "").replace(/\.000$/, "").replace(/T00:00:00$/, "").replace("T", " ");
}

function conditionCode(condition: Condition): string {
  const name = stringLiteral(condition.property);
  if ("missing" in condition) return `${name}: None`;
  if ("low" in condition) return `${name}: (${condition.low ?? "None"}, ${condition.high ?? "None"})`;
  const [first = ""] = condition.values;
  return `${name}: ${condition.values.length === 1 ? stringLiteral(first) : listLiteral(condition.values)}`;
}
