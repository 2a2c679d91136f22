/** Massive takes subscribe messages below 1 MB, counted in characters. */
export const MESSAGE_LIMIT = 1_000_000;

/** The messages that subscribe to `pairs` or end their subscription, each shorter than `limit` characters. */
export function* actionMessages(
  action: 'subscribe' | 'unsubscribe',
  pairs: Iterable<string>,
  limit = MESSAGE_LIMIT,
): Generator<string> {
  const room = limit - 1 - messageOf(action, []).length;
  let chunk: string[] = [];
  let length = 0;
  for (const pair of pairs) {
    if (chunk.length > 0 && length + pair.length + 1 > room) {
      yield messageOf(action, chunk);
      chunk = [];
      length = 0;
    }
    length += pair.length + (chunk.length > 0 ? 1 : 0);
    chunk.push(pair);
  }
  if (chunk.length > 0) yield messageOf(action, chunk);
}

function messageOf(action: string, pairs: readonly string[]): string {
  return JSON.stringify({ action, params: pairs.join(',') });
}
