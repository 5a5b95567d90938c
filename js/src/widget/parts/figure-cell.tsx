/**
 * A table's cell with a figure. A brush changes hundreds of them at every move, so that a change is written straight into
 * the document, where comparing trees costs more than all the rest of a view.
 */
import { Component, type JSX } from "preact";

import { known } from "../figures/format";

export interface FigureProps {
  column: string;
  /** The figure itself, for scripts; NaN where there is none. */
  value: number;
  text: string;
  /** A smaller line below, "" for none. */
  under?: string;
  /** What the smaller line means. */
  hint?: string;
}

const valueOf = (value: number): string => (known(value) ? String(value) : "");

/** Its structure never changes: what preact drew once stays, and only texts are replaced. */
export class FigureCell extends Component<FigureProps> {
  override shouldComponentUpdate(next: Readonly<FigureProps>): boolean {
    const { text, value, under = "", hint = "" } = this.props;
    const cell = this.base as HTMLTableCellElement;
    const below = cell.lastChild as HTMLElement;
    if (next.text !== text) (cell.firstChild as Text).data = next.text;
    if (!Object.is(next.value, value)) cell.setAttribute("data-value", valueOf(next.value));
    if ((next.under ?? "") !== under) (below.firstChild as Text).data = next.under ?? "";
    if ((next.hint ?? "") !== hint) below.title = next.hint ?? "";
    return false;
  }

  override render(): JSX.Element {
    const { column, value, text, under = "", hint = "" } = this.props;
    return (
      <td class="pm-number" data-column={column} data-value={valueOf(value)}>
        {text}
        <span class="pm-under" title={hint}>{under}</span>
      </td>
    );
  }
}
