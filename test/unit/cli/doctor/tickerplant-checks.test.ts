import { expect } from 'chai';
import {
  type OpenQuestions,
  type TickerplantSubject,
  tickerplantChecks,
} from '../../../../src/cli/doctor/tickerplant-checks.ts';
import { loadConfiguration } from '../../../../src/config/load.ts';
import type { TargetConfiguration } from '../../../../src/config/schema.ts';
import { KdbAnswerTimeoutError, KdbConnectError, QError } from '../../../../src/kdb/errors.ts';
import { tickerplantColumns } from '../../../../src/kdb/tables/convention.ts';
import { AGGREGATE_TABLES, STATUS_TABLES, type TableDefinition } from '../../../../src/tables/definitions.ts';
import { MS_PER_DAY, TABLE_EPOCH_MS } from '../../../../src/tables/epoch.ts';
import { configurationSources } from '../../../support/configuration-sources.ts';
import { findingsOf, lineOf } from '../../../support/doctor-findings.ts';

const TEXT = 'feeds:\n  - {market: stocks, channels: [A]}\ntargets:\n  - {name: main, port: 5010}\n';
const files = { '/here/massive-kdb.yaml': TEXT };
const TARGET = loadConfiguration(configurationSources({ files })).configuration.targets[0]!;
const NOW_MS = Date.UTC(2026, 9, 2, 14);
const TODAY = Math.floor((NOW_MS - TABLE_EPOCH_MS) / MS_PER_DAY);
const OFFSET_MS = -4 * 3_600_000;
const LETTERS = { timespan: 'n', timestamp: 'p', symbol: 's', float: 'f', long: 'j' } as const;
const { agg1s } = AGGREGATE_TABLES;
const { gap } = STATUS_TABLES;

/** What `meta` gives through node-q. */
function meta(definition: TableDefinition): unknown {
  const columns = tickerplantColumns(definition, 'kdb-tick');
  return [{ c: columns.map(({ name }) => name) }, { t: columns.map(({ type }) => LETTERS[type]).join('') }];
}

const HEALTHY: Readonly<Record<string, unknown>> = {
  '.u.l': 5,
  '.u.d': new Date(TABLE_EPOCH_MS + TODAY * MS_PER_DAY),
  '.u.offset[]': OFFSET_MS * 1e6,
  'meta agg1s': meta(agg1s),
  'meta gap': meta(gap),
  '@[{value x;1b};`.fh.upd;0b]': true,
};

async function look(
  answers: Readonly<Record<string, unknown>> = {},
  { target = {}, open }: { target?: Partial<TargetConfiguration>; open?: () => Promise<OpenQuestions> } = {},
) {
  let closed = 0;
  const all: Readonly<Record<string, unknown>> = { ...HEALTHY, ...answers };
  const questions: OpenQuestions = {
    async ask(text) {
      const answer = text in all ? all[text] : new QError(text);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: () => closed++,
  };
  const subject: TickerplantSubject = {
    target: { ...TARGET, ...target },
    address: '127.0.0.1:5010',
    tables: [agg1s],
    statusTables: [gap],
    calendars: new Map([
      [
        'stocks',
        { expectedDate: () => TODAY, expectedOffsetMs: () => OFFSET_MS, timeZone: 'America/New_York' },
      ],
    ]),
    limitMs: 1_000,
    nowMs: () => NOW_MS,
    open: open ?? (async () => questions),
  };
  const findings = await findingsOf(tickerplantChecks(subject));
  const [connection, log, date, schema, fn] = Object.values(findings).map(lineOf);
  return { connection, log, date, schema, function: fn, closed };
}

describe('doctor - tickerplant', () => {
  it('one that is well passes everything over one connection, which is closed', async () => {
    expect(await look()).to.deep.equal({
      connection: 'pass: 127.0.0.1:5010 lets us in',
      log: 'pass: it writes what it gets to a log',
      date: 'pass: it is at 2026-10-02, as the market is',
      schema: 'pass: agg1s are as they are published',
      function: 'pass: it takes each batch once, whatever is sent again',
      closed: 1,
    });
  });

  it('one that cannot be reached, or refuses the password, fails once, and nothing is asked', async () => {
    for (const code of ['KDB_UNREACHABLE', 'KDB_REFUSED_PASSWORD'] as const) {
      const error = new KdbConnectError(code, { what: 'it said no', remedy: 'Check it.' });
      const found = await look({}, { open: () => Promise.reject(error) });
      expect(found.connection).to.equal('fail: it said no -> Check it.');
      for (const part of ['log', 'date', 'schema', 'function'] as const)
        expect(found[part]).to.equal('skipped: not connected');
    }
  });

  it('one without a log fails, and is a warning where that is allowed', async () => {
    expect((await look({ '.u.l': 0 })).log).to.match(/^fail: it writes no log.* -> Start it with a log/);
    const allowed = await look({ '.u.l': 0 }, { target: { allowUnlogged: true } });
    expect(allowed.log).to.match(/^warn: it writes no log.*allowUnlogged/);
  });

  it('another date, another zone, and no date at all fail; an unknown zone is a warning', async () => {
    const yesterday = new Date(TABLE_EPOCH_MS + (TODAY - 1) * MS_PER_DAY);
    expect((await look({ '.u.d': yesterday })).date).to.match(
      /^fail: the tickerplant files under 2026-10-01 while the market's date is 2026-10-02.* -> See whether its end of day/,
    );
    expect((await look({ '.u.offset[]': 0 })).date).to.match(
      /^fail: .*UTC\+00:00 and its market's at UTC-04:00.* -> Start it with TZ=America\/New_York/,
    );
    expect((await look({ '.u.d': new QError('.u.d') })).date).to.match(
      /^fail: .*not a tickerplant.* -> Correct host/,
    );
    expect((await look({ '.u.offset[]': new QError('access') })).date).to.match(/^warn: .*by which clock/);
  });

  it('a schema that differs fails column by column; missing tables of our own state are a warning', async () => {
    const [keys, values] = meta(agg1s) as [{ c: string[] }, { t: string }];
    const wrong = [{ c: keys.c }, { t: values.t.replace('f', 'e') }];
    expect((await look({ 'meta agg1s': wrong })).schema).to.match(
      /^fail: table agg1s: column open is real, expected float -> Load q\/schema\.q/,
    );
    expect((await look({ 'meta agg1s': new QError('agg1s') })).schema).to.match(
      /^fail: table agg1s is missing/,
    );
    expect((await look({ 'meta gap': new QError('gap') })).schema).to.match(/^warn: .*table gap is missing/);
  });

  it('a function of its own passes where it is there, and fails where it is not', async () => {
    const question = '@[{value x;1b};`.my.upd;0b]';
    const target = { function: '.my.upd' };
    expect((await look({ [question]: true }, { target })).function).to.match(
      /^pass: \.my\.upd takes the batches/,
    );
    expect((await look({ [question]: false }, { target })).function).to.match(
      /^fail: there is no function \.my\.upd/,
    );
    expect((await look({ [question]: new QError('access') }, { target })).function).to.match(
      /^warn: .*'access/,
    );
  });

  it('one that stops to answer fails where it does, and the connection is closed', async () => {
    const silence = new KdbAnswerTimeoutError('127.0.0.1:5010', 5_000);
    const found = await look({ '.u.d': silence });
    expect(found.connection).to.match(/^pass/);
    expect(found.date).to.match(/^fail: .* has not answered for 5000 ms/);
    expect(found.closed).to.equal(1);
  });
});
