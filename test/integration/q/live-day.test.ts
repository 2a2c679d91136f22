import { expect } from 'chai';
import { bars, LiveSide, until } from '../../support/live-processes.ts';
import type { AskedProcess } from '../../support/loader-process.ts';

describe('live side - a day of bars', function () {
  this.timeout(300_000);
  let live: LiveSide;
  let sequence = 0;

  beforeEach(async () => {
    live = new LiveSide();
    sequence = 0;
    await live.start();
  });

  afterEach(() => live.stop());

  async function send(date: string, minute: number, volume: number): Promise<void> {
    const answer = await live.tick.literal(`.fh.upd[\`feed;${++sequence};${bars(date, minute, 5, volume)}]`);
    expect(answer).to.equal('1b');
  }

  /** Twice each of some minutes, so that there are versions to be superseded. */
  async function sendDay(date: string): Promise<void> {
    for (let minute = 0; minute < 4; minute++) for (const volume of [1, 2]) await send(date, minute, volume);
  }

  describe('RDB', () => {
    const STATE = '(.rdb.date;.rdb.taken;count agg1m;attr agg1m`sym)';

    it('has each batch once, across kill -9 of it and of the tickerplant, and a date that ended while it was away', async () => {
      await sendDay(live.date);
      const whole = `(${live.date};8;40;\`g)`;
      await until(live.rdb, STATE, whole);
      await live.rdb.stop('SIGKILL');
      live.rdb = await live.startRdb();
      expect(await live.rdb.literal(STATE)).to.equal(whole);

      await live.restartTick(() => until(live.rdb, 'null .rdb.handle', '1b'));
      await send(live.date, 9, 1);
      await until(live.rdb, STATE, whole.replace('8;40', '9;45'));

      // What it has not seen of dates that end is in their logs.
      await live.rdb.ask('.rdb.startEod:{[date]};connect:.rdb.connect;.rdb.connect:{[]}');
      await live.rdb.ask('hclose .rdb.handle;.rdb.handle:0Ni');
      await send(live.date, 10, 1);
      for (const days of [1, 2]) {
        await live.tick.ask('.u.endofday[]');
        await send(await live.tick.literal('.u.d'), 0, days);
      }
      const held = `(.rdb.date-${live.date};.rdb.taken;count each .rdb.rows[\`agg1m] each ${live.date}+-1 0 1 2 3;.rdb.owns ${live.date}+-1 0 1 2 3)`;
      const wanted = '(2i;1;0 50 5 5 0;01111b)';
      await live.rdb.ask('.rdb.connect:connect');
      await until(live.rdb, held, wanted);
      await live.rdb.stop('SIGKILL');
      live.rdb = await live.startRdb();
      expect(await live.rdb.literal(held)).to.equal(wanted);
    });

    it('follows anew where it is not where the tickerplant is', async () => {
      await sendDay(live.date);
      await until(live.rdb, '.rdb.taken', '8');
      await live.rdb.ask('delete from `agg1m where i<7;.rdb.taken:6');
      await live.rdb.ask('.rdb.check[]');
      await until(live.rdb, STATE, `(${live.date};8;40;\`g)`);
      expect(live.rdb.stderr).to.match(/it follows anew/);
    });
  });

  describe('end of day', () => {
    it('loses and doubles nothing in a query that runs all the time, through the roll and the hand-over', async () => {
      const gateway = await live.startGateway();
      await sendDay(live.date);
      await until(live.rdb, '.rdb.taken', '8');
      const next = await live.rdb.literal(`${live.date}+1`);
      let isOver = false;
      const watched = watch(gateway, live.date, () => isOver);
      // What it finds is told below.
      watched.catch(() => {});
      await live.tick.ask('.u.endofday[]');
      for (let minute = 0; minute < 4; minute++) await send(next, minute, 1);
      await until(live.rdb, '.rdb.owned[]', `\`s#,${next}`);
      await until(gateway, `count .gate.rows[\`agg1m;\`;${live.date};\`]`, '20');
      isOver = true;
      expect(await watched).to.be.greaterThan(5);
      expect(await gateway.literal(`count .gate.bars[\`agg1m;\`crypto;${live.date}+0 1;\`]`)).to.equal('40');
      expect(
        await gateway.literal(`exec sum volume from .gate.bars[\`agg1m;\`;${live.date};\`1\`2]`),
      ).to.equal('16f');
      // A date of which nothing is anywhere: no rows, but columns.
      expect(
        await gateway.literal('{(count x;type x;3#cols x)} .gate.bars[`agg1m;`crypto;2001.01.02;`]'),
      ).to.equal('(0;98h;`date`time`sym)');
      expect(await gateway.literal('@[.gate.rows[`agg1m;`nowhere;;`];.z.d;{x}]')).to.match(
        /^"market: nowhere/,
      );
    });

    it('can be run again, after a kill at any point, with the same outcome', async () => {
      await sendDay(live.date);
      // Bars that came late, for the date before.
      const earlier = await live.tick.literal('.u.d-1');
      await live.tick.ask(`.u.upd[${bars(earlier, 30, 5, 1)}]`);
      await live.rdb.stop();
      await live.tick.ask('.u.endofday[]');
      for (const delayMs of [300, 900, 1500]) {
        const child = await live.startEndOfDay(live.date, '-rows', '7');
        const timer = setTimeout(() => child.process.kill('SIGKILL'), delayMs);
        await child.exit();
        clearTimeout(timer);
      }
      const first = await live.endDay(live.date, '-rows', '7');
      expect(first.code, first.said).to.equal(0);
      expect(first.said).to.include('9 batches, 45 rows');
      const state = async () =>
        Promise.all([
          live.held('agg1m', live.date),
          live.held('agg1mrev', live.date),
          live.held('agg1m', earlier),
          live.loader.literal('.ended.dates'),
          live.loader.literal('count .feed.waiting[]'),
        ]);
      const reached = await state();
      const rows = `{count .part.read[x;.store.path[x;y]]}'[\`agg1m\`agg1mrev\`agg1m;${live.date} ${live.date} ${earlier}]`;
      expect(await live.loader.literal(rows)).to.equal('20 20 5');
      const again = await live.endDay(live.date);
      expect(again.code, again.said).to.equal(0);
      const generation = /generation/;
      expect((await state()).map(text => text.replace(generation, ''))).to.deep.equal(
        reached.map(text => text.replace(generation, '')),
      );
    });

    it('waits for a loader that is away, and ends with 69 where it stays away', async () => {
      await sendDay(live.date);
      await live.rdb.stop();
      const port = await live.loader.port();
      await live.loader.stop();
      const given = await live.endDay(live.date, '-wait', '1');
      expect(given.code, given.said).to.equal(69);
      const child = await live.startEndOfDay(live.date);
      await child.printed(/waiting for the loader/);
      await live.startLoader(port);
      expect(await child.exit(), child.stderr).to.equal(0);
    });
  });
});

/** Asks for a date's bars until told to stop; how often. @throws AssertionError where one is missing or comes twice */
async function watch(gateway: AskedProcess, date: string, isOver: () => boolean): Promise<number> {
  for (let count = 0; ; count++) {
    const found = await gateway.literal(
      `{(count x;count distinct select sym,start from x;exec sum volume from x)} .gate.bars[\`agg1m;\`;${date};\`]`,
    );
    expect(found).to.equal('(20;20;40f)');
    if (isOver()) return count;
  }
}
