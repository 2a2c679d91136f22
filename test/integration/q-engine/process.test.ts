import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { QChild } from '../../support/q-process.ts';

describe('q process - life', () => {
  let directory: string;
  const children: QChild[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-q-'));
  });

  afterEach(async () => {
    for (const child of children.splice(0)) await child.stop();
    rmSync(directory, { recursive: true });
  });

  function script(name: string, text: string): string {
    writeFileSync(join(directory, name), text);
    return name;
  }

  function q(args: readonly string[], environment: Readonly<Record<string, string>> = {}): QChild {
    const child = new QChild(args, environment, directory);
    children.push(child);
    return child;
  }

  it('evaluates what it reads and ends with its input', async () => {
    const child = q(['-q']);
    for (const line of ['x:til 3', 'x', '([]a:1 2;b:`x`y)', '"abc"', '1+`a', 'f:{x+y};', 'f[1;2]'])
      child.type(line);
    child.endInput();
    expect(await child.exit()).to.equal(0);
    expect(child.stdout).to.equal('0 1 2\na b\n---\n1 x\n2 y\n"abc"\n3\n');
    expect(child.stderr).to.match(/^'type\n/);
  });

  it('read0 0 takes the next line, also one that comes later', async () => {
    const child = q(['-q']);
    for (const line of ['a:read0 0', 'first line', 'a', '-1">>";b:read0 0']) child.type(line);
    await child.printed(/>>/);
    for (const line of ['second', 'a,b']) child.type(line);
    child.endInput();
    expect(await child.exit()).to.equal(0);
    expect(child.stdout).to.equal('"first line"\n>>\n"first linesecond"\n');
  });

  it('runs a script with its arguments and ends as the script says', async () => {
    const file = script('s.q', '-1 (-3!.z.x);\n.z.exit:{-1"bye ",string x};\nexit 3\n');
    const child = q([file, 'sym', '-tp', ':5010']);
    expect(await child.exit()).to.equal(3);
    expect(child.stdout).to.equal('("sym";"-tp";":5010")\nbye 3\n');
  });

  it('an error in a script names its place and ends the process', async () => {
    const child = q([script('s.q', 'a:1;\nb:a+`x;\nc:3;\n')]);
    child.endInput();
    expect(await child.exit()).to.equal(1);
    expect(child.stderr).to.match(/^'type\n {2}\[2\] {2}\/\S*\/s\.q:2: b:a\+`x;\n +\^\n/);
  });

  it('ends where the memory of -w is passed, also by many small lists', async () => {
    const one = q([script('one.q', '-1 string system["w"]3;a:til 100000000;-1"not here"\n'), '-w', '400']);
    const many = q([script('many.q', 'a:();while[1b;a,:enlist til 100000];\n'), '-w', '400']);
    for (const child of [one, many]) {
      expect(await child.exit()).to.equal(1);
      expect(child.stderr).to.equal('-w abort\n');
    }
    expect(one.stdout).to.equal('419430400\n');
  });

  it('more than the heap holds is an error of the expression, after which it goes on', async () => {
    const child = q(['-q'], { NODE_OPTIONS: '--max-old-space-size=300' });
    child.type('{x,enlist string til 1000}/[1000000;()]');
    child.type('1+1');
    child.endInput();
    expect(await child.exit()).to.equal(0);
    expect(child.stderr).to.match(/^'wsfull\n/);
    expect(child.stdout).to.equal('2\n');
  });

  it('a script that is not there is one line', async () => {
    const child = q(['nosuch.q']);
    child.endInput();
    expect(await child.exit()).to.equal(1);
    expect(child.stderr.split('\n')[0]).to.equal("'nosuch.q. OS reports: No such file or directory");
  });

  it('a port in use is one line', async () => {
    const taken = createServer().listen(0, '127.0.0.1').unref();
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const child = q(['-p', String(port)]);
    expect(await child.exit()).to.equal(1);
    expect(child.stderr).to.equal(`'${port}. OS reports: Address already in use\n`);
  });

  it('SIGTERM runs .z.exit and ends a listening process', async () => {
    const child = q([script('s.q', '.z.exit:{-1"bye"};\n'), '-p', '0']);
    await child.port();
    await child.stop('SIGTERM');
    expect(await child.exit()).to.equal(143);
    expect(child.stdout).to.match(/bye\n$/);
  });

  it('a process that waits for an answer which never comes can be ended', async () => {
    let asked = (): void => {};
    const isAsked = new Promise<void>(resolve => {
      asked = resolve;
    });
    const silent = createServer(socket => {
      socket.once('data', () => {
        socket.write(Uint8Array.of(3));
        socket.once('data', asked);
      });
    }).listen(0, '127.0.0.1');
    silent.unref();
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const child = q([script('s.q', `h:hopen ${port}\nh"1"\n`)]);
    await isAsked;
    await child.stop('SIGTERM');
    expect(await child.exit()).to.equal('SIGTERM');
  });

  it('the timer calls .z.ts, and local time is that of TZ', async () => {
    const file = script(
      's.q',
      'n:0\n.z.ts:{n+:1;if[n=3;-1"ticked ",string 12h=neg type x;exit 0]}\n-1 string .z.P-.z.p;\n',
    );
    const child = q([file, '-t', '10', '-p', '0'], { TZ: 'XYZ-5' });
    expect(await child.exit()).to.equal(0);
    expect(child.stdout).to.match(/^0D0[45]:59:59\.9|^0D05:00:00/m);
    expect(child.stdout).to.match(/ticked 1/);
  });

  it('-T ends a request that takes too long, and the process goes on', async () => {
    const server = q(['-p', '0', '-T', '1', '-q']);
    const port = await server.port();
    const client = q(['-q']);
    client.type(`h:hopen ${port}`);
    client.type('@[h;"while[1b;]";{"failed: ",x}]');
    client.type('h"1+1"');
    client.type('exit 0');
    expect(await client.exit()).to.equal(0);
    expect(client.stdout).to.equal('"failed: stop"\n2\n');
  });

  it('-u admits by the file, and keeps clients from the system', async () => {
    writeFileSync(join(directory, 'users'), 'me:secret\n');
    const server = q(['-p', '0', '-u', 'users', '-q']);
    const port = await server.port();
    const client = q(['-q']);
    client.type(`@[hopen;\`:localhost:${port}:me:wrong;{x}]`);
    client.type(`h:hopen\`:localhost:${port}:me:secret`);
    client.type('h".z.u"');
    client.type('@[h;"system\\"ls\\"";{x}]');
    client.type('@[h;"exit 1";{x}]');
    client.type('exit 0');
    expect(await client.exit()).to.equal(0);
    expect(client.stdout).to.equal('"access"\n`me\n"access"\n"access"\n');
  });

  it('two processes ask, tell and answer each other', async () => {
    const server = q([
      script('s.q', 'log0:()\nadd:{x+y}\nproc:{neg[.z.w](add . x)}\nask:{.z.w"mine"}\n'),
      '-p',
      '0',
      '-q',
    ]);
    const port = await server.port();
    const client = q(['-q']);
    const lines = [
      `h:hopen(\`::${port};60000)`,
      'mine:42',
      'h(`add;1;2)',
      'h({x*y};6;7)',
      'neg[h]"log0,:1"; neg[h]"log0,:2"; neg[h][]; h"log0"',
      'neg[h](`proc;3 4);r:h[];r',
      'h"ask[]"',
      `\`::${port} "1+1"`,
      '@[h;"1+`a";{"error: ",x}]',
      't:([]a:1 2;b:`x`y); t~h t',
      'hclose h; @[h;"1";{x like "Cannot write*"}]',
      '@[hopen;1;{x}]',
    ];
    for (const line of lines) client.type(line);
    client.type('exit 0');
    expect(await client.exit()).to.equal(0);
    expect(client.stderr).to.equal('');
    expect(client.stdout.split('\n')).to.deep.equal([
      '3',
      '42',
      '1 2',
      '7',
      '42',
      '2',
      '"error: type"',
      '1b',
      '1b',
      '"hop. OS reports: Connection refused"',
      '',
    ]);
  });

  it('a log is replayed whole, in part and up to where it is torn', async () => {
    const child = q(['-q']);
    const lines = [
      '.[`:l.log;();:;()]',
      'l:hopen`:l.log',
      'l enlist(`upd;`t;(1 2;`a`b)); l enlist(`upd;`t;(3 4;`c`d)); l enlist(`upd;`t;(5 6;`e`f)); hclose l;',
      't:([]a:`long$();b:`symbol$()); upd:insert',
      '-11!`:l.log',
      'count t',
      't:0#t; -11!(2;`:l.log)',
      'count t',
      '-11!(-2;`:l.log)',
    ];
    for (const line of lines) child.type(line);
    child.endInput();
    expect(await child.exit()).to.equal(0);
    expect(child.stdout.split('\n')).to.deep.equal(['`:l.log', '3', '6', '2', '4', '3', '']);
    const path = join(directory, 'l.log');
    expect(readFileSync(path).subarray(0, 8).toString('hex')).to.equal('ff01000000000000');
    const whole = statSync(path).size;
    truncateSync(path, whole - 5);
    const torn = q(['-q']);
    for (const line of ['upd:{[t;x]}', '-11!(-2;`:l.log)', '@[-11!;`:l.log;{x}]', '-11!(2;`:l.log)'])
      torn.type(line);
    torn.endInput();
    await torn.exit();
    const [extent, ...rest] = torn.stdout.split('\n');
    expect(extent).to.equal(`2 ${8 + ((whole - 8) / 3) * 2}`);
    expect(rest).to.deep.equal(['"badtail"', '2', '']);
  });

  it('-b lets clients read, and change neither globals nor files', async () => {
    const server = q([script('s.q', 'a:1 2 3\n`:kept set a\n'), '-b', '-p', '0', '-q']);
    const port = await server.port();
    const client = q(['-q']);
    const ask = (text: string) => client.type(`@[h;${JSON.stringify(text)};{-1"'",x;}]`);
    client.type(`h:hopen ${port}`);
    for (const text of ['sum a', 'a:0', 'a,:4', 'hdel `:kept', 'hopen `:kept', 'count get `:kept']) ask(text);
    client.type('exit 0');
    await client.exit();
    expect(client.stdout.trim().split('\n')).to.deep.equal([
      '6',
      "'noupdate: `. `a",
      "'noupdate: `. `a",
      "'noupdate",
      "'noupdate",
      '3',
    ]);
    server.type('a:7;a');
    server.type('\\_');
    await server.printed(/7\n1b\n/);
  });

  it('an error of an asynchronous message is shown with its place', async () => {
    const server = q(['-p', '0', '-q']);
    const port = await server.port();
    const client = q(['-q']);
    client.type(`h:hopen ${port}`);
    client.type('neg[h]"f:{x+y}; f[1;`a]"; h""');
    client.type('exit 0');
    await client.exit();
    await server.printed(/'type\n {2}\[\d\] {2}f:\{x\+y\}\n +\^\n/);
  });
});
