/**
 * How a view gets what it shows: it observes one Selection model and one cube model, in the browser.
 *
 * Each bundle has its own module state, so everything shared lies on the models, and decoded cubes on the page: all views
 * decode one once.
 */
import type { AnyModel } from "@anywidget/types";

import { decode, VERSION, type Cube, type Meta } from "../figures/cube";
import { Pause } from "./pause";
import { segmentText, type Condition } from "../figures/segment-text";

export type Window = readonly [number, number] | null;

/** A model as the widget manager gives it. */
export interface Model {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  save_changes(): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}

/** What there is to show now. `cube` answers for the selected segment, `whole` for everything. */
export interface State {
  cube: Cube | null;
  whole: Cube | null;
  window: Window;
  baseline: Window;
  conditions: readonly Condition[];
  /** The segment's text, "" for none. */
  segment: string;
  /** The kernel is at work on the selected segment. */
  busy: boolean;
  /** What the kernel is doing, or what is wrong. */
  status: string;
}

export interface Linked {
  selection: Model;
  cubeModel: Model;
  state: () => State;
  /** Call `refresh` on every change of what is shown; returns how to stop. */
  observe: (refresh: () => void) => () => void;
}

const REFERENCE = "IPY_MODEL_";

/** The model that a trait refers to. */
export async function referred(model: AnyModel | Model, trait: string): Promise<Model | null> {
  return resolved(model, model.get(trait) as unknown);
}

/** The model of a reference, as a trait of some model holds it. */
export async function resolved(model: AnyModel | Model, reference: unknown): Promise<Model | null> {
  if (typeof reference !== "string") return (reference as Model | null) ?? null;
  const manager = (model as unknown as { widget_manager: { get_model(id: string): Promise<Model> } }).widget_manager;
  return manager.get_model(reference.replace(REFERENCE, ""));
}

/** The selection and the cube of a view's model. */
export async function linked(model: AnyModel): Promise<Linked> {
  const [selection, cubeModel] = await Promise.all([referred(model, "selection"), referred(model, "cube")]);
  if (!selection || !cubeModel) throw new Error("this view has no selection or no cube: make it with View(monitor, selection)");
  return { selection, cubeModel, state: () => stateOf(selection, cubeModel), observe: (refresh) => observe(selection, cubeModel, refresh) };
}

const SHOWN = ["window", "baseline", "conditions"];
const COUNTED = ["payload", "segment_payload", "status"];

function observe(selection: Model, cubeModel: Model, refresh: () => void): () => void {
  const pairs = [...SHOWN.map((name) => [selection, name] as const), ...COUNTED.map((name) => [cubeModel, name] as const)];
  for (const [model, name] of pairs) model.on(`change:${name}`, refresh);
  return () => {
    for (const [model, name] of pairs) model.off(`change:${name}`, refresh);
  };
}

function stateOf(selection: Model, cubeModel: Model): State {
  const conditions = (selection.get("conditions") ?? []) as Condition[];
  const segment = segmentText(conditions);
  const whole = wholeOf(cubeModel);
  const answered = answers(cubeModel, segment);
  const cube = segment === "" ? whole : answered ? decoded(cubeModel, segmentPayload(cubeModel, segment)) : null;
  return {
    cube,
    whole,
    window: (selection.get("window") ?? null) as Window,
    baseline: (selection.get("baseline") ?? null) as Window,
    conditions,
    segment,
    busy: !answered,
    status: statusOf(cubeModel),
  };
}

function statusOf(cubeModel: Model): string {
  const version = (cubeModel.get("meta") as Partial<Meta> | undefined)?.version;
  if (version !== undefined && version !== VERSION)
    return `The kernel's prodmon_widgets sends format ${version}, this page reads format ${VERSION}: restart JupyterLab after an upgrade, and reload the page.`;
  return String(cubeModel.get("status") ?? "");
}

/** Whether the figures of a segment are on this page: the kernel has sent them, or the page came with them. */
export function answers(cubeModel: Model, segment: string): boolean {
  return segment === "" || segmentPayload(cubeModel, segment) !== null;
}

function segmentPayload(cubeModel: Model, segment: string): unknown {
  if (cubeModel.get("segment") === segment) return cubeModel.get("segment_payload");
  const exported = cubeModel.get("segment_payloads") as Record<string, unknown> | undefined;
  return exported?.[segment] ?? null;
}

