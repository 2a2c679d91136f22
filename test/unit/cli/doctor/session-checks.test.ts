import { expect } from 'chai';
import { skipped } from '../../../../src/cli/doctor/check.ts';
import {
  type DaemonAnswer,
  type SessionSubject,
  sessionChecks,
  type Trial,
} from '../../../../src/cli/doctor/session-checks.ts';
import { ConnectionEndedError } from '../../../../src/massive/ending.ts';
import type { SessionProbe } from '../../../../src/massive/probe/session-probe.ts';
import type { DaemonStatus, FeedStatus } from '../../../../src/ops/status/report.ts';
import { findingsOf, lineOf } from '../../../support/doctor-findings.ts';
import { MovingDaemon } from '../../../support/moving-status.ts';

const URL = 'wss://socket.massive.com/stocks';
const daemonStatus = new MovingDaemon([
  { name: 'stocks', market: 'stocks', channels: ['A', 'AM'], eventsPerSecond: 10 },
]).status();

async function look(daemon: DaemonAnswer, trial?: Trial) {
  let trials = 0;
  const subject: SessionSubject = {
    name: 'stocks',
    channels: ['A', 'AM'],
    version: daemonStatus.version,
    limitMs: 1_000,
    daemon: async () => daemon,
    tryKey: async () => {
      trials++;
      if (!trial) throw new Error('it was tried beside a daemon');
      return trial;
    },
  };
  const findings = await findingsOf(sessionChecks(subject));
  return {
    daemon: lineOf(findings['daemon stocks']),
    key: lineOf(findings['authentication stocks']),
    a: lineOf(findings['channel stocks A']),
    am: lineOf(findings['channel stocks AM']),
    trials,
  };
}

describe('doctor - the session of a running daemon', () => {
  const told = (change: (feed: FeedStatus) => Partial<FeedStatus>, more: Partial<DaemonStatus> = {}) => {
    const [feed] = daemonStatus.feeds;
    const status = { ...daemonStatus, ...more, feeds: [{ ...feed!, ...change(feed!) }] };
    return look({ kind: 'status', status });
  };
  const streaming = (feed: FeedStatus): Partial<FeedStatus> => ({
    ready: true,
    reasons: [],
    session: { ...feed.session, state: 'streaming', failedPairs: [] },
    lines: { ...feed.lines, session: { severity: 'good', text: 'streaming' } },
  });

  it('one that streams passes, and no second connection is opened', async () => {
    const found = await told(streaming);
    expect(found.daemon).to.match(/^pass: process \d+ is ready/);
    expect(found.key).to.match(/^pass: by the daemon \(process \d+\): streaming$/);
    expect(found.a).to.equal('pass: subscribed by the daemon');
    expect(found.trials).to.equal(0);
  });

  it('one that is not ready fails with its reasons', async () => {
    const found = await told(feed => ({ ...streaming(feed), ready: false, reasons: ['the spool is full'] }));
    expect(found.daemon).to.match(/^fail: process \d+ is not ready: the spool is full -> /);
  });

  it('one of another release is a warning', async () => {
    expect((await told(streaming, { version: '9.9.9' })).daemon).to.match(
      /^warn: .* runs version 9\.9\.9; installed/,
    );
  });

  it('a session that has been refused fails with what Massive said, and channels are not judged', async () => {
    const found = await told(feed => ({
      lines: { ...feed.lines, session: { severity: 'bad', text: 'refused' } },
      session: { ...feed.session, state: 'backing-off', error: 'Massive refuses the key. Check the key.' },
    }));
    expect(found.key).to.match(
      /^fail: by the daemon .*: refused -> Massive refuses the key\. Check the key\.$/,
    );
    expect(found.a).to.equal('skipped: the daemon has no stream to ask about');
  });

  it('a session that is on its way is a warning', async () => {
    const found = await told(feed => ({
      lines: { ...feed.lines, session: { severity: 'warning', text: 'connecting' } },
      session: { ...feed.session, error: null },
    }));
    expect(found.key).to.match(/^warn: by the daemon .*: connecting -> See massive-kdb status/);
  });

  it('a channel of which pairs were not accepted fails, another does not', async () => {
    const found = await told(feed => {
      const all = streaming(feed);
      return { ...all, session: { ...all.session!, failedPairs: ['A.AAPL', 'A.MSFT'] } };
    });
    expect(found.a).to.match(/^fail: Massive has not accepted A\.AAPL, A\.MSFT -> Take the channel out/);
    expect(found.am).to.match(/^pass/);
  });

  it('one that cannot say how it is, is a warning, and its session is left alone', async () => {
    const found = await look({ kind: 'mute', problem: 'there is no /status' });
    expect(found.daemon).to.match(/^warn: .*there is no \/status/);
    expect(found.key).to.match(/^skipped: .*a second connection would end its own/);
    expect(found.trials).to.equal(0);
  });

  it('one that runs other feeds is told, and the session is left alone', async () => {
    const found = await look({ kind: 'status', status: { ...daemonStatus, feeds: [] } });
    expect(found.daemon).to.match(/^warn: .* does not know the feed stocks/);
    expect(found.key).to.match(/^skipped/);
  });
});

