import { expect } from 'chai';
import { FeedObservation } from '../../../../src/realtime/observation/feed-observation.ts';
import { TapReadersError } from '../../../../src/realtime/observation/tap.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';
import { BarRowsMaker } from '../../../support/bar-rows.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const TEN = Date.UTC(2026, 9, 2, 14);

class Reader {
  waitingBytes = 0;
  readonly lines: unknown[] = [];

  write(lines: string): void {
    for (const line of lines.trimEnd().split('\n')) this.lines.push(JSON.parse(line));
  }
}

describe('observation - tap', () => {
  const calendar = new SessionCalendar('stocks');
  const maker = new BarRowsMaker(calendar);
  const drain = { wallMs: 0, lastReceiveMs: 0, rowCount: 0, windowEndMs: undefined, durable: true };
  const bars = (count: number, sym = 'AAPL') =>
    maker.make(
      'agg1s',
      Array.from({ length: count }, (_, i) => ({ sym, startMs: TEN + i * 1_000, close: 9.5 })),
    );
  const observation = () =>
    new FeedObservation({ tables: ['agg1s'], calendar: () => calendar, logger: new RecordingLogger() });

  it('gives a row as the tables have it, as long as one reads', () => {
    const { tap } = observation();
    const reader = new Reader();
    const end = tap.open({}, reader);
    tap.received(bars(1));
    end();
    tap.received(bars(1));
    expect(reader.lines).to.deep.equal([
      {
        ...{ table: 'agg1s', time: '10:00:00.000', sym: 'AAPL', start: '2026-10-02T14:00:00.000Z' },
        ...{ open: 9.5, high: 9.5, low: 9.5, close: 9.5, volume: 100, vwap: null, trades: null },
        ...{ avgsize: null, dayvol: null, dayvwap: null, dayopen: null },
        ...{ mkt: 'stocks', src: 'ws', recv: '2026-10-02T14:00:03.000Z' },
      },
    ]);
  });

  it('gives only the symbol and the table that are asked for', () => {
    const { tap } = observation();
    const [apple, minutes, other] = [new Reader(), new Reader(), new Reader()];
    tap.open({ sym: 'AAPL' }, apple);
    tap.open({ table: 'agg1m' }, minutes);
    tap.open({ sym: 'NEVER' }, other);
    tap.received(bars(2));
    tap.received(bars(3, 'MSFT'));
    expect([apple, minutes, other].map(({ lines }) => lines.length)).to.deep.equal([2, 0, 0]);
  });

  it('leaves the names of the stream as they are, whatever symbol is asked for', () => {
    const { tap } = observation();
    const rows = bars(1);
    const { count, longestBytes } = rows.symbols;
    tap.open({ sym: 'x'.repeat(5_000) }, new Reader());
    tap.received(rows);
    expect(rows.symbols).to.include({ count, longestBytes });
  });

  it('never lets the feed wait for a reader: what is too much is left out, counted and told', () => {
    const { tap } = observation();
    const reader = new Reader();
    tap.open({}, reader);
    tap.received(bars(2_500));
    tap.drained();
    expect(reader.lines).to.have.length(2_001);
    expect(reader.lines.at(-1)).to.deep.equal({ dropped: 500 });
    reader.waitingBytes = 2 * 1024 * 1024;
    tap.received(bars(10));
    tap.drained();
    expect(reader.lines).to.have.length(2_001);
    reader.waitingBytes = 0;
    tap.received(bars(1));
    tap.drained();
    expect(reader.lines.slice(-2)).to.deep.include({ dropped: 10 });
  });

  it('has a limit of readers', () => {
    const { tap } = observation();
    const ends = [1, 2, 3, 4].map(() => tap.open({}, new Reader()));
    expect(() => tap.open({}, new Reader())).to.throw(TapReadersError);
    ends[0]!();
    tap.open({}, new Reader());
  });

  it('is told the end of each drain by the observation', () => {
    const observed = observation();
    const reader = new Reader();
    observed.tap.open({}, reader);
    observed.received(bars(2_001));
    observed.drained({ ...drain, wallMs: 5 });
    expect(reader.lines.at(-1)).to.deep.equal({ dropped: 1 });
    expect(observed.lastDrainMs).to.equal(5);
  });
});
