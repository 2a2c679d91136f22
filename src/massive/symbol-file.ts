import { readFile } from 'node:fs/promises';
import { MassiveKdbError, messageOf } from '../base/errors.ts';

/** So much of a line that is not a symbol is shown: the file may be anything. */
const SHOWN_LENGTH = 40;

/** A list of symbols cannot be read. Code `MASSIVE_SYMBOL_FILE`. */
export class SymbolFileError extends MassiveKdbError {
  constructor(what: string, remedy: string, cause?: unknown) {
    super('MASSIVE_SYMBOL_FILE', { what, remedy, cause });
  }
}

/**
 * The tickers in a file: one a line; blank lines, and everything from a `#` on, mean nothing.
 *
 * @throws SymbolFileError when the file cannot be read or names no ticker.
 */
export async function readSymbolFile(path: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new SymbolFileError(
      `the list of symbols ${path} cannot be read: ${messageOf(error)}`,
      'Correct its path or permissions.',
      error,
    );
  }
  const tickers = parseSymbolLines(text, path);
  if (tickers.length === 0) {
    throw new SymbolFileError(`${path} names no symbol`, 'Write one symbol a line, or * for all.');
  }
  return tickers;
}

function parseSymbolLines(text: string, path: string): readonly string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .flatMap((line, index) => {
      const ticker = line.replace(/#.*/, '').trim();
      if (ticker === '') return [];
      if (/[\s,;]/.test(ticker)) {
        throw new SymbolFileError(
          `${path}:${index + 1} has more than one symbol: '${ticker.slice(0, SHOWN_LENGTH)}'`,
          'Write one symbol a line.',
        );
      }
      return [ticker];
    });
}
