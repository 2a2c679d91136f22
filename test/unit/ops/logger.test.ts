import {
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
import { Writable } from 'node:stream';
import { expect } from 'chai';
import {
  createLogger,
  LogFileError,
  type LoggingOptions,
  type ProcessLogger,
} from '../../../src/ops/logger.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { Watch } from '../../support/watch.ts';

const OPTIONS: LoggingOptions = {
  level: 'info',
  format: 'pretty',
  file: null,
  maxFileBytes: 65_536,
  maxFiles: 3,
  repeatWindowMs: 10_000,
};

describe('logger - lines', () => {
  it('are one line each, whatever the message and the fields hold', () => {
    const { logger, lines } = start();
    logger.warn('first\nsecond \u001b[2J', { path: 'a b', count: 3n, none: undefined });
    expect(lines()).to.deep.equal([
      '2026-10-02 14:00:00.000Z warn  first\\nsecond \\x1b[2J  path="a b" count=3',
    ]);
  });

  it('as JSON keep time, level and message apart from fields of the same names', () => {
    const { logger, lines } = start({ format: 'json' });
    logger.child({ feed: 'stocks' }).error('lost', { level: 'x', rows: 7, sequence: 2n ** 60n });
    expect(JSON.parse(lines()[0]!)).to.deep.equal({
      time: '2026-10-02T14:00:00.000Z',
      level: 'error',
      message: 'lost',
      feed: 'stocks',
      level_: 'x',
      rows: 7,
      sequence: '1152921504606846976',
    });
  });

  it('below the level are not shown, and the level can be changed while running', () => {
    const { logger, lines } = start();
    const child = logger.child({ feed: 'stocks' });
    child.debug('one');
    logger.setLevel('debug');
    child.debug('two');
    logger.setLevel('error');
    child.warn('three');
    expect(lines().join()).to.include('two').and.not.include('one').and.not.include('three');
  });
});

describe('logger - repeats', () => {
  it('of a line are counted, and the count is told when the window ends', async () => {
    const { logger, lines, clock } = start();
    for (let i = 0; i < 100; i++) logger.warn('the tickerplant is down', { target: 'main' });
    expect(lines()).to.have.lengthOf(1);
    await clock.advance(10_000);
    expect(lines()).to.have.lengthOf(2);
    expect(lines()[1]).to.match(/the tickerplant is down \(repeated 99 times\) {2}target=main$/);
    logger.warn('the tickerplant is down', { target: 'main' });
    expect(lines()).to.have.lengthOf(3);
  });

  it('with other fields are shown up to a limit, then counted: no line is lost without a count', async () => {
    const { logger, lines, clock } = start();
    for (let i = 0; i < 50; i++) logger.error('bad event', { row: i });
    expect(lines()).to.have.lengthOf(10);
    await clock.advance(10_000);
    expect(lines()[10]).to.match(/bad event \(repeated 40 times\) {2}row=49$/);
  });

  it('are told apart by level and message, and at the end of the process at once', async () => {
    const { logger, lines } = start();
    for (const message of ['a', 'b', 'a', 'b']) logger.info(message);
    logger.warn('a');
    await logger.close();
    expect(lines().map(line => line.slice(25))).to.deep.equal([
      'info  a',
      'info  b',
      'warn  a',
      'info  a (repeated once)',
      'info  b (repeated once)',
    ]);
  });

  it('are all shown with a window of 0, and debug lines always', () => {
    const all = start({ repeatWindowMs: 0 });
    for (let i = 0; i < 20; i++) all.logger.info('same');
    expect(all.lines()).to.have.lengthOf(20);
    const debug = start({ level: 'debug' });
    for (let i = 0; i < 20; i++) debug.logger.debug('same');
    expect(debug.lines()).to.have.lengthOf(20);
  });
});

describe('logger - secrets', () => {
  it('are replaced in messages and fields, as they are, in JSON and in addresses', () => {
    for (const format of ['pretty', 'json'] as const) {
      const { logger, lines } = start({ format });
      logger.hide({ reveal: () => 'p"ss/word' });
      logger.error('refused p"ss/word', { url: 'wss://h/?k=p%22ss%2Fword', answer: '{"k":"p\\"ss/word"}' });
      const [line] = lines();
      expect(line).to.include('refused [secret]').and.include('k=[secret]');
      expect(line).not.to.match(/ss.{0,3}word/);
    }
  });

  it('that hold one another are replaced whole', () => {
    const { logger, lines } = start();
    for (const value of ['abcd', 'abcdefgh']) logger.hide({ reveal: () => value });
    logger.info('key abcdefgh');
    expect(lines()[0]).to.match(/key \[secret\]$/);
  });
});

describe('logger - file', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-log-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('has every line as JSON when close resolves, its directory made', async () => {
    const file = join(directory, 'a', 'b.log');
    const { logger, lines } = start({ file });
    logger.hide({ reveal: () => 'hunter2' });
    for (let i = 0; i < 5; i++) logger.info(`line ${i} hunter2`);
    await logger.close();
    const written = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(written.map(line => JSON.parse(line).message)).to.deep.equal(
      [0, 1, 2, 3, 4].map(i => `line ${i} [secret]`),
    );
    expect(lines()).to.have.lengthOf(5);
  });

  it('is rotated at its size: no line is split or lost but with the oldest file, and no more files are kept', async () => {
    const { logger } = start({ file: join(directory, 'x.log'), repeatWindowMs: 0 });
    for (let i = 0; i < 4000; i++) logger.info(`${'x'.repeat(40)} ${i}`);
    await logger.close();
    const names = ['x.log.2', 'x.log.1', 'x.log'];
    expect(readdirSync(directory).sort().reverse()).to.deep.equal(names);
    const numbers = names.flatMap(name => {
      const content = readFileSync(join(directory, name), 'utf8');
      expect(content.length, name).to.be.within(1, 65_536);
      return content
        .trimEnd()
        .split('\n')
        .map(line => Number(/ (\d+)"/.exec(`${JSON.parse(line).message}"`)?.[1]));
    });
    expect(numbers).to.deep.equal(numbers.map((_, index) => 4000 - numbers.length + index));
  });

  it('is appended to by the next process, and rotated when it was full already', async () => {
    const file = join(directory, 'x.log');
    writeFileSync(file, `${'x'.repeat(65_000)}\n`);
    for (const message of ['first', 'second']) {
      const { logger } = start({ file, maxFiles: 2 });
      logger.info(`${message} ${'y'.repeat(400)}`);
      await logger.close();
    }
    expect(readFileSync(`${file}.1`, 'utf8')).to.match(/^x+\n.*first y+"}\n$/);
    expect(readFileSync(file, 'utf8')).to.match(/^.*second y+"}\n$/);
  });

  it('that cannot be written is one clear error before anything starts', () => {
    writeFileSync(join(directory, 'file'), '');
    expect(() => start({ file: join(directory, 'file', 'x.log') })).to.throw(
      LogFileError,
      /^the log file .*x\.log cannot be written: .*\. Give this user the permission, or set logging\.file/,
    );
  });
});

describe('logger - a disk that fails', () => {
  it('costs lines of the file and nothing else: it is said once, and how many were lost', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const { logger, until, lines } = start({ file: '/dev/full', repeatWindowMs: 0 });
    logger.info('first');
    await until(text => text.includes('cannot be written'));
    logger.info('second');
    await logger.close();
    expect(lines().filter(line => line.includes('ENOSPC'))).to.have.lengthOf(1);
    expect(lines().filter(line => / (first|second)$/.test(line))).to.have.lengthOf(2);
    expect(lines().at(-1)).to.match(/the log file \/dev\/full lacks lines {2}lostLines=3$/);
  });

  it('is written again when it is well again, with the number of lines that it lacks', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'massive-kdb-log-'));
    const file = join(directory, 'logs', 'x.log');
    const { logger, until } = start({ file });
    rmSync(join(directory, 'logs'), { recursive: true });
    logger.info('lost');
    await until(text => text.includes('cannot be written'));
    mkdirSync(join(directory, 'logs'));
    logger.info('kept');
    await until(text => text.includes('lacks lines'));
    await logger.close();
    const messages = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).message);
    expect(messages).to.include('kept').and.not.include('lost');
    rmSync(directory, { recursive: true });
  });
});

interface Started {
  readonly logger: ProcessLogger;
  readonly clock: ManualClock;
  lines(): string[];
  /** Resolves when what was written to standard error is so. */
  until(condition: (text: string) => boolean): Promise<void>;
}

function start(options: Partial<LoggingOptions> = {}): Started {
  let text = '';
  const watch = new Watch();
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      watch.changed();
      done();
    },
  });
  const clock = new ManualClock();
  const logger = createLogger({ ...OPTIONS, ...options }, { clock, stderr });
  return {
    logger,
    clock,
    lines: () => text.split('\n').slice(0, -1),
    until: condition => watch.until(() => condition(text)),
  };
}
