/** Asks the kernel something through a trait, when the hand rests, and knows whether the answer has come. */
import { Pause } from "./pause";
import type { Model } from "./view";

/** Plain values compare by what they say. */
export function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export class KernelQuestion {
  private readonly pause = new Pause();

  constructor(private readonly model: Model, private readonly trait: string, private readonly pauseMs: number) {}

  /** What was to be asked is known by now. */
  cancel(): void {
    this.pause.stop();
  }

  /** Ask for this after a pause, unless it was the last thing asked; a newer question replaces one that waits. */
  ask(question: unknown): void {
    if (equal(this.model.get(this.trait), question)) {
      this.pause.stop();
      return;
    }
    this.pause.start(() => {
      this.model.set(this.trait, question);
      this.model.save_changes();
    }, this.pauseMs);
  }
}
