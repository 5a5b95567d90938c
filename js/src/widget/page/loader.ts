/**
 * Loads a view's bundle once a page, however many views of its kind are opened.
 *
 * A browser never lets go of a module, and anywidget makes one of each model's `_esm`. So `_esm` is this small one, and
 * the bundle, which is large, is kept by its text.
 */
import type { AnyModel, AnyWidget } from "@anywidget/types";

import { cutItselfWhenClosed } from "./closed-models";
import { onceStarted } from "./once-started";
import type { Model } from "./view";

type Bundle = Exclude<AnyWidget, (...args: never) => unknown>;

const page = globalThis as { prodmonBundles?: Map<string, Promise<Bundle>>; prodmonLoader?: Bundle };

async function imported(text: string): Promise<Bundle> {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return ((await import(address)) as { default: Bundle }).default;
  } finally {
    URL.revokeObjectURL(address);
  }
}

function bundleOf(model: AnyModel): Promise<Bundle> {
  const text = String(model.get("bundle"));
  const known = (page.prodmonBundles ??= new Map<string, Promise<Bundle>>());
  const bundle = known.get(text) ?? imported(text);
  known.set(text, bundle);
  return bundle;
}

const loader: Bundle = {
  initialize: onceStarted(async (props: Parameters<NonNullable<Bundle["initialize"]>>[0]) => {
    cutItselfWhenClosed(props.model as unknown as Model);
    const stop = await (await bundleOf(props.model)).initialize?.(props);
    return () => {
      void stop?.();
      // what anybody still keeps of a closed model is small
      props.model.set("bundle", "");
    };
  }),
  render: onceStarted(async (props: Parameters<NonNullable<Bundle["render"]>>[0]) => {
    const stop = await (await bundleOf(props.model)).render?.(props);
    return () => void stop?.();
  }),
};

// the functions of the first module serve all: what never runs in the others is never compiled there
export default page.prodmonLoader ??= loader;
