const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Blocks with the signals as the operating system has them: handlers of this process run between evaluations
 * only, so that a signal must end a process that waits by itself.
 */
export function withDefaultSignals<T>(block: () => T): T {
  const handlers = SIGNALS.map(signal => [signal, process.listeners(signal)] as const);
  for (const signal of SIGNALS) process.removeAllListeners(signal);
  try {
    return block();
  } finally {
    for (const [signal, listeners] of handlers)
      for (const listener of listeners) process.on(signal, listener);
  }
}