/** Whether the page came with its answers, in place of a kernel: only there is this trait. */
export function isExported(cubeModel: Model): boolean {
  return cubeModel.get("segment_payloads") !== undefined;
}

/** The page's own: bundles share no module. A cube goes with its payload, when a closed model or a newer one drops it. */
const page = globalThis as { prodmonCubes?: WeakMap<object, Cube | null>; prodmonHands?: Map<unknown, Hand> };

/** The cube of a payload, decoded once for all views. */
function decoded(cubeModel: Model, payload: unknown): Cube | null {
  if (typeof payload !== "object" || payload === null) return null;
  const known = (page.prodmonCubes ??= new WeakMap<object, Cube | null>());
  const kept = known.get(payload);
  if (kept !== undefined) return kept;
  const cube = decode(cubeModel.get("meta") as Meta, payload as DataView);
  known.set(payload, cube);
  return cube;
}

/** The cube of all of production. */
export function wholeOf(cubeModel: Model): Cube | null {
  return decoded(cubeModel, cubeModel.get("payload"));
}

/** Write the window: snapped outward to bins, to the kernel when the hand rests. Only here and in selection.ts. */
export function moveWindow(selection: Model, cube: Cube | null, window: Window): void {
  move(selection, "window", cube, window);
}

/** Write what the window is compared with; null is the evaluation set. */
export function moveBaseline(selection: Model, cube: Cube | null, baseline: Window): void {
  move(selection, "baseline", cube, baseline);
}

function move(selection: Model, name: "window" | "baseline", cube: Cube | null, to: Window): void {
  const snapped = to && cube ? cube.window(...cube.snap(to)) : to;
  if (same(selection.get(name) as Window, snapped)) return;
  const hand = handOf(selection);
  hand?.wanted.set(name, snapped);
  selection.set(name, snapped);
  saveSoon(selection, () => {
    for (const [each, window] of hand?.wanted ?? []) hand?.sent.set(each, window);
    hand?.wanted.clear();
  });
}

/** Windows that a hand has moved on to and the kernel has not been told of, and those that it was told last. */
interface Hand {
  wanted: Map<string, Window>;
  sent: Map<string, Window>;
}

/** By the selection's cube, which is its alone: the selection itself is another object for each who holds it. */
const hands = (page.prodmonHands ??= new Map<unknown, Hand>());

function handOf(selection: Model): Hand | undefined {
  return hands.get(selection.get("cube"));
}

/** The kernel repeats what it was told: where a hand has moved on since, that must not move it back. Returns how to stop. */
export function holdAgainstEchoes(selection: Model): () => void {
  const hand: Hand = { wanted: new Map(), sent: new Map() };
  const { wanted, sent } = hand;
  const key = selection.get("cube");
  hands.set(key, hand);
  const stops = (["window", "baseline"] as const).map((name) => {
    const hold = (): void => {
      const [mine, now] = [wanted.get(name), selection.get(name) as Window];
      if (mine !== undefined && !same(now, mine) && sent.has(name) && same(now, sent.get(name) ?? null)) selection.set(name, mine);
    };
    selection.on(`change:${name}`, hold);
    return () => selection.off(`change:${name}`, hold);
  });
  return () => {
    if (hands.get(key) === hand) hands.delete(key);
    stops.forEach((stop) => stop());
  };
}

export function same(a: Window | undefined, b: Window): boolean {
  return a === b || (!!a && !!b && a[0] === b[0] && a[1] === b[1]);
}

/** Filter every view; an empty list takes the filter back. */
export function filter(selection: Model, conditions: readonly Condition[]): void {
  selection.set("conditions", conditions);
  selection.save_changes();
}

const PAUSE_MS = 120;

/** Send a model's changes when nothing has changed for a moment, `before` first: a drag reaches the kernel once. */
export function saveSoon(model: Model, before: () => void = () => undefined): void {
  const keeper = model as unknown as { prodmonPause?: Pause };
  (keeper.prodmonPause ??= new Pause()).start(() => {
    before();
    model.save_changes();
  }, PAUSE_MS);
}

/** The hooks that a view's root carries for tests and scripts. */
export function mark(root: HTMLElement, view: string, state: State, busy = state.busy): void {
  const { whole, window } = state;
  const shown = whole ? (window ?? whole.window(0, whole.time.count)) : null;
  root.dataset["view"] = view;
  root.dataset["window"] = shown ? `${shown[0]},${shown[1]}` : "";
  root.setAttribute("aria-busy", String(busy));
}
