import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { lockSpool } from '../../../src/realtime/spool/lock.ts';
import type { CommandProcess, CommandResult } from '../../support/command-process.ts';
import { symbolsOf } from '../../support/feed-harness.ts';
import { StartedDaemon } from '../../support/started-daemon.ts';

/** What a daemon that kept no rows on disk left when it was killed: a lock, and a quarantine with an event and a batch. */
const STATE_WITHOUT_SPOOL = fileURLToPath(new URL('../../fixtures/state-without-spool', import.meta.url));

describe('massive-kdb start - what it finds on disk', () => {
  let daemon: StartedDaemon;
  let state: string;

  beforeEach(async () => {
    daemon = await StartedDaemon.prepare();
    state = join(daemon.directory, 'state');
  });
  afterEach(() => daemon.close());

  function start(): CommandProcess {
    return daemon.start('--state-directory', state);
  }

  /** Sends one bar, waits until the tickerplant has it, and stops the daemon. */
  async function deliverOne({ process, done }: CommandProcess): Promise<CommandResult> {
    await daemon.send(0, ['NEW']);
    await daemon.delivered();
    process.kill('SIGTERM');
    return done;
  }

  it('a state directory of a version without a spool: it starts, and leaves alone what is there', async () => {
    cpSync(STATE_WITHOUT_SPOOL, state, { recursive: true });
    const { code, stderr } = await deliverOne(start());
    expect(code).to.equal(0);
    expect(complaints(stderr).join('\n')).not.to.match(/spool|ledger|quarantine|\block/);
    expect(symbolsOf(daemon.tickerplant.updates[0]!.columns)).to.deep.equal(['NEW']);
    const events = readFileSync(join(state, 'quarantine', 'events.ndjson'), 'utf8');
    expect(events).to.equal(readFileSync(join(STATE_WITHOUT_SPOOL, 'quarantine', 'events.ndjson'), 'utf8'));
    expect(readdirSync(join(state, 'quarantine', 'batches'))).to.have.lengthOf(1);
  });

  const badStarts: readonly {
    readonly what: string;
    readonly exitCode: number;
    readonly line: RegExp;
    readonly prepare: () => unknown;
  }[] = [
    {
      what: 'a spool whose directory cannot be made',
      exitCode: 74,
      line: /the spool .* cannot be used: .*Give this user the permission/,
      prepare: () => writeFileSync(join(state, 'spool'), ''),
    },
    {
      what: 'a spool of another version',
      exitCode: 78,
      line: /spool\.json is of another release of massive-kdb; expected version 1 .*received version 9/,
      prepare: () => {
        mkdirSync(join(state, 'spool', 'stocks'), { recursive: true });
        const identity = { kind: 'massive-kdb spool', version: 9, source: 'stocks.a', openings: 1 };
        writeFileSync(join(state, 'spool', 'stocks', 'spool.json'), JSON.stringify(identity));
      },
    },
    {
      what: 'a spool that another process has',
      exitCode: 69,
      line: new RegExp(`process ${process.pid} `),
      prepare: () => {
        mkdirSync(join(state, 'spool', 'stocks'), { recursive: true });
        return lockSpool(join(state, 'spool', 'stocks'));
      },
    },
  ];
  for (const { what, exitCode, line, prepare } of badStarts) {
    it(`${what}: one line, before it connects`, async () => {
      mkdirSync(state, { recursive: true });
      await prepare();
      const { code, stderr } = await start().done;
      expect(complaints(stderr)).to.have.lengthOf(1);
      expect(complaints(stderr)[0]).to.match(line);
      expect(code).to.equal(exitCode);
      expect(daemon.massive.connections).to.have.lengthOf(0);
    });
  }

  it('a damaged ledger: it says so, keeps it aside and starts', async () => {
    const spool = join(state, 'spool', 'stocks');
    mkdirSync(spool, { recursive: true });
    writeFileSync(join(spool, 'ledger.json'), '{"kind":"massive-kdb spool ledger"');
    const { code, stderr } = await deliverOne(start());
    expect(code).to.equal(0);
    expect(complaints(stderr).join('\n')).to.match(/ledger\.json is damaged and was rebuilt/);
  });
});

/** The lines that are not about the normal course of things. */
function complaints(stderr: string): string[] {
  return stderr.split('\n').filter(line => line !== '' && !/^[-\d]+ [\d:.]+Z info /.test(line));
}
