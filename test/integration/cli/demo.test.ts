import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import type { CommandContext } from '../../../src/cli/command.ts';
import { type Child, cleanEnvironment, massiveKdb } from '../../../src/cli/demo/child.ts';
import { demo } from '../../../src/cli/demo.ts';
import { CommandProcess, runCommand } from '../../support/command-process.ts';

describe('massive-kdb demo', () => {
  it('mistakes in its flags are told before anything is started', async () => {
    const mistakes: readonly (readonly [given: object, message: RegExp])[] = [
      [{ for: 'rubbish' }, /^--for is not a duration: 'rubbish'\. Give one like 15s/],
      [{ for: '0s' }, /^--for is not a duration/],
      [{ symbols: 0 }, /^symbols is out of range; expected a whole number from 1/],
      [{ rate: 999_999 }, /^rate cannot be reached with symbols 500/],
    ];
    for (const [given, message] of mistakes) {
      const error = await failure(demo.run({ symbols: 500, seed: 1, json: false, ...given }, context()));
      expect(error).to.include({ exitCode: 64 });
      expect((error as Error).message).to.match(message);
    }
  });

  it('Ctrl-C while it starts ends it quietly', async () => {
    const { stdout, ...rest } = context(AbortSignal.abort('SIGINT'));
    expect(await failure(demo.run({ symbols: 10, seed: 1, json: false }, { ...rest, stdout }))).to.equal(
      'SIGINT',
    );
    expect((stdout as PassThrough).read()).to.equal(null);
  });

  it('runs simulator, tickerplant and feed, and proves that nothing was lost', async () => {
    const run = await runCommand(['demo', '--for', '8s', '--json', '--symbols', '20']);
    expect(run.code, run.stderr).to.equal(0);
    const outcome = JSON.parse(run.stdout.trim().split('\n').at(-1)!) as Record<
      'sent' | 'delivered' | 'lost',
      number
    >;
    expect(outcome).to.include({ complete: true, lost: 0, delivered: outcome.sent });
    expect(outcome.sent).to.be.greaterThan(0);
    expect(run.stdout).to.match(
      /Status page {3}http:\/\/127\.0\.0\.1:\d+\/, its token: cat \S+status-token\n/,
    );
  });

  it('leaves nothing behind where the reader of its output has left', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'massive-kdb-demo-test-'));
    const { process, done } = new CommandProcess(['demo', '--symbols', '20'], { TMPDIR: directory });
    // What runs it from its sources has files there, too.
    const own = () => readdirSync(directory).filter(name => name.startsWith('massive-kdb-'));
    try {
      await once(process.stdout!, 'data');
      expect(own()).to.have.lengthOf(1);
      process.stdout!.destroy();
      expect((await done).code).to.equal(0);
      expect(own()).to.deep.equal([]);
    } finally {
      process.kill('SIGKILL');
      await done;
      rmSync(directory, { recursive: true });
    }
  });

  describe('its processes', () => {
    let child: Child;
    afterEach(() => child.stop());

    it('end with it, however it ends', async () => {
      const options = { directory: process.cwd(), environment: cleanEnvironment({}), showErrors: false };
      child = massiveKdb('simulator', ['simulate', '--json', '--symbols', '1'], options);
      await child.nextLine();
      // What the system does to the channel when the process at its other end is killed.
      child.process.disconnect();
      expect(await child.ended).to.equal(0);
    });
  });
});

function context(stop = new AbortController().signal): CommandContext {
  return { stdout: new PassThrough(), stderr: new PassThrough().resume(), environment: {}, stop };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: unknown) => error,
  );
}
