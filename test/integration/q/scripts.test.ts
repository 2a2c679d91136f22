import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { seededRandom } from '../../../src/base/random.ts';
import { TABLE_EPOCH_MS } from '../../../src/tables/epoch.ts';
import { MARKETS } from '../../../src/tables/markets.ts';
import { SessionCalendar } from '../../../src/tables/session-calendar.ts';
import { AskedProcess, script } from '../../support/loader-process.ts';

const FROM_MS = Date.UTC(2003, 8, 10);
const UNTIL_MS = Date.UTC(2031, 0, 1);
const INSTANTS = 1500;

describe('q scripts', () => {
  const other = process.env.Q ?? 'q';

  for (const name of readdirSync(script('test'))) {
    it(`${name} - holds on the embedded engine`, async () => {
      const child = new AskedProcess([script(`test/${name}`)]);
      expect(await child.exit(), child.stdout + child.stderr).to.equal(0);
    });

    it(`${name} - holds on kdb+, where there is one`, function () {
      if (spawnSync('sh', ['-c', `command -v ${other}`]).status !== 0) return this.skip();
      const { status, stdout } = spawnSync(other, [script(`test/${name}`)], {
        encoding: 'utf8',
        input: '',
        timeout: 60_000,
      });
      expect(status, stdout).to.equal(0);
    });
  }

  it('calendar - says the same dates, times and begins as the feed does, over years and markets', async () => {
    const q = new AskedProcess([script('calendar.q'), '-p', '0']);
    try {
      for (const market of MARKETS) {
        const random = seededRandom(17);
        const calendar = new SessionCalendar(market);
        const instants = Array.from(
          { length: INSTANTS },
          () => FROM_MS + Math.floor(random() * (UNTIL_MS - FROM_MS)),
        );
        const spans = instants.map(ms => calendar.spanOf(ms));
        const starts = instants.map(ms => (BigInt(ms - TABLE_EPOCH_MS) * 1_000_000n).toString()).join(' ');
        const dates = spans.map(({ date }) => date).join(' ');
        const shifts = spans.map(({ timeShiftMs }, i) =>
          (BigInt(instants[i]! + timeShiftMs) * 1_000_000n).toString(),
        );
        const text = `{[s] d:.cal.date[\`${market};s]; (d~"d"$${dates};(raze .cal.time[\`${market}]'[d;enlist each s])~"n"$${shifts.join(' ')};all .cal.begin[\`${market};d]<=s;d~.cal.date[\`${market};.cal.begin[\`${market};d]];(d-1)~.cal.date[\`${market};.cal.begin[\`${market};d]-1])} "p"$${starts}`;
        expect(await q.literal(text), market).to.equal('11111b');
      }
    } finally {
      await q.stop();
    }
  });
});
