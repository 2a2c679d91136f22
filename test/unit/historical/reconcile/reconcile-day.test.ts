import { expect } from 'chai';
import { silentLogger } from '../../../../src/base/logger.ts';
import { type Random, seededRandom } from '../../../../src/base/random.ts';
import { LoaderLink } from '../../../../src/historical/loader-link.ts';
import { COMPARED_COLUMNS } from '../../../../src/historical/reconcile/bar-piece.ts';
import type { DayFile } from '../../../../src/historical/reconcile/day-file.ts';
import { type DayComparison, reconcileDay } from '../../../../src/historical/reconcile/reconcile-day.ts';
import { SymbolSelection } from '../../../../src/historical/symbol-selection.ts';
import { HELD_COLUMNS } from '../../../../src/kdb/loader/held-bars.ts';
import { flatDatasets } from '../../../../src/massive/flat/datasets.ts';
import { dateDaysOf } from '../../../../src/tables/epoch.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import {
  FakeHeld,
  type FileBar,
  flatSourceOf,
  type HeldBar,
  type Values,
} from '../../../support/reconcile-harness.ts';

const DATE = dateDaysOf('2026-10-02');
const CALENDAR = new SessionCalendar('stocks');
/** 04:00 in New York. */
const BEGIN_NS = BigInt(DATE) * 86_400_000_000_000n + 8n * 3_600_000_000_000n;
const LIMITS = { symbols: 5, examples: 4 };

interface Day {
  readonly file: FileBar[];
  readonly held: HeldBar[];
  readonly subscribed: readonly string[];
}

function randomDay(random: Random): Day {
  const below = (limit: number) => Math.floor(random() * limit);
  const value = () => (random() < 0.1 ? Number.NaN : 1 + below(2));
  const values = (): Values => HELD_COLUMNS.map(value);
  const names = Array.from({ length: 1 + below(30) }, (_, at) => `S${at}`);
  const file: FileBar[] = [];
  const held: HeldBar[] = [];
  for (const sym of names) {
    const isWholeOn = [random() < 0.9, random() < 0.9] as const;
    for (let minute = 0; minute < 30; minute++) {
      const start = BEGIN_NS + BigInt(minute) * 60_000_000_000n;
      const said = values();
      if (isWholeOn[0] && random() < 0.7) {
        // Now and then twice: the last one counts.
        if (random() < 0.05) file.push({ sym, start, values: values() });
        file.push({ sym, start, values: said });
      }
      if (!isWholeOn[1] || random() < 0.2) continue;
      const now = random() < 0.7 ? said : values();
      const captured = random() < 0.2 ? undefined : random() < 0.7 ? now : values();
      held.push({ sym, start, values: now, captured });
    }
  }
  // The database has its symbols in an order of its own.
  held.sort((a, b) => (a.sym < b.sym ? 1 : a.sym > b.sym ? -1 : Number(a.start - b.start)));
  return { file, held, subscribed: names.filter(() => random() < 0.5) };
}

/** The same counts, found the slow way. */
function expected({ file, held, subscribed }: Day) {
  const key = ({ sym, start }: FileBar) => `${sym} ${start}`;
  const fileBars = new Map(file.map(bar => [key(bar), bar]));
  const heldBars = new Map(held.map(bar => [key(bar), bar]));
  const captured = new Set(held.filter(bar => bar.captured).map(({ sym }) => sym));
  const isIn = (sym: string) => captured.has(sym) || subscribed.includes(sym);
  const inFile = [...fileBars.values()].filter(({ sym }) => isIn(sym));
  const inHeld = [...heldBars.values()].filter(({ sym }) => isIn(sym));
  const differing = (a: Values, b: Values) =>
    a.flatMap((said, at) =>
      said !== b[at] && !Number.isNaN(said) && !Number.isNaN(b[at]) ? [COMPARED_COLUMNS[at]!] : [],
    );
  const isExtraOnly = (sym: string) => ![...fileBars.values()].some(bar => bar.sym === sym);
  const counts = (of: (bar: HeldBar) => Values | undefined) => {
    const pairs = inFile.map(bar => [bar, heldBars.get(key(bar))] as const);
    const both = pairs.flatMap(([bar, other]) => {
      const values = other && of(other);
      return values ? [differing(bar.values, values)] : [];
    });
    const different = both.filter(columns => columns.length > 0);
    // What the database has of symbols that are neither in the file nor captured is not looked at.
    const extra = inHeld.filter(
      bar => of(bar) && !fileBars.has(key(bar)) && (captured.has(bar.sym) || !isExtraOnly(bar.sym)),
    );
    return {
      file: inFile.length,
      held: both.length + extra.length,
      equal: both.length - different.length,
      missing: inFile.length - both.length,
      different: different.length,
      extra: extra.length,
      columns: different.flat(),
    };
  };
  const left = [...fileBars.values()].filter(({ sym }) => !isIn(sym));
  return {
    captured: counts(bar => bar.captured),
    database: counts(bar => bar.values),
    notSubscribed: new Set(left.map(({ sym }) => sym)).size,
  };
}

