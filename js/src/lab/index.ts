/** The JupyterLab extension: one prebuilt bundle of small plugins. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "prodmon-widgets:plugin",
  description: "Production Monitor: dialog, launcher card and command.",
  autoStart: true,
  activate: (_app: JupyterFrontEnd) => undefined,
};

export default plugin;
