import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { memoryCounters } from '../../../src/base/counters.ts';
import { QuarantineError, QuarantineFile } from '../../../src/massive/quarantine-file.ts';
import type { RejectReason } from '../../../src/massive/scanner/quarantine-sink.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

describe('quarantine', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-quarantine-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function quarantine(maxFileBytes = 1_000_000, maxFiles = 3) {
    const logger = new RecordingLogger();
    const counters = memoryCounters();
    const subject = new QuarantineFile(
      { directory: join(directory, 'q'), maxFileBytes, maxFiles },
      { clock: new ManualClock(), logger, counters },
    );
    const put = (raw: string, reason: RejectReason = 'start-invalid') =>
      subject.put({ market: 'stocks', channel: 'A', reason, detail: 'no time', raw: Buffer.from(raw) });
    return { subject, logger, counters, put };
  }

  const linesOf = (name: string) =>
    readFileSync(join(directory, 'q', name), 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));

  it('keeps an event with its reason and the text as it was received', async () => {
    const { subject, put } = quarantine();
    put('{"ev":"A","sym":"Ä\\u0000"}');
    await subject.close();
    expect(linesOf('events.ndjson')).deep.equal([
      {
        time: '2026-10-02T14:00:00.000Z',
        market: 'stocks',
        channel: 'A',
        reason: 'start-invalid',
        detail: 'no time',
        raw: '{"ev":"A","sym":"Ä\\u0000"}',
      },
    ]);
  });

  it('says in which file and line a row stands that came in one', async () => {
    const { subject } = quarantine();
    const origin = { file: 'us_stocks_sip/day_aggs_v1/2026/10/2026-10-02.csv.gz', line: 3 };
    const raw = Buffer.from('A,1');
    subject.put({
      market: 'stocks',
      channel: undefined,
      reason: 'row-fields',
      detail: '2 fields',
      raw,
      origin,
    });
    await subject.close();
    expect(linesOf('events.ndjson')[0]).include({ ...origin, reason: 'row-fields', raw: 'A,1' });
  });

  it('does not keep the bytes that it was shown: they are the scanner’s', async () => {
    const { subject } = quarantine();
    const raw = Buffer.from('first');
    subject.put({ market: 'stocks', channel: undefined, reason: 'frame-not-json', detail: undefined, raw });
    raw.fill('x');
    await subject.close();
    expect(linesOf('events.ndjson')[0].raw).equal('first');
  });

  it('cuts a long text and says by how much', async () => {
    const { subject, put } = quarantine();
    put('x'.repeat(20_000));
    await subject.close();
    const [line] = linesOf('events.ndjson');
    expect(line.raw).length(16_384);
    expect(line.cutBytes).equal(20_000 - 16_384);
  });

  it('counts every event by reason and logs each reason once', async () => {
    const { subject, logger, counters, put } = quarantine();
    put('a');
    put('b');
    put('c', 'ticker-invalid');
    await subject.close();
    expect(counters.counter('events_quarantined', { market: 'stocks', reason: 'start-invalid' }).total).equal(
      2,
    );
    expect(
      counters.counter('events_quarantined', { market: 'stocks', reason: 'ticker-invalid' }).total,
    ).equal(1);
    expect(logger.messages('warn')).length(2);
  });

  it('rotates by size and keeps no more files than allowed', async () => {
    const { subject, put } = quarantine(1000, 2);
    for (let i = 0; i < 50; i++) put(`event ${i} ${'x'.repeat(200)}`);
    await subject.close();
    expect(readdirSync(join(directory, 'q')).sort()).deep.equal(['events.ndjson', 'events.ndjson.1']);
    expect(linesOf('events.ndjson').at(-1).raw).match(/^event 49 /);
  });

  it('says at once when the place cannot be written', () => {
    writeFileSync(join(directory, 'q'), 'a file where a directory should be');
    expect(() => quarantine()).throw(QuarantineError, /quarantine.directory/);
  });
});
