import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

  it('is rotated at its size, and no more files are kept than said', async () => {
    const { logger } = start({ file: join(directory, 'x.log'), repeatWindowMs: 0 });
    for (let i = 0; i < 40; i++) {
      for (let j = 0; j < 100; j++) logger.info(`${i} ${'x'.repeat(100)}`);
      await new Promise(resolve => setImmediate(resolve));
    }
    await logger.close();
    const names = readdirSync(directory);
    expect(names).to.have.lengthOf.within(2, 3);
    for (const name of names) expect(statSync(join(directory, name)).size, name).to.be.below(2 * 65_536);
  });

  it('that cannot be written is one clear error before anything starts', () => {
    writeFileSync(join(directory, 'file'), '');
    expect(() => start({ file: join(directory, 'file', 'x.log') })).to.throw(
      LogFileError,
      /^the log file .*x\.log cannot be written: .*\. Give this user the permission, or set logging\.file/,
    );
  });
});

interface Started {
  readonly logger: ProcessLogger;
  readonly clock: ManualClock;
  lines(): string[];
}

function start(options: Partial<LoggingOptions> = {}): Started {
  let text = '';
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const clock = new ManualClock();
  const logger = createLogger({ ...OPTIONS, ...options }, { clock, stderr });
  return { logger, clock, lines: () => text.split('\n').slice(0, -1) };
}
