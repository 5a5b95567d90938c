/** Models as a view meets them: its own (anywidget's), and others by reference (ipywidgets' own objects). */

/** What we use of a model. */
export interface Model {
  get(name: string): any;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(events: string, listener: () => void): void;
  off(events: string, listener: () => void): void;
  widget_manager: Manager;
  /** Only on ipywidgets' own objects: whether the kernel still answers. */
  comm_live?: boolean;
}

interface Signal {
  connect(listener: () => void): boolean;
  disconnect(listener: () => void): boolean;
}

interface Kernel {
  status: string;
  isDisposed: boolean;
  statusChanged: Signal;
  connectionStatusChanged: Signal;
  disposed: Signal;
}

export interface Manager {
  get_model(id: string): Promise<Model>;
  kernel?: Kernel | null;
}

/** What `render` and `initialize` of a bundle get. */
export interface Stage {
  model: Model;
  el: HTMLElement;
}

const REFERENCE = "IPY_MODEL_";

/** The model behind a trait that holds a widget; null where it holds none. */
export async function follow(model: Model, trait: string): Promise<Model | null> {
  const value: unknown = model.get(trait);
  return typeof value === "string" && value !== "" ? resolve(model, value) : null;
}

/** The models behind a trait that holds several widgets, by the same names. */
export async function followAll<Name extends string>(model: Model, trait: string): Promise<Record<Name, Model>> {
  const references = Object.entries(model.get(trait) as Record<string, string>);
  const models = references.map(async ([name, reference]) => [name, await resolve(model, reference)] as const);
  return Object.fromEntries(await Promise.all(models)) as Record<Name, Model>;
}

function resolve(model: Model, reference: string): Promise<Model> {
  return model.widget_manager.get_model(reference.startsWith(REFERENCE) ? reference.slice(REFERENCE.length) : reference);
}

/** Call a listener when any of these traits changes; returns how to stop that. */
export function listen(model: Model, traits: readonly string[], listener: () => void): () => void {
  for (const trait of traits) model.on(`change:${trait}`, listener);
  return () => {
    for (const trait of traits) model.off(`change:${trait}`, listener);
  };
}

const GONE = "This page has no running kernel: run the notebook's cells to see this.";
const LOST = new Set(["dead", "terminating", "restarting", "autorestarting"]);

/** Why the kernel can't be asked, "" when it can. `model` is one of ipywidgets' own objects. */
export function offline(model: Model): string {
  const { kernel } = model.widget_manager;
  if (kernel === null || kernel?.isDisposed || LOST.has(kernel?.status ?? "")) return GONE;
  return model.comm_live === false ? GONE : "";
}

/** Call a listener when the kernel comes or goes; returns how to stop that. */
export function watchKernel(model: Model, listener: () => void): () => void {
  const { kernel } = model.widget_manager;
  // the kernel says that it is going before it is gone
  const later = (): void => void setTimeout(listener, 0);
  const signals = kernel ? [kernel.statusChanged, kernel.connectionStatusChanged, kernel.disposed] : [];
  for (const signal of signals) signal?.connect(later);
  model.on("comm_live_update", later);
  return () => {
    for (const signal of signals) signal?.disconnect(later);
    model.off("comm_live_update", later);
  };
}
