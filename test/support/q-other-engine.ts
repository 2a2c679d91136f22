/** Another q engine, run as a child that answers over its port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import {
  type Decoded,
  decodeMessage,
  encodeMessage,
  HEADER_BYTES,
  MessageKind,
} from '../../src/q-engine/codec/index.ts';
import { functionReader } from '../../src/q-engine/files/function-reader.ts';
import { string } from '../../src/q-engine/values/make.ts';
import { QError, type Value } from '../../src/q-engine/values/value.ts';

/** How an expression ended. `lost`: the engine ended or did not answer in time; the next one is evaluated anew. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'lost' };

const MAX_MEMORY_KB = 8_000_000;
const START_LIMIT_MS = 5000;
const GREETING = Uint8Array.from([...Buffer.from(':'), 3, 0]);

export class OtherEngine {
  readonly #command: readonly string[];
  readonly #directory: string;
  readonly #limitMs: number;
  #child: ChildProcess | undefined;
  #socket: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #heard: () => void = () => {};

  /** `command` is the program with its arguments; it runs in `directory`. */
  constructor(command: readonly string[], directory: string, limitMs: number) {
    this.#command = command;
    this.#directory = directory;
    this.#limitMs = limitMs;
  }

  /** Ends the child, if one runs; the next expression starts another. */
  stop(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  async evaluate(expression: string): Promise<Outcome> {
    if (this.#socket === undefined) await this.#start();
    this.#received = Buffer.alloc(0);
    this.#socket!.write(encodeMessage(string(expression), MessageKind.sync));
    const answer = await this.#receive(() => this.#message(), this.#limitMs);
    if (answer !== undefined) return decoded(answer);
    this.stop();
    return { kind: 'lost' };
  }

  async #start(): Promise<void> {
    const port = await freePort();
    const limited = `ulimit -v ${MAX_MEMORY_KB}; exec "$@"`;
    const command = [...this.#command, '-p', String(port)];
    // Its input stays open, for many end with it.
    this.#child = spawn('sh', ['-c', limited, 'sh', ...command], {
      cwd: this.#directory,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const deadline = performance.now() + START_LIMIT_MS;
    while (this.#socket === undefined) {
      if (performance.now() > deadline) throw new Error(`${command.join(' ')} does not listen`);
      this.#socket = await tryConnect(port);
    }
    this.#received = Buffer.alloc(0);
    this.#socket.on('data', bytes => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#heard();
    });
    this.#socket.on('error', () => {}).on('close', () => this.#heard());
    this.#socket.write(GREETING);
    await this.#receive(() => this.#received.subarray(0, 1), START_LIMIT_MS);
  }

  /** The whole message at the beginning of what was received; nothing as long as there is less. */
  #message(): Buffer {
    const bytes = this.#received;
    const length = bytes.length < HEADER_BYTES ? Number.POSITIVE_INFINITY : bytes.readUInt32LE(4);
    return bytes.length < length ? bytes.subarray(0, 0) : bytes.subarray(0, length);
  }

  async #receive(take: () => Buffer, limitMs: number): Promise<Buffer | undefined> {
    const socket = this.#socket!;
    const deadline = performance.now() + limitMs;
    for (;;) {
      const taken = take();
      if (taken.length > 0) return taken;
      const left = deadline - performance.now();
      if (left <= 0 || socket.destroyed) return undefined;
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, left);
        this.#heard = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

function decoded(bytes: Uint8Array): Outcome {
  let answer: Decoded;
  try {
    answer = decodeMessage(bytes, functionReader);
  } catch (thrown) {
    if (thrown instanceof QError) return { kind: 'error', message: `unreadable answer: ${thrown.message}` };
    throw thrown;
  }
  return 'error' in answer
    ? { kind: 'error', message: answer.error }
    : { kind: 'value', value: answer.value };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function tryConnect(port: number): Promise<Socket | undefined> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return socket;
  } catch {
    await new Promise(resolve => setTimeout(resolve, 10));
    return undefined;
  }
}
