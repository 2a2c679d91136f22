import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { QChild } from '../../support/q-process.ts';

const GOLDEN = fileURLToPath(new URL('../../../../shared/golden/hdb', import.meta.url));

/** A tickerplant with a log, in the form that KX's has: batches are logged, then sent to who subscribed. */
const TICKERPLANT = `
t:([]time:\`timespan$();sym:\`g#\`symbol$();price:\`float$())
.u.w:()
.u.L:\`:tp.log
if[not type key .u.L;.[.u.L;();:;()]]
.u.i:-11!(-2;.u.L)
.u.l:hopen .u.L
.u.sub:{.u.w,:.z.w;(\`t;0#t)}
.u.upd:{[t;x] .u.l enlist(\`upd;t;x); .u.i+:1; (neg .u.w)@\\:(\`upd;t;x);}
.u.end:{(neg .u.w)@\\:(\`.u.end;x);}
.z.pc:{.u.w:.u.w except x}
`;

const SUBSCRIBER = `
upd:insert
.u.rep:{[s;l] (.[;();:;].) s; -11!l}
.u.end:{.Q.hdpf[\`$"::",.z.x 1;\`:hdb;x;\`sym]; @[\`t;\`sym;\`g#];}
.u.rep . (hopen \`$"::",.z.x 0)"(.u.sub[];(.u.i;.u.L))"
-1"ready";
`;

/** What -3! answered, from how the console shows it; a single char is shown as a list of one. */
const literal = (line: string): string => JSON.parse(line.replace(/^,/, '')) as string;

describe('q process - databases', () => {
  let directory: string;
  const children: QChild[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-q-'));
  });

  afterEach(async () => {
    for (const child of children.splice(0)) await child.stop();
    rmSync(directory, { recursive: true });
  });

  function q(args: readonly string[]): QChild {
    const child = new QChild(args, {}, directory);
    children.push(child);
    return child;
  }

  /** What a fresh process prints for these lines. */
  async function printed(...lines: string[]): Promise<string[]> {
    const child = q(['-q']);
    for (const line of [...lines, 'exit 0']) child.type(line);
    expect(await child.exit(), child.stderr).to.equal(0);
    expect(child.stderr).to.equal('');
    return child.stdout.trimEnd().split('\n');
  }

  it('a partitioned database is written, filled, loaded and queried', async () => {
    const out = await printed(
      't:([]time:0D10 0D09 0D08;sym:`b`a`b;price:1 2 3f;note:("x1";"";"x3"))',
      '.Q.dpft[`:db;;`sym;`t] each 2024.01.02 2024.01.03;',
      'u:([]sym:`c`a;n:1 2); .Q.dpft[`:db;2024.01.03;`sym;`u];',
      '.Q.chk`:db;',
      '\\l db',
      '-3!exec sym from t where date=2024.01.02',
      '-3!exec sum price by date from t',
      '-3!exec note from t where date=2024.01.03,sym=`b',
      '-3!attr exec sym from select from t where date=2024.01.02',
      '-3!count u',
      '-3!exec n from u where date in 2024.01.02 2024.01.03',
      '-3!(date;.Q.pf;.Q.pt;.Q.cn t;cols u)',
      '.Q.view 2024.01.03; r:(count t;.Q.pv;.Q.PV); .Q.view[]; -3!r,count t',
    );
    expect(out.map(literal)).to.deep.equal([
      '`p#`sym$`a`b`b',
      '(`s#2024.01.02 2024.01.03)!6 6f',
      '("x1";"x3")',
      '`p',
      '2',
      '2 1',
      '(2024.01.02 2024.01.03;`date;`s#`t`u;3 3;`date`sym`n)',
      '(3;,2024.01.03;2024.01.02 2024.01.03;6)',
    ]);
  });

  it('par.txt spreads partitions over segments', async () => {
    mkdirSync(join(directory, 'db'));
    writeFileSync(join(directory, 'db/par.txt'), `${directory}/s0\n${directory}/s1\n`);
    const out = await printed(
      't:([]sym:`a`b;n:1 2); .Q.dpft[`:db;;`sym;`t] each 2024.01.01+til 4;',
      '\\l db',
      '-3!exec sum n by date from t',
    );
    expect(out).to.deep.equal(['"(`s#2024.01.01 2024.01.02 2024.01.03 2024.01.04)!3 3 3 3"']);
    expect(readdirSync(join(directory, 's0')).length).to.equal(2);
    expect(readdirSync(join(directory, 's1')).length).to.equal(2);
  });

  it('databases that kdb+ wrote load, answer and are written again byte by byte', async function () {
    if (!existsSync(GOLDEN)) {
      console.log('      skipped: the files that kdb+ wrote are not on this machine');
      this.skip();
    }
    for (const name of ['kdb3-2020', 'kdb4-2021'])
      cpSync(join(GOLDEN, name), join(directory, name), { recursive: true });
    const out = await printed(
      '\\l kdb4-2021',
      '-3!exec avg bid by sym from quote where date=2021.01.04',
      '-3!count select from quote where date=2021.01.04,ex="N"',
      '`:../copy/ set delete date from select from quote where date=2021.01.04;',
      '\\l ../kdb3-2020',
      '-3!exec count i by sym from exchange_top where date=2020.03.29',
      '-3!attr exec sym from exchange_top where date=2020.03.29',
    );
    expect(out.map(literal)).to.deep.equal([
      '(`s#`sym$`AAPL`AIG)!83.31 26.53143',
      '3',
      '(`s#`sym$`BTCUSDT`ETHUSDT)!13378 13363',
      '`p',
    ]);
    const original = join(GOLDEN, 'kdb4-2021/2021.01.04/quote');
    for (const column of readdirSync(original)) {
      const same = readFileSync(join(original, column)).equals(readFileSync(join(directory, 'copy', column)));
      expect(same, column).to.equal(true);
    }
  });

  it('a subscriber killed and started again has every row, and the day goes to disk', async () => {
    writeFileSync(join(directory, 'tp.q'), TICKERPLANT);
    writeFileSync(join(directory, 'rdb.q'), SUBSCRIBER);
    mkdirSync(join(directory, 'hdb'));
    const tickerplant = q(['tp.q', '-p', '0', '-q']);
    const history = q(['hdb', '-p', '0', '-q']);
    const [tpPort, hdbPort] = [await tickerplant.port(), await history.port()];
    const first = q(['rdb.q', String(tpPort), String(hdbPort), '-q']);
    await first.printed(/ready/);
    const publish = `tp(\`.u.upd;\`t;(1000#0D10;1000#\`a\`b;1000#1 2f));`;
    await printed(`tp:hopen ${tpPort}`, ...Array.from({ length: 5 }, () => publish));
    await first.stop('SIGKILL');
    await printed(`tp:hopen ${tpPort}`, publish);
    const second = q(['rdb.q', String(tpPort), String(hdbPort), '-p', '0', '-q']);
    await second.printed(/ready/);
    const counts = await printed(
      `tp:hopen ${tpPort}; r:hopen ${await second.port()}; h:hopen ${hdbPort}`,
      publish,
      'tp"1"; -3!r"exec count i by sym from t"',
      'tp".u.end 2024.01.02"; tp"1"; -3!r"(count t;attr t`sym)"',
      '-3!h"exec count i by sym from t where date=2024.01.02"',
    );
    expect(counts.map(literal)).to.deep.equal(['(`s#`a`b)!3500 3500', '(0;`g)', '(`s#`a`b)!3500 3500']);
  });
});
