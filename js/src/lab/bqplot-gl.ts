/** Plugin: bqplot-gl among JupyterLab's extensions kills every brush, whatever the kernel has, so it is said once. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { Notification } from "@jupyterlab/apputils";
import { PageConfig } from "@jupyterlab/coreutils";

const WARNING =
  "bqplot-gl is installed beside JupyterLab: brushes on the timeline are drawn and select nothing. " +
  "Remove it with 'pip uninstall bqplot-gl' and reload the page.";

/** Whether an extension of this name is among those that the page lists, as JSON. */
export function lists(name: string, listed: string): boolean {
  const extensions: unknown = JSON.parse(listed || "[]");
  return Array.isArray(extensions) && extensions.some((each) => (each as { name?: unknown }).name === name);
}

export const bqplotGlPlugin: JupyterFrontEndPlugin<void> = {
  id: "prodmon-widgets:bqplot-gl",
  description: "Warns of bqplot-gl, beside which no brush selects anything.",
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    if (lists("bqplot-gl", PageConfig.getOption("federated_extensions"))) {
      void app.restored.then(() => Notification.warning(WARNING, { autoClose: false }));
    }
  },
};
