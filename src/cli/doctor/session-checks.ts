import { quoted, sample } from '../../massive/ending.ts';
import type { SessionProbe } from '../../massive/probe/session-probe.ts';
import type { DaemonStatus, FeedStatus, StatusLine } from '../../ops/status/report.ts';
import { type Check, type Finding, fail, findingOf, once, pass, skipped, warn } from './check.ts';

/** Who answers on the control socket of a feed. */
export type DaemonAnswer =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'status'; readonly status: DaemonStatus }
  /** Somebody who cannot say how it is, such as a daemon of another release. */
  | { readonly kind: 'mute'; readonly problem: string };

/** What became of trying the key without a daemon. */
export type Trial =
  | { readonly kind: 'tried'; readonly probe: SessionProbe }
  /** It was not tried: why. */
  | { readonly kind: 'left'; readonly finding: Finding };

/** A feed, and what the checks of its session do, for real or for a test. */
export interface SessionSubject {
  /** `stocks`, `futures-cme` */
  readonly name: string;
  readonly channels: readonly string[];
  /** The release of this doctor. */
  readonly version: string;
  readonly limitMs: number;
  daemon(): Promise<DaemonAnswer>;
  /** Opens a connection for a moment, under the lock that keeps two of them apart. */
  tryKey(): Promise<Trial>;
}

/** What is known of a session: as the running daemon says it, else as one connection of a moment has shown. */
type Known = { readonly kind: 'daemon'; readonly status: DaemonStatus; readonly feed: FeedStatus } | Trial;

const DAEMON_REMEDY = 'See massive-kdb status, and the log of the daemon.';

/**
 * The daemon of a feed, whether Massive takes the key, and each channel. A running daemon is asked: Massive ends one of
 * two connections with one key, so a second one would cost the first its stream.
 */
export function sessionChecks(subject: SessionSubject): Check[] {
  const { name, channels, limitMs } = subject;
  const daemon = once(() => subject.daemon());
  const known = once(() => knownOf(subject, daemon));
  const check = (what: string, of: string, run: () => Promise<Finding>): Check => ({
    name: what,
    of,
    limitMs,
    run,
  });
  return [
    check('daemon', name, async () => daemonFinding(await daemon(), subject)),
    check('authentication', name, async () => authenticationFinding(await known())),
    ...channels.map(channel =>
      check('channel', `${name} ${channel}`, async () => channelFinding(channel, await known())),
    ),
  ];
}

async function knownOf(subject: SessionSubject, daemon: () => Promise<DaemonAnswer>): Promise<Known> {
  const answer = await daemon();
  if (answer.kind === 'nobody') return subject.tryKey();
  const feed = answer.kind === 'status' ? feedIn(answer.status, subject) : undefined;
  if (answer.kind === 'status' && feed) return { kind: 'daemon', status: answer.status, feed };
  return {
    kind: 'left',
    finding: skipped('a daemon runs and does not say; a second connection would end its own'),
  };
}

function feedIn({ feeds }: DaemonStatus, { name }: SessionSubject): FeedStatus | undefined {
  return feeds.find(feed => feed.name === name);
}

function daemonFinding(answer: DaemonAnswer, subject: SessionSubject): Finding {
  switch (answer.kind) {
    case 'nobody':
      return skipped('none runs for this feed');
    case 'mute':
      return warn(`a daemon answers, and does not say how it is: ${answer.problem}`, DAEMON_REMEDY);
    case 'status': {
      const { pid, version } = answer.status;
      const feed = feedIn(answer.status, subject);
      if (!feed) return warn(`process ${pid} does not know the feed ${subject.name}`, 'Restart the daemon.');
      if (!feed.ready) {
        return fail(
          `process ${pid} is not ready: ${feed.reasons.join('; ') || 'it does not say why'}`,
          DAEMON_REMEDY,
        );
      }
      if (version !== subject.version) {
        return warn(
          `process ${pid} is ready, and runs version ${version}; installed is ${subject.version}`,
          'Restart the daemon to run the installed version.',
        );
      }
      return pass(`process ${pid} is ready: ${feed.lines.tickerplant.text}; ${feed.lines.spool.text}`);
    }
  }
}

function authenticationFinding(known: Known): Finding {
  switch (known.kind) {
    case 'daemon':
      return lineFinding(known.feed.lines.session, known);
    case 'left':
      return known.finding;
    case 'tried': {
      const { authenticated, error } = known.probe;
      if (authenticated) return pass('Massive takes the key (tried by a connection of a moment)');
      return error ? findingOf(error) : fail('Massive has not answered to the key', 'Run it again.');
    }
  }
}

function lineFinding(
  { severity, text }: StatusLine,
  { status, feed }: Extract<Known, { kind: 'daemon' }>,
): Finding {
  const told = `by the daemon (process ${status.pid}): ${text}`;
  const { error } = feed.session;
  if (severity === 'good') return pass(told);
  const remedy = error ?? DAEMON_REMEDY;
  return severity === 'bad' ? fail(told, remedy) : warn(told, remedy);
}

const REFUSED_REMEDY =
  "Take the channel out of the feed, or choose a plan that includes it: each market's channels, real-time and delayed, are sold apart.";

function channelFinding(channel: string, known: Known): Finding {
  const isOf = (pair: string) => pair.startsWith(`${channel}.`);
  switch (known.kind) {
    case 'daemon': {
      const { session } = known.feed;
      if (session.state !== 'streaming') return skipped('the daemon has no stream to ask about');
      const failed = session.failedPairs.filter(isOf);
      if (failed.length === 0) return pass('subscribed by the daemon');
      return fail(`Massive has not accepted ${sample(failed)}`, REFUSED_REMEDY);
    }
    case 'left':
      return skipped('as authentication');
    case 'tried': {
      const { authenticated, confirmed, refused, unanswered, error } = known.probe;
      if (confirmed.some(isOf)) return pass(`the plan includes it (${confirmed.filter(isOf).join(', ')})`);
      if (!authenticated) return skipped('Massive has not let this key in');
      if (refused.some(isOf))
        return fail(`the plan does not include it (${quoted('not authorized')})`, REFUSED_REMEDY);
      if (unanswered.some(isOf)) {
        return fail(
          'Massive gives no answer to a subscription',
          'Check that the host serves this market, and run it again.',
        );
      }
      return error ? findingOf(error) : fail('the connection ended before an answer', 'Run it again.');
    }
  }
}
