/** What the dialog shows: two files, and a role for each of their columns. */
import type { JSX } from "preact";

import { ROLES, type Column, type Role } from "./roles";

export type Side = "evaluation" | "production";

/** Everything that the form draws. */
export interface FormState {
  readonly paths: Readonly<Record<Side, string>>;
  readonly columns: readonly Column[];
  readonly problem: string;
  readonly busy: boolean;
}

export interface FormActions {
  readonly setPath: (side: Side, path: string) => void;
  readonly browse: (side: Side) => void;
  readonly setRole: (column: string, role: Role) => void;
}

const LABELS: Record<Side, string> = {
  evaluation: "Evaluation: labelled samples from before deployment",
  production: "Production: what the model does now",
};

const ROLE_LABELS: Partial<Record<Role, string>> = { property: "property (if usable)", ignore: "leave out" };

function FileRow({ side, state, actions }: { side: Side; state: FormState; actions: FormActions }): JSX.Element {
  return (
    <div class="prodmon-file">
      <label>
        {LABELS[side]}
        <input
          class="jp-mod-styled"
          name={side}
          placeholder="path of a .csv, .parquet or .jsonl file"
          spellcheck={false}
          value={state.paths[side]}
          onChange={(event) => actions.setPath(side, event.currentTarget.value)}
        />
      </label>
      <button
        type="button"
        class="jp-Dialog-button jp-mod-styled jp-mod-reject"
        data-browse={side}
        onClick={() => actions.browse(side)}
      >
        Browse…
      </button>
    </div>
  );
}

function where(column: Column): string {
  if (column.evaluation && column.production) {
    return "both";
  }
  return column.evaluation ? "evaluation only" : "production only";
}

function ColumnRow({ column, actions }: { column: Column; actions: FormActions }): JSX.Element {
  return (
    <tr data-schema-column={column.name}>
      <th scope="row">{column.name}</th>
      <td>{where(column)}</td>
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
    return <p class="prodmon-hint">Choose both files to see their columns and the roles that their names suggest.</p>;
  }
  return (
    <div class="prodmon-schema">
      <table>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">In</th>
            <th scope="col">Role</th>
          </tr>
        </thead>
        <tbody>
          {state.columns.map((column) => (
            <ColumnRow key={column.name} column={column} actions={actions} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The whole form. */
export function Form({ state, actions }: { state: FormState; actions: FormActions }): JSX.Element {
  return (
    <div class="prodmon-form" aria-busy={state.busy}>
      <FileRow side="evaluation" state={state} actions={actions} />
      <FileRow side="production" state={state} actions={actions} />
      <p class="prodmon-problem" role="alert">
        {state.problem}
      </p>
      <SchemaTable state={state} actions={actions} />
    </div>
  );
}
