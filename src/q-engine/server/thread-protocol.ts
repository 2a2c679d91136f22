import type { MessagePort } from 'node:worker_threads';
import type { Message } from '../codec/message.ts';

/** A connection as the two threads name it; never reused within a process. */
export type ConnectionId = number;

/** Where to connect to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What the socket thread is started with. */
export interface ThreadStart {
  /** Its end of the channel: commands come in, events go out. */
  readonly events: MessagePort;
  /** An Int32 that is incremented, with a notification, after each event. */
  readonly wakeUp: SharedArrayBuffer;
}

/** What the interpreter asks of the socket thread. */
export type Command =
  | {
      readonly kind: 'listen';
      readonly host: string;
      readonly ports: readonly number[];
    }
  | { readonly kind: 'stopListening' }
  | {
      readonly kind: 'connect';
      readonly id: ConnectionId;
      readonly endpoint: Endpoint;
      readonly credentials: string;
      /** 0 waits as long as the operating system does. */
      readonly timeoutMs: number;
      readonly traffic: SharedArrayBuffer;
    }
  | { readonly kind: 'admit'; readonly id: ConnectionId; readonly capability: number }
  | { readonly kind: 'send'; readonly id: ConnectionId; readonly message: Message }
  | { readonly kind: 'resume'; readonly id: ConnectionId }
  | { readonly kind: 'close'; readonly id: ConnectionId }
  | { readonly kind: 'shutDown'; readonly limitMs: number };

/** What the socket thread tells the interpreter. */
export type SocketEvent =
  | { readonly kind: 'ready' }
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'listenFailed'; readonly reason: string }
  | { readonly kind: 'stoppedListening' }
  | {
      readonly kind: 'connected';
      readonly id: ConnectionId;
      readonly capability: number;
      readonly peer: Peer;
    }
  | { readonly kind: 'connectFailed'; readonly id: ConnectionId; readonly reason: ConnectFailure }
  | {
      readonly kind: 'hello';
      readonly id: ConnectionId;
      readonly user: string;
      readonly password: string;
      readonly capability: number;
      readonly peer: Peer;
      readonly traffic: SharedArrayBuffer;
    }
  | { readonly kind: 'message'; readonly id: ConnectionId; readonly message: Message }
  | { readonly kind: 'malformed'; readonly id: ConnectionId; readonly bytes: Uint8Array }
  | { readonly kind: 'closed'; readonly id: ConnectionId }
  | { readonly kind: 'shutDown' };

/** The other end of a connection. */
export interface Peer {
  /** Its IPv4 address as an unsigned 32-bit number; 0 where it has none. */
  readonly address: number;
  /** It is on this machine: messages to it are not compressed. */
  readonly local: boolean;
}

export type ConnectFailure =
  | { readonly kind: 'system'; readonly code: string }
  | { readonly kind: 'access' }
  | { readonly kind: 'timeout' };
