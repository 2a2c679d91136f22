import { expect } from 'chai';
import { scannerHarness } from '../../../support/scanner-harness.ts';

const bar = (sym: string, s = 1782124955000, ev = 'A') => `{"ev":"${ev}","sym":"${sym}","v":1,"s":${s}}`;
const frame = (...events: string[]) => `[${events.join(',')}]`;

describe('scanner - rows between drains', () => {
  it('drains only tables that have rows and goes on in other buffers', () => {
    const { scanner, scan } = scannerHarness('stocks');
    scan(frame(bar('A'), bar('B')));
    const first = scanner.drain();
    expect(first.map(rows => [rows.definition.name, rows.rowCount])).deep.equal([['agg1s', 2]]);
    scan(frame(bar('C', 1782124920000, 'AM')));
    expect(first[0]!.rowCount).equal(2);
    scanner.recycle(first);
    const second = scanner.drain();
    expect(second.map(rows => [rows.definition.name, rows.rowCount])).deep.equal([['agg1m', 1]]);
  });

  it('keeps rows for a later drain while the tables of an earlier one are still out', () => {
    const { scanner, scan, rows } = scannerHarness('stocks');
    scan(frame(bar('A')));
    const out = scanner.drain();
    scan(frame(bar('B')));
    expect(scanner.drain()).deep.equal([]);
    scan(frame(bar('C')));
    scanner.recycle(out);
    expect(rows().map(row => row.sym)).deep.equal(['B', 'C']);
  });

  it('uses the same two sets of buffers again and again', () => {
    const { scanner, scan } = scannerHarness('stocks');
    const seen = new Set<unknown>();
    for (let i = 0; i < 10; i++) {
      scan(frame(bar('A')));
      const drained = scanner.drain();
      for (const rows of drained) seen.add(rows);
      scanner.recycle(drained);
    }
    expect(seen.size).equal(2);
  });

  it('refuses tables that were not drained, so that no row is emptied unread', () => {
    const { scanner, scan } = scannerHarness('stocks');
    scan(frame(bar('A')));
    const drained = scanner.drain();
    scanner.recycle(drained);
    expect(() => scanner.recycle(drained)).throw(RangeError);
  });

  it('keeps every row through growth, in order', () => {
    const { scan, rows } = scannerHarness('stocks');
    const names = Array.from({ length: 5000 }, (_, i) => `S${i}`);
    for (let i = 0; i < names.length; i += 50) scan(frame(...names.slice(i, i + 50).map(name => bar(name))));
    const found = rows();
    expect(found.map(row => row.sym)).deep.equal(names);
    expect(new Set(found.map(row => `${row.mkt} ${row.src}`))).deep.equal(new Set(['stocks ws']));
  });

  it('loses, counts and logs rows beyond the limit, once for each drain, and takes rows again afterwards', () => {
    const { scanner, scan, rows, counters, logger } = scannerHarness('stocks', { maxRows: 2 });
    scan(frame(bar('A'), bar('B'), bar('C'), bar('D', 1782124920000, 'AM')));
    scan(frame(bar('E')));
    expect(rows().map(row => row.sym)).deep.equal(['A', 'B', 'D']);
    expect(counters.snapshot().get('scanner_rows_lost{market="stocks"}')).equal(2);
    expect(scanner.totals.lostRows).equal(2);
    expect(logger.messages('error').length).equal(1);
    scan(frame(bar('F')));
    expect(rows().map(row => row.sym)).deep.equal(['F']);
  });

  it('tells its own rows and losses, also where another scanner of the market counts with it', () => {
    const { scanner, scan, counters } = scannerHarness('futures', { maxRows: 1 });
    const other = scannerHarness('futures', {}, counters);
    scan(frame(bar('A'), bar('B')));
    other.scan(frame(bar('C')));
    expect(scanner.totals).include({ rows: 1, lostRows: 1 });
    expect(other.scanner.totals).include({ rows: 1, lostRows: 0 });
  });

  it('counts no loss for a frame that is refused', () => {
    const { scan, counters } = scannerHarness('stocks', { maxRows: 1 });
    scan(`[${bar('A')},${bar('B')},`);
    expect(counters.snapshot().get('scanner_rows_lost{market="stocks"}')).equal(0);
  });

  it('takes a refused frame back to the row before it, in every table', () => {
    const { scan, rows, quarantined } = scannerHarness('stocks');
    scan(frame(bar('A'), bar('B', 1782124920000, 'AM')));
    const broken = `[${bar('C')},${bar('D', 1782124920000, 'AM')},{"ev":"status","status":"success"},${bar('')},{]`;
    expect(scan(broken)).deep.equal([]);
    expect(rows().map(row => row.sym)).deep.equal(['A', 'B']);
    expect(quarantined).deep.equal([{ reason: 'frame-not-json', raw: broken }]);
  });

  it('rejects an event whose symbol is beyond the limit, and no other', () => {
    const { scan, rows, quarantined } = scannerHarness('stocks', { maxSymbols: 4 });
    scan(frame(bar('A'), bar('B'), bar('A')));
    expect(rows().map(row => row.sym)).deep.equal(['A', 'A']);
    expect(quarantined.map(({ reason }) => reason)).deep.equal(['symbol-limit']);
  });

  it('clears symbols beyond the soft limit when their rows come back, market and source excepted', () => {
    const { scanner, scan } = scannerHarness('stocks', { keepSymbols: 5 });
    for (let i = 0; i < 20; i++) {
      scan(frame(bar(`X${i}`), bar(`Y${i}`)));
      const drained = scanner.drain();
      const { symbols } = drained[0]!;
      expect(symbols.count).most(8);
      const { mkt, src } = Object.fromEntries(
        ['mkt', 'src'].map(name => [name, (drained[0]!.column(name) as { ids: Int32Array }).ids[1]!]),
      );
      expect([symbols.nameOf(mkt!), symbols.nameOf(src!)]).deep.equal(['stocks', 'ws']);
      scanner.recycle(drained);
    }
  });

  it('interns a ticker once, whatever stands behind it in the frame', () => {
    const { scanner, scan } = scannerHarness('stocks');
    for (const sym of ['A', 'AB', 'ABC', 'ABCD', 'ABCDE', 'ABCDEFG', 'ABCDEFGH', 'ABCDEFGHI']) {
      scan(
        frame(
          bar(sym),
          `{"ev":"A","s":1782124955000,"sym":"${sym}"}`,
          `{"ev":"A", "sym":"${sym}", "s":1782124955000}`,
        ),
      );
    }
    const drained = scanner.drain();
    expect(drained[0]!.rowCount).equal(24);
    expect(drained[0]!.symbols.count).equal(8 + 3);
  });

  it('stamps all rows of a frame with one time that never goes back', () => {
    const { scan, rows, clock } = scannerHarness('stocks');
    scan(frame(bar('A'), bar('B', 1782124920000, 'AM')));
    clock.stepWall(-60_000);
    scan(frame(bar('C')));
    const [a, c, b] = rows().map(row => row.recv as bigint);
    expect(a).equal(b);
    expect(c! >= a!).equal(true);
  });
});

