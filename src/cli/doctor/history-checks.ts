import { KdbAnswerTimeoutError, KdbConnectError } from '../../kdb/errors.ts';
import type { LoaderFacts } from '../../kdb/loader/answers.ts';
import { NotLoaderError } from '../../kdb/loader/errors.ts';
import { NotInPlanError } from '../../massive/flat/errors.ts';
import type { FlatStore } from '../../massive/flat/store.ts';
import type { Market } from '../../tables/markets.ts';
import { type Check, type Finding, fail, findingOf, once, pass, skipped, warn } from './check.ts';

const FLAT_LIMIT_MS = 30_000;

/** A flat file of a market that should be there. */
export interface FlatSubject {
  readonly market: Market;
  readonly key: string;
}

/** Whether the flat files of each market can be listed and read; in place of a store, why none is asked. */
export function flatFileChecks(subjects: readonly FlatSubject[], store: FlatStore | Finding): Check[] {
  if ('outcome' in store) {
    return [{ name: 'flat files', limitMs: FLAT_LIMIT_MS, run: async () => store }];
  }
  return subjects.map(subject => ({
    name: 'flat files',
    of: subject.market,
    limitMs: FLAT_LIMIT_MS,
    run: signal => flatFinding(subject, store, signal),
  }));
}

async function flatFinding({ key }: FlatSubject, store: FlatStore, signal: AbortSignal): Promise<Finding> {
  let isListed = false;
  for await (const file of store.list(key, signal)) isListed ||= file.key === key;
  if (!isListed) {
    return warn(
      `${store.place} takes the credentials, and lists no ${key}`,
      'Check history.flatFiles: place and bucket; or ask Massive for the file of that date.',
    );
  }
  try {
    // The store lists what it does not hand out.
    await store.head(key, signal);
    return pass(`${store.place} lists ${key} and hands it out`);
  } catch (error) {
    return findingOf(error, error instanceof NotInPlanError ? 'warn' : 'fail');
  }
}

/** Who reads what a loader publishes. */
export type Readers =
  /** Readers that are registered: how many of them are connected, and how many have the current generation. */
  | { readonly kind: 'generations'; readonly connected: number; readonly current: number }
  /** A stock HDB, by its address. */
  | { readonly kind: 'plain'; readonly address: string; readonly answers: boolean }
  /** The loader does not say. */
  | { readonly kind: 'unknown' };

/** The loaders of the configuration, and what the checks of them do, for real or for a test. */
export interface LoaderSubject {
  readonly limitMs: number;
  /** Where the loader of a market is to be. */
  address(market: Market): string;
  /** Connects to it as the loader of a market, and ends. Rejects with KdbConnectError, NotLoaderError, SecretError. */
  facts(market: Market): Promise<LoaderFacts>;
  readers(market: Market): Promise<Readers>;
}

/** Whether each market has its loader, and who reads its database. */
export function loaderChecks(markets: readonly Market[], loader: LoaderSubject): Check[] {
  const { limitMs } = loader;
  const loaders = [...new Set(markets)].map(market => ({
    market,
    address: loader.address(market),
    answer: once(() => answerOf(market, loader)),
  }));
  return [
    ...loaders.map(({ market, address, answer }) => ({
      name: 'loader',
      of: market,
      limitMs,
      run: async () => {
        const others = loaders.filter(other => other.market !== market && other.address === address);
        const othersThere = (await Promise.all(others.map(other => other.answer()))).some(isThere);
        return loaderFinding(await answer(), { market, address, isAnothers: othersThere });
      },
    })),
    ...loaders.map(({ market, address, answer }) => ({
      name: 'hdb',
      of: market,
      limitMs,
      run: async () =>
        isThere(await answer())
          ? readersFinding(await loader.readers(market), address)
          : skipped('its loader would say who reads'),
    })),
  ];
}

function isThere(answer: Answer): boolean {
  return 'facts' in answer;
}

type Answer = { readonly facts: LoaderFacts } | { readonly error: unknown };

async function answerOf(market: Market, loader: LoaderSubject): Promise<Answer> {
  try {
    return { facts: await loader.facts(market) };
  } catch (error) {
    return { error };
  }
}

interface LoaderPlace {
  readonly market: Market;
  readonly address: string;
  /** Whether the loader of another market is there. */
  readonly isAnothers: boolean;
}

function loaderFinding(answer: Answer, { market, address, isAnothers }: LoaderPlace): Finding {
  if ('facts' in answer) return pass(`${address} writes ${answer.facts.root}`);
  const { error } = answer;
  const isAway = error instanceof KdbConnectError && error.code === 'KDB_UNREACHABLE';
  if (isAway) {
    return warn(
      `${error.details.what}; rows of ended dates wait in the spool, and nothing can be backfilled`,
      'Start it (q q/feed.q -root DIRECTORY -market MARKET -p PORT), or correct history.loader.',
    );
  }
  if (isBusy(error)) {
    return warn(
      `${address} accepts connections and does not answer in time`,
      'It answers nobody while it merges: run doctor again later. If it stays so, look at its log.',
    );
  }
  if (isAnothers && error instanceof NotLoaderError) {
    return fail(
      `${address} is the loader of another market: rows of ended dates of ${market} wait in the spool`,
      `Start one for ${market}, and give its address in history.loader.addresses: ${market}=HOST:PORT.`,
    );
  }
  return findingOf(error);
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof KdbAnswerTimeoutError ||
    (error instanceof KdbConnectError && error.code === 'KDB_HANDSHAKE_TIMEOUT')
  );
}

function readersFinding(readers: Readers, address: string): Finding {
  switch (readers.kind) {
    case 'unknown':
      return skipped('the loader does not say who reads');
    case 'plain':
      if (readers.answers) return pass(`the HDB at ${readers.address} answers to the loader`);
      return fail(
        `the HDB at ${readers.address} does not answer to the loader, so nothing can be published`,
        'Start it on the directory of the loader, with its port as -plain says.',
      );
    case 'generations': {
      const { connected, current } = readers;
      if (connected === 0) {
        return warn(
          'no reader is connected: nobody can query the database',
          `Start one: q q/hdb.q -root DIRECTORY -loader ${address} -p PORT`,
        );
      }
      const noun = connected === 1 ? 'reader is' : 'readers are';
      if (current === connected) return pass(`${connected} ${noun} connected, with the current generation`);
      return warn(
        `${connected} ${noun} connected, of which ${connected - current} ${connected - current === 1 ? 'has' : 'have'} an earlier generation`,
        'A long query holds it; look again when that has ended.',
      );
    }
  }
}
