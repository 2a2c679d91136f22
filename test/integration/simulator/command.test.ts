import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import type { CommandContext, CommandEntry } from '../../../src/cli/command.ts';
import { runCommandLine } from '../../../src/cli/run.ts';
import { truthOfReceived } from '../../unit/simulator/independent-truth.ts';
import { FileClient } from './file-client.ts';
import { StreamClient } from './stream-client.ts';

const ENTRIES: readonly CommandEntry[] = [
  {
    usage: 'simulate',
    summary: 'A Massive on this machine',
    example: 'simulate --port 8765',
    load: async () => (await import('../../../src/cli/simulate.ts')).simulate,
  },
];

/** The simulate command while it runs. */
class RunningCommand {
  readonly exit: Promise<number>;
  readonly #stop = new AbortController();
  readonly #stdout = new PassThrough({ encoding: 'utf8' });
  #printed = '';

  constructor(...flags: string[]) {
    this.#stdout.on('data', text => {
      this.#printed += text;
    });
    const context: CommandContext = {
      stdout: this.#stdout,
      stderr: new PassThrough().resume(),
      environment: {},
      stop: this.#stop.signal,
    };
    this.exit = runCommandLine(ENTRIES, ['simulate', ...flags], context);
  }

  /** The first line, once it is printed. */
  async announced(): Promise<string> {
    while (!this.#printed.includes('\n')) await new Promise(resolve => this.#stdout.once('data', resolve));
    return this.#printed.split('\n')[0]!;
  }

  get lines(): string[] {
    return this.#printed.trimEnd().split('\n');
  }

  stop(signal: 'SIGINT' | 'SIGTERM'): void {
    this.#stop.abort(signal);
  }
}

describe('simulate command', () => {
  let command: RunningCommand | undefined;
  // Where a test has failed it simulates on.
  afterEach(async () => {
    command?.stop('SIGTERM');
    await command?.exit;
    command = undefined;
  });

  it('json - first the address, at the end what was sent', async () => {
    command = new RunningCommand('--json', '--symbols', '20', '--rate', '19', '--late', '0.2');
    const { url, port } = JSON.parse(await command.announced()) as { url: string; port: number };
    expect(url).to.equal(`ws://127.0.0.1:${port}`);
    const client = await StreamClient.authenticated(`${url}/stocks`);
    client.send('subscribe', 'A.*,AM.*');
    await client.until(() => client.bars.length > 20);
    await fetch(`http://127.0.0.1:${port}/control/pause`, { method: 'POST' });
    await client.caughtUp();
    command.stop('SIGTERM');
    expect(await command.exit).to.equal(0);
    expect(JSON.parse(command.lines[1]!)).to.deep.equal({ tables: truthOfReceived('stocks', client.bars) });
  });

  it('text - one clear line, and a summary', async () => {
    command = new RunningCommand('--market', 'crypto', 'forex', '--symbols', '5');
    expect(await command.announced()).to.match(
      /^Simulating 5 symbols at ws:\/\/127\.0\.0\.1:\d+\/crypto ws:\/\/127\.0\.0\.1:\d+\/forex, key demo\. Ctrl-C stops\.$/,
    );
    command.stop('SIGINT');
    expect(await command.exit).to.equal(130);
    expect(command.lines.slice(1)).to.deep.equal([
      'agg1s: sent 0, distinct 0, checksum 0000000000000000',
      'agg1m: sent 0, distinct 0, checksum 0000000000000000',
    ]);
  });

  it('history - REST and files at the same address, with what the flags say', async () => {
    command = new RunningCommand(
      ...[
        '--json',
        '--at',
        '2026-10-07T15:00Z',
        '--symbols',
        '2',
        '--file-key',
        'id:secret',
        '--files-from',
        '2026-10-01',
      ],
      ...['--holiday', '2026-10-05', '2026-10-06=early', '--key', 'mine'],
    );
    const { httpUrl } = JSON.parse(await command.announced()) as { httpUrl: string };
    const bars = '/v2/aggs/ticker/AAPL/range/1/day/2026-10-02/2026-10-06?adjusted=false&apiKey=mine';
    const { results } = (await (await fetch(httpUrl + bars)).json()) as { results: { t: number }[] };
    expect(results.map(({ t }) => new Date(t).toISOString().slice(0, 10))).to.deep.equal([
      '2026-10-02',
      '2026-10-06',
    ]);
    const now = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
    const files = new FileClient(httpUrl, 'id', 'secret');
    const path = '/flatfiles?list-type=2&prefix=us_stocks_sip%2Fday';
    const listed = await (await files.fetch(path, { date: now })).text();
    expect(listed.match(/2026-\d\d-\d\d\.csv/g)).to.deep.equal([
      '2026-10-01.csv',
      '2026-10-02.csv',
      '2026-10-06.csv',
    ]);
    command.stop('SIGTERM');
    expect(await command.exit).to.equal(0);
  });

  it('wrong flags - one clear line and exit code 64', async () => {
    const wrong = [
      ['--symbols', 'many'],
      ['--rate', '1000000'],
      ['--market', 'bonds'],
      ['--at', 'yesterday'],
      ['--fault', 'bang@1'],
      ['--key', 'me:bonds'],
      ['--speeed', '2'],
      ['--holiday', 'tomorrow'],
      ['--file-key', 'demo'],
      ['--file-key', 'id:secret:bonds'],
      ['--files-from', '2026-13-01'],
      ['--requests-per-minute', '0'],
      ['--fault', 'http-error@1,status=418'],
    ];
    for (const flags of wrong) {
      const error = await new RunningCommand(...flags).exit.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error, flags.join(' ')).to.include({ exitCode: 64 });
      expect(String(error)).to.match(/^\w+: .+\. .+$/);
    }
  });
});
