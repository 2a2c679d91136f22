import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import { startThread } from '../process/start-thread.ts';
import type { Command, SocketEvent, ThreadStart } from './thread-protocol.ts';

/** Runs what blocks the interpreter until an event arrives, and returns what it gives. */
export type Blocking = <Result>(block: () => Result) => Result;

/**
 * The interpreter's end of the socket thread. Events are delivered in order, either to `onEvents` between two
 * evaluations or, while the interpreter blocks, by {@link next}.
 */
export class SocketThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #wakeUps: Int32Array;
  readonly #inbox: SocketEvent[] = [];
  readonly #onEvents: () => void;
  readonly #whileBlocking: Blocking;

  /**
   * Starts the thread. `onEvents` is called whenever {@link poll} may have something; `whileBlocking` is what
   * blocks, and may change the process around it.
   */
  static async start(onEvents: () => void, whileBlocking: Blocking): Promise<SocketThread> {
    const { port1, port2 } = new MessageChannel();
    const wakeUp = new SharedArrayBuffer(4);
    const workerData: ThreadStart = { events: port2, wakeUp };
    const worker = startThread('./thread-main', import.meta.url, { workerData, transferList: [port2] });
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      port1.once('message', () => resolve());
    });
    worker.removeAllListeners('error');
    return new SocketThread(worker, port1, new Int32Array(wakeUp), onEvents, whileBlocking);
  }

  private constructor(
    worker: Worker,
    port: MessagePort,
    wakeUps: Int32Array,
    onEvents: () => void,
    whileBlocking: Blocking,
  ) {
    this.#worker = worker;
    this.#port = port;
    this.#wakeUps = wakeUps;
    this.#onEvents = onEvents;
    this.#whileBlocking = whileBlocking;
    port.on('message', (event: SocketEvent) => {
      this.#inbox.push(event);
      this.#onEvents();
    });
    this.keepAlive(false);
  }

  /** Whether the sockets keep the process from ending. */
  keepAlive(alive: boolean): void {
    if (alive) {
      this.#worker.ref();
      this.#port.ref();
    } else {
      this.#worker.unref();
      this.#port.unref();
    }
  }

  send(command: Command): void {
    const transfer = command.kind === 'send' ? [command.message.buffer] : [];
    this.#port.postMessage(command, transfer);
  }

  /** Runs what is going to block. */
  blocking<Result>(block: () => Result): Result {
    return this.#whileBlocking(block);
  }

  /** The next event that has arrived, if any. */
  poll(): SocketEvent | undefined {
    return this.#inbox.shift();
  }

  /**
   * Blocks until an event arrives that `wanted` accepts, and takes it out of turn; events before it keep their
   * place for {@link poll}.
   */
  next(wanted: (event: SocketEvent) => boolean): SocketEvent {
    const waiting = this.#inbox.findIndex(wanted);
    if (waiting >= 0) return this.#inbox.splice(waiting, 1)[0]!;
    for (;;) {
      const seen = Atomics.load(this.#wakeUps, 0);
      const received = receiveMessageOnPort(this.#port) as { message: SocketEvent } | undefined;
      if (received === undefined) this.#whileBlocking(() => Atomics.wait(this.#wakeUps, 0, seen));
      else if (wanted(received.message)) return received.message;
      else this.#keep(received.message);
    }
  }

  /** Ends the thread. */
  async stop(): Promise<void> {
    this.#port.close();
    await this.#worker.terminate();
  }

  #keep(event: SocketEvent): void {
    // Events taken while the interpreter blocks have used up their wake-up.
    if (this.#inbox.length === 0) setImmediate(this.#onEvents);
    this.#inbox.push(event);
  }
}
