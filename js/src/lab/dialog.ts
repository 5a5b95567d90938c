/** The dialog that chooses two files and settles the schema; JupyterLab's own file dialog serves Browse. */
import { Dialog } from "@jupyterlab/apputils";
import { FileDialog, type FileBrowser } from "@jupyterlab/filebrowser";
import { Widget } from "@lumino/widgets";
import { h, render } from "preact";

import { readable } from "./columns";
import { Form, SIDES, waitsFor, WAITS_ID, type FormState, type Paths, type Side } from "./form";
import { lookAt, NOTHING } from "./look";
import { corrected, correction, inferred, type Column, type Correction } from "./roles";

type Manager = FileBrowser["model"]["manager"];

/** How long typing rests before the path is looked at. */
const REST_MS = 300;

/** What the reader settled on; paths are relative to the server's root. */
export interface Settled {
  readonly paths: Paths;
  readonly correction: Correction;
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
  private state: FormState;
  private before: readonly Column[] = [];
  private readonly typing: Partial<Record<Side, ReturnType<typeof setTimeout>>> = {};

  constructor(
    private readonly manager: Manager,
    paths: Paths,
    private readonly leave: () => void,
  ) {
    super();
    this.addClass("prodmon-dialog");
    const none = { evaluation: NOTHING, production: NOTHING };
    this.state = { paths, looks: none, columns: [], busy: { evaluation: false, production: false } };
    this.draw();
    for (const side of SIDES) {
      void this.look(side);
    }
  }

  get paths(): Paths {
    return this.state.paths;
  }

  getValue(): Settled {
    return { paths: this.paths, correction: correction(this.before, this.state.columns) };
  }

  override dispose(): void {
    Object.values(this.typing).forEach(clearTimeout);
    render(null, this.node);
    super.dispose();
  }

  protected override onAfterAttach(): void {
    this.tellDialog();
  }

  private change(change: Partial<FormState>): void {
    this.state = { ...this.state, ...change };
    this.draw();
    this.tellDialog();
  }

  private draw(): void {
    const actions = {
      typed: (side: Side, path: string) => this.type(side, path.trim()),
      left: (side: Side) => this.lookIfTyped(side),
      browse: (side: Side) => {
        this.browsing = side;
        this.leave();
      },
      setRole: (name: string, role: Column["role"]) =>
        this.change({ columns: corrected(this.state.columns, name, role) }),
    };
    render(h(Form, { state: this.state, actions }), this.node);
  }

  /** JupyterLab's dialog disables its button while a field is invalid, and asks at each input. */
  private tellDialog(): void {
    this.node.dispatchEvent(new Event("input", { bubbles: true }));
    const accept = this.node.closest(".jp-Dialog")?.querySelector(".jp-mod-accept");
    accept?.setAttribute("aria-describedby", WAITS_ID);
    accept?.setAttribute("title", waitsFor(this.state));
  }

  private type(side: Side, path: string): void {
    if (path === this.paths[side]) {
      return;
    }
    this.change({
      paths: { ...this.paths, [side]: path },
      looks: { ...this.state.looks, [side]: NOTHING },
      busy: { ...this.state.busy, [side]: path !== "" },
      columns: [],
    });
    clearTimeout(this.typing[side]);
    this.typing[side] = setTimeout(() => this.lookIfTyped(side), REST_MS);
  }

  private lookIfTyped(side: Side): void {
    if (this.typing[side] !== undefined) {
      clearTimeout(this.typing[side]);
      delete this.typing[side];
      void this.look(side);
    }
  }

  private async look(side: Side): Promise<void> {
    const path = this.paths[side];
    this.change({ busy: { ...this.state.busy, [side]: path !== "" } });
    const look = await lookAt(this.manager.services.contents, path);
    // a path that was typed meanwhile has a look of its own
    if (path !== this.paths[side] || this.isDisposed) {
      return;
    }
    const looks = { ...this.state.looks, [side]: look };
    const [left, right] = SIDES.map((each) => looks[each].columns.map(({ name }) => name));
    this.before = left?.length && right?.length ? inferred(left, right) : [];
    this.change({ looks, columns: this.before, busy: { ...this.state.busy, [side]: false } });
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
async function shown(manager: Manager, paths: Paths, focus: Side) {
  let dialog: Dialog<Settled> | null = null;
  const body = new FormBody(manager, paths, () => dialog?.reject());
  dialog = new Dialog<Settled>({
    title: "Production Monitor",
    body,
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: "Create notebook" })],
    focusNodeSelector: `input[name=${focus}]`,
  });
  dialog.addClass("prodmon-Dialog");
  const result = await dialog.launch();
  return { settled: result.button.accept ? result.value : null, browse: body.browsing, paths: body.paths };
}

/** Ask until two readable files are settled or the reader gives up (null). */
export async function choose(manager: Manager, folder: string, start: Paths): Promise<Settled | null> {
  let paths = start;
  let focus: Side = start.evaluation === "" ? "evaluation" : "production";
  for (;;) {
    const answer = await shown(manager, paths, focus);
    paths = answer.paths;
    if (!answer.browse) {
      return answer.settled;
    }
    const path = await browsed(manager, answer.browse, folder);
    focus = answer.browse;
    paths = path === null ? paths : { ...paths, [focus]: path };
  }
}
