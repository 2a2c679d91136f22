import { Backoff } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { delay } from '../base/delay.ts';
import { seconds } from '../base/durations.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import { KdbAnswerTimeoutError, KdbConnectError, KdbConnectionLostError } from '../kdb/errors.ts';
import type { Loader } from '../kdb/loader/loader.ts';

/** What a backfill asks of a loader. */
export type LoaderClient = Pick<Loader, 'facts' | 'stage' | 'merge' | 'waiting' | 'close'>;

export interface LoaderLinkParts<Client> {
  /** Connects to the loader; rejects with KdbConnectError. */
  readonly open: () => Promise<Client>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** How long a loader that is away is waited for, and how often it is asked. */
export interface LoaderPatience {
  readonly waitMs: number;
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
}

export const LOADER_PATIENCE: LoaderPatience = { waitMs: 120_000, retryBaseMs: 200, retryCapMs: 5_000 };

/**
 * The loader, through its restarts: work that a lost connection cut short is done again from its beginning, which the
 * loader's protocol allows, because a unit that is begun anew forgets what was staged of it.
 */
export class LoaderLink<Client extends Pick<LoaderClient, 'close'> = LoaderClient> {
  readonly #parts: LoaderLinkParts<Client>;
  readonly #patience: LoaderPatience;
  #loader: Promise<Client> | undefined;

  constructor(parts: LoaderLinkParts<Client>, patience: LoaderPatience = LOADER_PATIENCE) {
    this.#parts = parts;
    this.#patience = patience;
  }

  /** Rejects with what the work rejects with, or with why the loader stayed away. */
  async use<T>(work: (loader: Client) => Promise<T>, signal: AbortSignal): Promise<T> {
    const { clock, random, logger } = this.#parts;
    const { waitMs, retryBaseMs, retryCapMs } = this.#patience;
    const backoff = new Backoff({ baseMs: retryBaseMs, capMs: retryCapMs }, random);
    let awaySinceMs: number | undefined;
    for (;;) {
      signal.throwIfAborted();
      let loader: Client | undefined;
      try {
        loader = await this.#connected();
        return await work(loader);
      } catch (error) {
        if (!isAway(error)) throw error;
        this.#forget(loader);
        awaySinceMs ??= clock.monotonicMs();
        if (clock.monotonicMs() - awaySinceMs >= waitMs) throw error;
        const delayMs = backoff.next();
        logger.warn(`the loader is away (${messageOf(error)}); it is asked again in ${seconds(delayMs)}`);
        await delay(clock, delayMs, signal);
      }
    }
  }

  async close(): Promise<void> {
    const loader = await this.#loader?.catch(() => undefined);
    loader?.close();
    this.#loader = undefined;
  }

  #connected(): Promise<Client> {
    this.#loader ??= this.#parts.open().catch((error: unknown) => {
      this.#loader = undefined;
      throw error;
    });
    return this.#loader;
  }

  #forget(loader: Client | undefined): void {
    if (!loader) return;
    loader.close();
    this.#loader = undefined;
  }
}

/** Whether an error says that the loader is not there, rather than that it refuses. */
function isAway(error: unknown): boolean {
  if (error instanceof KdbConnectionLostError || error instanceof KdbAnswerTimeoutError) return true;
  return (
    error instanceof KdbConnectError &&
    (error.code === 'KDB_UNREACHABLE' || error.code === 'KDB_HANDSHAKE_TIMEOUT')
  );
}
