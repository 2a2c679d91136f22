import { expect } from 'chai';
import {
  type SessionFacts,
  type SpoolFacts,
  sessionFinding,
  spoolFinding,
  type TargetFacts,
  targetFinding,
} from '../../../../src/cli/start/status-lines.ts';
import { KdbConnectError } from '../../../../src/kdb/errors.ts';
import type { PublisherState } from '../../../../src/kdb/publisher/state.ts';
import { ConnectionEndedError, type Ending } from '../../../../src/massive/ending.ts';

/** 2026-10-02, 14:30 UTC. */
const NOW = Date.UTC(2026, 9, 2, 14, 30);
const MINUTE = 60_000;
const YESTERDAY = Date.UTC(2026, 9, 1, 22, 5);

describe('status - the line of a session', () => {
  const finding = (changes: Partial<SessionFacts>) =>
    sessionFinding({
      subject: '12,000 symbols of stocks',
      state: { name: 'streaming', sinceMs: NOW - 60 * MINUTE },
      awaySinceMs: undefined,
      hasStreamed: true,
      lastFrameMs: NOW - 400,
      marketOpen: true,
      failedPairs: 0,
      nowMs: NOW,
      ...changes,
    });
  const backingOff = (ending: Ending) => ({
    name: 'backing-off' as const,
    sinceMs: NOW,
    retryMs: NOW + 4_000,
    error: new ConnectionEndedError('wss://massive/stocks', ending),
  });
  const broken: Ending = { kind: 'closed', code: 1006, reason: '', cause: undefined };

  it('says what is streamed, since when, and when the last bar came', () => {
    expect(finding({})).to.deep.equal({
      line: {
        severity: 'good',
        text: 'Streaming 12,000 symbols of stocks since 13:30 UTC, last bar 0.4 s ago',
      },
    });
    expect(finding({ state: { name: 'streaming', sinceMs: YESTERDAY } }).line.text).to.include(
      'since 2026-10-01 22:05 UTC',
    );
  });

  it('warns of a stream that is quiet while the market is open, and of what Massive does not send', () => {
    expect(finding({ lastFrameMs: NOW - 3 * MINUTE }).line).to.deep.include({ severity: 'warning' });
    expect(finding({ lastFrameMs: NOW - 3 * MINUTE, marketOpen: false }).line).to.deep.equal({
      severity: 'good',
      text: 'Streaming 12,000 symbols of stocks since 13:30 UTC, last bar 3 min ago; the market is closed',
    });
    const refused = finding({ failedPairs: 3 });
    expect(refused.line.severity).to.equal('warning');
    expect(refused.line.text).to.match(/; Massive does not send 3 subscriptions$/);
    expect(refused.notReady).to.equal(undefined);
  });

  it('of a lost stream says why and what comes next; it is not ready, and bad after a minute', () => {
    const away = { state: backingOff(broken), awaySinceMs: NOW - 20_000 };
    const found = finding(away);
    expect(found.line).to.deep.equal({
      severity: 'warning',
      text:
        'Not streaming 12,000 symbols of stocks since 14:29 UTC: the connection to wss://massive/stocks broke ' +
        'without a closing handshake; the next attempt is in 4.0 s',
    });
    expect(found.notReady).to.match(/, while the market is open$/);
    expect(finding({ ...away, awaySinceMs: NOW - 2 * MINUTE }).line.severity).to.equal('bad');
    const closed = finding({ ...away, awaySinceMs: NOW - 2 * MINUTE, marketOpen: false });
    expect(closed.line.severity).to.equal('warning');
    expect(closed.notReady).to.equal(undefined);
  });

  it('is bad at once where only somebody can mend it, whether the market is open or not', () => {
    const state = backingOff({ kind: 'key-refused', message: 'no' });
    const found = finding({ state, awaySinceMs: NOW - 1_000, marketOpen: false });
    expect(found.line.severity).to.equal('bad');
    expect(found.notReady).to.include('refuses the API key');
    const suspended = finding({
      state: { name: 'suspended', sinceMs: NOW, reason: 'disk full' },
      awaySinceMs: NOW,
    });
    expect(suspended.line).to.deep.include({ severity: 'bad' });
    expect(suspended.line.text).to.include('neither the disk nor a tickerplant takes rows (disk full)');
  });

  it('has not begun before the first stream', () => {
    const found = finding({
      state: { name: 'authenticating', sinceMs: NOW },
      awaySinceMs: NOW - 2_000,
      hasStreamed: false,
      lastFrameMs: undefined,
    });
    expect(found.line.text).to.equal('Not streaming 12,000 symbols of stocks yet: signing in to Massive');
  });
});

