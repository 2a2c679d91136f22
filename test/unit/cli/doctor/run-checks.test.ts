import { expect } from 'chai';
import { MassiveKdbError } from '../../../../src/base/errors.ts';
import {
  type Check,
  fail,
  pass,
  type Result,
  runChecks,
  skipped,
  warn,
} from '../../../../src/cli/doctor/check.ts';
import { linesOf, reportOf, summaryLine, tallyOf } from '../../../../src/cli/doctor/print.ts';
import { ManualClock, settled } from '../../../support/manual-clock.ts';

const LIMIT_MS = 1_000;
const never = new Promise<never>(() => {});

function check(name: string, run: Check['run']): Check {
  return { name, limitMs: LIMIT_MS, run };
}

describe('doctor - running checks', () => {
  const clock = new ManualClock();
  const stop = new AbortController().signal;

  it('they run side by side, and are told in their order, each as soon as those before it are', async () => {
    const told: string[] = [];
    let finishFirst = () => {};
    const checks = [
      check('first', () => new Promise(resolve => (finishFirst = () => resolve(pass('late'))))),
      check('second', async () => pass('early')),
      check('third', async () => fail('broken', 'Mend it.')),
    ];
    const running = runChecks(checks, { clock, stop }, ({ name }) => told.push(name));
    await settled();
    expect(told).to.deep.equal([]);
    finishFirst();
    await running;
    expect(told).to.deep.equal(['first', 'second', 'third']);
  });

  it('one that hangs has failed at its limit, its signal is aborted, and the others are told', async () => {
    const results: Result[] = [];
    let signal: AbortSignal | undefined;
    const hanging = check('hanging', given => {
      signal = given;
      return never;
    });
    const running = runChecks([hanging, check('other', async () => pass('well'))], { clock, stop }, result =>
      results.push(result),
    );
    await clock.advance(LIMIT_MS - 1);
    expect(results).to.deep.equal([]);
    await clock.advance(1);
    await running;
    expect(results.map(({ finding }) => finding.outcome)).to.deep.equal(['fail', 'pass']);
    expect(results[0]!.finding.text).to.equal('there was no answer within 1 s');
    expect(signal?.aborted).to.equal(true);
    expect(clock.pending).to.equal(0);
  });

  it('what a check throws is a failure, with the remedy that the error knows', async () => {
    const error = new MassiveKdbError('CODE', {
      what: 'it broke',
      expected: 'one',
      received: 'two',
      remedy: 'Mend it.',
    });
    const results = await runChecks(
      [check('broken', () => Promise.reject(error))],
      { clock, stop },
      () => {},
    );
    expect(results[0]!.finding).to.deep.equal(fail('it broke; expected one; received two', 'Mend it.'));
  });

  it('a signal ends the wait for all of them', async () => {
    const interrupt = new AbortController();
    const running = runChecks([check('hanging', () => never)], { clock, stop: interrupt.signal }, () => {});
    interrupt.abort('SIGINT');
    const reason = await running.catch((thrown: unknown) => thrown);
    expect(reason).to.equal('SIGINT');
    expect(clock.pending).to.equal(0);
  });
});

describe('doctor - printing', () => {
  const results: Result[] = [
    { name: 'node', of: null, finding: pass('Node.js 22') },
    { name: 'tls', of: 'a\u001b[2J', finding: fail('foreign\ntext', 'Mend it.') },
    { name: 'clock', of: null, finding: warn('late', 'Set it.') },
    { name: 'daemon', of: 'stocks', finding: skipped('none runs') },
  ];

  it('each finding has one line, and one for what to do; foreign text cannot move the cursor', () => {
    expect(results.flatMap(result => linesOf(result, false))).to.deep.equal([
      'pass  node: Node.js 22',
      'FAIL  tls (a\\x1b[2J): foreign\\ntext',
      '      -> Mend it.',
      'WARN  clock: late',
      '      -> Set it.',
      'skip  daemon (stocks): none runs',
    ]);
    expect(linesOf(results[0]!, true)[0]).to.equal('\u001b[32mpass\u001b[0m  node: Node.js 22');
  });

  it('the summary counts all outcomes', () => {
    expect(summaryLine(tallyOf(results))).to.equal('1 pass, 1 warn, 1 fail, 1 skipped: 1 to mend');
    expect(reportOf(results)).to.have.deep.property('summary', { pass: 1, warn: 1, fail: 1, skipped: 1 });
    expect(summaryLine(tallyOf(results.slice(0, 1)))).to.match(/everything that was looked at is well$/);
  });
});
