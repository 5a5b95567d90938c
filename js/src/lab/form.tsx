/** What the dialog shows: two files, and a role for each of their columns. */
import type { JSX } from "preact";

import type { FileColumn } from "./columns";
import type { Look } from "./look";
import { ROLES, type Column, type Role } from "./roles";

export const SIDES = ["evaluation", "production"] as const;
export type Side = (typeof SIDES)[number];
export type Paths = Readonly<Record<Side, string>>;

/** Everything that the form draws. */
export interface FormState {
  readonly paths: Paths;
  readonly looks: Readonly<Record<Side, Look>>;
  readonly columns: readonly Column[];
  readonly busy: Readonly<Record<Side, boolean>>;
}

export interface FormActions {
  readonly typed: (side: Side, path: string) => void;
  /** The field was left: nothing more will be typed now. */
  readonly left: (side: Side) => void;
  readonly browse: (side: Side) => void;
  readonly setRole: (column: string, role: Role) => void;
}

/** What tells why no notebook can be made yet. */
export const WAITS_ID = "prodmon-waits";

const LABELS: Record<Side, string> = {
  evaluation: "Evaluation: labelled samples from before deployment",
  production: "Production: what the model does now",
};

const ROLE_LABELS: Partial<Record<Role, string>> = { property: "property (if usable)", ignore: "leave out" };

/** What has to happen before a notebook can be made; "" where nothing has. */
export function waitsFor({ paths, looks, columns, busy }: FormState): string {
  const empty = SIDES.filter((side) => paths[side] === "");
  if (empty.length > 0) {
    return empty.length > 1 ? "Choose both files." : `Choose the ${empty.join()} file.`;
  }
  if (busy.evaluation || busy.production) {
    return "Reading the columns…";
  }
  const wrong = SIDES.filter((side) => looks[side].problem !== "");
  if (wrong.length > 0) {
    return `Choose another ${wrong.join(" and another ")} file.`;
  }
  if (paths.evaluation === paths.production) {
    return "Evaluation and production are the same file: choose two.";
  }
  return columns.length === 0 ? "Reading the columns…" : "";
}

/** What a reader should know before the notebook says it, although it can be made. */
export function warningOf(columns: readonly Column[]): string {
  const has = (role: Role): boolean => columns.some((column) => column.role === role && column.evaluation);
  return columns.length === 0 || has("annotation") || (has("label") && has("prediction"))
    ? ""
    : "Nothing in the evaluation file says which samples are good: give one column the role annotation, or one label and one prediction.";
}

function FileRow({ side, state, actions }: { side: Side; state: FormState; actions: FormActions }): JSX.Element {
  const { problem } = state.looks[side];
  const id = `prodmon-problem-${side}`;
  return (
    <div class="prodmon-file">
      <label for={`prodmon-path-${side}`}>{LABELS[side]}</label>
      <div class="prodmon-path">
        <input
          id={`prodmon-path-${side}`}
          class={problem === "" ? "jp-mod-styled" : "jp-mod-styled jp-mod-error"}
          name={side}
          placeholder="path of a .csv, .parquet or .jsonl file"
          spellcheck={false}
          autocomplete="off"
          required
          aria-invalid={problem !== ""}
          aria-describedby={id}
          value={state.paths[side]}
          onInput={(event) => actions.typed(side, event.currentTarget.value)}
          onBlur={() => actions.left(side)}
        />
        <button
          type="button"
          class="jp-Dialog-button jp-mod-styled jp-mod-reject"
          data-browse={side}
          aria-label={`Browse for the ${side} file`}
          onClick={() => actions.browse(side)}
        >
          Browse…
        </button>
      </div>
      <p class="prodmon-problem" id={id} role="alert">
        {problem}
      </p>
    </div>
  );
}

function where(column: Column): string {
  if (column.evaluation && column.production) {
    return "both";
  }
  return column.evaluation ? "evaluation only" : "production only";
}

/** What a column holds: as production has it, and how evaluation differs. */
function Values({ name, looks }: { name: string; looks: FormState["looks"] }): JSX.Element {
  const [evaluation, production] = SIDES.map((side) => looks[side].columns.find((column) => column.name === name));
  const shown: FileColumn | undefined = production ?? evaluation;
  const kinds = new Set([evaluation, production].flatMap((column) => (column?.kind ? [column.kind] : [])));
  const examples = shown?.examples.join(", ") ?? "";
  return (
    <td class="prodmon-values" title={examples}>
      <em>{[...kinds].join(", in production ") || "no value seen"}</em> {examples}
    </td>
  );
}

function ColumnRow({ column, state, actions }: { column: Column; state: FormState; actions: FormActions }): JSX.Element {
  return (
    <tr data-schema-column={column.name}>
      <th scope="row">{column.name}</th>
      <td>{where(column)}</td>
      <Values name={column.name} looks={state.looks} />
      <td>
        <select
          aria-label={`role of ${column.name}`}
          value={column.role}
          onChange={(event) => actions.setRole(column.name, event.currentTarget.value as Role)}
        >
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {ROLE_LABELS[role] ?? role}
            </option>
          ))}
        </select>
      </td>
    </tr>
  );
}

function SchemaTable({ state, actions }: { state: FormState; actions: FormActions }): JSX.Element {
  if (state.columns.length === 0) {
    return <p class="prodmon-hint">With both files chosen, their columns show here, each with the role that its name suggests.</p>;
  }
  return (
    <div class="prodmon-schema" tabIndex={0} role="group" aria-label="Columns and their roles">
      <table>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">In</th>
            <th scope="col">Values</th>
            <th scope="col">Role</th>
          </tr>
        </thead>
        <tbody>
          {state.columns.map((column) => (
            <ColumnRow key={column.name} column={column} state={state} actions={actions} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The whole form; a reason to wait counts as an error to JupyterLab's dialog, which then disables its button. */
export function Form({ state, actions }: { state: FormState; actions: FormActions }): JSX.Element {
  const waits = waitsFor(state);
  return (
    <div class="prodmon-form" aria-busy={state.busy.evaluation || state.busy.production}>
      <FileRow side="evaluation" state={state} actions={actions} />
      <FileRow side="production" state={state} actions={actions} />
      <SchemaTable state={state} actions={actions} />
      <p class={waits === "" ? "prodmon-waits" : "prodmon-waits jp-mod-error"} id={WAITS_ID} role="status">
        {waits || warningOf(state.columns)}
      </p>
    </div>
  );
}
