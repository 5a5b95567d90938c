/** Which column plays which role: inferred from the usual names, corrected by the reader, told to `Schema` only where it differs. */
import USUAL_NAMES from "./roles.json";

export const SINGLE_ROLES = ["timestamp", "id", "prediction", "label", "annotation", "confidence", "session"] as const;
export const ROLES = [...SINGLE_ROLES, "text", "property", "ignore"] as const;

export type SingleRole = (typeof SINGLE_ROLES)[number];
export type Role = (typeof ROLES)[number];

/** A column, where it stands and the role that it plays. */
export interface Column {
  readonly name: string;
  readonly evaluation: boolean;
  readonly production: boolean;
  readonly role: Role;
}

/** Roles that a column plays only where both files have it. */
const ON_BOTH_SIDES: readonly Role[] = ["prediction", "confidence"];

const plain = (name: string): string => name.trim().toLowerCase().replace(/[ -]/g, "_");

function usual(role: Role, columns: readonly Column[]): Column | undefined {
  const names: readonly string[] = (USUAL_NAMES as Partial<Record<Role, string[]>>)[role] ?? [];
  const fits = (column: Column): boolean =>
    !ON_BOTH_SIDES.includes(role) || (column.production && column.evaluation);
  return names
    .map((name) => columns.find((column) => plain(column.name) === name && fits(column)))
    .find((column) => column !== undefined);
}

/** The columns of both files in their order, each with the role that its name suggests. */
export function inferred(evaluation: readonly string[], production: readonly string[]): Column[] {
  const names = [...new Set([...evaluation, ...production])];
  const columns: Column[] = names.map((name) => ({
    name,
    evaluation: evaluation.includes(name),
    production: production.includes(name),
    role: USUAL_NAMES.text.includes(plain(name)) ? "text" : "property",
  }));
  const holders = new Map(SINGLE_ROLES.map((role) => [usual(role, columns)?.name, role]));
  return columns.map((column) => ({ ...column, role: holders.get(column.name) ?? column.role }));
}

/** The columns after one was given a role; who held a role of which there is one becomes a property. */
export function corrected(columns: readonly Column[], name: string, role: Role): Column[] {
  const single = (SINGLE_ROLES as readonly Role[]).includes(role);
  return columns.map((column) => {
    if (column.name === name) {
      return { ...column, role };
    }
    return single && column.role === role ? { ...column, role: "property" } : column;
  });
}

const named = (columns: readonly Column[], role: Role): string[] =>
  columns.filter((column) => column.role === role).map((column) => column.name);

const same = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((name, index) => name === right[index]);

/** What has to be said to `Schema`: role → column, and → columns where there may be several. */
export interface Correction {
  readonly single: ReadonlyMap<SingleRole, string>;
  readonly many: ReadonlyMap<"text" | "properties" | "ignore", readonly string[]>;
}

/** The difference between what was inferred and what the reader settled on. */
export function correction(before: readonly Column[], after: readonly Column[]): Correction {
  const single = new Map<SingleRole, string>();
  for (const role of SINGLE_ROLES) {
    const [column] = named(after, role);
    if (column !== undefined && column !== named(before, role)[0]) {
      single.set(role, column);
    }
  }
  const many = new Map<"text" | "properties" | "ignore", readonly string[]>();
  if (!same(named(before, "text"), named(after, "text"))) {
    many.set("text", named(after, "text"));
  }
  // a role taken away and given to nobody would be inferred again, unless its column is named as a property
  if (SINGLE_ROLES.some((role) => named(before, role).length > 0 && named(after, role).length === 0)) {
    many.set("properties", named(after, "property"));
  }
  if (named(after, "ignore").length > 0) {
    many.set("ignore", named(after, "ignore"));
  }
  return { single, many };
}
