/** Puts the overlays over the charts once bqplot has drawn them, follows their size, and says what the pointer is over. */
import { render } from "preact";

import { stretchAt, type Stretch } from "../figures/quality-series";
import { Overlay, type Margin, type OverlayProps } from "./overlay";

/** What both overlays show. */
export type Shown = Pick<OverlayProps, "from" | "to" | "isTime" | "series" | "baseline" | "alerts" | "onset">;

interface Place {
  figure: HTMLElement;
  root: HTMLElement;
  /** As it was last told: to ask for it while a hand drags would lay the page out anew. */
  width: number;
  height: number;
}

export class TimelineStage {
  private readonly places: Place[] = [];
  private readonly sizes = new ResizeObserver((entries) => this.resize(entries));
  private readonly listening = new AbortController();
  private readonly waiting: MutationObserver;
  private shown: Shown | null = null;
  private hovered: Stretch | null = null;

  /** `host` is the timeline's root; `margin` what the charts leave around their plots. */
  constructor(private readonly host: HTMLElement, private readonly margin: Margin) {
    this.waiting = new MutationObserver(() => this.find());
    this.waiting.observe(host, { childList: true, subtree: true });
    this.find();
  }

  /** A brush changes nothing of it. */
  show(shown: Shown): void {
    const names = Object.keys(shown) as (keyof Shown)[];
    if (this.shown && names.every((name) => this.shown?.[name] === shown[name])) return;
    this.shown = shown;
    this.hovered = null;
    this.draw();
  }

  /** The moment under a pointer, where it is over a plot. */
  at(event: MouseEvent): number | null {
    const place = this.places.find(({ figure }) => event.target instanceof Node && figure.contains(event.target));
    if (!place || !this.shown) return null;
    const { left, top, width, height } = place.figure.getBoundingClientRect();
    const { margin, shown: { from, to } } = this;
    const [x, y] = [event.clientX - left - margin.left, event.clientY - top - margin.top];
    const wide = width - margin.left - margin.right;
    if (x < 0 || x > wide || y < 0 || y > height - margin.top - margin.bottom) return null;
    return from + (x / wide) * (to - from);
  }

  close(): void {
    this.waiting.disconnect();
    this.sizes.disconnect();
    this.listening.abort();
    for (const { root } of this.places) {
      render(null, root);
      root.remove();
    }
  }

  private find(): void {
    const figures = [...this.host.querySelectorAll<HTMLElement>(".bqplot")];
    for (const figure of figures.slice(this.places.length)) {
      const root = document.createElement("div");
      root.className = "pm-root pm-overlay";
      figure.append(root);
      this.places.push({ figure, root, width: figure.clientWidth, height: figure.clientHeight });
      this.sizes.observe(figure);
      figure.addEventListener("pointermove", (event) => this.hover(event), { signal: this.listening.signal });
      figure.addEventListener("pointerleave", () => this.point(null), { signal: this.listening.signal });
    }
    if (this.places.length > 1) this.waiting.disconnect();
    if (figures.length > 0) this.draw();
  }

  private resize(entries: readonly ResizeObserverEntry[]): void {
    for (const { target, contentRect: { width, height } } of entries)
      for (const place of this.places) if (place.figure === target) Object.assign(place, { width, height });
    this.draw();
  }

  /** Not while a hand drags: it looks at the views, and the brush comes first. */
  private hover(event: PointerEvent): void {
    const at = event.buttons === 0 ? this.at(event) : null;
    this.point(at === null ? null : stretchAt(this.shown?.series ?? [], at));
  }

  private point(stretch: Stretch | null): void {
    if (stretch === this.hovered) return;
    this.hovered = stretch;
    this.draw();
  }

  private draw(): void {
    const { shown, hovered, margin } = this;
    if (!shown) return;
    this.places.forEach(({ root, width, height }, index) => {
      render(<Overlay {...shown} width={width} height={height} margin={margin} hovered={hovered} upper={index === 0} />, root);
    });
  }
}
