/** What the running kernel says of its monitors: one fixed expression, evaluated without touching the user's history. */
import { PageConfig, URLExt } from "@jupyterlab/coreutils";
import type { Kernel } from "@jupyterlab/services";

/** One monitor of the kernel, by the name it has there. */
export interface MonitorFacts {
  readonly name: string;
  readonly summary: string;
  readonly score: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly benchmark: number | null;
  readonly trend: readonly (number | null)[];
  readonly alerts: number;
}

// a constant: nothing of the page or of a file is ever part of it, and a kernel without the package loads nothing
const LOADED = ' if "prodmon_widgets" in __import__("sys").modules else None';
const MONITORS = `__import__("prodmon_widgets.widgets.lab", fromlist=["monitors"]).monitors(globals())${LOADED}`;
const VERSION = `__import__("importlib.metadata", fromlist=["version"]).version("prodmon-widgets")${LOADED}`;

interface Evaluated {
  readonly status: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly evalue?: string;
}

/** The facts in a kernel's answer; none where the package isn't loaded there. */
export function factsIn(answer: Evaluated | undefined): MonitorFacts[] {
  if (answer?.status === "error") {
    throw new Error(answer.evalue ?? "the kernel could not describe its monitors");
  }
  const found = answer?.data?.["application/json"];
  return Array.isArray(found) ? (found as MonitorFacts[]) : [];
}

/** The version of the package in a kernel's answer, "" where it isn't loaded or doesn't tell. */
export function versionIn(answer: Evaluated | undefined): string {
  return /^'([^']+)'$/.exec(String(answer?.data?.["text/plain"]))?.[1] ?? "";
}

/** What to do where the kernel has another version than this page; "" where there is nothing to do. */
export function mismatch(kernels: string, ours: string): string {
  return kernels === "" || ours === "" || kernels === ours
    ? ""
    : `The kernel has prodmon-widgets ${kernels}, this page has ${ours}. Install the same version where the kernel runs ` +
        "and where JupyterLab runs, restart the kernel, and reload the page.";
}

let own: Promise<string> | undefined;

/** The version that the server installed for this page; asked for once, unless the answer was lost. */
async function ownVersion(): Promise<string> {
  try {
    return await (own ??= readVersion());
  } catch (lost) {
    own = undefined;
    throw lost;
  }
}

async function readVersion(): Promise<string> {
  const address = URLExt.join(PageConfig.getOption("fullLabextensionsUrl"), "prodmon-widgets", "package.json");
  const response = await fetch(address);
  return response.ok ? String(((await response.json()) as { version?: string }).version ?? "") : "";
}

/** What a kernel says of its monitors, and what is wrong with how the two sides fit. */
export interface Answer {
  readonly monitors: readonly MonitorFacts[];
  readonly problem: string;
}

/** Ask a kernel for its monitors. */
export async function monitorsOf(kernel: Kernel.IKernelConnection): Promise<Answer> {
  const future = kernel.requestExecute({
    code: "",
    silent: true,
    store_history: false,
    user_expressions: { monitors: MONITORS, version: VERSION },
  });
  const { content } = await future.done;
  if (content.status !== "ok") {
    return { monitors: [], problem: "" };
  }
  const { monitors, version } = content.user_expressions as unknown as Partial<Record<string, Evaluated>>;
  const kernels = versionIn(version);
  const problem = kernels === "" ? "" : mismatch(kernels, await ownVersion());
  try {
    return { monitors: factsIn(monitors), problem };
  } catch (reason) {
    // what another version answers is no news beside that it is another one
    if (problem === "") throw reason;
    return { monitors: [], problem };
  }
}
