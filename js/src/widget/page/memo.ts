/** A component that is drawn again only when one of its props is another value (preact's core has none). */
import { Component, type ComponentChildren, type FunctionComponent } from "preact";
import { useCallback, useRef } from "preact/hooks";

export function memo<P extends object>(draw: (props: P) => ComponentChildren): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !equal(this.props, next);
    }
    override render(): ComponentChildren {
      return draw(this.props as P);
    }
  }
  return Memo as unknown as FunctionComponent<P>;
}

function equal<P extends object>(a: P, b: P): boolean {
  const keys = Object.keys(b) as (keyof P)[];
  return keys.length === Object.keys(a).length && keys.every((key) => Object.is(a[key], b[key]));
}

/** A callback that stays the same object and always calls the newest, so that rows are not drawn again for it. */
export function useStable<A extends unknown[]>(call: (...given: A) => void): (...given: A) => void {
  const newest = useRef(call);
  newest.current = call;
  return useCallback((...given: A) => newest.current(...given), []);
}
