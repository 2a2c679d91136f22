import { expect } from 'chai';
import { ExitCode } from '../../../src/base/exit-codes.ts';
import { endingsOf } from '../../../src/cli/help.ts';
import { LOADED_COMMANDS } from '../../support/loaded-commands.ts';
import { helpText, parsedLine, shellWords } from '../../support/parsed-line.ts';

describe('help - what each command says of itself', () => {
  for (const { usage, example, load } of LOADED_COMMANDS) {
    const name = usage.split(' ')[0]!;

    it(`${name}: each argument and flag is described`, async () => {
      const { arguments: given, flags } = await load();
      const silent = Object.entries({ ...given, ...flags })
        .filter(([, options]) => !options.describe)
        .map(([option]) => option);
      expect(silent).to.deep.equal([]);
      const named = [...usage.matchAll(/[<[]([a-z-]+)[\]>]/g)].map(([, argument]) => argument);
      expect(Object.keys(given), 'those in its usage').to.have.members(named);
    });

    it(`${name}: two examples and more, which parse, and that of the list`, async () => {
      const { examples } = await load();
      expect(examples).to.have.lengthOf.at.least(2);
      for (const line of [example, ...examples.map(([one]) => one)]) {
        const words = shellWords(line);
        expect(words[0]).to.equal(name);
        expect(await parsedLine(words), line).to.be.an('object');
      }
    });

    it(`${name}: its help shows examples on one line each, and its exit codes`, async () => {
      const command = await load();
      const shown = (await helpText(name)).split('\n');
      for (const [line] of command.examples) expect(shown).to.include(`  massive-kdb ${line}`);
      expect(command.endings, 'exit codes').to.not.equal(undefined);
      const known: readonly number[] = Object.values(ExitCode);
      for (const [code] of endingsOf(command)) {
        expect(known).to.include(code);
        expect(shown.some(line => line.startsWith(`  ${String(code).padStart(3)}  `))).to.equal(true);
      }
    });
  }

  it('shows the flags of a command first, and those for settings when they are asked for', async () => {
    const short = await helpText('gaps');
    expect(short.indexOf('--reason')).to.be.lessThan(short.indexOf('--config'));
    expect(short).to.include('--help --settings').and.not.include('--spool-sync');
    expect(await helpText('gaps', '--settings')).to.include('--spool-sync');
    expect(await helpText('query')).not.to.include('--settings');
  });
});
