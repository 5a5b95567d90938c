/** The samples that the page holds: a bounded number of blocks of a list of any length, asked for as they come into sight. */
import { sameQuery, type Page, type Query, type Sample } from "../figures/samples";

export const BLOCK = 100;
const MOST_BLOCKS = 20;

/** What samples are of, without the place in their order. */
export type Of = Omit<Query, "start" | "n">;

export class SamplePages {
  /** How many samples there are in all, of what is held. */
  count = 0;
  /** Whether what is held is still of another selection. */
  stale = true;
  private key = "";
  private of: Of | null = null;
  private page: Page | null = null;
  private sight: readonly [number, number] = [0, 0];
  private readonly blocks = new Map<number, readonly Sample[]>();
  private readonly fresh = new Set<number>();

  /** Take over what is wanted now, of which there are `total`, and what the kernel has answered. */
  follow(of: Of, page: Page | null, total: number): void {
    const key = keyOf(of);
    if (key !== this.key) {
      [this.key, this.of, this.page, this.stale, this.sight] = [key, of, null, true, [0, 0]];
      this.fresh.clear();
    }
    if (page?.query && page !== this.page && keyOf(page.query) === key) this.take(page, page.query);
    if (!this.stale) this.count = total;
  }

  private take(page: Page, query: Query): void {
    if (this.stale) this.blocks.clear();
    // unasked for: what the kernel knows has changed
    if (sameQuery(this.page?.query ?? null, query)) this.fresh.clear();
    this.page = page;
    this.stale = false;
    for (let from = 0; from < Math.max(query.n, 1); from += BLOCK) {
      const block = Math.floor((query.start + from) / BLOCK);
      this.blocks.delete(block);
      this.blocks.set(block, page.rows.slice(from, from + BLOCK));
      this.fresh.add(block);
    }
    for (const [block] of this.blocks) {
      if (this.blocks.size <= MOST_BLOCKS) break;
      this.blocks.delete(block);
      this.fresh.delete(block);
    }
  }

  at(index: number): Sample | undefined {
    return this.blocks.get(Math.floor(index / BLOCK))?.[index % BLOCK];
  }

  /** The rows [first, last) are in sight. */
  look(first: number, last: number): void {
    if (!this.stale) this.sight = [first, last];
  }

  /** What to ask the kernel for, null where everything in sight is here. */
  wanted(): Query | null {
    if (this.of === null) return null;
    const end = this.stale ? 1 : Math.min(this.sight[1], this.count);
    const blocks: number[] = [];
    for (let block = Math.floor(this.sight[0] / BLOCK); block * BLOCK < end; block++) if (!this.fresh.has(block)) blocks.push(block);
    const [first = -1] = blocks;
    return first < 0 ? null : { ...this.of, start: first * BLOCK, n: ((blocks.at(-1) ?? first) - first + 1) * BLOCK };
  }

  /** All that is held, in order. */
  held(): Sample[] {
    return [...this.blocks.keys()].sort((a, b) => a - b).flatMap((block) => this.blocks.get(block) ?? []);
  }
}

function keyOf({ window, conditions, order }: Of): string {
  return JSON.stringify([window, conditions, order]);
}
