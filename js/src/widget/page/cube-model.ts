/** The model that carries the cube for all views: it crosses the wire once, and has nothing to draw. */
import type { AnyModel } from "@anywidget/types";

/** JupyterLab keeps closed models: the payload, which is large, and its cube go when nobody can show it any more. */
function initialize({ model }: { model: AnyModel }): () => void {
  return () => {
    for (const name of ["payload", "segment_payload"]) model.set(name, null);
  };
}

export default { initialize };
