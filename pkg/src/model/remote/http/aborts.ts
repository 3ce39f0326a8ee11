/** What listens to a signal, behind one listener: Node warns of a leak at eleven. */
const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `listener` when the signal is aborted; answers what ends that. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  let all = listeners.get(signal);
  if (!all) {
    const some = new Set<() => void>();
    signal.addEventListener('abort', () => {
      for (const one of [...some]) one();
    });
    listeners.set(signal, some);
    all = some;
  }
  const known = all;
  known.add(listener);
  return () => {
    known.delete(listener);
  };
}
