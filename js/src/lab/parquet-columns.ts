/** The columns of a Parquet file as its footer describes them: kinds from the schema, examples from the statistics. */
import { parquetMetadataAsync, parquetSchema, type FileMetaData, type SchemaTree } from "hyparquet";

import type { FileColumn } from "./columns";
import type { ReadRange } from "./ranges";
import { described, type Kind } from "./values";

function kindOf({ element, children }: SchemaTree): Kind {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (children.length > 0) {
    return converted === "LIST" || logical?.type === "LIST" ? "list" : "text";
  }
  if (converted === "DATE" || converted?.startsWith("TIMESTAMP") || logical?.type === "TIMESTAMP" || type === "INT96") {
    return "time";
  }
  if (type === "BOOLEAN") {
    return "yes or no";
  }
  return type === "BYTE_ARRAY" || type === "FIXED_LEN_BYTE_ARRAY" ? "text" : "number";
}

/** The least and the largest value of the first rows, where the file says them of a plain column. */
function examples({ row_groups: groups }: FileMetaData, name: string): readonly string[] {
  const said = groups[0]?.columns.find(({ meta_data: about }) => about?.path_in_schema.join("\n") === name)?.meta_data;
  const { min_value: least, max_value: largest } = said?.statistics ?? {};
  return described([least, largest]).examples;
}

/** The columns of a Parquet file, read from its end. */
export async function parquetColumns(read: ReadRange): Promise<FileColumn[]> {
  const { size } = await read(0, 4);
  if (!Number.isFinite(size)) {
    throw new Error("the server doesn't say how long the file is, and a Parquet file is read from its end");
  }
  if (size === 0) {
    throw new Error("the file is empty");
  }
  const slice = async (start: number, end = size): Promise<ArrayBuffer> =>
    (await read(start, end)).bytes.slice().buffer;
  const metadata = await parquetMetadataAsync({ byteLength: size, slice });
  return parquetSchema(metadata).children.map((child) => ({
    name: child.element.name,
    kind: kindOf(child),
    examples: child.children.length > 0 ? [] : examples(metadata, child.element.name),
  }));
}
