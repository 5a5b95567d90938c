/** Our icon: a quality line that falls, with the brush over its end. */
import { LabIcon } from "@jupyterlab/ui-components";

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <rect class="prodmon-icon-brush" x="14" y="3" width="7" height="18" rx="1" fill="#0072b2" fill-opacity="0.25"/>
  <path class="prodmon-icon-line" d="M3 7 L8 6 L12 8 L16 12 L21 17" fill="none" stroke="#0072b2" stroke-width="2.2"
        stroke-linecap="round" stroke-linejoin="round"/>
  <path class="jp-icon3" d="M3 20.5 h18" fill="none" stroke="#757575" stroke-width="1.6" stroke-linecap="round"/>
</svg>`;

export const monitorIcon = new LabIcon({ name: "prodmon-widgets:monitor", svgstr: SVG });
