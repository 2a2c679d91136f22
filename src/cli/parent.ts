/** What a parent sends over the IPC channel of a child that is to end with it. */
export const END_WITH_PARENT = 'end with your parent';

/**
 * Calls `stop` once the parent that has sent `END_WITH_PARENT` is gone, however it ended: the system closes the
 * channel even of a process that is killed. An open channel alone, as of a supervisor, means nothing.
 */
export function whenParentEnds(stop: () => void): void {
  const { connected } = process as { readonly connected?: boolean };
  if (connected === undefined) return;
  // The parent was gone, and what it had sent with it, before this process had begun.
  if (!connected) {
    stop();
    return;
  }
  process.on('message', message => {
    if (message === END_WITH_PARENT) process.once('disconnect', stop);
  });
}
