import { createInterface } from 'node:readline/promises';
import { firstAborted } from '../../base/abort.ts';
import { printable } from '../../base/printable.ts';
import { UsageError } from '../command.ts';
import {
  type Answers,
  channelsQuestion,
  keyQuestion,
  marketQuestion,
  type Problem,
  type Question,
  symbolsQuestion,
  targetQuestion,
} from './questions.ts';

/** Somebody who can be asked. */
export interface Respondent {
  say(line: string): void;
  /** Rejects with an AbortError where there will be no answer. */
  ask(prompt: string): Promise<string>;
}

/** What flags say already. */
export interface GivenAnswers {
  readonly market?: string | undefined;
  readonly channels?: string | undefined;
  readonly symbols?: string | undefined;
  readonly target?: string | undefined;
  /** A name, or a path. */
  readonly key?: string | undefined;
}

/** Who answers what no flag does: somebody at a terminal, the defaults, or nobody. */
export type Source = Respondent | 'defaults' | 'nobody';

const QUESTIONS = 5;

/**
 * Asks for what is not given yet; a wrong answer is explained and asked for again.
 *
 * @throws UsageError where a flag is wrong, or nobody can be asked
 */
export async function answersOf(given: GivenAnswers, source: Source): Promise<Answers> {
  if (source === 'nobody') requireAll(given);
  if (typeof source === 'object') {
    source.say('Five questions; Enter takes what is in brackets, Ctrl-C leaves everything as it is.');
  }
  const market = await answerTo(1, marketQuestion, given.market, source);
  const channels = await answerTo(2, channelsQuestion(market), given.channels, source);
  const symbols = await answerTo(3, symbolsQuestion(market, channels), given.symbols, source);
  const target = await answerTo(4, targetQuestion, given.target, source);
  const key = await answerTo(5, keyQuestion, given.key, source);
  return { market, channels, symbols, target, key };
}

function requireAll(given: GivenAnswers): void {
  const flags: Readonly<Record<keyof GivenAnswers, string>> = {
    market: '--market',
    channels: '--channels',
    symbols: '--symbols',
    target: '--target',
    key: '--key-variable (or --key-file)',
  };
  const missing = Object.entries(flags).filter(([name]) => given[name as keyof GivenAnswers] === undefined);
  if (missing.length === 0) return;
  throw new UsageError(
    'there is no terminal on which to ask',
    `Give ${missing.map(([, flag]) => flag).join(', ')}, or --yes to take the defaults.`,
  );
}

async function answerTo<T>(
  number: number,
  question: Question<T>,
  given: string | undefined,
  source: Source,
): Promise<T> {
  if (given !== undefined || typeof source === 'string') {
    const read = question.read(given ?? question.default);
    if ('problem' in read)
      throw new UsageError(`--${question.flag} ${printable(read.problem)}`, 'See massive-kdb init --help.');
    return read.value;
  }
  const [asked, ...hints] = question.text;
  source.say('');
  source.say(`${number}/${QUESTIONS}  ${asked}`);
  for (const hint of hints) source.say(`     ${hint}`);
  for (;;) {
    const answer = (await source.ask(`     [${question.default}]: `)).trim() || question.default;
    const read: { readonly value: T } | Problem = question.read(answer);
    if ('value' in read) return read.value;
    source.say(`     That ${printable(read.problem)}${read.problem.endsWith('?') ? '' : '.'}`);
  }
}

/** A person at a terminal, until `close`. Ctrl-C and Ctrl-D end the question that is open. */
export function terminalRespondent(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  stop: AbortSignal,
): Respondent & { close(): void } {
  const lines = createInterface({ input, output, terminal: true });
  const left = new AbortController();
  lines.on('SIGINT', () => left.abort());
  lines.on('close', () => left.abort());
  const signal = firstAborted(stop, left.signal);
  return {
    say: line => void output.write(`${line}\n`),
    ask: prompt => lines.question(prompt, { signal }),
    close: () => lines.close(),
  };
}
