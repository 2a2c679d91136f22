import { firstAborted } from '../../base/abort.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { Market } from '../../tables/markets.ts';
import { SessionCalendar } from '../../tables/session-calendar.ts';
import { canonicalTicker } from '../canonical-ticker.ts';
import type { Ending } from '../ending.ts';
import { flatDatasets } from '../flat/datasets.ts';
import type { FlatStore } from '../flat/store.ts';
import type { RestRequests } from '../rest/requests.ts';
import type { OpenSocket } from '../socket.ts';
import { ALL_TICKERS } from '../subscription.ts';
import { recordFlat } from './record-flat.ts';
import { recordRest } from './record-rest.ts';
import { recordStream, type StreamToRecord } from './record-stream.ts';
import type { RecordingInfo } from './recording.ts';
import type { RecordingWriter } from './recording-writer.ts';

/** Of whose bars REST is asked. */
const REST_SYMBOLS = 2;

const MOST_PAIRS = 100;

export interface RecordingParts {
  readonly market: Market;
  readonly stream: StreamToRecord;
  /** How long the stream is listened to. */
  readonly durationMs: number;
  readonly delayMs: number;
  /** The last trading date that has ended. */
  readonly date: DateDays;
  /** Undefined where they are not configured. `onAnswer` of the requests writes to the recording. */
  readonly rest: RestRequests | undefined;
  readonly store: FlatStore | undefined;
  readonly clock: Clock;
  readonly openSocket: OpenSocket;
  readonly writer: RecordingWriter;
}

/**
 * Records the stream for a while, and meanwhile one page of each kind of REST answer and the beginning of the newest flat
 * files. `stop` ends it early; what is recorded by then is kept.
 *
 * @throws ConnectionEndedError where the stream cannot be had; the recording is ended all the same
 */
export async function makeRecording(parts: RecordingParts, stop: AbortSignal): Promise<RecordingInfo> {
  const { clock, writer, durationMs, stream, market, delayMs } = parts;
  const startedMs = Math.round(clock.wallMs());
  const over = new AbortController();
  const failed = new AbortController();
  const timer = clock.after(durationMs, () => over.abort());
  const symbols = new SeenSymbols(market, stream.pairs);
  const listening = recordStream(
    stream,
    { clock, writer, openSocket: symbols.watching(parts.openSocket) },
    firstAborted(stop, over.signal),
  );
  const [listened, asked] = await Promise.allSettled([
    listening
      .catch((error: unknown) => {
        failed.abort();
        throw error;
      })
      .finally(() => symbols.end()),
    recordOthers(parts, symbols, firstAborted(stop, failed.signal)),
  ]);
  timer.cancel();
  const info = writer.finish({
    ...{ market, startedMs, delayMs },
    endedMs: Math.round(clock.wallMs()),
    address: stream.url,
    pairs: stream.pairs.slice(0, MOST_PAIRS),
    ended: endOf(listened, writer, stop),
  });
  for (const outcome of [listened, asked]) if (outcome.status === 'rejected') throw outcome.reason;
  return info;
}

function endOf(
  listened: PromiseSettledResult<Ending>,
  { isFull }: RecordingWriter,
  stop: AbortSignal,
): string {
  if (listened.status === 'rejected') return messageOf(listened.reason);
  if (listened.value.kind !== 'requested') return listened.value.kind;
  if (stop.aborted) return 'signal';
  return isFull ? 'size' : 'time';
}

async function recordOthers(
  { market, date, rest, store, writer }: RecordingParts,
  symbols: SeenSymbols,
  stop: AbortSignal,
): Promise<void> {
  if (!rest) writer.lacks('REST: its key is not configured');
  else {
    const wanted = { market, symbols: await symbols.some(), date, calendar: new SessionCalendar(market) };
    await recordRest(rest, wanted, stop, what => writer.lacks(what));
  }
  if (!store) writer.lacks('flat files: their secrets are not configured');
  else {
    const datasets = [...flatDatasets(market, 'agg1m'), ...flatDatasets(market, 'agg1d')];
    await recordFlat(store, datasets, date, writer, stop);
  }
}

/** Some symbols that there are: those that were asked for by name, else the first that come. */
class SeenSymbols {
  readonly #market: Market;
  readonly #symbols = new Set<string>();
  readonly #ended: Promise<void>;
  #end: () => void = () => {};

  constructor(market: Market, pairs: readonly string[]) {
    this.#market = market;
    this.#ended = new Promise(resolve => {
      this.#end = resolve;
    });
    for (const pair of pairs) this.#add(pair.slice(pair.indexOf('.') + 1));
  }

  /** Resolves when there are enough, or no more can come. */
  async some(): Promise<readonly string[]> {
    await this.#ended;
    return [...this.#symbols].slice(0, REST_SYMBOLS);
  }

  end(): void {
    this.#end();
  }

  watching(openSocket: OpenSocket): OpenSocket {
    return (address, listener, signal) =>
      openSocket(
        address,
        {
          opened: () => listener.opened(),
          pong: () => listener.pong(),
          closed: (code, reason, error) => listener.closed(code, reason, error),
          frame: bytes => {
            this.#look(bytes);
            listener.frame(bytes);
          },
        },
        signal,
      );
  }

  #look(bytes: Uint8Array): void {
    if (this.#symbols.size >= REST_SYMBOLS) return;
    const text = Buffer.from(bytes).toString('utf8');
    for (const [, ticker] of text.matchAll(/"(?:sym|pair)":"([^"\\]+)"/g)) this.#add(ticker!);
  }

  #add(ticker: string): void {
    const sym = ticker === ALL_TICKERS ? undefined : canonicalTicker(this.#market, ticker);
    if (sym !== undefined) this.#symbols.add(sym);
    if (this.#symbols.size >= REST_SYMBOLS) this.end();
  }
}
