/** Waits until the hand rests: what is to be done is done once, when nothing has asked for it for a moment. */
export class Pause {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private due = 0;
  private call: (() => void) | null = null;

  /** Do this `ms` from now, in place of what waits. */
  start(call: () => void, ms: number): void {
    const due = performance.now() + ms;
    if (due < this.due) this.clear();
    [this.call, this.due] = [call, due];
    // a timer that runs is left to run: to clear and set one at each move of a brush costs more than to look again
    this.timer ??= setTimeout(this.look, ms);
  }

  /** What waits isn't wanted any more. */
  stop(): void {
    this.call = null;
  }

  private clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private readonly look = (): void => {
    this.timer = undefined;
    const { call, due } = this;
    if (call === null) return;
    const left = due - performance.now();
    // a millisecond early is on time: timers are no more exact
    if (left > 1) {
      this.timer = setTimeout(this.look, left);
      return;
    }
    this.call = null;
    call();
  };
}
