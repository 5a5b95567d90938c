/** The JupyterLab extension: one prebuilt bundle of three plugins. */
import { fallbackPlugin } from "./fallback";
import { openPlugin } from "./open";
import { panelPlugin } from "./panel";

export default [openPlugin, panelPlugin, fallbackPlugin];
