import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Ledger } from '../../../src/historical/ledger.ts';
import { SymbolSelection } from '../../../src/historical/symbol-selection.ts';
import { flatUnit, restUnit } from '../../../src/historical/unit.ts';
import { flatDatasets } from '../../../src/massive/flat/datasets.ts';

const [MINUTES] = flatDatasets('stocks', 'agg1m');
const FILE = { key: 'us_stocks_sip/minute_aggs_v1/2026/10/2026-10-01.csv.gz', etag: '"one"', sizeBytes: 7 };
const UNIT = flatUnit(MINUTES!, 9770, FILE, SymbolSelection.all);
const OTHER = restUnit('agg1m', 'BRK.B', 9770, 9790);

describe('backfill ledger', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    path = join(directory, 'backfill', 'stocks.ledger');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('what was recorded is there after a restart, the last of a unit', () => {
    const ledger = Ledger.open(path);
    ledger.record({ unit: UNIT.id, state: 'fetched', etag: '"one"' });
    ledger.record(
      { unit: UNIT.id, state: 'staged', etag: '"one"', rows: 3 },
      { unit: OTHER.id, state: 'staged' },
    );
    ledger.close();

    const again = Ledger.open(path);
    expect(again.entryOf(UNIT)).to.deep.equal({ unit: UNIT.id, state: 'staged', etag: '"one"', rows: 3 });
    expect(again.entryOf(OTHER)?.state).to.equal('staged');
    again.close();
  });

  it('a line that a crash cut short is cut off, and the next is whole', () => {
    Ledger.open(path).close();
    const whole = `${JSON.stringify({ unit: UNIT.id, state: 'staged', etag: '"one"' })}\n`;
    const next = JSON.stringify({ unit: UNIT.id, state: 'published', etag: '"one"' });
    for (let length = 1; length <= next.length; length++) {
      writeFileSync(path, `{"ledger":"massive-kdb backfill","version":1}\n${whole}${next.slice(0, length)}`);
      const ledger = Ledger.open(path);
      expect(ledger.entryOf(UNIT)?.state).to.equal('staged');
      ledger.record({ unit: OTHER.id, state: 'fetched' });
      ledger.close();
      const again = Ledger.open(path);
      expect(again.entryOf(OTHER)?.state).to.equal('fetched');
      expect(again.isFinished(UNIT)).to.equal(false);
      again.close();
    }
  });

  it('a damaged line names itself and its remedy; another version is refused', () => {
    Ledger.open(path).close();
    appendFileSync(path, 'garbage\n{}\n');
    expect(() => Ledger.open(path)).to.throw(/ledger:2 is damaged\. Delete this line/);
    writeFileSync(path, '{"ledger":"massive-kdb backfill","version":2}\n');
    expect(() => Ledger.open(path)).to.throw(/is version 2; expected version 1/);
    writeFileSync(path, 'something else\n');
    expect(() => Ledger.open(path)).to.throw(/is no ledger; expected version 1/);
  });

  it('a published unit is finished, unless its file was replaced or bars were left out', () => {
    const ledger = Ledger.open(path);
    ledger.record({ unit: UNIT.id, state: 'published', etag: '"one"' });
    expect(ledger.isFinished(UNIT)).to.equal(true);
    expect(
      ledger.isFinished(flatUnit(MINUTES!, 9770, { ...FILE, etag: '"two"' }, SymbolSelection.all)),
    ).to.equal(false);
    ledger.record({ unit: OTHER.id, state: 'published', completeUntilMs: 1_790_000_000_000 });
    expect(ledger.isFinished(OTHER)).to.equal(false);
    ledger.close();
  });

  it('is written anew when most of it is history, and says the same', () => {
    const ledger = Ledger.open(path);
    for (let i = 0; i < 5_000; i++) {
      ledger.record(
        { unit: `unit.${i % 50}`, state: 'fetched' },
        { unit: `unit.${i % 50}`, state: 'staged', rows: i },
        { unit: UNIT.id, state: 'published', etag: '"one"' },
      );
    }
    ledger.close();
    expect(readFileSync(path, 'utf8').split('\n').length).to.be.below(10_100);
    const again = Ledger.open(path);
    expect(again.isFinished(UNIT)).to.equal(true);
    again.close();
  });

  it('symbols that differ in case or signs only make different units with names that files can have', () => {
    const syms = ['BRK.B', 'BRK-B', 'BRK/B', 'BApA', 'BAPA', 'EUR/USD', 'X:BTC', '-', '--'];
    const ids = syms.map(sym => restUnit('agg1m', sym, 9770, 9790).id);
    expect(new Set(ids).size).to.equal(syms.length);
    for (const id of ids) expect(id).to.match(/^[A-Za-z0-9.-]+$/);
  });
});
