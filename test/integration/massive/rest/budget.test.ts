import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { systemClock } from '../../../../src/base/clock.ts';
import { ExitCode } from '../../../../src/base/exit-codes.ts';
import { VersionedFile } from '../../../../src/base/versioned-file.ts';
import { RequestBudget } from '../../../../src/massive/rest/request-budget.ts';
import { LeapingClock } from '../../../support/leaping-clock.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';
import { rejection } from '../../../support/rest-harness.ts';
import { testSecret } from '../../../support/secrets.ts';

const KEY = testSecret('rest_', '+=');
const TAKER = fileURLToPath(new URL('../../../support/budget-taker.ts', import.meta.url));

describe('REST budget', () => {
  let directory: string;
  const signal = new AbortController().signal;
  const takers: ChildProcess[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-budget-'));
  });

  afterEach(async () => {
    await Promise.all(takers.splice(0).map(ended));
    rmSync(directory, { recursive: true });
  });

  function budget(
    options: { requestsPerMinute?: number; dailyRequests?: number } = {},
    clock = new LeapingClock(),
    logger = new RecordingLogger(),
  ): RequestBudget {
    return new RequestBudget(
      KEY,
      { directory, requestsPerMinute: 5, dailyRequests: undefined, maxPauseMs: 60_000, ...options },
      { clock, logger },
    );
  }

  /** A process that takes requests of the same budget, and prints the time that each is counted at. */
  function taker(count: number, requestsPerMinute: number): ChildProcess {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', TAKER, directory, KEY, String(count), String(requestsPerMinute)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    takers.push(child);
    return child;
  }

  /** Resolves when a taker has ended, which it does not by itself where a test has failed. */
  async function ended(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  async function timesOf(child: ChildProcess): Promise<number[]> {
    let text = '';
    child.stdout!.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    await once(child, 'close');
    return text
      .split('\n')
      .filter(line => line !== '')
      .map(Number);
  }

  it('three processes - together keep to the rate, and every request is counted', async () => {
    const perSecond = 20;
    const times = (await Promise.all([1, 2, 3].map(() => timesOf(taker(25, perSecond * 60))))).flat();
    times.sort((a, b) => a - b);
    expect(times).to.have.length(75);
    for (const [index, ms] of times.entries()) {
      const before = times[index - perSecond];
      // The wall clocks of processes may differ by a few milliseconds.
      if (before !== undefined) expect(ms - before, `request ${index}`).to.be.at.least(990);
    }
    const counted = new RequestBudget(
      KEY,
      { directory, requestsPerMinute: 5, dailyRequests: undefined, maxPauseMs: 1 },
      { clock: systemClock, logger: new RecordingLogger() },
    );
    expect(await counted.today()).to.deep.equal({ requests: 75, bytes: 75_000 });
    expect(readdirSync(directory)).to.have.length(1);
    expect(readdirSync(directory).join()).not.to.include('a-key');
  });

  it('processes that are killed in the middle - hold up nobody', async () => {
    const killed = [1, 2, 3].map(() => taker(100_000, 60_000));
    await Promise.all(killed.map(child => once(child.stdout!, 'data')));
    for (const child of killed) child.kill('SIGKILL');
    await Promise.all(killed.map(child => once(child, 'close')));
    const clock = new LeapingClock(systemClock.wallMs() + 61_000);
    await budget({}, clock).take(signal);
    expect(clock.delaysMs).to.deep.equal([]);
  });

  it('five a minute - the sixth waits, is told to wait, and goes on when a minute is over', async () => {
    const clock = new LeapingClock();
    const logger = new RecordingLogger();
    const five = budget({}, clock, logger);
    await Promise.all(Array.from({ length: 6 }, () => five.take(signal)));
    expect(clock.delaysMs).to.deep.equal([60_500]);
    expect(logger.messages('info')).to.deep.equal([
      "waiting 60.5 s: the plan's requests of the minute are made",
    ]);
  });

  it('the quota of the day - stops before the request, and begins anew at midnight UTC', async () => {
    const clock = new LeapingClock(Date.UTC(2026, 9, 2, 23, 59, 50));
    const two = budget({ requestsPerMinute: 60_000, dailyRequests: 2 }, clock);
    await two.take(signal);
    await two.take(signal);
    const error = await rejection(two.take(signal));
    expect(error).to.include({ code: 'REST_QUOTA', exitCode: ExitCode.tempFail });
    expect(error.message).to.match(/the 2 requests of 2026-10-02 \(UTC\)/);
    const another = budget({ dailyRequests: 2 }, clock);
    expect((await rejection(another.take(signal))).message).to.equal(error.message);
    await budget({ dailyRequests: 2 }, new LeapingClock(Date.UTC(2026, 9, 3))).take(signal);
  });

  it('a pause - holds for every process, but no longer than is allowed', async () => {
    const clock = new LeapingClock();
    budget({}, clock).pause(3_600_000);
    await budget({}, clock).take(signal);
    expect(clock.delaysMs).to.deep.equal([60_000]);
  });

  it('a signal - ends the wait, and those who wait behind it go on', async () => {
    const full = budget();
    for (let i = 0; i < 5; i++) await full.take(signal);
    const stop = new AbortController();
    const waiting = rejection(full.take(stop.signal));
    const behind = full.take(signal);
    stop.abort(new Error('stopped'));
    expect((await waiting).message).to.equal('stopped');
    await behind;
  });

  it('damage - begins the count anew, with a line that says so', async () => {
    const logger = new RecordingLogger();
    const damaged = budget({}, undefined, logger);
    await damaged.take(signal);
    writeFileSync(join(directory, readdirSync(directory)[0]!), '{"timesMs":');
    expect((await damaged.today()).requests).to.equal(0);
    expect(logger.messages('warn')).to.deep.equal([]);
    await damaged.take(signal);
    expect((await damaged.today()).requests).to.equal(1);
    expect(logger.messages('warn').join()).to.match(/is damaged; it begins anew/);
  });

  it('a directory that cannot be made - is an error with an exit code', () => {
    writeFileSync(join(directory, 'file'), '');
    directory = join(directory, 'file');
    expect(() => budget())
      .to.throw(/the count of requests in .* cannot be kept/)
      .with.property('exitCode', ExitCode.io);
    directory = join(directory, '..');
  });

  it('drafts that a dead process left - are removed once they are old', () => {
    const old = join(directory, 'name.left.draft');
    const fresh = join(directory, 'name.fresh.draft');
    for (const path of [old, fresh]) writeFileSync(path, '');
    utimesSync(old, new Date(Date.now() - 120_000), new Date(Date.now() - 120_000));
    const file = new VersionedFile(directory, 'name');
    expect(file.update(text => ({ text: `${text}1`, answer: 7 }))).to.equal(7);
    expect(file.update(text => ({ text: `${text}2`, answer: 8 }))).to.equal(8);
    expect(file.update(text => ({ answer: text }))).to.equal('undefined12');
    expect(readdirSync(directory).sort()).to.deep.equal(['name.2.json', 'name.fresh.draft']);
  });
});
