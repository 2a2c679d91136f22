import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { ExitCode } from '../../../src/base/exit-codes.ts';
import { gapRoutes } from '../../../src/cli/gaps/routes.ts';
import { gaps } from '../../../src/cli/gaps.ts';
import { reportOf } from '../../../src/cli/report-error.ts';
import { runCommandLine } from '../../../src/cli/run.ts';
import { bookPath, controlPath } from '../../../src/cli/start/gaps.ts';
import { ControlServer } from '../../../src/ops/control/server.ts';
import { GapBook } from '../../../src/realtime/gaps/book.ts';
import { BookFile } from '../../../src/realtime/gaps/book-file.ts';
import { GapDesk } from '../../../src/realtime/gaps/desk.ts';
import { systemStateFiles } from '../../../src/realtime/gaps/state-files.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

const BEGIN = Date.UTC(2026, 9, 2, 14);

describe('massive-kdb gaps', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-gaps-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function openBook(): GapBook {
    const file = new BookFile(bookPath(directory, 'stocks'), systemStateFiles);
    return new GapBook(
      { market: 'stocks', name: 'stocks' },
      { clock: systemClock, logger: new RecordingLogger(), file },
    );
  }

  /** A book with one gap that is left to the flat file. */
  function bookWithGap(): GapBook {
    const book = openBook();
    const { id } = book.open({ channels: ['A', 'AM'], beginMs: BEGIN, cause: 'crash' });
    book.end(id, BEGIN + 300_000);
    book.change(id, { name: 'deferred', reason: 'it takes too many requests' });
    return book;
  }

  async function run(...line: string[]) {
    let stdout = '';
    let stderr = '';
    const sink = (take: (text: string) => void): Writable =>
      new Writable({
        write: (chunk, _encoding, done) => {
          take(String(chunk));
          done();
        },
      });
    const context = {
      stdout: sink(text => {
        stdout += text;
      }),
      stderr: sink(text => {
        stderr += text;
      }),
      environment: {},
      stop: new AbortController().signal,
    };
    const entry = { usage: 'gaps <action> [id]', summary: '', example: 'gaps list', load: async () => gaps };
    try {
      const code = await runCommandLine([entry], ['gaps', ...line, '--state-directory', directory], context);
      return { code, stdout, stderr };
    } catch (error) {
      const { lines, exitCode } = reportOf(error, false);
      return { code: exitCode, stdout, stderr: stderr + lines.join('\n') };
    }
  }

  it('lists what is in the book where no daemon runs: a line for each gap, or JSON', async () => {
    expect((await run('list')).stdout).to.equal('there are no gaps\n');
    bookWithGap();
    const { code, stdout } = await run('list');
    expect(code).to.equal(ExitCode.ok);
    expect(stdout.split('\n')).to.have.length(3);
    expect(stdout).to.match(
      /stocks-1 +deferred +crash +A,AM +2026-10-02 14:00:00 to 14:05:00 UTC +0 +it takes too many requests/,
    );
    const [gap] = JSON.parse((await run('list', '--json')).stdout) as { readonly beginMs: number }[];
    expect(gap?.beginMs).to.equal(BEGIN);
  });

  it('marks a gap for the next start, and gives one up with the reason', async () => {
    bookWithGap();
    expect((await run('fill', 'stocks-1')).stdout).to.include('is open');
    expect(openBook().find('stocks-1')?.state).to.deep.equal({ name: 'open', attempts: 0, byHand: true });
    expect((await run('forget', 'stocks-1', '--reason', 'the exchange was down')).code).to.equal(0);
    expect(openBook().find('stocks-1')?.state).to.deep.equal({
      name: 'unfillable',
      reason: 'forgotten: the exchange was down',
    });
  });

  it('asks the daemon where one runs, and leaves its book alone', async () => {
    const book = bookWithGap();
    const before = readFileSync(bookPath(directory, 'stocks'), 'utf8');
    const server = await ControlServer.listen(
      controlPath(directory, 'stocks'),
      gapRoutes(new GapDesk(book)),
      new RecordingLogger(),
    );
    try {
      writeFileSync(bookPath(directory, 'stocks'), before);
      expect((await run('list')).stdout).to.include('stocks-1');
      await run('fill', 'stocks-1');
      expect(book.find('stocks-1')?.state.name).to.equal('open');
      const refused = await run('fill', 'stocks-7');
      expect(refused).to.include({ code: ExitCode.usage });
      expect(refused.stderr).to.equal(
        "there is no gap 'stocks-7'. massive-kdb gaps list shows those that there are.",
      );
    } finally {
      await server.close();
    }
  });

  const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an id of another feed', ['fill', 'crypto-1'], /there is no gap 'crypto-1'/],
    ['an id that is none', ['fill', '../../etc'], /there is no gap '\.\.\/\.\.\/etc'/],
    ['no id', ['fill'], /needs the id of a gap/],
    ['no reason', ['forget', 'stocks-1'], /without a reason/],
  ];
  for (const [what, line, message] of wrong) {
    it(`${what} is told in one line`, async () => {
      bookWithGap();
      const { code, stderr } = await run(...line);
      expect(code).to.equal(ExitCode.usage);
      expect(stderr).to.match(message);
      expect(stderr.split('\n')).to.have.length(1);
    });
  }

  it('a book of another version is left alone, with the release named', async () => {
    writeFileSync(bookPath(directory, 'stocks'), '{"version":9}');
    const { code, stderr } = await run('list');
    expect(code).to.equal(ExitCode.configuration);
    expect(stderr).to.match(/is of version 9/);
  });

  it('a book that cannot be written is told in one line, and ends it with the code for that', async () => {
    bookWithGap();
    // Not even root can write there.
    mkdirSync(`${bookPath(directory, 'stocks')}.draft`);
    const { code, stdout, stderr } = await run('fill', 'stocks-1');
    expect(code).to.equal(ExitCode.io);
    expect(stdout).to.equal('');
    expect(stderr.split('\n').at(-1)).to.match(/the gap book .* cannot be written/);
    expect(openBook().find('stocks-1')?.state.name).to.equal('deferred');
  });
});
