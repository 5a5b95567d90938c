/**
 * Cubes of a cube model, decoded once for all views.
 *
 * anywidget evaluates each bundle by itself, so the decoded cube lies on the model object, which all of them share.
 */
import { decode, VERSION, type Cube, type Meta } from "./cube";
import type { Model } from "./model";

interface Decoded {
  payload: DataView | undefined;
  meta: Meta;
  cube: Cube | null;
}

const SHELF = Symbol.for("prodmon_widgets.cubes");
type Shelved = Model & { [SHELF]?: Map<string, Decoded> };

const isEmpty = (payload: DataView | undefined): boolean => !payload || payload.byteLength === 0;

/** All of production; null while there is nothing or where its version isn't ours. */
export function wholeCube(model: Model): Cube | null {
  return shelved(model, "", model.get("payload") as DataView | undefined);
}

/** The samples of one segment alone, if they are on this page. */
export function segmentCube(model: Model, text: string): Cube | null {
  const payload = segmentPayload(model, text);
  return isEmpty(payload) ? null : shelved(model, text, payload);
}

/** Whether a segment's figures are on this page. */
export function answers(model: Model, text: string): boolean {
  return text === "" || !isEmpty(segmentPayload(model, text));
}

function segmentPayload(model: Model, text: string): DataView | undefined {
  if (model.get("segment") === text) return model.get("segment_payload") as DataView | undefined;
  return (model.get("segment_payloads") as Record<string, DataView> | undefined)?.[text];
}

function shelved(model: Shelved, text: string, payload: DataView | undefined): Cube | null {
  const shelf = (model[SHELF] ??= new Map());
  const meta = model.get("meta") as Meta;
  const known = shelf.get(text);
  if (known && known.payload === payload && known.meta === meta) return known.cube;
  const cube = meta.arrays ? decode(text === "" ? meta : withoutSeries(meta, payload), payload) : null;
  if (shelf.size > 12) shelf.clear();
  shelf.set(text, { payload, meta, cube });
  return cube;
}

/** A segment's payload is laid out like the whole, without the series of further segments at its end. */
function withoutSeries(meta: Meta, payload: DataView | undefined): Meta {
  const own = Object.entries(meta.arrays).filter(([name]) => !/^(evaluation\.)?segments\./.test(name));
  return payload ? { ...meta, arrays: Object.fromEntries(own) } : meta;
}

/** What to say where Python and this page don't speak the same version; "" where they do. */
export function mismatch(model: Model): string {
  const { version } = model.get("meta") as Partial<Meta>;
  if (version === undefined || version === VERSION) return "";
  const python = String(model.get("python_version") ?? "");
  return `prodmon-widgets ${python} in the kernel writes figures of version ${version}, this page reads version ${VERSION}. Restart the kernel and reload the page; if that doesn’t help, install prodmon-widgets again.`;
}
