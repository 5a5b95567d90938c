/**
 * The timeline: its head, what lies over its charts, and the series in them.
 *
 * The charts are bqplot's; their brush writes through selection.ts. `initialize` draws into them once a page, since their
 * models are the page's; each view has a head and overlays of its own.
 */
import type { AnyModel } from "@anywidget/types";
import { render } from "preact";

import { cutWhenClosed } from "../page/closed-models";
import type { Cube } from "../figures/cube";
import { onceStarted } from "../page/once-started";
import styles from "../parts/tables.css";
import { chartsOf, drawCharts, onOverwritten, seriesShown } from "./charts";
import { Head, type History } from "./head";
import { listen } from "./keys";
import { TimelineStage } from "./stage";
import timelineStyles from "./timeline.css";
import { filter, linked, mark, moveBaseline, moveWindow, saveSoon, type Linked, type Model, type Window } from "../page/view";

const MARGIN = { top: 22, bottom: 26, left: 56, right: 56 };

function zoomOf(model: Model): Window {
  return (model.get("zoom") ?? null) as Window;
}

/** The cube to draw: that of the selected segment, or of everything while it is being counted. */
function drawn(link: Linked): Cube | null {
  const { cube, whole } = link.state();
  return cube ?? whole;
}

/** How long the kernel's state takes to arrive, model by model. */
const SETTLED_MS = 100;

async function draw({ model }: { model: AnyModel }): Promise<() => void> {
  const mine = model as unknown as Model;
  const [link, charts] = await Promise.all([linked(model), chartsOf(model)]);
  let last = "";
  let lastCube: Cube | null = null;
  let drawing = false;
  const refresh = (): void => {
    const cube = drawn(link);
    const zoom = String(zoomOf(mine));
    // a brush changes nothing of it
    if (cube === null || (cube === lastCube && zoom === last)) return;
    [lastCube, last] = [cube, zoom];
    drawing = true;
    drawCharts(charts, cube, seriesShown(cube, zoomOf(mine)));
    drawing = false;
  };
  const again = (): void => {
    if (drawing) return;
    lastCube = null;
    clearTimeout(waiting);
    waiting = setTimeout(refresh, SETTLED_MS);
  };
  let waiting: ReturnType<typeof setTimeout> | undefined;
  refresh();
  mine.on("change:zoom", refresh);
  const stops = [link.observe(refresh), onOverwritten(charts, again)];
  return () => {
    clearTimeout(waiting);
    mine.off("change:zoom", refresh);
    for (const stop of stops) stop();
  };
}

async function start({ model, el }: { model: AnyModel; el: HTMLElement }): Promise<() => void> {
  const link = await linked(model);
  const view = new TimelineView(model as unknown as Model, el, link);
  return () => view.close();
}

const NO_ALERTS: History["alerts"] & object = [];
const TRAITS = ["zoom", "history", "error"].map((name) => `change:${name}`);

class TimelineView {
  private readonly root = document.createElement("div");
  private readonly style = document.createElement("style");
  private readonly stops: (() => void)[];
  private host: HTMLElement | null = null;
  private stage: TimelineStage | null = null;
  private readonly redraw = (): void => this.refresh();

  constructor(private readonly model: Model, el: HTMLElement, private readonly link: Linked) {
    this.style.textContent = `${styles}\n${timelineStyles}`;
    this.root.className = "pm-root pm-timeline-head";
    el.append(this.style, this.root);
    this.refresh();
    // the host is there only once the view has been attached
    const attached = requestAnimationFrame(() => this.attach(el.closest<HTMLElement>(".prodmon-timeline")));
    for (const event of TRAITS) model.on(event, this.redraw);
    const gestures = { host: () => this.host, stage: () => this.stage, zoom: () => zoomOf(model), onZoom: (zoom: Window) => this.zoom(zoom) };
    this.stops = [() => cancelAnimationFrame(attached), link.observe(this.redraw), listen(link, gestures)];
  }

  private attach(host: HTMLElement | null): void {
    this.host = host;
    this.stage = host && new TimelineStage(host, MARGIN);
    void cutWhenClosed(this.model, "together");
    this.refresh();
  }

  private refresh(): void {
    const { model, link } = this;
    const state = link.state();
    const { whole, baseline } = state;
    const history = (model.get("history") ?? {}) as History;
    const error = String(model.get("error") ?? "");
    if (this.host) mark(this.host, "timeline", state);
    const cube = drawn(link);
    render(
      <>
        {error && <p class="pm-problem" role="alert">{error}</p>}
        <Head state={state} history={history} zoom={zoomOf(model)} onWindow={(to) => moveWindow(link.selection, whole, to)}
          onBaseline={(to) => moveBaseline(link.selection, whole, to)} onZoom={(zoom) => this.zoom(zoom)} onClearFilter={() => filter(link.selection, [])} />
      </>,
      this.root,
    );
    if (!cube) return;
    const [from, to] = cube.window(...cube.snap(zoomOf(model)));
    const { alerts = NO_ALERTS, onset = null } = history;
    // a brush over all of the plot would only move: a drag there draws a new one
    this.host?.toggleAttribute("data-covered", state.window !== null && state.window[0] <= from && state.window[1] >= to);
    this.stage?.show({ from, to, isTime: cube.time.is_time, series: this.series(cube), baseline, alerts, onset });
  }

  private kept: { cube: Cube; zoom: string; series: ReturnType<typeof seriesShown> } | null = null;

  private series(cube: Cube): ReturnType<typeof seriesShown> {
    const zoom = String(zoomOf(this.model));
    if (this.kept?.cube !== cube || this.kept.zoom !== zoom) this.kept = { cube, zoom, series: seriesShown(cube, zoomOf(this.model)) };
    return this.kept.series;
  }

  private zoom(zoom: Window): void {
    this.model.set("zoom", zoom);
    saveSoon(this.model);
  }

  close(): void {
    for (const event of TRAITS) this.model.off(event, this.redraw);
    for (const stop of this.stops) stop();
    this.stage?.close();
    render(null, this.root);
    this.root.remove();
    this.style.remove();
  }
}

export default { initialize: onceStarted(draw), render: onceStarted(start) };
