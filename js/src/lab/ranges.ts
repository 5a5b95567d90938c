/** Stretches of a file over the server's download address: the dialog never reads a whole log to see its columns. */
import { ServerConnection, type Contents } from "@jupyterlab/services";

/** Some bytes of a file, and how many it has altogether. */
export interface Stretch {
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** Reads the bytes [start, end) of one file. */
export type ReadRange = (start: number, end: number) => Promise<Stretch>;

/** What servers answer to any range of an empty file. */
const BEYOND_THE_END = 416;

/** At most `limit` bytes of a response, for servers that answer a range with the whole file. */
async function firstBytes(response: Response, limit: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (reader && length < limit) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    parts.push(value);
    length += value.length;
  }
  await reader?.cancel();
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes.subarray(0, limit);
}

/** A reader of ranges of the file at this path. */
export function rangesOf(contents: Contents.IManager, path: string): ReadRange {
  const settings = contents.serverSettings ?? ServerConnection.makeSettings();
  return async (start, end) => {
    const address = await contents.getDownloadUrl(path);
    const init = { headers: { Range: `bytes=${start}-${end - 1}` } };
    const response = await ServerConnection.makeRequest(address, init, settings);
    if (response.status === BEYOND_THE_END) {
      return { bytes: new Uint8Array(), size: Number(/\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "")?.[1]) };
    }
    if (!response.ok) {
      throw new Error(`the server says ${response.status} ${response.statusText}`);
    }
    const total = /\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "")?.[1];
    if (response.status !== 206 || total === undefined) {
      const length = Number(response.headers.get("Content-Length") ?? Number.NaN);
      return { bytes: (await firstBytes(response, end)).subarray(start), size: length };
    }
    return { bytes: new Uint8Array(await response.arrayBuffer()), size: Number(total) };
  };
}
