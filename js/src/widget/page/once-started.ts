/** What anywidget calls must answer at once how to clean up, also while models are still on their way. */
export function onceStarted<P>(start: (props: P) => Promise<() => void>): (props: P) => () => void {
  return (props) => {
    const started = start(props);
    return () => void started.then((stop) => stop());
  };
}
