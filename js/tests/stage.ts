/** Draws components into the test's document, and takes them out again. */
import { render, type ComponentChild } from "preact";
import { act } from "preact/test-utils";

export function draw(what: ComponentChild): HTMLElement {
  const el = document.createElement("div");
  document.body.append(el);
  redraw(el, what);
  return el;
}

export function redraw(el: HTMLElement, what: ComponentChild): void {
  void act(() => render(what, el));
}

export function click(el: Element | null): void {
  if (!el) throw new Error("nothing to click");
  void act(() => (el as HTMLElement).click());
}

export function type(el: Element | null, text: string): void {
  if (!el) throw new Error("nothing to type into");
  void act(() => {
    (el as HTMLInputElement).value = text;
    el.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

export function press(el: Element, key: string): void {
  void act(() => void el.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));
}

export const texts = (el: ParentNode, query: string): string[] => [...el.querySelectorAll(query)].map((one) => one.textContent ?? "");

export const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "</script><script>alert(1)</script>",
  "javascript:alert(1)",
  '" onmouseover="alert(1)',
  "\u202eright to left",
  "{{constructor.constructor('alert(1)')()}}",
];
