import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { ExitCode } from '../base/exit-codes.ts';
import { SYSTEM_CONFIGURATION_FILE } from '../config/load.ts';
import { type CommandContext, defineCommand } from './command.ts';
import { answersOf, type GivenAnswers, type Source, terminalRespondent } from './init/dialogue.ts';
import { fileText, nextSteps } from './init/file-text.ts';
import type { Answers, KeyPlace } from './init/questions.ts';
import { requireFree, writeWhole } from './init/write-file.ts';

const DEFAULT_FILE = 'massive-kdb.yaml';

/** `massive-kdb init` */
export const init = defineCommand({
  arguments: {},
  flags: {
    config: {
      type: 'string',
      requiresArg: true,
      describe: `the file to write; MASSIVE_KDB_CONFIG or ${DEFAULT_FILE} without it`,
    },
    market: { type: 'string', requiresArg: true, describe: 'the market to stream' },
    channels: { type: 'string', requiresArg: true, describe: 'channels, separated by commas' },
    symbols: {
      type: 'string',
      requiresArg: true,
      describe: "symbols, separated by commas; '*' is the whole market",
    },
    target: {
      type: 'string',
      requiresArg: true,
      describe: 'the tickerplant: :PORT, HOST:PORT or HOST:PORT:USER',
    },
    'key-variable': {
      type: 'string',
      requiresArg: true,
      conflicts: 'key-file',
      describe: 'the name of the variable that will hold the API key',
    },
    'key-file': { type: 'string', requiresArg: true, describe: 'the file that will hold the API key' },
    yes: { type: 'boolean', default: false, describe: 'ask nothing: what no flag says is as the defaults' },
    force: { type: 'boolean', default: false, describe: 'replace the file where there is one' },
  },
  examples: [
    ['init', 'Ask five questions, then write massive-kdb.yaml'],
    [
      'init --yes',
      'Seconds and minutes of all stocks, to a tickerplant on port 5010, with the key in MASSIVE_API_KEY',
    ],
    [
      'init --market crypto --channels XA --symbols BTC-USD,ETH-USD --target kdb1:5010 --key-file ~/.massive-key',
      'Ask nothing, since everything is said',
    ],
  ],
  endings: {
    [ExitCode.io]: 'the file cannot be written',
  },
  async run(given, context) {
    const variable = context.environment['MASSIVE_KDB_CONFIG']?.trim();
    const file = given.config ?? (variable || DEFAULT_FILE);
    requireFree(resolve(file), given.force);
    const answers = await answersFrom(
      { ...given, key: keyFlag(given['key-variable'], given['key-file']) },
      given.yes,
      context,
    );
    if (!answers) return ExitCode.interrupted;
    writeWhole(resolve(file), fileText(answers), given.force);
    const found = [variable, DEFAULT_FILE, SYSTEM_CONFIGURATION_FILE].find(path => path && existsSync(path));
    const written = {
      file,
      isFound: found !== undefined && resolve(found) === resolve(file),
      hasKeyFile: 'file' in answers.key && existsSync(answers.key.file.replace(/^~(?=\/)/, homedir())),
    };
    for (const line of nextSteps(answers, written)) context.stdout.write(`${line}\n`);
    return ExitCode.ok;
  },
});

/** A path given by a flag may be a bare name; a name with a slash is always one. */
function keyFlag(variable: string | undefined, file: string | undefined): string | undefined {
  return file === undefined ? variable : /^[~/]/.test(file) ? file : resolve(file);
}

/** Undefined where the person at the terminal has left. */
async function answersFrom(
  given: GivenAnswers,
  isDefaulted: boolean,
  context: CommandContext,
): Promise<Answers | undefined> {
  const { stdin, stdout } = process;
  if (isDefaulted || !stdin.isTTY || !stdout.isTTY) {
    return withAbsoluteKey(await answersOf(given, isDefaulted ? 'defaults' : 'nobody'));
  }
  const terminal = terminalRespondent(stdin, stdout, context.stop);
  try {
    return withAbsoluteKey(await answersOf(given, terminal satisfies Source));
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    context.stderr.write('\nmassive-kdb: nothing was written\n');
    return undefined;
  } finally {
    terminal.close();
  }
}

/** A path of an answer begins where it was given; in the file it would begin at the file. */
function withAbsoluteKey(answers: Answers): Answers {
  const key: KeyPlace =
    'file' in answers.key && !answers.key.file.startsWith('~')
      ? { file: resolve(answers.key.file) }
      : answers.key;
  return { ...answers, key };
}
