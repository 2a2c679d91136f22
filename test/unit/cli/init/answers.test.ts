import { expect } from 'chai';
import { answersOf, type GivenAnswers, type Respondent } from '../../../../src/cli/init/dialogue.ts';
import { fileText, nextSteps } from '../../../../src/cli/init/file-text.ts';
import { loadConfiguration } from '../../../../src/config/load.ts';
import { MARKETS } from '../../../../src/tables/markets.ts';
import { configurationSources } from '../../../support/configuration-sources.ts';

/** Somebody who gives these answers, one after the other, and leaves when there are no more. */
class Scripted implements Respondent {
  readonly said: string[] = [];
  readonly #answers: string[];

  constructor(answers: readonly string[]) {
    this.#answers = [...answers];
  }

  say(line: string): void {
    this.said.push(line);
  }

  async ask(prompt: string): Promise<string> {
    this.said.push(prompt);
    const answer = this.#answers.shift();
    if (answer === undefined) throw new DOMException('left', 'AbortError');
    return answer;
  }
}

const load = (text: string) =>
  loadConfiguration(configurationSources({ files: { '/here/massive-kdb.yaml': text } })).configuration;

describe('init - answers', () => {
  it('no answer takes the default, and every market has defaults that make a right configuration', async () => {
    for (const market of MARKETS) {
      const answers = await answersOf({ market }, new Scripted(['', '', '', '']));
      const { feeds, targets } = load(fileText(answers));
      expect(feeds[0]).to.include({ market, key: 'MASSIVE_API_KEY', host: 'real-time' });
      expect(feeds[0]!.symbols).to.deep.equal(['*']);
      expect(targets[0]).to.include({ host: '127.0.0.1', port: 5010, user: null });
      expect(await answersOf({ market }, 'defaults')).to.deep.equal(answers);
    }
  });

  it('a wrong answer is explained and asked for again', async () => {
    const person = new Scripted([
      'stonks',
      'crypto',
      'XB',
      'XA',
      'X:BTCUSD',
      'BTC-USD',
      'kdb1',
      'kdb1:5010',
      '',
    ]);
    const answers = await answersOf({}, person);
    expect(answers).to.deep.equal({
      market: 'crypto',
      channels: ['XA'],
      symbols: ['BTC-USD'],
      target: { host: 'kdb1', port: 5010, user: null },
      key: { variable: 'MASSIVE_API_KEY' },
    });
    const explained = person.said.filter(line => /^ +That /.test(line));
    expect(explained).to.have.lengthOf(4);
    expect(explained[0]).to.match(/is "stonks"; allowed: stocks, .*; did you mean stocks\?$/);
    expect(explained[2]).to.include('did you mean BTC-USD?');
  });

  it('what may be the key itself, or holds a password, is refused without being repeated', async () => {
    const person = new Scripted([
      '',
      '',
      '',
      ':5010:me:aSecretPassword',
      ':5010:me',
      'aSecretKey_x1',
      './key',
    ]);
    const { key, target } = await answersOf({}, person);
    expect(key).to.deep.equal({ file: './key' });
    expect(target.user).to.equal('me');
    expect(person.said.join('\n'))
      .to.match(/it is not shown here/)
      .and.not.match(/aSecret/);
  });

  it('who leaves leaves everything as it is: the question is rejected', async () => {
    const error = await answersOf({}, new Scripted(['stocks'])).catch((thrown: Error) => thrown);
    expect(error).to.have.property('name', 'AbortError');
  });

  it('flags are not asked for, and a wrong one is refused', async () => {
    const given: GivenAnswers = {
      market: 'stocks',
      channels: 'AM',
      symbols: 'AAPL,BRK.B',
      target: ':5010',
      key: 'MY_KEY',
    };
    expect(await answersOf(given, 'nobody')).to.deep.include({
      symbols: ['AAPL', 'BRK.B'],
      channels: ['AM'],
    });
    const wrong = await answersOf({ ...given, channels: 'XA' }, 'nobody').catch(String);
    expect(wrong).to.match(/--channels cannot be used: 'XA' is not an aggregate channel of stocks/);
  });

  it('where nobody can be asked, what is missing is named', async () => {
    const error = await answersOf({ market: 'stocks', key: 'MY_KEY' }, 'nobody').catch(String);
    expect(error).to.match(/no terminal on which to ask\. Give --channels, --symbols, --target, or --yes/);
  });
});

describe('init - the file', () => {
  const base = {
    market: 'stocks',
    channels: ['A'],
    symbols: ['AAPL'],
    target: { host: '127.0.0.1', port: 5010, user: null },
    key: { variable: 'MASSIVE_API_KEY' },
  } as const;
  const found = { file: 'massive-kdb.yaml', isFound: true, hasKeyFile: false };

  it('symbols that YAML would read as something else stay symbols', () => {
    const symbols = ['NO', 'ON', 'Y', 'NULL', 'TRUE', 'O', 'E5'];
    expect(load(fileText({ ...base, symbols })).feeds[0]!.symbols).to.deep.equal(symbols);
  });

  it('another key is that of the history as well, by name or by file, quotes in its path included', () => {
    const byName = load(fileText({ ...base, key: { variable: 'MY_KEY' } }));
    expect([byName.feeds[0]!.key, byName.history.key]).to.deep.equal(['MY_KEY', 'MY_KEY']);
    const byFile = load(fileText({ ...base, key: { file: "/etc/kdb's key" } }));
    expect([byFile.feeds[0]!.keyFile, byFile.history.keyFile]).to.deep.equal([
      "/etc/kdb's key",
      "/etc/kdb's key",
    ]);
  });

  it('what to do next is to give the secrets where they are not seen, to look, and to start', () => {
    const target = { ...base.target, user: 'feed' };
    expect(nextSteps({ ...base, target }, found).join('\n')).to.match(
      /read -rs MASSIVE_API_KEY && export MASSIVE_API_KEY.*read -rs KDB_PASSWORD.*massive-kdb doctor\n.*massive-kdb start$/s,
    );
    const steps = nextSteps(
      { ...base, key: { file: '/a b/key' } },
      { ...found, file: 'b.yaml', isFound: false },
    );
    expect(steps.join('\n')).to.match(
      /umask 077 && cat > '\/a b\/key'.*massive-kdb doctor --config b\.yaml/s,
    );
    const there = nextSteps({ ...base, key: { file: '~/key' } }, { ...found, hasKeyFile: true });
    expect(there.join('\n')).not.to.include('umask');
  });
});
