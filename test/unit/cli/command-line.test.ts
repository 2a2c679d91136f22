import { Writable } from 'node:stream';
import { expect } from 'chai';
import { MassiveKdbError } from '../../../src/base/errors.ts';
import { ExitCode } from '../../../src/base/exit-codes.ts';
import {
  type CommandContext,
  type CommandEntry,
  defineCommand,
  UsageError,
} from '../../../src/cli/command.ts';
import { reportOf } from '../../../src/cli/report-error.ts';
import { runCommandLine } from '../../../src/cli/run.ts';
import { ConfigurationError } from '../../../src/config/errors.ts';
import { QError } from '../../../src/kdb/errors.ts';

describe('command line - parsing', () => {
  it('gives a command its arguments and flags, and ends with its exit code', async () => {
    const { code, given } = await run(
      'publish',
      'a',
      '--count',
      '3',
      '--list',
      'x',
      '--list',
      'y',
      '--no-tls',
    );
    expect(code).to.equal(ExitCode.failed);
    expect(given).to.deep.include({ what: 'a', count: 3, list: ['x', 'y'], tls: false });
  });

  it('an argument may begin with a dash, as q expressions do', async () => {
    for (const what of ['-3#agg1s', '-1', '-1_agg1s', '- 1', '--[1;2]', '0x10', '1e3', 'a=b']) {
      expect((await run('publish', what)).given).to.deep.include({ what });
      expect((await run('publish', what, '--count', '3')).given).to.deep.include({ what, count: 3 });
    }
  });

  it('loads the module of the chosen command only', async () => {
    expect((await run('publish', 'a')).loaded).to.deep.equal(['publish']);
    expect((await run('--version')).loaded).to.deep.equal([]);
  });

  it('help lists commands with examples, and of a command its flags; both end with 0', async () => {
    const whole = await run('--help');
    expect(whole.code).to.equal(ExitCode.ok);
    expect(whole.printed).to.include('publish <what>').and.include('massive-kdb publish "x"');
    const one = await run('publish', '--help');
    expect(one.code).to.equal(ExitCode.ok);
    expect(one.printed).to.include('--count').and.include('Publish three');
  });

  const mistakes: readonly (readonly [line: string[], message: string])[] = [
    [['publsh', 'a'], 'there is no command "publsh". Did you mean publish? See massive-kdb --help.'],
    [[], 'a command is missing. See massive-kdb --help.'],
    [['publish', 'a', '--count', 'x3'], '--count is not a number. See massive-kdb publish --help.'],
    [['publish'], 'publish needs <what>, as in publish <what>. See massive-kdb publish --help.'],
    [
      ['publish', 'a', 'b'],
      'publish takes no further argument, such as "b". See massive-kdb publish --help.',
    ],
    [
      ['publish', 'a', '--cuont=3'],
      'publish has no flag --cuont. Did you mean --count? See massive-kdb publish --help.',
    ],
    [['publish', 'a', '--name'], '--name needs a value. See massive-kdb publish --help.'],
    [
      ['publish', 'a', '--name', 'x', '--name', 'y'],
      '--name is given more than once. See massive-kdb publish --help.',
    ],
    [
      ['publish', 'a', '--as', 'bsv'],
      'as is "bsv"; allowed: csv, json. Did you mean csv? See massive-kdb publish --help.',
    ],
  ];
  for (const [line, message] of mistakes) {
    it(`refuses "${line.join(' ')}" with what was meant`, async () => {
      const error = await failureOf(run(...line));
      expect(error).to.be.instanceOf(UsageError);
      expect(reportOf(error, false)).to.deep.equal({ lines: [message], exitCode: ExitCode.usage });
    });
  }

  it('a secret in a flag is refused without repeating it, wherever it stands', async () => {
    const secret = 'Sup3rS3cret';
    const lines = [
      ['publish', 'a', `--password=${secret}`],
      ['publish', '--api-key', secret, 'a'],
      ['publish', '--key', secret],
    ];
    for (const line of lines) {
      const { lines: told } = reportOf(await failureOf(run(...line)), false);
      expect(told.join())
        .to.include('other users of this machine can read flags')
        .and.include('MASSIVE_API_KEY');
      expect(told.join()).not.to.include(secret);
    }
  });
});