describe('status - the line of a tickerplant', () => {
  const finding = (changes: Partial<TargetFacts>) =>
    targetFinding({
      name: 'main',
      address: '127.0.0.1:5010',
      state: { name: 'publishing' },
      isVerified: true,
      awaySinceMs: undefined,
      hasPublished: true,
      waitingRows: 0,
      isBehind: false,
      lagP50Ms: 2_300,
      calendarDifference: undefined,
      isProtected: true,
      nowMs: NOW,
      ...changes,
    });
  const refused: PublisherState = {
    name: 'backing-off',
    error: new KdbConnectError('KDB_UNREACHABLE', {
      what: 'cannot connect to 127.0.0.1:5010',
      remedy: 'Start it.',
    }),
    retryAtMs: 5,
  };

  it('says how soon it acknowledges, or that it confirms nothing', () => {
    expect(finding({}).line).to.deep.equal({
      severity: 'good',
      text: 'The tickerplant main (:5010) acknowledges every row, half of them within 2.3 s of the end of their window',
    });
    expect(finding({ isVerified: false }).line.text).to.include('confirms none');
    expect(finding({ isBehind: true, waitingRows: 1_234_567 }).line).to.deep.equal({
      severity: 'warning',
      text: 'The tickerplant main (:5010) catches up: 1,234,567 rows wait',
    });
    const difference = 'its date is 2026-10-01; run it in TZ=America/New_York';
    expect(finding({ calendarDifference: difference }).line).to.deep.include({ severity: 'warning' });
    expect(finding({ calendarDifference: difference }).line.text).to.include(difference);
  });

  it('that is away keeps nothing from being safe, and says how much waits where', () => {
    const away = { state: refused, awaySinceMs: NOW - 28 * MINUTE, waitingRows: 12_300 };
    const text =
      'The tickerplant main (:5010) is away since 14:02 UTC: cannot connect to 127.0.0.1:5010; 12,300 rows wait on ' +
      'disk; nothing is lost';
    expect(finding(away)).to.deep.equal({ line: { severity: 'bad', text }, notReady: text });
    expect(finding({ ...away, awaySinceMs: NOW - 9_000 }).line.severity).to.equal('warning');
    expect(finding({ ...away, isProtected: false }).line.text).to.match(/12,300 rows wait in memory only$/);
    expect(finding({ ...away, hasPublished: false, waitingRows: 0 }).line.text).to.match(
      /is not there yet: .*; no row waits for it$/,
    );
  });

  it('is not ready without a log unless that is accepted', () => {
    expect(finding({ state: { name: 'unlogged', accepted: false } })).to.have.property('notReady');
    const accepted = finding({ state: { name: 'unlogged', accepted: true } });
    expect(accepted).not.to.have.property('notReady');
    expect(accepted.line.severity).to.equal('warning');
  });

  it('that is sent nothing is not ready, but for a date that ends', () => {
    const holding = (reason: 'schema' | 'date-ended') =>
      finding({
        state: { name: 'holding', reason, detail: 'agg1s.vwap is real', retryAtMs: 0 },
        waitingRows: 1,
      });
    expect(holding('schema').line).to.deep.equal({
      severity: 'bad',
      text:
        'The tickerplant main (:5010) is sent nothing (its tables are not what is published): agg1s.vwap is real; ' +
        '1 row waits on disk; nothing is lost',
    });
    expect(holding('schema')).to.have.property('notReady');
    expect(holding('date-ended')).not.to.have.property('notReady');
  });

  it('has one name where its name is its address, and the whole address where it is another machine', () => {
    expect(finding({ name: '127.0.0.1:5010' }).line.text).to.match(/^The tickerplant :5010 ack/);
    expect(finding({ address: 'tp1:5010' }).line.text).to.match(/^The tickerplant main \(tp1:5010\) ack/);
  });
});

describe('status - the line of a spool', () => {
  const finding = (changes: Partial<SpoolFacts>) =>
    spoolFinding({
      protection: { name: 'protected' },
      isSynced: true,
      usedBytes: 3_100_000,
      maxBytes: 8_589_934_592,
      waitingRows: 0,
      lateBytes: 0,
      nowMs: NOW,
      ...changes,
    });

  it('says what is used, and what waits for the loader', () => {
    expect(finding({}).line).to.deep.equal({
      severity: 'good',
      text: 'Every row is on disk before it is sent; 3.0 MiB of 8.0 GiB are used',
    });
    expect(finding({ lateBytes: 999 }).line.text).to.match(/; 999 bytes of ended dates wait for the loader$/);
  });

  it('warns before it is full of what waits, not of what is only kept', () => {
    expect(finding({ usedBytes: 8_500_000_000 }).line.severity).to.equal('good');
    expect(finding({ usedBytes: 8_500_000_000, waitingRows: 5 }).line).to.deep.include({
      severity: 'warning',
    });
  });

  it('is bad, and not ready, where rows are in memory only', () => {
    const shared = { reason: 'full' as const, detail: 'no space left on /spool', sinceMs: NOW - MINUTE };
    const unprotected = finding({ protection: { name: 'unprotected', ...shared } });
    expect(unprotected.line.severity).to.equal('bad');
    expect(unprotected.notReady).to.match(/since 14:29 UTC, so they go out from memory.*no space left/);
    expect(finding({ protection: { name: 'suspended', ...shared } }).notReady).to.include(
      'nothing is streamed',
    );
  });
});
