import type { Clock } from '../../base/clock.ts';
import { Connection } from '../connection.ts';
import { ConnectionEndedError, type Ending } from '../ending.ts';
import { DEFAULT_TIMING, type SessionTiming } from '../session-state.ts';
import type { OpenSocket } from '../socket.ts';
import type { StatusEvent } from '../status.ts';
import type { RecordingWriter } from './recording-writer.ts';

/** How long the closing handshake may take. */
const CLOSE_MS = 2_000;

export interface StreamToRecord {
  /** The address of the stream. */
  readonly url: string;
  readonly key: string;
  readonly pairs: readonly string[];
  readonly timing?: Partial<SessionTiming>;
}

export interface RecordStreamParts {
  readonly clock: Clock;
  readonly openSocket: OpenSocket;
  readonly writer: RecordingWriter;
}

/**
 * Records one connection until `stop` is aborted, the recording is full or the service ends it: every frame as it came,
 * and what was sent, without the key. Resolves with how the connection ended.
 *
 * @throws ConnectionEndedError where it never got as far as to be authenticated
 */
export async function recordStream(
  { url, key, pairs, timing }: StreamToRecord,
  { clock, openSocket, writer }: RecordStreamParts,
  stop: AbortSignal,
): Promise<Ending> {
  let authenticated = false;
  const ending = await new Promise<Ending>((resolve, reject) => {
    try {
      const connection = new Connection(
        { address: { url }, key, pairs: () => pairs, timing: { ...DEFAULT_TIMING, ...timing } },
        clock,
        recording(openSocket, clock, writer),
        {
          phaseChanged: () => {},
          frame: bytes => {
            if (writer.isFull) connection.close(CLOSE_MS);
            return statusesIn(bytes);
          },
          authenticated: () => {
            authenticated = true;
          },
          pairsFailed: failed => writer.lacks(`${failed.length} pairs were not acknowledged`),
          unexpected: () => {},
          ended: resolve,
        },
      );
      if (stop.aborted) connection.close(CLOSE_MS);
      else stop.addEventListener('abort', () => connection.close(CLOSE_MS), { once: true });
    } catch (error) {
      reject(error);
    }
  });
  if (!authenticated && ending.kind !== 'requested') throw new ConnectionEndedError(url, ending);
  return ending;
}

/** Sockets that are recorded. */
function recording(openSocket: OpenSocket, clock: Clock, writer: RecordingWriter): OpenSocket {
  return (address, listener, signal) => {
    const socket = openSocket(
      address,
      {
        opened: () => listener.opened(),
        pong: () => listener.pong(),
        closed: (code, reason, error) => listener.closed(code, reason, error),
        frame: bytes => {
          writer.frame(bytes, clock.wallMs());
          listener.frame(bytes);
        },
      },
      signal,
    );
    return {
      ping: () => socket.ping(),
      close: () => socket.close(),
      send: text => {
        writer.sent(text, clock.wallMs());
        socket.send(text);
      },
    };
  };
}

/** The status events of a frame. What is not JSON is recorded all the same, and for others to judge. */
function statusesIn(bytes: Uint8Array): StatusEvent[] {
  const text = Buffer.from(bytes).toString('utf8');
  if (!text.includes('"status"')) return [];
  try {
    const events = JSON.parse(text) as readonly Partial<StatusEvent & { readonly ev: string }>[];
    return events
      .filter(({ ev, status }) => ev === 'status' && typeof status === 'string')
      .map(({ status, message }) => ({ status: status!, message: String(message ?? '') }));
  } catch {
    return [];
  }
}
