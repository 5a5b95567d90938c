/** Whether there is a kernel to ask. */
import type { Model } from "./view";

interface Signal {
  connect(listener: () => void): boolean;
  disconnect(listener: () => void): boolean;
}

interface Kernel {
  status: string;
  isDisposed: boolean;
  statusChanged?: Signal;
  connectionStatusChanged?: Signal;
  disposed?: Signal;
}

/** What ipywidgets' own models have beyond anywidget's. */
interface LiveModel extends Model {
  comm_live?: boolean;
  widget_manager?: { kernel?: Kernel | null };
}

const LOST = new Set(["dead", "terminating", "restarting", "autorestarting"]);

/** Whether nobody would answer; `model` is one of ipywidgets' own. */
export function isOffline(model: Model): boolean {
  const { comm_live: live, widget_manager: manager } = model as LiveModel;
  const kernel = manager?.kernel;
  return live === false || kernel === null || kernel?.isDisposed === true || LOST.has(kernel?.status ?? "");
}

/** Call a listener when the kernel comes or goes; returns how to stop that. */
export function onKernel(model: Model, listener: () => void): () => void {
  const kernel = (model as LiveModel).widget_manager?.kernel;
  // the kernel says that it is going before it is gone
  const later = (): void => void setTimeout(listener, 0);
  const signals = [kernel?.statusChanged, kernel?.connectionStatusChanged, kernel?.disposed];
  for (const signal of signals) signal?.connect(later);
  model.on("comm_live_update", later);
  return () => {
    for (const signal of signals) signal?.disconnect(later);
    model.off("comm_live_update", later);
  };
}
