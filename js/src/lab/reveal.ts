/** Which cell of a notebook a name comes from. The notebook's own package isn't imported: this is the part we touch. */

export interface NotebookContent {
  readonly widgets: readonly { readonly model: { readonly sharedModel: { getSource(): string } } }[];
  activeCellIndex: number;
  scrollToItem?(index: number, align?: "smart" | "center"): Promise<void>;
}

/** Index of the last cell that assigns this name at the start of a line, or −1. */
export function cellThatAssigns(content: NotebookContent, name: string): number {
  const assigns = (source: string): boolean =>
    source.split("\n").some((line) => line.startsWith(name) && /^\s*(:[^=]*)?=(?!=)/.test(line.slice(name.length)));
  return content.widgets.map((cell) => cell.model.sharedModel.getSource()).findLastIndex(assigns);
}
