import { addressText } from '../../base/address.ts';
import { systemClock } from '../../base/clock.ts';
import { loaderAddress } from '../../config/loader-address.ts';
import type { Configuration, TargetConfiguration } from '../../config/schema.ts';
import { resolveSecrets, type Secret } from '../../config/secrets.ts';
import { systemSources } from '../../config/system-sources.ts';
import { openSocket } from '../../kdb/connection/open-socket.ts';
import { DEFAULT_MAX_ANSWER_BYTES, QueryConnection } from '../../kdb/connection/query-connection.ts';
import { SmallQueries } from '../../kdb/connection/small-queries.ts';
import { QError } from '../../kdb/errors.ts';
import { textOf } from '../../kdb/ipc/values.ts';
import { Loader } from '../../kdb/loader/loader.ts';
import { type Target, targetName } from '../../kdb/target.ts';
import { channelsNamed } from '../../massive/channels.ts';
import { AGGREGATE_TABLES, STATUS_TABLES, type TableDefinition } from '../../tables/definitions.ts';
import type { Market } from '../../tables/markets.ts';
import { loaderTarget } from '../backfill/loader.ts';
import { configuredTarget } from '../configured-target.ts';
import { tickerplantCalendar } from '../start/feed-assembly.ts';
import type { LoaderSubject, Readers } from './history-checks.ts';
import type { OpenQuestions, TickerplantSubject } from './tickerplant-checks.ts';

type Hide = (secret: Secret) => void;

/** Longest wait for an answer to a question that costs nothing. */
const ANSWER_MS = 5_000;
/** Questions to a tickerplant, each of which may take so long. */
const QUESTIONS = 3;

/** A target of the configuration as the checks of it need it, for real. */
export function tickerplantSubject(
  target: TargetConfiguration,
  configuration: Configuration,
  hide: Hide,
): TickerplantSubject {
  const { host, port, tls } = target;
  const feeds = configuration.feeds.filter(({ targets }) => targets.includes(target.name));
  const used = feeds.flatMap(({ market, channels }) => channelsNamed(market, channels));
  const tables = new Set<TableDefinition>(used.map(({ table }) => AGGREGATE_TABLES[table]));
  const connectMs = configuration.timeouts.targetConnectMs;
  return {
    target,
    address: targetName({ host, port, user: '', password: '', ...(tls && { tls: {} }) }),
    tables: [...tables],
    statusTables: Object.values(STATUS_TABLES),
    calendars: new Map(feeds.map(({ market }) => [market, tickerplantCalendar(market)])),
    limitMs: connectMs + QUESTIONS * ANSWER_MS,
    nowMs: () => systemClock.wallMs(),
    open: () => openQuestions(targetOf(target, configuration, hide), connectMs),
  };
}

function targetOf(target: TargetConfiguration, configuration: Configuration, hide: Hide): Target {
  const secrets = resolveSecrets({ ...configuration, feeds: [], targets: [target] }, systemSources);
  const password = secrets.passwordOf(target);
  if (password) hide(password);
  return configuredTarget(target, () => password);
}

async function openQuestions(target: Target, connectMs: number): Promise<OpenQuestions> {
  const socket = await openSocket(target, connectMs, systemClock);
  return new SmallQueries(socket, { clock: systemClock, answerTimeoutMs: ANSWER_MS }, () => {});
}

/** The loaders of the configuration as the checks of them need them, for real. */
export function loaderSubject(configuration: Configuration, hide: Hide): LoaderSubject {
  const { history, timeouts } = configuration;
  const options = {
    clock: systemClock,
    connectTimeoutMs: timeouts.targetConnectMs,
    answerTimeoutMs: ANSWER_MS,
  };
  const target = (market: Market) => loaderTarget(configuration, market, { hide });
  return {
    address: market => addressText(loaderAddress(history.loader, market)),
    // For the loader, and for who reads.
    limitMs: 2 * (timeouts.targetConnectMs + QUESTIONS * ANSWER_MS),
    async facts(market) {
      const loader = await Loader.open(target(market), { ...options, market });
      loader.close();
      return loader.facts;
    },
    async readers(market) {
      const connection = await QueryConnection.open(target(market), {
        ...options,
        maxAnswerBytes: DEFAULT_MAX_ANSWER_BYTES,
      });
      try {
        return await readersOf(connection);
      } catch (error) {
        if (error instanceof QError) return { kind: 'unknown' };
        throw error;
      } finally {
        connection.close();
      }
    },
  };
}

/** Source of the names: q/lease.q, q/plain.q and q/generation.q. */
async function readersOf(connection: QueryConnection): Promise<Readers> {
  const plain = textOf(await connection.query('string .plain.target')) ?? '';
  if (plain !== '') {
    const answers = await connection.query('@[{hclose .plain.connect[];1b};::;0b]');
    const isTrue = answers.kind === 'atom' && answers.value === true;
    return { kind: 'plain', address: plain.replace(/^:/, ''), answers: isTrue };
  }
  const counts = await connection.query(
    '{(count x;count where x=.gen.current)} exec generation from .lease.holders where not null handle',
  );
  if (counts.kind !== 'vector' || counts.type !== 'long') return { kind: 'unknown' };
  const [connected, current] = [...counts.values].map(Number);
  return { kind: 'generations', connected: connected ?? 0, current: current ?? 0 };
}
