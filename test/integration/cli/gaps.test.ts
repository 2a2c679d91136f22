import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { QValue } from '../../../src/kdb/ipc/values.ts';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts';
import { TICKERPLANT_TABLES } from '../../../src/tables/definitions.ts';
import { MS_PER_DAY, TABLE_EPOCH_MS } from '../../../src/tables/epoch.ts';
import { CommandProcess } from '../../support/command-process.ts';
import { FakeTickerplant } from '../../support/fake-tickerplant.ts';

const SYMBOLS = ['BTC-USD', 'ETH-USD'];

/** Enough for processes of a machine that is busy otherwise. */
const PATIENCE_MS = 180_000;

/** A row as the tickerplant got it. */
type Row = Readonly<Record<string, string | number | bigint>>;

describe('massive-kdb start - gaps', () => {
  let directory: string;
  let simulator: Simulator;
  let tickerplant: FakeTickerplant;
  let daemon: CommandProcess;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-gaps-'));
    simulator = await startSimulator({ markets: ['crypto'], symbols: 2, rate: 2, lateShare: 0 });
    tickerplant = await FakeTickerplant.listen(TICKERPLANT_TABLES);
    tickerplant.currentDate = () => Math.floor((Date.now() - TABLE_EPOCH_MS) / MS_PER_DAY);
    tickerplant.offsetMs = 0;
  });
  afterEach(async () => {
    daemon.process.kill('SIGKILL');
    await daemon.done;
    await simulator.close();
    await tickerplant.server.close();
    rmSync(directory, { recursive: true });
  });

  function start(...flags: string[]): void {
    const line = ['start', '--market', 'crypto', '--channels', 'XAS', '--symbols', SYMBOLS.join(',')];
    const places = ['--host', simulator.url, '--target', `:${tickerplant.server.target().port}`];
    const rest = ['--history-rest-address', simulator.httpUrl, '--history-rest-tier', 'paid'];
    const quick = ['--gaps-settled-after-minutes', '0', '--drain-interval-ms', '100'];
    daemon = new CommandProcess(
      [...line, ...places, ...rest, ...quick, ...flags],
      { MASSIVE_API_KEY: 'demo', HOME: directory },
      directory,
    );
  }

  const rowsIn = (table: string): Row[] =>
    tickerplant.updates
      .filter(update => update.table === table)
      .flatMap(({ columns }) => rowsOf(table, columns));

  const until = (isSo: () => boolean): Promise<void> => tickerplant.server.watch.until(isSo);

  /** What REST of the simulator has of an interval, as `sym start close volume`. */
  async function truth(beginMs: number, endMs: number): Promise<string[]> {
    const all = await Promise.all(
      SYMBOLS.map(async sym => {
        const ticker = `X:${sym.replace('-', '')}`;
        const address = `${simulator.httpUrl}/v2/aggs/ticker/${ticker}/range/1/second/${beginMs}/${endMs - 1}?limit=50000`;
        const answer = await fetch(address, { headers: { authorization: 'Bearer demo' } });
        const { results = [] } = (await answer.json()) as {
          readonly results?: readonly { readonly t: number; readonly c: number; readonly v: number }[];
        };
        return results.map(({ t, c, v }) => `${sym} ${t} ${c} ${v}`);
      }),
    );
    return all.flat().sort();
  }

  /** The last version of each bar of an interval, in the same form. */
  function received(beginMs: number, endMs: number): string[] {
    const bars = new Map<string, string>();
    for (const { sym, start, close, volume } of rowsIn('agg1s')) {
      const startMs = msOf(start!);
      if (startMs >= beginMs && startMs < endMs) {
        bars.set(`${sym} ${startMs}`, `${sym} ${startMs} ${close} ${volume}`);
      }
    }
    return [...bars.values()].sort();
  }

  it('what was sent while a killed daemon was away is brought over REST, equal to what was sent', async () => {
    start();
    await until(() => rowsIn('agg1s').length >= 6);
    daemon.process.kill('SIGKILL');
    await daemon.done;
    start();
    await until(() => rowsIn('gap').some(({ state }) => state === 'filled'));

    const states = rowsIn('gap').map(({ state }) => state);
    expect([...new Set(states)]).to.deep.equal(['open', 'filling', 'filled']);
    const filled = rowsIn('gap').at(-1)!;
    expect(filled).to.include({ sym: 'crypto', mkt: 'crypto', channel: 'XAS', cause: 'crash' });
    const [beginMs, endMs] = [msOf(filled['begin']!), msOf(filled['end']!)];
    const sent = await truth(beginMs, endMs);
    expect(sent).not.to.have.length(0);
    expect(received(beginMs, endMs)).to.deep.equal(sent);
  }).timeout(PATIENCE_MS);

  it('a dropped connection is a gap too, and the daemon lists it on its socket', async () => {
    start();
    await until(() => rowsIn('agg1s').length >= 4);
    simulator.inject({ kind: 'drop' });
    await until(() => rowsIn('gap').some(({ state }) => state === 'filled'));
    const filled = rowsIn('gap').at(-1)!;
    expect(filled['cause']).to.equal('disconnect');
    const [beginMs, endMs] = [msOf(filled['begin']!), msOf(filled['end']!)];
    expect(received(beginMs, endMs)).to.deep.equal(await truth(beginMs, endMs));

    const list = new CommandProcess(['gaps', 'list', '--json'], { HOME: directory }, directory);
    const { code, stdout } = await list.done;
    expect(code).to.equal(0);
    const [gap, ...more] = JSON.parse(stdout) as { readonly id: string; readonly state: unknown }[];
    expect(more).to.deep.equal([]);
    expect(gap?.id).to.equal('crypto-1');
    expect(gap?.state).to.deep.equal({ name: 'filled', final: false });
  }).timeout(PATIENCE_MS);
});

function rowsOf(table: string, columns: QValue): Row[] {
  if (columns.kind !== 'list') throw new TypeError('no columns');
  const { columns: definitions } = TICKERPLANT_TABLES.find(({ name }) => name === table)!;
  const vectors = columns.items.map(column => {
    if (column.kind !== 'vector') throw new TypeError('no column');
    return column.values as ArrayLike<string | number | bigint>;
  });
  return Array.from({ length: vectors[0]!.length }, (_, row) =>
    Object.fromEntries(definitions.map(({ name }, column) => [name, vectors[column]![row]!])),
  );
}

function msOf(timestamp: string | number | bigint): number {
  return Number(BigInt(timestamp) / 1_000_000n) + TABLE_EPOCH_MS;
}
