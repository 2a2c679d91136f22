import { expect } from 'chai';
import { GapBook } from '../../../../src/realtime/gaps/book.ts';
import { BookFile } from '../../../../src/realtime/gaps/book-file.ts';
import { GapDesk } from '../../../../src/realtime/gaps/desk.ts';
import type { Gap } from '../../../../src/realtime/gaps/gap.ts';
import { Heartbeat } from '../../../../src/realtime/gaps/heartbeat.ts';
import { BOOK } from '../../../support/gap-process.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryStateFiles } from '../../../support/memory-state-files.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const files = (): MemoryStateFiles => new MemoryStateFiles();

function open(disk: MemoryStateFiles, mostGaps = 1_000) {
  const logger = new RecordingLogger();
  const file = new BookFile(BOOK, disk);
  const book = new GapBook(
    { market: 'stocks', name: 'stocks', mostGaps },
    { clock: new ManualClock(), logger, file },
  );
  return { book, logger };
}

function ended(book: GapBook, beginMs: number): Gap {
  const { id } = book.open({ channels: ['A'], beginMs, cause: 'disconnect' });
  return book.end(id, beginMs + 60_000);
}

describe('gap book', () => {
  it('is there again after a crash, with every state', () => {
    const disk = files();
    const { book } = open(disk);
    const first = ended(book, 0);
    book.change(first.id, { name: 'filling' });
    book.change(first.id, { name: 'filled', final: false }, 12);
    book.open({ channels: ['A'], beginMs: 10_000_000, cause: 'silence', silentFromMs: 9_000_000 });
    const deferred = ended(book, 20_000_000);
    book.change(deferred.id, { name: 'deferred', reason: 'the whole market' });
    expect(open(disk).book.gaps).to.deep.equal(book.gaps);
    expect(ended(open(disk).book, 30_000_000).id).to.equal('stocks-4');
  });

  it('tells each change to its listeners, in order', () => {
    const { book } = open(files());
    const told: string[] = [];
    book.onChange(({ id, state }) => told.push(`${id} ${state.name}`));
    const { id } = ended(book, 0);
    book.change(id, { name: 'filling' });
    book.change(id, { name: 'filled', final: true }, 3);
    expect(told).to.deep.equal([`${id} open`, `${id} open`, `${id} filling`, `${id} filled`]);
  });

  it('a change that no gap can take is a defect', () => {
    const { book } = open(files());
    const { id } = ended(book, 0);
    expect(() => book.change(id, { name: 'filled', final: true })).to.throw(RangeError);
  });

  for (const [what, text] of [
    ['cut short', '{"version":1,"nextNumber":2,"gaps":[{"id":"sto'],
    ['of another shape', '{"version":1,"nextNumber":2,"gaps":[{"id":"stocks-1"}]}'],
    ['empty', ''],
  ] as const) {
    it(`a file that is ${what} is kept aside, with one line, and the book begins empty`, () => {
      const disk = files();
      disk.texts.set(BOOK, text);
      const { book, logger } = open(disk);
      expect(book.gaps).to.deep.equal([]);
      expect(logger.messages('error')).to.have.length(1);
      expect(disk.texts.get(`${BOOK}.damaged`)).to.equal(text);
      ended(book, 0);
      expect(open(disk).book.gaps).to.have.length(1);
    });
  }

  it('a file of a later release is left alone, and the release named', () => {
    const disk = files();
    disk.texts.set(BOOK, '{"version":2,"gaps":{}}');
    expect(() => open(disk)).to.throw(/version 2, and this release knows version 1/);
    expect(disk.texts.get(BOOK)).to.equal('{"version":2,"gaps":{}}');
  });

  it('a disk that takes nothing is told once, and gaps are kept in memory until it does', () => {
    const disk = files();
    const { book, logger } = open(disk);
    disk.failure = new Error('EROFS: read-only file system');
    ended(book, 0);
    ended(book, 10_000_000);
    expect(logger.messages('error')).to.have.length(1);
    expect(logger.messages('error')[0]).to.include('EROFS');
    disk.failure = undefined;
    ended(book, 20_000_000);
    expect(open(disk).book.gaps).to.have.length(3);
  });

  it('at its limit drops the oldest that is finished, else leaves the oldest to the flat file; both are told', () => {
    const { book, logger } = open(files(), 2);
    const first = ended(book, 0);
    const second = ended(book, 10_000_000);
    book.change(second.id, { name: 'unfillable', reason: 'not in the plan' });
    ended(book, 20_000_000);
    expect(book.gaps.map(({ id }) => id)).to.deep.equal(['stocks-1', 'stocks-3']);
    const told: string[] = [];
    book.onChange(({ id, state }) => told.push(`${id} ${state.name}`));
    ended(book, 30_000_000);
    expect(told[0]).to.equal(`${first.id} deferred`);
    expect(book.gaps.map(({ id }) => id)).to.deep.equal(['stocks-3', 'stocks-4']);
    expect(logger.messages('warn').filter(line => line.includes('is full'))).to.have.length(2);
  });
});

describe('gap desk', () => {
  it('has a gap asked for again, and gives one up with its reason', () => {
    const { book } = open(files());
    const desk = new GapDesk(book);
    const { id } = ended(book, 0);
    book.change(id, { name: 'deferred', reason: 'too many requests' });
    expect(desk.fill(id).state).to.deep.equal({ name: 'open', attempts: 0, byHand: true });
    expect(desk.forget(id, ' the exchange was down ').state).to.deep.equal({
      name: 'unfillable',
      reason: 'forgotten: the exchange was down',
    });
  });

  it('refuses what cannot be done, and says why', () => {
    const { book } = open(files());
    const desk = new GapDesk(book);
    const { id } = book.open({ channels: ['A'], beginMs: 0, cause: 'crash' });
    expect(() => desk.fill(id)).to.throw(/lasts/);
    expect(() => desk.fill('stocks-9')).to.throw(/there is no gap 'stocks-9'/);
    book.end(id, 60_000);
    expect(() => desk.forget(id, '  ')).to.throw(/without a reason/);
    book.change(id, { name: 'filling' });
    expect(() => desk.fill(id)).not.to.throw();
  });
});

describe('heartbeat', () => {
  const beat = { listening: true, atMs: 5, sinceMs: 1, windowEndMs: 4, durable: true, stopped: false };

  it('is read by the next process', async () => {
    const disk = files();
    const heartbeat = new Heartbeat('/beat', disk, new RecordingLogger());
    expect(heartbeat.last()).to.equal(undefined);
    await heartbeat.stop(beat);
    expect(heartbeat.last()).to.deep.equal(beat);
  });

  it('a damaged one still says when it was written', () => {
    const disk = files();
    disk.nowMs = 42;
    disk.texts.set('/beat', '{"version":1,"listen');
    const logger = new RecordingLogger();
    const last = new Heartbeat('/beat', disk, logger).last();
    expect(last).to.include({ listening: true, atMs: 42, stopped: false });
    expect(logger.messages('warn')).to.have.length(1);
  });

  it('a disk that takes nothing is told once', async () => {
    const disk = files();
    disk.failure = new Error('ENOSPC');
    const logger = new RecordingLogger();
    const heartbeat = new Heartbeat('/beat', disk, logger);
    await heartbeat.stop(beat);
    await heartbeat.stop(beat);
    expect(logger.messages('error')).to.have.length(1);
  });
});