describe('doctor - the session without a daemon', () => {
  const tried = (probe: Partial<SessionProbe>) => {
    const nothing = { authenticated: false, confirmed: [], refused: [], unanswered: [], error: undefined };
    return look({ kind: 'nobody' }, { kind: 'tried', probe: { ...nothing, ...probe } });
  };

  it('a key and channels that are taken pass, with one connection for all', async () => {
    const found = await tried({ authenticated: true, confirmed: ['A.AAPL', 'AM.AAPL'] });
    expect(found).to.deep.equal({
      daemon: 'skipped: none runs for this feed',
      key: 'pass: Massive takes the key (tried by a connection of a moment)',
      a: 'pass: the plan includes it (A.AAPL)',
      am: 'pass: the plan includes it (AM.AAPL)',
      trials: 1,
    });
  });

  it('a wrong key fails, and the channels are left out', async () => {
    const error = new ConnectionEndedError(URL, { kind: 'key-refused', message: 'authentication failed' });
    const found = await tried({ error });
    expect(found.key).to.match(/^fail: Massive refuses the API key at wss:.* -> Check the key/);
    expect(found.a).to.equal('skipped: Massive has not let this key in');
  });

  it('a plan without this market fails', async () => {
    const error = new ConnectionEndedError(URL, { kind: 'not-entitled', message: "Your plan doesn't" });
    expect((await tried({ error })).key).to.match(/^fail: the plan of this key does not include wss:/);
  });

  it('a plan without one channel fails for that one', async () => {
    const found = await tried({ authenticated: true, confirmed: ['AM.AAPL'], refused: ['A.AAPL'] });
    expect(found.a).to.match(/^fail: the plan does not include it \('not authorized'\) -> /);
    expect(found.am).to.match(/^pass/);
  });

  it('a subscription without an answer fails', async () => {
    const found = await tried({ authenticated: true, unanswered: ['A.AAPL', 'AM.AAPL'] });
    expect(found.a).to.match(/^fail: Massive gives no answer to a subscription/);
  });

  it('a connection that ends in between is told for what it had left to answer', async () => {
    const error = new ConnectionEndedError(URL, { kind: 'closed', code: 1008, reason: '', cause: undefined });
    const found = await tried({ authenticated: true, confirmed: ['A.AAPL'], error });
    expect(found.a).to.match(/^pass/);
    expect(found.am).to.match(/^fail: .*code 1008/);
  });

  it('what could not be tried says why', async () => {
    const found = await look({ kind: 'nobody' }, { kind: 'left', finding: skipped('there is no key') });
    expect(found.key).to.equal('skipped: there is no key');
    expect(found.a).to.equal('skipped: as authentication');
  });
});
