/** The dialog that chooses two files and settles the schema; JupyterLab's own file dialog serves Browse. */
import { Dialog } from "@jupyterlab/apputils";
import { FileDialog, type FileBrowser } from "@jupyterlab/filebrowser";
import { Widget } from "@lumino/widgets";
import { h, render } from "preact";

import { columnsOf, readable } from "./columns";
import { Form, type FormState, type Side } from "./form";
import { rangesOf } from "./ranges";
import { corrected, correction, inferred, type Column, type Correction } from "./roles";

type Manager = FileBrowser["model"]["manager"];
type Paths = Readonly<Record<Side, string>>;

/** What the reader settled on; paths are relative to the server's root. */
export interface Settled {
  readonly paths: Paths;
  readonly correction: Correction;
}

const message = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

/** What is wrong with a pair of paths, or nothing. */
export function problemOf(paths: Paths): string {
  const empty = (["evaluation", "production"] as const).filter((side) => paths[side] === "");
  if (empty.length > 0) {
    return `No ${empty.join(" and no ")} file yet: choose one.`;
  }
  const odd = Object.values(paths).find((path) => !readable(path));
  if (odd !== undefined) {
    return `${odd} is not a .csv, .parquet or .jsonl file.`;
  }
  return paths.evaluation === paths.production ? "Evaluation and production are the same file: choose two." : "";
}

/** The file that a name suggests for a side, from the files that were pointed at. */
export function guessed(paths: readonly string[]): Paths {
  const isEvaluation = (path: string): boolean => /eval|valid|test|label|reference/i.test(path.split("/").pop() ?? "");
  const evaluation = paths.find(isEvaluation) ?? paths[1] ?? "";
  return { evaluation, production: paths.find((path) => path !== evaluation) ?? "" };
}

class FormBody extends Widget {
  /** The side whose Browse button closed the dialog. */
  browsing: Side | null = null;
  private before: readonly Column[] = [];
  private reading = 0;

  constructor(
    private readonly manager: Manager,
    private state: FormState,
    private readonly leave: () => void,
  ) {
    super();
    this.addClass("prodmon-dialog");
    this.draw();
    void this.read();
  }

  get paths(): Paths {
    return this.state.paths;
  }

  getValue(): Settled {
    return { paths: this.paths, correction: correction(this.before, this.state.columns) };
  }

  override dispose(): void {
    render(null, this.node);
    super.dispose();
  }

  private change(change: Partial<FormState>): void {
    this.state = { ...this.state, ...change };
    this.draw();
  }

  private draw(): void {
    const actions = {
      setPath: (side: Side, path: string) => {
        this.change({ paths: { ...this.paths, [side]: path.trim() } });
        void this.read();
      },
      browse: (side: Side) => {
        this.browsing = side;
        this.leave();
      },
      setRole: (name: string, role: Column["role"]) =>
        this.change({ columns: corrected(this.state.columns, name, role) }),
    };
    render(h(Form, { state: this.state, actions }), this.node);
  }

  private async read(): Promise<void> {
    const { evaluation, production } = this.paths;
    this.reading += 1;
    const mine = this.reading;
    const known = [evaluation, production].filter(readable);
    if (known.length < 2) {
      this.before = [];
      this.change({ columns: [], busy: false });
      return;
    }
    this.change({ busy: true });
    const columns = (path: string) => columnsOf(path, rangesOf(this.manager.services.contents, path));
    const change = await Promise.all([columns(evaluation), columns(production)]).then(
      ([left, right]) => ({ columns: inferred(left, right), problem: problemOf(this.paths), busy: false }),
      (reason: unknown) => ({ columns: [], problem: message(reason), busy: false }),
    );
    // a later path was typed meanwhile: its own reading tells
    if (mine === this.reading && !this.isDisposed) {
      this.before = change.columns;
      this.change(change);
    }
  }
}

async function browsed(manager: Manager, side: Side, folder: string): Promise<string | null> {
  const result = await FileDialog.getOpenFiles({
    manager,
    title: `Choose the ${side} file`,
    defaultPath: folder,
    filter: (model) => (model.type === "directory" || readable(model.path) ? {} : null),
  });
  const file = result.value?.find((model) => model.type !== "directory");
  return result.button.accept && file ? file.path : null;
}

/** One showing of the dialog: settled, cancelled (null), or the side to browse for. */
async function shown(manager: Manager, paths: Paths, problem: string) {
  let dialog: Dialog<Settled> | null = null;
  const state = { paths, columns: [], problem, busy: false };
  const body = new FormBody(manager, state, () => dialog?.reject());
  dialog = new Dialog<Settled>({
    title: "Production Monitor",
    body,
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: "Create notebook" })],
    focusNodeSelector: "input",
  });
  dialog.addClass("prodmon-Dialog");
  const result = await dialog.launch();
  return { settled: result.button.accept ? result.value : null, browse: body.browsing, paths: body.paths };
}

/** Ask until two readable files are settled or the reader gives up (null). */
export async function choose(manager: Manager, folder: string, start: Paths): Promise<Settled | null> {
  let paths = start;
  let problem = "";
  for (;;) {
    const answer = await shown(manager, paths, problem);
    paths = answer.paths;
    if (answer.browse) {
      const path = await browsed(manager, answer.browse, folder);
      paths = path === null ? paths : { ...paths, [answer.browse]: path };
      problem = "";
    } else if (!answer.settled) {
      return null;
    } else {
      problem = problemOf(paths);
      if (problem === "") {
        return answer.settled;
      }
    }
  }
}
