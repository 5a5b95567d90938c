/** The JupyterLab extension: one prebuilt bundle of four plugins. */
import { bqplotGlPlugin } from "./bqplot-gl";
import { fallbackPlugin } from "./fallback";
import { openPlugin } from "./open";
import { panelPlugin } from "./panel";

export default [openPlugin, panelPlugin, fallbackPlugin, bqplotGlPlugin];
