/** Asks the kernel something through a trait, when the hand rests, and knows whether the answer has come. */
import type { Model } from "./view";

/** Plain values compare by what they say. */
export function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export class KernelQuestion {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly model: Model, private readonly trait: string, private readonly pauseMs: number) {}

  /** What was to be asked is known by now. */
  cancel(): void {
    clearTimeout(this.timer);
  }

  /** Ask for this after a pause, unless it was the last thing asked; a newer question replaces one that waits. */
  ask(question: unknown): void {
    clearTimeout(this.timer);
    if (equal(this.model.get(this.trait), question)) return;
    this.timer = setTimeout(() => {
      this.model.set(this.trait, question);
      this.model.save_changes();
    }, this.pauseMs);
  }
}
