/** Puts a component on the page and draws it again, in the same turn, whenever what it shows has changed. */
import type { AnyModel } from "@anywidget/types";
import { render, type JSX } from "preact";

import type { Cube, WindowSums } from "./cube";
import { formatWindow } from "./format";
import type { Condition } from "./segment-text";
import css from "./tables.css";
import { filter, linked, mark, type Linked, type Model, type State } from "./view";

/** The state of a view that has something to show. */
export interface Shown extends State {
  cube: Cube;
  whole: Cube;
  selection: Model;
  /** Why the kernel can't be asked, "" when it can. */
  offline: string;
}

export type Draw = (shown: Shown) => JSX.Element;

interface Context {
  model: AnyModel;
  el: HTMLElement;
}

/** A view whose every figure comes from the cube. */
export function tableView(name: string, draw: Draw) {
  return {
    render: async ({ model, el }: Context): Promise<() => void> => {
      const link = await linked(model);
      const stage = new Stage(el, name);
      const refresh = (): void => stage.show(link, draw);
      refresh();
      const forget = [link.observe(refresh), onLive(link.cubeModel, refresh)];
      return () => {
        for (const stop of forget) stop();
        stage.close();
      };
    },
  };
}

/** A view's root: its style, its hooks, the last thing it showed, and the place for what goes wrong. */
export class Stage {
  readonly root = document.createElement("div");
  private last: Shown | null = null;

  constructor(el: HTMLElement, private readonly name: string) {
    const style = document.createElement("style");
    style.textContent = css;
    this.root.className = "pm-root";
    el.append(style, this.root);
  }

  /** Draw what is selected; while the kernel works on a segment, what was shown stays, greyed. */
  show(link: Linked, draw: Draw, busy = false): void {
    const state = link.state();
    const { cube, whole } = state;
    mark(this.root, this.name, state, state.busy || busy);
    if (cube && whole) this.last = { ...state, cube, whole, selection: link.selection, offline: offlineReason(link.cubeModel) };
    render(this.content(state, draw, link), this.root);
  }

  private content(state: State, draw: Draw, link: Linked): JSX.Element {
    const { last } = this;
    const stale = state.cube === null;
    const escape = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented && state.conditions.length > 0) filter(link.selection, []);
    };
    return (
      <div class={stale ? "pm-stale" : "pm-current"} onKeyDown={escape}>
        {state.status && <p class="pm-status" role="status">{state.status}</p>}
        {last ? guarded(() => draw({ ...last, segment: state.segment, conditions: state.conditions })) : <p class="pm-empty">Waiting for the kernel…</p>}
      </div>
    );
  }

  close(): void {
    render(null, this.root);
    this.root.remove();
  }
}

/** A view that fails says so in its own place; its neighbours stay right. */
function guarded(draw: () => JSX.Element): JSX.Element {
  try {
    return draw();
  } catch (error) {
    return <p class="pm-problem" role="alert">{`This view failed: ${error instanceof Error ? error.message : String(error)}`}</p>;
  }
}

/** Why the kernel can't be asked: a page from a file has none, and a dead one takes the line down. */
export function offlineReason(model: Model): string {
  return (model as { comm_live?: boolean }).comm_live === false ? "This needs a running kernel: run the cell again." : "";
}

export function onLive(model: Model, refresh: () => void): () => void {
  model.on("comm_live_update", refresh);
  return () => model.off("comm_live_update", refresh);
}

/** What the cube holds of the window. */
export function windowSums({ cube, window }: Shown): WindowSums {
  return cube.sums(...cube.snap(window));
}

/** What the window is compared with: a baseline window, or the evaluation set. */
export function baselineSums({ cube, baseline }: Shown): WindowSums {
  return baseline === null ? cube.evaluation : cube.sums(...cube.snap(baseline));
}

/** What the figures are of, in words. */
export function selectionNote({ cube, window, baseline, segment }: Shown): string {
  const time = cube.time.is_time;
  const against = baseline === null ? "the evaluation set" : formatWindow(baseline, time);
  return `${formatWindow(window, time)}${time && window ? " UTC" : ""}${segment && `, only ${segment}`}, against ${against}`;
}

/** Filter every view to a segment; picking it again takes the filter back. */
export function pick({ selection, segment }: Shown, text: string, conditions: readonly Condition[]): void {
  filter(selection, text === segment ? [] : conditions);
}

/** Why a segment can't be shown, "" when it can. */
export function reasonAgainst({ offline }: Shown, _text: string): string {
  return offline;
}
