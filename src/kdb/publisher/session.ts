import type { Clock } from '../../base/clock.ts';
import { IpcConnection } from '../connection/ipc-connection.ts';
import { openSocket } from '../connection/open-socket.ts';
import { SmallQueries } from '../connection/small-queries.ts';
import type { KdbError } from '../errors.ts';
import type { Target } from '../target.ts';
import type { PublisherTiming } from './options.ts';

/** What `.u.upd` answers is small, but a function of the operator's own may give back the rows. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface SessionListener {
  /** One of the two connections is no more, and so the other is closed as well. Once. */
  lost(session: Session, error: KdbError): void;
  /** The connection for batches takes more again. */
  drained(): void;
  /** The tickerplant sent something on its own. */
  unasked(): void;
}

/** Two connections to one tickerplant that live and die together: one for batches, one for questions. */
export class Session {
  readonly data: IpcConnection;
  readonly questions: SmallQueries;
  readonly #listener: SessionListener;
  #over = false;

  /** Opens both; rejects with KdbConnectError. */
  static async open(
    target: Target,
    timing: PublisherTiming,
    clock: Clock,
    listener: SessionListener,
  ): Promise<Session> {
    const data = await openSocket(target, timing.connectTimeoutMs, clock);
    try {
      const questions = await openSocket(target, timing.connectTimeoutMs, clock);
      return new Session(data, questions, timing, clock, listener);
    } catch (error) {
      data.socket.destroy();
      throw error;
    }
  }

  private constructor(
    data: Awaited<ReturnType<typeof openSocket>>,
    questions: Awaited<ReturnType<typeof openSocket>>,
    { answerTimeoutMs }: PublisherTiming,
    clock: Clock,
    listener: SessionListener,
  ) {
    this.#listener = listener;
    this.data = new IpcConnection(
      data,
      { clock, answerTimeoutMs, maxMessageBytes: MAX_ANSWER_BYTES },
      {
        closed: error => this.#lost(error),
        drained: () => listener.drained(),
        unasked: () => listener.unasked(),
      },
    );
    this.questions = new SmallQueries(questions, { clock, answerTimeoutMs }, error => this.#lost(error));
  }

  /** Ends both connections; the listener does not hear of it. */
  close(): void {
    this.#over = true;
    this.data.close();
    this.questions.close();
  }

  #lost(error: KdbError): void {
    if (this.#over) return;
    this.close();
    this.#listener.lost(this, error);
  }
}