function reconcile({ file, held, subscribed }: Day, random: Random, clients = [new FakeHeld(held)]) {
  const clock = new ManualClock();
  const link = new LoaderLink(
    { open: async () => clients.shift()!, clock, random, logger: silentLogger },
    { waitMs: 1000, retryBaseMs: 1, retryCapMs: 1 },
  );
  const [dataset] = flatDatasets('stocks', 'agg1m');
  const identity = { etag: '"one"', sizeBytes: 1, lastModifiedMs: 0 };
  const day: DayFile = { dataset: dataset!, key: 'key', file: { path: 'path', identity } };
  const done = reconcileDay(
    { loader: link, flat: flatSourceOf(file, DATE, random), calendar: CALENDAR },
    { date: DATE, files: [day], subscribed: SymbolSelection.of(subscribed), limits: LIMITS },
    new AbortController().signal,
  );
  return { done, clock };
}

function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0);
}

function requireEqual(found: DayComparison, day: Day, seed: number): void {
  const truth = expected(day);
  const { columns, ...captured } = truth.captured;
  expect(found.captured.totals, `seed ${seed}`).to.deep.equal(captured);
  const { columns: _, ...database } = truth.database;
  expect(found.database, `seed ${seed}`).to.deep.equal(database);
  expect(found.notSubscribed.symbols, `seed ${seed}`).to.equal(truth.notSubscribed);
  for (const [at, name] of COMPARED_COLUMNS.entries()) {
    expect(found.captured.columns[at]!.different).to.equal(columns.filter(column => column === name).length);
  }
  const { minutes, coverage } = found.captured;
  for (const kind of ['missing', 'different', 'file'] as const) {
    expect(sum(minutes[kind])).to.equal(captured[kind]);
    expect(coverage.groups.reduce((total, group) => total + sum(group[kind]), 0)).to.equal(captured[kind]);
  }
  expect(sum(minutes.extra)).to.equal(captured.extra);
}

describe('reconcile - a day', () => {
  it('finds what is missing, different and extra, whatever the order and the cut of both sides', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed);
      const day = randomDay(random);
      requireEqual(await reconcile(day, random).done, day, seed);
    }
  });

  it('opens the date again after the loader was away, and lets go of it at the end', async () => {
    const random = seededRandom(3);
    const day = randomDay(random);
    const [lost, client] = [new FakeHeld(day.held), new FakeHeld(day.held)];
    lost.callsLeft = 1;
    const { done, clock } = reconcile(day, random, [lost, client]);
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    done.then(end, end);
    while (!isOver) {
      await new Promise(setImmediate);
      await clock.advance(1);
    }
    requireEqual(await done, day, 3);
    expect([lost.opened, client.opened]).to.deep.equal([1, 1]);
    expect([lost.ended, client.ended]).to.deep.equal([0, 1]);
  });

  it('asks for a whole market in pieces, and keeps only some symbols and examples', async () => {
    const values = HELD_COLUMNS.map(() => 1);
    const others = HELD_COLUMNS.map(() => 2);
    const file: FileBar[] = [];
    const held: HeldBar[] = [];
    for (let at = 0; at < 3000; at++) {
      const sym = `S${String(at).padStart(4, '0')}`;
      for (let minute = 0; minute < 30; minute++) {
        const start = BEGIN_NS + BigInt(minute) * 60_000_000_000n;
        file.push({ sym, start, values });
        held.push({ sym, start, values: at % 2 ? values : others, captured: at % 2 ? values : others });
      }
    }
    const client = new FakeHeld(held);
    const random = seededRandom(1);
    const found = await reconcile({ file, held, subscribed: [] }, random, [client]).done;
    expect(found.captured.totals.different).to.equal(45_000);
    expect(client.mostRows).to.be.lessThan(33_000);
    expect(found.captured.worst.map(({ sym }) => sym)).to.deep.equal([
      'S0000',
      'S0002',
      'S0004',
      'S0006',
      'S0008',
    ]);
    expect(found.captured.examples.different.map(({ sym }) => sym)).to.deep.equal([
      'S0000',
      'S0000',
      'S0000',
      'S0002',
    ]);
    const { groups } = found.captured.coverage;
    expect(groups.length).to.be.within(32, 64);
    expect(groups.reduce((symbols, group) => symbols + group.symbols, 0)).to.equal(3000);
    expect([groups[0]!.first, groups.at(-1)!.last]).to.deep.equal(['S0000', 'S2999']);
  });

  it('refuses a file in which a symbol comes back', async () => {
    const values = HELD_COLUMNS.map(() => 1);
    const bar = (sym: string) => ({ sym, start: BEGIN_NS, values });
    const scattered = { file: [bar('A'), bar('B'), bar('A')], held: [], subscribed: ['A', 'B'] };
    const refused = await reconcile(scattered, seededRandom(1)).done.catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'RECONCILE_FILE_ORDER');
  });
});