describe('scanner - extremes', () => {
  it('takes frames far longer than any before', () => {
    const { scan, rows } = scannerHarness('stocks');
    const names = Array.from({ length: 20_000 }, (_, i) => `LONG${i}`);
    scan(frame(...names.map(name => bar(name))));
    expect(rows().map(row => row.sym)).deep.equal(names);
  });

  it('judges deep nesting as JSON.parse does, without a stack of its own', () => {
    const { scan, rows, quarantined } = scannerHarness('stocks');
    const nested = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    scan(`[{"ev":"A","sym":"A","x":${nested},"s":1782124955000}]`);
    expect(rows().map(row => row.sym)).deep.equal(['A']);
    scan(`[{"ev":"A","sym":"A","x":${nested.slice(1)},"s":1782124955000}]`);
    expect(quarantined.map(({ reason }) => reason)).deep.equal(['frame-not-json']);
  });

  it('names the reason of each bad event and keeps its bytes', () => {
    const reasonOf = (event: string) => {
      const { scan, quarantined } = scannerHarness('futures');
      scan(`[${event}]`);
      expect(quarantined.map(({ raw }) => raw)).deep.equal([event]);
      return quarantined[0]!.reason;
    };
    expect(reasonOf('7')).equal('event-not-object');
    expect(reasonOf('{"sym":"A"}')).equal('channel-missing');
    expect(reasonOf('{"ev":"T","sym":"A"}')).equal('channel-unknown');
    expect(reasonOf('{"ev":"A","s":1782124955000}')).equal('ticker-invalid');
    expect(reasonOf('{"ev":"A","sym":"A\\u0000","s":1782124955000}')).equal('ticker-invalid');
    expect(reasonOf('{"ev":"A","sym":"A"}')).equal('start-invalid');
    expect(reasonOf('{"ev":"A","sym":"A","s":1782124955}')).equal('start-invalid');
    expect(reasonOf('{"ev":"A","sym":"A","s":1782124955000,"o":[1]}')).equal('field-not-number');
    expect(reasonOf('{"ev":"A","sym":"A","s":1782124955000,"n":1.5}')).equal('field-not-number');
    expect(reasonOf('{"ev":"A","sym":"A","s":1782124955000,"o":1e999}')).equal('field-out-of-range');
    expect(reasonOf('{"ev":"A","sym":"A","s":1782124955000,"n":9223372036854775808}')).equal(
      'field-out-of-range',
    );
    expect(reasonOf('{"ev":"status","status":1}')).equal('status-invalid');
  });

  it('quarantines a frame that is JSON but no array', () => {
    const { scan, quarantined } = scannerHarness('stocks');
    scan('{"ev":"status","status":"connected"}');
    expect(quarantined.map(({ reason }) => reason)).deep.equal(['frame-not-array']);
  });
});
