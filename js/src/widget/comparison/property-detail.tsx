/** An opened property: its distribution over time at full size, with the same figures as a table folded below. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { PropertyChart, type ChartProps } from "./property-chart";
import { ValueTable, type ValuesProps } from "./property-values";

export interface DetailProps extends ChartProps {
  name: string;
  /** How many of the property's values the chart leaves out. */
  left: number;
  /** Counts the table's figures, which are wanted only where it is unfolded. */
  table: () => ValuesProps;
}

export function PropertyDetail({ name, left, table, ...chart }: DetailProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [unfolded, setUnfolded] = useState(false);
  useLayoutEffect(() => show(box.current), []);
  return (
    <div class="pm-detail-box" ref={box} role="region" aria-label={`Distribution of ${name}`}>
      <PropertyChart {...chart} />
      {left > 0 && <p class="pm-note">{`${left} rarer values are not drawn.`}</p>}
      <details open={unfolded} onToggle={(event) => setUnfolded(event.currentTarget.open)}>
        <summary>Figures as a table</summary>
        {unfolded && <ValueTable {...table()} />}
      </details>
    </div>
  );
}

/** What was opened comes into sight, and the row that it belongs to stays there. */
function show(box: HTMLElement | null): void {
  const detail = box?.closest("tr");
  detail?.scrollIntoView({ block: "nearest" });
  detail?.previousElementSibling?.scrollIntoView({ block: "nearest" });
}
