/** Plugin: the command "Production Monitor", its launcher card, and the context menu of data files. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, showErrorMessage } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import { IDefaultFileBrowser, type FileBrowser } from "@jupyterlab/filebrowser";
import { ILauncher } from "@jupyterlab/launcher";
import { ISettingRegistry } from "@jupyterlab/settingregistry";

import { choose, guessed, type Settled } from "./dialog";
import { monitorIcon } from "./icon";
import { notebook, relativePath } from "./notebook";
import { DEFAULTS, settingsFrom, type Settings } from "./settings";

export const OPEN = "prodmon-widgets:open";
export const OPEN_FILES = "prodmon-widgets:open-files";
const CATEGORY = "Production Monitor";
const PLUGIN = "prodmon-widgets:plugin";

/** A path in this folder that nothing has yet. */
async function freePath(browser: FileBrowser, folder: string): Promise<string> {
  const { contents } = browser.model.manager.services;
  const listing = await contents.get(folder, { content: true });
  const taken = new Set((listing.content as { name: string }[]).map((file) => file.name));
  const names = [...Array(taken.size + 1).keys()].map((n) => `production-monitor${n === 0 ? "" : `-${n}`}.ipynb`);
  return PathExt.join(folder, names.find((name) => !taken.has(name)) ?? "production-monitor.ipynb");
}

async function createNotebook(
  app: JupyterFrontEnd,
  browser: FileBrowser,
  { paths, correction }: Settled,
  settings: Settings,
): Promise<void> {
  const { contents, kernelspecs } = app.serviceManager;
  const drive = contents.driveName(paths.production);
  if (drive !== contents.driveName(paths.evaluation) || drive !== "") {
    throw new Error("A kernel can't read files of a remote drive: copy both files to the server's own folders.");
  }
  const folder = PathExt.dirname(paths.production);
  const path = await freePath(browser, folder);
  const choice = {
    evaluation: relativePath(paths.evaluation, folder),
    production: relativePath(paths.production, folder),
    correction,
  };
  const spec = kernelspecs.specs?.kernelspecs[kernelspecs.specs.default];
  const content = notebook(choice, settings, spec && { name: spec.name, display_name: spec.display_name });
  await contents.save(path, { type: "notebook", format: "json", content });
  await app.commands.execute("docmanager:open", { path, factory: "Notebook" });
}

function showPalette({ palette }: Settings): void {
  document.body.dataset["prodmonPalette"] = palette;
}

async function activate(
  app: JupyterFrontEnd,
  browser: FileBrowser,
  palette: ICommandPalette | null,
  launcher: ILauncher | null,
  registry: ISettingRegistry | null,
): Promise<void> {
  let settings = DEFAULTS;
  const open = async (pointedAt: readonly string[]): Promise<void> => {
    try {
      const settled = await choose(browser.model.manager, browser.model.path, guessed(pointedAt));
      if (settled) {
        await createNotebook(app, browser, settled, settings);
      }
    } catch (reason) {
      await showErrorMessage("Production Monitor", reason instanceof Error ? reason : String(reason));
    }
  };
  if (app.docRegistry.getFileType("parquet") === undefined) {
    app.docRegistry.addFileType({
      name: "parquet",
      displayName: "Parquet File",
      extensions: [".parquet"],
      mimeTypes: ["application/vnd.apache.parquet"],
      contentType: "file",
      fileFormat: "base64",
    });
  }
  app.commands.addCommand(OPEN, {
    label: "Production Monitor",
    caption: "Choose evaluation and production files and get a monitoring notebook",
    icon: monitorIcon,
    execute: () => open([]),
  });
  app.commands.addCommand(OPEN_FILES, {
    label: "Open in Production Monitor",
    icon: monitorIcon,
    execute: () => open([...browser.selectedItems()].map((file) => file.path)),
  });
  palette?.addItem({ command: OPEN, category: CATEGORY });
  launcher?.add({ command: OPEN, category: CATEGORY, rank: 0 });
  if (registry) {
    const loaded = await registry.load(PLUGIN);
    const follow = (): void => {
      settings = settingsFrom(loaded.composite as Record<string, unknown>);
      showPalette(settings);
    };
    loaded.changed.connect(follow);
    follow();
  }
}

export const openPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN,
  description: "Makes a monitoring notebook from two data files.",
  autoStart: true,
  requires: [IDefaultFileBrowser],
  optional: [ICommandPalette, ILauncher, ISettingRegistry],
  activate,
};
