import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readSymbolFile, SymbolFileError } from '../../../src/massive/symbol-file.ts';

describe('massive symbol file', () => {
  let directory: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-symbols-'));
  });

  after(() => rmSync(directory, { recursive: true, force: true }));

  function written(text: string): string {
    const path = join(directory, 'symbols.txt');
    writeFileSync(path, text);
    return path;
  }

  async function problem(path: string): Promise<string> {
    try {
      await readSymbolFile(path);
    } catch (error) {
      expect(error).to.be.instanceOf(SymbolFileError);
      return (error as Error).message;
    }
    throw new Error('nothing was thrown');
  }

  it('symbol file - one a line; blanks, comments and any line ends are no symbols', async () => {
    const path = written(
      '\uFEFF# watch list\r\nAAPL\r\n  BRK.B  # class B\n\n#MSFT\rO:SPY251219C00650000\nBApA',
    );
    expect(await readSymbolFile(path)).to.deep.equal(['AAPL', 'BRK.B', 'O:SPY251219C00650000', 'BApA']);
  });

  it('symbol file - two symbols on a line are an error with file and line', async () => {
    const path = written('AAPL\nMSFT, IBM\n');
    expect(await problem(path)).to.include(`${path}:2 has more than one symbol: 'MSFT, IBM'`);
  });

  it('symbol file - one that is empty or missing is an error', async () => {
    const path = written('# nothing yet\n');
    expect(await problem(path)).to.include(`${path} names no symbol`);
    expect(await problem(join(directory, 'missing.txt')))
      .to.include('missing.txt')
      .and.include('Correct its path');
  });
});
