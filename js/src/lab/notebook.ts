/** The notebook that the dialog makes: code a person would write, with every name as a quoted string. */
import { listLiteral, stringLiteral } from "./python";
import type { Correction } from "./roles";
import type { Settings } from "./settings";

/** What the dialog settled on. Paths are as the kernel sees them from the notebook's folder. */
export interface Choice {
  readonly evaluation: string;
  readonly production: string;
  readonly correction: Correction;
}

interface Cell {
  readonly cell_type: "code" | "markdown";
  readonly id: string;
  readonly metadata: Record<string, never>;
  readonly source: string;
  readonly execution_count?: null;
  readonly outputs?: never[];
}

/** The part of the notebook format that we write. */
export interface Notebook {
  readonly cells: Cell[];
  readonly metadata: { readonly kernelspec?: { readonly name: string; readonly display_name: string } };
  readonly nbformat: 4;
  readonly nbformat_minor: 5;
}

const code = (id: string, lines: readonly string[]): Cell => ({
  cell_type: "code",
  id,
  metadata: {},
  source: lines.join("\n"),
  execution_count: null,
  outputs: [],
});

const text = (id: string, source: string): Cell => ({ cell_type: "markdown", id, metadata: {}, source });

function schemaLines(correction: Correction): string[] {
  const single = [...correction.single].map(([role, column]) => `    ${role}=${stringLiteral(column)},`);
  const many = [...correction.many].map(([role, columns]) => `    ${role}=${listLiteral(columns)},`);
  const said = [...single, ...many];
  return said.length === 0 ? [] : ["schema = pm.Schema(", ...said, ")"];
}

function monitorLines({ evaluation, production, correction }: Choice): string[] {
  const schema = schemaLines(correction);
  return [
    "import prodmon_widgets as pm",
    "",
    `evaluation = ${stringLiteral(evaluation)}  # labelled samples from before deployment`,
    `production = ${stringLiteral(production)}  # what the model does now`,
    ...schema,
    `monitor = pm.Monitor(evaluation, production${schema.length > 0 ? ", schema=schema" : ""})`,
    "monitor.schema",
  ];
}

const DAYS = { "last 7 days": 7, "last 30 days": 30 } as const;

function windowLines(window: Settings["defaultWindow"]): string[] {
  if (window === "all") {
    return [];
  }
  if (window === "worst week") {
    return [
      'weeks = monitor.timeline(every="7D")',
      'worst = weeks.loc[weeks["score"].idxmin()]',
      'dashboard.selection.window = (worst["start"], worst["end"])',
    ];
  }
  return [
    'days = monitor.timeline(every="1D")',
    `dashboard.selection.window = (days["start"].iloc[-${DAYS[window]}:].min(), days["end"].max())`,
  ];
}

/** The cells of a new monitoring notebook. */
export function cells(choice: Choice, settings: Settings): Cell[] {
  return [
    text("title", "# Production monitor\n\nRun the cells from top to bottom; brush the timeline to look into a stretch of time."),
    code("monitor", monitorLines(choice)),
    code("dashboard", ["dashboard = pm.Dashboard(monitor)", ...windowLines(settings.defaultWindow), "dashboard"]),
    text("code", "The same in code: what is different in the window, and the samples to look at first."),
    code("compare", ["monitor.compare(dashboard.selection.window)"]),
    code("samples", [`monitor.samples(dashboard.selection.window, n=${settings.sampleCap})`]),
  ];
}

/** A whole notebook, with the kernel that it starts on where one is known. */
export function notebook(
  choice: Choice,
  settings: Settings,
  kernel?: { readonly name: string; readonly display_name: string },
): Notebook {
  return {
    cells: cells(choice, settings),
    metadata: kernel ? { kernelspec: { name: kernel.name, display_name: kernel.display_name } } : {},
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** A path as seen from a folder; both are relative to the server's root. */
export function relativePath(path: string, folder: string): string {
  const target = path.split("/").filter(Boolean);
  const from = folder.split("/").filter(Boolean);
  let shared = 0;
  while (shared < from.length && shared < target.length - 1 && from[shared] === target[shared]) {
    shared += 1;
  }
  return [...from.slice(shared).map(() => ".."), ...target.slice(shared)].join("/");
}
