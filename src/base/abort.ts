import { setMaxListeners } from 'node:events';

/**
 * A signal that is aborted as soon as one of `signals` is, with its reason. Unlike AbortSignal.any, whose result
 * Node 20 may collect before it fires, it lives as long as its sources. Any number of waiters may listen to it.
 */
export function firstAborted(...signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
