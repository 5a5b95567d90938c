/**
 * Loads a view's bundle once a page, however many views of its kind are opened.
 *
 * A browser never lets go of a module, and anywidget makes one of each model's `_esm`. So `_esm` is this small one, and
 * the bundle, which is large, is kept by its text.
 */
import type { AnyModel, AnyWidget } from "@anywidget/types";

import { onceStarted } from "./once-started";

type Bundle = Exclude<AnyWidget, (...args: never) => unknown>;

const page = globalThis as { prodmonBundles?: Map<string, Promise<Bundle>> };

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

export default {
  initialize: onceStarted(async (props: Parameters<NonNullable<Bundle["initialize"]>>[0]) => {
    const stop = await (await bundleOf(props.model)).initialize?.(props);
    return () => {
      void stop?.();
      // JupyterLab keeps closed models
      props.model.set("bundle", "");
    };
  }),
  render: onceStarted(async (props: Parameters<NonNullable<Bundle["render"]>>[0]) => {
    const stop = await (await bundleOf(props.model)).render?.(props);
    return () => void stop?.();
  }),
};
