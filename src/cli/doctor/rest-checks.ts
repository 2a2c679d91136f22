import { MassiveKdbError, messageOf } from '../../base/errors.ts';
import { clockDifferenceMs, type ServerDate } from '../../massive/probe/server-date.ts';
import { RestNotFoundError, RestNotInPlanError } from '../../massive/rest/errors.ts';
import type { MarketStatus } from '../../massive/rest/market-status.ts';
import type { Market } from '../../tables/markets.ts';
import { type Check, type Finding, fail, findingOf, once, pass, skipped, warn } from './check.ts';

/** Why REST is not asked. */
export interface RestAbsence {
  readonly absence: Finding;
}

/** What the checks of REST do, for real or for a test. */
export interface RestEffects {
  /** Of the service, without its scheme. */
  readonly place: string;
  status(signal: AbortSignal): Promise<MarketStatus>;
  /** Asks for the bar of the last session of one symbol; the number of bars. */
  previousBars(market: Exclude<Market, 'futures'>, signal: AbortSignal): Promise<number>;
  /** Requests that have left so far: before, one may wait for those that others have made in this minute. */
  requestsMade(): number;
}

const LIMIT_MS = 20_000;

/** Whether REST takes the key, and gives bars of each market. Source of what is asked: see market-status and aggregates. */
export function restChecks(markets: readonly Market[], rest: RestEffects | RestAbsence): Check[] {
  if ('absence' in rest) {
    return [{ name: 'rest', limitMs: LIMIT_MS, run: async () => rest.absence }];
  }
  const status = once(() => withinBudget(rest, signal => rest.status(signal)));
  return [
    {
      name: 'rest',
      of: rest.place,
      limitMs: LIMIT_MS * 2,
      run: async () => {
        const answer = await status();
        if ('finding' in answer) return answer.finding;
        const states = Object.entries(answer.value.states).map(([market, state]) => `${market} ${state}`);
        return pass(`takes the key${states.length === 0 ? '' : `; now ${states.join(', ')}`}`);
      },
    },
    ...[...new Set(markets)].map(market => ({
      name: 'rest bars',
      of: market,
      limitMs: LIMIT_MS * 2,
      run: async () => {
        const isAnswered = await status().then(
          answer => 'value' in answer,
          () => false,
        );
        return isAnswered ? barsFinding(market, rest) : skipped('as rest');
      },
    })),
  ];
}

async function barsFinding(market: Market, rest: RestEffects): Promise<Finding> {
  if (market === 'futures') return skipped('REST has no previous bar of futures');
  try {
    const answer = await withinBudget(rest, signal => rest.previousBars(market, signal));
    if ('finding' in answer) return answer.finding;
    return pass(answer.value > 0 ? 'the plan includes them' : 'the plan includes them; the symbol has none');
  } catch (error) {
    if (error instanceof RestNotFoundError) return pass('the plan includes them; the symbol has none');
    // The stream goes on without; what it misses has to come from elsewhere.
    return findingOf(error, error instanceof RestNotInPlanError ? 'warn' : 'fail');
  }
}

/** A request that has to wait for those of other processes is no fault. */
async function withinBudget<T>(
  rest: RestEffects,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly value: T } | { readonly finding: Finding }> {
  const before = rest.requestsMade();
  const signal = AbortSignal.timeout(LIMIT_MS);
  try {
    return { value: await ask(signal) };
  } catch (error) {
    if (error instanceof MassiveKdbError || !signal.aborted) throw error;
    if (rest.requestsMade() > before) {
      throw new MassiveKdbError('REST_UNAVAILABLE', {
        what: `${rest.place} has not answered within ${LIMIT_MS / 1000} s`,
        remedy: 'Check the address, the network and the proxy.',
      });
    }
    return {
      finding: warn(
        "it was not asked: the plan's requests of this minute are made, by a daemon or a backfill",
        'Run doctor again in a minute.',
      ),
    };
  }
}

const WARN_MS = 1_000;
const FAIL_MS = 60_000;

/** This machine's clock against the header `Date` of a server. */
export function clockCheck(place: string, read: (signal: AbortSignal) => Promise<ServerDate>): Check {
  return {
    name: 'clock',
    limitMs: LIMIT_MS,
    run: async signal => {
      const remedy = "Let a time server set this machine's clock (chrony, systemd-timesyncd).";
      const found = await read(signal).catch(messageOf);
      if (typeof found === 'string') return skipped(`${place} does not answer: ${found}`);
      if (found.dateMs === undefined) return skipped(`${place} does not tell the time`);
      const differenceMs = clockDifferenceMs(found.dateMs, found);
      const apartMs = Math.abs(differenceMs);
      if (apartMs <= WARN_MS) return pass(`within a second of ${place}'s`);
      const text = `at least ${Math.round(apartMs / 100) / 10} s ${differenceMs > 0 ? 'ahead of' : 'behind'} ${place}'s`;
      return apartMs > FAIL_MS ? fail(text, remedy) : warn(text, remedy);
    },
  };
}
