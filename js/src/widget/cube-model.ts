/** The model that carries the cube for all views: it crosses the wire once, and has nothing to draw. */
import type { AnyModel } from "@anywidget/types";

import { forget } from "./view";

/** JupyterLab keeps closed models: the cube, which is large, goes when nobody can show it any more. */
function initialize({ model }: { model: AnyModel }): () => void {
  return () => {
    forget(model as never);
    for (const name of ["payload", "segment_payload"]) model.set(name, null);
  };
}

export default { initialize };
