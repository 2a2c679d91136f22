import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { seededRandom } from '../../../src/base/random.ts';
import { numbered, numbersIn, TickProcess } from '../../support/live-processes.ts';

/** Ends the process as kill -9 does, from within. */
const KILL = 'system"kill -9 ",string .z.i';

describe('tickerplant', () => {
  let directory: string;
  let tick: TickProcess;
  let port: number;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-tick-'));
    tick = await started();
    port = await tick.port();
  });

  afterEach(async () => {
    await tick.stop();
    rmSync(directory, { recursive: true });
  });

  /** One that has begun, on the port of the one before it. */
  async function started(port = 0): Promise<TickProcess> {
    const process = new TickProcess(['-log', directory, '-market', 'crypto', '-p', String(port)]);
    await process.port();
    return process;
  }

  /** Starts it again after it has ended. */
  async function restart(): Promise<void> {
    await tick.stop();
    tick = await started(port);
  }

  async function log(): Promise<string> {
    return (await tick.literal('1_string .u.L')).slice(1, -1);
  }

  it('batch - is logged as upd, table and columns, and passed on', async () => {
    expect(await tick.send('a', 1)).to.equal(true);
    await tick.ask(`.u.upd[${numbered(7)}]`);
    expect(await numbersIn(await log())).to.deep.equal([1, 7]);
    expect(await tick.literal('(.u.i;-11!(-2;.u.L);count feedstat)')).to.equal('2 2 0');
  });

  /** Sends batches of source `a`; returns those that were taken. */
  async function taken(sequences: readonly number[]): Promise<number[]> {
    const taken = [];
    for (const sequence of sequences) if (await tick.send('a', sequence)) taken.push(sequence);
    return taken;
  }

  it('batch - taken once per source and number, also after a restart', async () => {
    const sent = [1, 2, 4, 5, 2, 4, 1, 8, 5, 9];
    expect(await taken(sent)).to.deep.equal([...new Set(sent)]);
    expect(await tick.send('b', 5)).to.equal(true);
    expect(await tick.literal('.seen.ranges`a')).to.equal('(1 4 8;2 5 9)');
    await restart();
    expect(await taken(sent)).to.deep.equal([]);
  });

  it('batch - that was kept out is taken with all that comes again behind it: the last version of a bar stays last', async () => {
    await taken([1, 2, 4, 5, 8]);
    expect(await taken([2, 3, 4, 5, 8])).to.deep.equal([3, 4, 5, 8]);
    expect(await taken([7])).to.deep.equal([7]);
    await restart();
    expect(await taken([3, 4, 5, 7])).to.deep.equal([]);
    expect(await taken([8])).to.deep.equal([8]);
    expect(await numbersIn(await log())).to.deep.equal([1, 2, 4, 5, 8, 3, 4, 5, 8, 7, 8]);
  });

  it('batch - that does not fit is refused before anything is done with it', async () => {
    const good = numbered(1);
    const refusals: readonly (readonly [batch: string, signal: string])[] = [
      ['`nosuch;(enlist 0D;enlist`a)', 'nosuch'],
      ['`feedstat;(enlist 0D;enlist`a)', 'length'],
      [good.replace('enlist 1;', '1 2;'), 'length'],
      [good.replace('enlist 1;', 'enlist 1f;'), 'type'],
      [good.replace('enlist`stocks', 'enlist"stocks"'), 'type'],
      ['`feedstat;()', 'length'],
      ['`feedstat;17', 'type'],
      ['17;enlist 0D', 'type'],
    ];
    for (const [batch, signal] of refusals) {
      for (const call of [`.fh.upd[\`a;1;${batch}]`, `.u.upd[${batch}]`])
        expect(await tick.literal(`@[{${call}};::;{x}]`), batch).to.equal(`"${signal}"`);
    }
    expect(await tick.literal(`@[{.fh.upd["a";1;${good}]};::;{x}]`)).to.equal('"type"');
    expect(await tick.literal(`@[{.fh.upd[\`a;1i;${good}]};::;{x}]`)).to.equal('"type"');
    expect(readFileSync(await log()).length).to.equal(8);
    expect(readFileSync(`${await log()}.seen`).length).to.equal(8);
    expect(await tick.send('a', 1)).to.equal(true);
  });

  it('batch - of other feeds: one row, or without a time', async () => {
    await tick.ask('.u.now:{[] .u.beginOf[.u.d]+0D15}');
    await tick.ask('.u.upd[`feedstat;(`crypto;41;0D;0;0Np;0Np)]');
    await tick.ask('.u.upd[`feedstat;(0D02;`crypto;42;0D;0;0Np;0Np)]');
    await tick.ask('.u.upd[`feedstat;(`crypto`crypto;43 44;2#0D;0 0;2#0Np;2#0Np)]');
    expect(await numbersIn(await log())).to.deep.equal([41, 42, 43, 44]);
    await tick.ask('times:()');
    await tick.ask('upd:{[name;columns] times,:columns 0}');
    await tick.ask('-11!.u.L');
    expect(await tick.literal('times~0D15 0D02 0D15 0D15')).to.equal('1b');
  });

  describe('killed', () => {
    const points: readonly (readonly [name: string, fault: string, taken: boolean])[] = [
      ['between the intent and the message', `.u.log:{[name;columns] ${KILL}}`, false],
      ['within the message', `.u.log:{[name;columns] .u.l -9_8_-8!(\`upd;name;columns);${KILL}}`, false],
      [
        'within the intent',
        `.seen.note:{[message;source;sequence] .seen.handle -2_8_-8!(\`.seen.mark;message;source;sequence);${KILL}}`,
        false,
      ],
      ['between the message and its answer', `.u.pub:{[name;columns] ${KILL}}`, true],
    ];
    for (const [name, fault, isTaken] of points) {
      it(`${name} - the batch that comes again is there once`, async () => {
        for (const sequence of [1, 2, 3]) await tick.send('a', sequence);
        await tick.ask(fault);
        const path = await log();
        await tick.send('a', 4).then(
          () => expect.fail('it answered'),
          () => undefined,
        );
        for (let round = 0; round < 2; round++) {
          await restart();
          expect(await tick.send('a', 4)).to.equal(!isTaken && round === 0);
          expect(await tick.send('a', 2)).to.equal(false);
        }
        expect(await tick.send('a', 5)).to.equal(true);
        expect(await numbersIn(path)).to.deep.equal([1, 2, 3, 4, 5]);
      });
    }

    it('at random while batches are sent again and again - each is in the log once, none that was answered is lost', async () => {
      const random = seededRandom(11);
      const path = await log();
      const answered: number[] = [];
      for (let kill = 0; kill < 4; kill++) {
        const first = Math.max(1, (answered.at(-1) ?? 0) - 5);
        // From then on batches are answered as fast as they are sent.
        await tick.ask('::');
        const end = setTimeout(() => tick.process.kill('SIGKILL'), 50 + random() * 400);
        try {
          for (let sequence = first; ; sequence++) {
            const isNew = await tick.send('a', sequence);
            if (sequence <= (answered.at(-1) ?? 0)) expect(isNew).to.equal(false);
            else answered.push(sequence);
          }
        } catch (error) {
          if (tick.process.exitCode === null && tick.process.signalCode === null) await tick.exit();
          expect(await tick.exit(), String(error)).to.equal('SIGKILL');
        } finally {
          clearTimeout(end);
        }
        await restart();
      }
      const last = answered.at(-1)!;
      for (const sequence of [last, last + 1, last + 2]) await tick.send('a', sequence);
      expect(await numbersIn(path)).to.deep.equal(Array.from({ length: last + 2 }, (_, i) => i + 1));
    });
  });

  it('log - bytes at its end that are no message are cut off and kept', async () => {
    for (const sequence of [1, 2]) await tick.send('a', sequence);
    const path = await log();
    await tick.stop();
    appendFileSync(path, Buffer.from('0000030000', 'hex'));
    await restart();
    expect(tick.stderr).to.match(/cut 5 bytes that were no whole message; they are in .*\.tail\./);
    const tails = readdirSync(directory).filter(name => name.includes('.tail.'));
    expect(tails.map(name => readFileSync(join(directory, name)).toString('hex'))).to.deep.equal([
      '0000030000',
    ]);
    await tick.send('a', 3);
    expect(await numbersIn(path)).to.deep.equal([1, 2, 3]);
  });

  it('log - that cannot be written ends it, with a line and exit code 74', async () => {
    await tick.send('a', 1);
    const path = await log();
    await tick.ask('.u.l:hopen`:/dev/full');
    await tick.send('a', 2).then(
      () => expect.fail('it answered'),
      () => undefined,
    );
    expect(await tick.exit()).to.equal(74);
    expect(tick.stderr).to.match(
      /^log: a message cannot be written \(.*No space left.*\); this process ends/m,
    );
    await restart();
    expect(await tick.send('a', 2)).to.equal(true);
    expect(await numbersIn(path)).to.deep.equal([1, 2]);
  });

  it('log - one process writes it: another ends with 69 and says who has it', async () => {
    const other = new TickProcess(['-log', directory, '-market', 'crypto']);
    expect(await other.exit()).to.equal(69);
    expect(other.stderr).to.match(/^lock: .*crypto\.work is written by process \d+/m);
  });

  it('date - rolls with the trading date of the market, and what was seen goes with it', async () => {
    await tick.send('a', 1);
    const first = await log();
    await tick.ask('.u.now:{[] .u.beginOf[2026.01.05]-1};.u.begin 2026.01.04;');
    await tick.send('a', 2);
    expect(await log()).to.equal(first);
    await tick.ask('.u.now:{[] .u.beginOf 2026.01.05}');
    expect(await tick.send('a', 2)).to.equal(false);
    expect(await tick.send('a', 3)).to.equal(true);
    expect((await log()).slice(-10)).to.equal('2026.01.05');
    expect(await numbersIn(first)).to.deep.equal([1, 2]);
    expect(await numbersIn(await log())).to.deep.equal([3]);
  });

  it('date - that has ended takes no bars any more: they are refused, not filed under another', async () => {
    const send = (sequence: number, start: string) => {
      const columns = `value flip update time:0D,start:${start} from 1#agg1s`;
      return tick.literal(`@[{.fh.upd[\`a;${sequence};\`agg1s;${columns}]};::;{x}]`);
    };
    await tick.ask('.u.now:{[] 2026.01.05D23:59:59};.u.begin 2026.01.05');
    expect(await send(1, '2026.01.05D23:59:58')).to.equal('1b');
    await tick.ask('.u.now:{[] 2026.01.06D00:00:00}');
    expect(await send(2, '2026.01.05D23:59:59')).to.equal('"ended"');
    expect(await send(1, '2026.01.05D23:59:58'), 'answered before').to.equal('0b');
    expect(await send(3, '2026.01.06D00:00:00')).to.equal('1b');
    expect(await tick.literal('(.u.d;.u.i;.seen.has[`a;2])')).to.equal('(2026.01.06;1;0b)');
  });

  it('date - that begins while it is down takes up what was seen before', async () => {
    await tick.send('a', 1);
    const path = await log();
    const earlier = path.replace(/.{10}$/, await tick.literal('.u.d-1'));
    await tick.stop();
    renameSync(path, earlier);
    renameSync(`${path}.seen`, `${earlier}.seen`);
    tick = await started(port);
    expect(await tick.send('a', 1)).to.equal(false);
    expect(await tick.send('a', 2)).to.equal(true);
    expect(await numbersIn(earlier)).to.deep.equal([1]);
    expect(await numbersIn(path)).to.deep.equal([2]);
  });

  it('date - of each market begins when the calendar says, in a process of another zone', async () => {
    const begins: readonly (readonly [market: string, instant: string])[] = [
      ['stocks', '2026.03.09D04:00'],
      ['stocks', '2026.03.08D05:00'],
      ['futures', '2026.01.05D23:00'],
      ['crypto', '2026.01.06D00:00'],
    ];
    for (const [market, instant] of begins) {
      await tick.ask(`.u.market:\`${market}`);
      const text = `.u.dateOf ${instant}`;
      expect(await tick.literal(`(${text})-.u.dateOf ${instant}-1`), market).to.equal('1i');
      expect(await tick.literal(`${instant}~.u.beginOf ${text}`), market).to.equal('1b');
    }
  });

  it('subscriber - for whom too much is queued is cut off, with a line', async () => {
    const subscriber = new TickProcess([]);
    try {
      await subscriber.ask(`handle:hopen ${port}`);
      await subscriber.ask('handle(`.u.sub;`feedstat;`)');
      subscriber.process.kill('SIGSTOP');
      await tick.ask('.u.queue:1000000');
      const rows = '{(x#0D01;x#`stocks;til x;x#0D;til x;x#0Np;x#0Np)}500000';
      for (let n = 0; n < 3; n++) await tick.ask(`.u.upd[\`feedstat;${rows}];`);
      await tick.printed(/subscriber \d+ is cut off: \d+ bytes are queued for it/);
      expect(await tick.literal('count .u.w`feedstat')).to.equal('0');
    } finally {
      subscriber.process.kill('SIGCONT');
      await subscriber.stop();
    }
  });
});