describe('command line - errors', () => {
  it('one that knows its exit code ends with it, in one line', () => {
    expect(reportOf(new QError('type'), false)).to.deep.include({ exitCode: ExitCode.failed });
    const massive = new MassiveKdbError('MASSIVE_KEY_REFUSED', { what: 'no', remedy: 'Correct it.' });
    expect(reportOf(massive, false)).to.deep.equal({
      lines: ['no. Correct it.'],
      exitCode: ExitCode.refused,
    });
  });

  it('several problems have a line each, after the warnings and before what to do', () => {
    expect(reportOf(new ConfigurationError(['a', 'b'], ['w']), false)).to.deep.equal({
      lines: ['warning: w', 'a', 'b', 'Correct it and check it with `massive-kdb config check`.'],
      exitCode: ExitCode.configuration,
    });
  });

  it('what the system refuses is told with its path', () => {
    const error = Object.assign(new Error("EROFS: read-only file system, mkdir '/x'"), {
      code: 'EROFS',
      syscall: 'mkdir',
    });
    expect(reportOf(error, false)).to.deep.equal({
      lines: ["EROFS: read-only file system, mkdir '/x'. That file system is read-only: name another place."],
      exitCode: ExitCode.io,
    });
  });

  it('a port that is taken is a service that cannot be had', () => {
    const taken = Object.assign(new Error('listen EADDRINUSE: address already in use 127.0.0.1:1'), {
      code: 'EADDRINUSE',
      syscall: 'listen',
    });
    expect(reportOf(taken, false)).to.deep.equal({
      lines: [
        'listen EADDRINUSE: address already in use 127.0.0.1:1. Another process listens there: stop it, or choose another port.',
      ],
      exitCode: ExitCode.unavailable,
    });
  });

  it('what a file of the wrong kind leads to neither moves the cursor nor floods the terminal', () => {
    const { lines } = reportOf(
      new ConfigurationError(Array.from({ length: 1000 }, () => '\u001b[2J')),
      false,
    );
    expect(lines).to.have.lengthOf(22);
    expect(lines[0]).to.equal('\\x1b[2J');
    expect(lines[20]).to.equal('... and 980 more');
  });

  it('a defect is called one, and its trace is shown only on request', () => {
    const error = new TypeError('x is not\na function', { cause: new Error('root') });
    const quiet = reportOf(error, false);
    expect(quiet.exitCode).to.equal(ExitCode.internal);
    expect(quiet.lines).to.have.lengthOf(1);
    expect(quiet.lines[0]).to.match(/^defect in massive-kdb: x is not a function\. .*MASSIVE_KDB_DEBUG=1/);
    expect(reportOf(error, true).lines.join('\n'))
      .to.include('command-line.test.ts')
      .and.include('caused by');
  });
});

interface Ran {
  readonly code: ExitCode;
  readonly given: Readonly<Record<string, unknown>> | undefined;
  readonly loaded: readonly string[];
  readonly printed: string;
}

async function run(...line: string[]): Promise<Ran> {
  let given: Readonly<Record<string, unknown>> | undefined;
  const loaded: string[] = [];
  const publish = defineCommand({
    arguments: { what: { type: 'string', demandOption: true } },
    flags: {
      count: { type: 'number' },
      list: { type: 'string', array: true, nargs: 1 },
      name: { type: 'string', requiresArg: true },
      tls: { type: 'boolean' },
      as: { type: 'string', choices: ['csv', 'json'] as const },
    },
    examples: [['publish x --count 3', 'Publish three']],
    async run(flags) {
      given = flags;
      return ExitCode.failed;
    },
  });
  const entry = (name: string): CommandEntry => ({
    usage: `${name} <what>`,
    summary: 'Publish something',
    example: `${name} "x"`,
    load: async () => {
      loaded.push(name);
      return publish;
    },
  });
  let printed = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      printed += String(chunk);
      done();
    },
  });
  const context: CommandContext = {
    stdout,
    stderr: stdout,
    environment: {},
    stop: new AbortController().signal,
  };
  const code = await runCommandLine([entry('publish'), entry('other')], line, context);
  return { code, given, loaded, printed };
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
}
