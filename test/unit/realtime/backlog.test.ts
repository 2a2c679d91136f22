import { expect } from 'chai';
import fc from 'fast-check';
import { memoryCounters } from '../../../src/base/counters.ts';
import type { Batch } from '../../../src/kdb/batch.ts';
import { BufferPool } from '../../../src/kdb/tables/buffer-pool.ts';
import { MemoryBacklog } from '../../../src/realtime/backlog.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

const TODAY = 9800;

function batch(sequence: number, options: Partial<Batch> = {}): Batch {
  return {
    sequence,
    table: 'agg1s',
    tradingDate: TODAY,
    rowCount: 10,
    columns: new Uint8Array(100),
    drainedMs: 0,
    windowEndMs: undefined,
    ...options,
  };
}

function backlog(maxBytes = 1000) {
  const logger = new RecordingLogger();
  const counters = memoryCounters();
  const acknowledged: number[] = [];
  const refused: number[] = [];
  const left: number[] = [];
  const subject = new MemoryBacklog({ target: 'local', market: 'stocks', maxBytes }, logger, counters, {
    acknowledged: ({ sequence }) => acknowledged.push(sequence),
    refused: ({ sequence }) => refused.push(sequence),
    left: ({ sequence }) => left.push(sequence),
  });
  const lost = (reason: string) =>
    counters.counter('rows_lost', { market: 'stocks', target: 'local', table: 'agg1s', reason }).total;
  return { subject, logger, acknowledged, refused, left, lost };
}

describe('backlog - order and ownership', () => {
  it('gives batches in the order in which they came', () => {
    const { subject } = backlog();
    for (const sequence of [1, 2, 3]) subject.append(batch(sequence));
    expect([1, 2, 3].map(() => subject.take(TODAY)?.sequence)).deep.equal([1, 2, 3]);
    expect(subject.take(TODAY)).equal(undefined);
  });

  it('gives unanswered batches first again, in order, after a lost connection', () => {
    const { subject } = backlog();
    for (const sequence of [1, 2, 3, 4]) subject.append(batch(sequence));
    const taken = [subject.take(TODAY)!, subject.take(TODAY)!, subject.take(TODAY)!];
    subject.acknowledged(taken[0]!);
    subject.rewind(taken.slice(1));
    expect([2, 3, 4].map(() => subject.take(TODAY)?.sequence)).deep.equal([2, 3, 4]);
  });

  it('frees its bytes only when a batch is acknowledged', () => {
    const { subject, acknowledged } = backlog();
    subject.append(batch(1));
    const taken = subject.take(TODAY)!;
    expect(subject.bytes).equal(100);
    subject.acknowledged(taken);
    subject.acknowledged(taken);
    expect(subject.bytes).equal(0);
    expect(acknowledged).deep.equal([1]);
  });
});

describe('backlog - trading dates', () => {
  it('keeps batches of a later date until the tickerplant has rolled', () => {
    const { subject } = backlog();
    subject.append(batch(1, { tradingDate: TODAY + 1 }));
    subject.append(batch(2));
    expect(subject.take(TODAY)?.sequence).equal(2);
    expect(subject.take(TODAY)).equal(undefined);
    expect(subject.take(TODAY + 1)?.sequence).equal(1);
  });

  it('never gives rows of an ended date, holds them, and says so', () => {
    const { subject, logger, lost } = backlog();
    subject.append(batch(1, { tradingDate: TODAY - 1 }));
    expect(subject.take(TODAY)).equal(undefined);
    expect(subject.bytes).equal(100);
    expect(logger.messages('warn')).to.have.length(1);
    expect(subject.abandon()).equal(10);
    expect(lost('ended-date')).equal(10);
  });
});

describe('backlog - a tickerplant that goes back to an earlier date', () => {
  it('gets what was held for that date, in the order in which it came, and is said to', () => {
    const { subject, logger, lost } = backlog();
    subject.append(batch(1));
    subject.append(batch(2));
    subject.append(batch(3, { tradingDate: TODAY - 1 }));
    expect(subject.take(TODAY + 1)).equal(undefined);
    subject.append(batch(4));
    expect([1, 2, 4].map(() => subject.take(TODAY)?.sequence)).deep.equal([1, 2, 4]);
    expect(subject.take(TODAY)).equal(undefined);
    expect(logger.messages('warn').at(-1)).match(/^20 rows .* 2026-10-31/);
    subject.abandon();
    expect(lost('ended-date')).equal(10);
  });
});

describe('backlog - limit', () => {
  it('counts the memory that batches keep, of which little ones use but a part', () => {
    const pool = new BufferPool();
    const { subject, left } = backlog(4000);
    for (let sequence = 1; sequence <= 100; sequence++) {
      subject.append(batch(sequence, { columns: pool.take(257) }));
    }
    const kept = 100 - left.length;
    expect(kept * pool.take(257).buffer.byteLength).equal(subject.bytes);
    expect(subject.bytes).most(4000);
  });

  it('drops the oldest batch that is not in flight, counts its rows and logs an error', () => {
    const { subject, logger, lost } = backlog(300);
    for (const sequence of [1, 2, 3]) subject.append(batch(sequence));
    const inFlight = subject.take(TODAY)!;
    subject.append(batch(4));
    expect(inFlight.sequence).equal(1);
    expect(lost('backlog-full')).equal(10);
    subject.reportLosses();
    subject.reportLosses();
    expect(logger.messages('error')).to.have.length(1);
    expect(logger.messages('error')[0]).match(/^lost 10 rows of agg1s .* for local: the backlog is full/);
    expect([3, 4].map(() => subject.take(TODAY)?.sequence)).deep.equal([3, 4]);
  });

  it('hands a refused batch over before it counts it as lost', () => {
    const { subject, refused, lost } = backlog();
    subject.append(batch(1));
    subject.refused(subject.take(TODAY)!, 'type');
    expect(refused).deep.equal([1]);
    expect(lost('refused')).equal(10);
    expect(subject.bytes).equal(0);
  });

  it('counts every batch exactly once as delivered, lost or still here, whatever happens', () => {
    const action = fc.oneof(
      fc.constant('append'),
      fc.constant('take'),
      fc.constant('acknowledge'),
      fc.constant('rewind'),
      fc.constant('refuse'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(action, fc.integer({ min: -1, max: 1 })), { maxLength: 200 }), steps => {
        const { subject, acknowledged, left, lost } = backlog(550);
        let sequence = 0;
        let inFlight: Batch[] = [];
        for (const [step, dateOffset] of steps) {
          if (step === 'append') subject.append(batch(++sequence, { tradingDate: TODAY + dateOffset }));
          else if (step === 'take')
            inFlight.push(...[subject.take(TODAY + dateOffset)].filter(taken => taken !== undefined));
          else if (step === 'rewind') subject.rewind(inFlight.splice(0));
          else if (inFlight.length > 0 && step === 'acknowledge') subject.acknowledged(inFlight.shift()!);
          else if (inFlight.length > 0) subject.refused(inFlight.shift()!, 'type');
        }
        inFlight = [];
        subject.abandon();
        const lostRows = ['backlog-full', 'ended-date', 'refused', 'stopped'].reduce(
          (sum, name) => sum + lost(name),
          0,
        );
        expect(acknowledged.length * 10 + lostRows).equal(sequence * 10);
        expect(subject.bytes).equal(0);
        expect(left.sort((a, b) => a - b)).deep.equal(Array.from({ length: sequence }, (_, i) => i + 1));
      }),
    );
  });
});
