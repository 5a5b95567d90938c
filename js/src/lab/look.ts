/** What a path that somebody typed leads to: the columns of a file there, or what is wrong with it. */
import { ServerConnection, type Contents } from "@jupyterlab/services";

import { columnsOf, readable, type FileColumn } from "./columns";
import { rangesOf } from "./ranges";

/** One of them is empty. */
export interface Look {
  readonly columns: readonly FileColumn[];
  readonly problem: string;
}

export const NOTHING: Look = { columns: [], problem: "" };
const NOT_FOUND = 404;

const wrong = (problem: string): Look => ({ columns: [], problem });

function reason(error: unknown, path: string): string {
  if (error instanceof ServerConnection.ResponseError && error.response.status === NOT_FOUND) {
    return `There is no file ${path}. Paths start at the folder that JupyterLab shows first.`;
  }
  return `${path} can't be read: ${error instanceof Error ? error.message : String(error)}`;
}

/** Look at the file at a path, an empty one included. */
export async function lookAt(contents: Contents.IManager, path: string): Promise<Look> {
  if (path === "") {
    return NOTHING;
  }
  try {
    const { type } = await contents.get(path, { content: false });
    if (type === "directory") {
      return wrong(`${path} is a folder: choose a file in it.`);
    }
    if (!readable(path)) {
      return wrong(`${path} is not a .csv, .parquet or .jsonl file.`);
    }
    return { columns: await columnsOf(path, rangesOf(contents, path)), problem: "" };
  } catch (error) {
    return wrong(reason(error, path));
  }
}
