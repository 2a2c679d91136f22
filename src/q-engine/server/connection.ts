import type { ConnectionId, Peer } from './thread-protocol.ts';
import type { Traffic } from './traffic.ts';

/** A connection as the interpreter knows it. */
export interface Connection {
  readonly kind: 'connection';
  readonly id: ConnectionId;
  handle: number;
  /** Who the client says it is; empty where this process opened the connection. */
  readonly user: string;
  readonly peer: Peer;
  /** What both sides can read. */
  readonly capability: number;
  readonly traffic: Traffic;
  /** `cut`: closed by this side because the client does not read; .z.pc is still to come. */
  state: 'open' | 'cut' | 'closed';
  /** Requests of the peer whose answers have been put off by -30!. */
  deferredAnswers: number;
}
