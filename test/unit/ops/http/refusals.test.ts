import { expect } from 'chai';
import { memoryCounters } from '../../../../src/base/counters.ts';
import { LoginLimit } from '../../../../src/ops/http/login-limit.ts';
import { Refusals } from '../../../../src/ops/http/refusals.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

describe('status access - refusals', () => {
  let clock: ManualClock;
  let logger: RecordingLogger;
  let counters: ReturnType<typeof memoryCounters>;
  let refusals: Refusals;

  beforeEach(() => {
    clock = new ManualClock();
    logger = new RecordingLogger();
    counters = memoryCounters();
    refusals = new Refusals({ clock, logger, counters });
  });

  it('each is counted; of each reason one is told in ten seconds, with how many there were', async () => {
    for (let count = 0; count < 500; count++) refusals.count('host', 'evil.net');
    refusals.count('origin', 'http://evil.net');
    expect(counters.counter('status_requests_refused', { reason: 'host' }).total).to.equal(500);
    expect(logger.lines.map(({ fields }) => fields['reason'])).to.deep.equal(['host', 'origin']);
    await clock.advance(10_000);
    refusals.count('host', 'evil.net');
    expect(logger.lines[2]?.fields).to.deep.equal({ reason: 'host', asked: 'evil.net', moreBefore: 499 });
  });

  it('what is still to be told is told at the end', () => {
    for (let count = 0; count < 3; count++) refusals.count('malformed');
    refusals.close();
    expect(logger.lines).to.have.lengthOf(2);
    expect(logger.lines[1]?.fields).to.deep.equal({ reason: 'malformed', moreBefore: 2 });
  });

  it('what strangers write moves no cursor, begins no line, and is short', () => {
    refusals.count('host', `a\r\nb\u001b[2J\u009bm\u202e${'x'.repeat(500)}`);
    const asked = String(logger.lines[0]?.fields['asked']);
    expect(asked).to.match(/^a\\r\\nb\\x1b\[2J\\x9bm\?x+\.\.\.$/);
    expect(asked.length).to.be.lessThan(120);
  });
});

describe('status access - logins', () => {
  it('ten may fail at once, and then one each six seconds', async () => {
    const clock = new ManualClock();
    const limit = new LoginLimit(clock);
    for (let failed = 0; failed < 10; failed++) {
      expect(limit.waitSeconds).to.equal(0);
      limit.failed();
    }
    expect(limit.waitSeconds).to.equal(6);
    await clock.advance(4_500);
    expect(limit.waitSeconds).to.equal(2);
    await clock.advance(1_500);
    expect(limit.waitSeconds).to.equal(0);
    limit.failed();
    expect(limit.waitSeconds).to.equal(6);
    await clock.advance(3_600_000);
    for (let failed = 0; failed < 10; failed++) limit.failed();
    expect(limit.waitSeconds).to.equal(6);
  });
});
