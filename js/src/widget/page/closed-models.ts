/**
 * Cuts closed models off from JupyterLab, which keeps every widget's channel to the kernel as long as the kernel lives.
 *
 * Each channel holds the functions of its model, and a model its views: without this a page would grow with every chart
 * that was ever closed.
 */
import type { Model } from "./view";

interface Channel {
  on_msg(callback: () => void): void;
  on_close(callback: () => void): void;
}

/** What we touch of ipywidgets' own models. */
interface LiveModel extends Model {
  comm?: Channel;
  attributes: Record<string, unknown>;
  once(event: string, callback: () => void): void;
  views?: Record<string, Promise<View>>;
}

/** bqplot's figures make a tooltip that listens on the window until it is destroyed, which they never do. */
interface View {
  popper?: { destroy(): void };
  once(event: string, callback: () => void): void;
}

interface Manager {
  get_model(id: string): Promise<LiveModel>;
}

const REFERENCE = "IPY_MODEL_";
const cut = new WeakSet<LiveModel>();

/** Cut off the models that a trait names, and all that they are made of, once they are closed. */
export async function cutWhenClosed(model: Model, trait: string): Promise<void> {
  const { widget_manager: manager } = model as unknown as { widget_manager: Manager };
  for (const reference of (model.get(trait) ?? []) as string[]) {
    const named = await manager.get_model(reference.replace(REFERENCE, ""));
    follow(named);
    for (const view of await Promise.all(Object.values(named.views ?? {}))) {
      view.once("remove", () => view.popper?.destroy());
    }
  }
}

/** Cut off a model itself: what anywidget hands out stands for it, and `set` returns it, as Backbone's does. */
export function cutItselfWhenClosed(model: Model): void {
  parts(model.set("layout", model.get("layout")) as unknown).forEach(follow);
}

function follow(model: LiveModel): void {
  if (cut.has(model)) return;
  cut.add(model);
  const { comm } = model;
  const nothing = (): void => undefined;
  model.once("destroy", () => {
    comm?.on_msg(nothing);
    comm?.on_close(nothing);
  });
  for (const each of Object.values(model.attributes)) parts(each).forEach(follow);
}

/** The models in a value: itself, or those of a list or an object. */
function parts(value: unknown): LiveModel[] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  if ("attributes" in value && "once" in value) return [value as LiveModel];
  if (Array.isArray(value)) return value.flatMap(parts);
  return Object.getPrototypeOf(value) === Object.prototype ? Object.values(value).flatMap(parts) : [];
}
