/** What the running kernel says of its monitors: one fixed expression, evaluated without touching the user's history. */
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
const EXPRESSION =
  '__import__("prodmon_widgets.widgets.panel", fromlist=["monitors"]).monitors(globals())' +
  ' if "prodmon_widgets" in __import__("sys").modules else None';

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

/** Ask a kernel for its monitors. */
export async function monitorsOf(kernel: Kernel.IKernelConnection): Promise<MonitorFacts[]> {
  const future = kernel.requestExecute({
    code: "",
    silent: true,
    store_history: false,
    user_expressions: { monitors: EXPRESSION },
  });
  const { content } = await future.done;
  if (content.status !== "ok") {
    return [];
  }
  return factsIn(content.user_expressions["monitors"] as Evaluated | undefined);
}
