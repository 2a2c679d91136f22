import { existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { EndingError } from '../../../src/base/errors.ts';
import { ExitCode } from '../../../src/base/exit-codes.ts';
import { askControl, streamControl } from '../../../src/ops/control/client.ts';
import { type ControlRoute, ControlServer, type StreamRoute } from '../../../src/ops/control/server.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { rejection } from '../../support/rest-harness.ts';

/** Readers of the stream who have gone. */
let gone: (() => void) | undefined;

const ROUTES: readonly (ControlRoute | StreamRoute)[] = [
  { method: 'GET', path: /^\/bars$/, answer: (_groups, _body, query) => [...query] },
  {
    method: 'GET',
    path: /^\/tap$/,
    stream: (query, reader) => {
      if (query.get('sym') === 'no?') {
        throw new EndingError('TAP', ExitCode.usage, { what: 'no symbol', remedy: 'Look.' });
      }
      reader.write('1\n2\n');
      return () => gone?.();
    },
  },
  { method: 'GET', path: /^\/gaps$/, answer: () => ({ gaps: [1] }) },
  {
    method: 'POST',
    path: /^\/gaps\/(?<id>[^/]+)\/fill$/,
    answer: ({ id }, body) => {
      if (id !== 'a b') {
        const details = { what: `there is no gap '${id}'`, remedy: 'Look again.' };
        throw new EndingError('GAP_REQUEST', ExitCode.usage, details);
      }
      return { id, body };
    },
  },
];

describe('control socket', () => {
  let directory: string;
  let path: string;
  let server: ControlServer | undefined;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-control-'));
    path = join(directory, 'control.sock');
    server = undefined;
  });
  afterEach(async () => {
    await server?.close();
    rmSync(directory, { recursive: true });
  });

  const listen = async (): Promise<void> => {
    server = await ControlServer.listen(path, ROUTES, new RecordingLogger());
  };

  /** The status of an answer to a request as it is. */
  function statusOf(method: string, route: string, body = ''): Promise<number> {
    return new Promise((resolve, reject) => {
      const asking = request({ socketPath: path, method, path: route }, response => {
        response.resume();
        resolve(response.statusCode!);
      });
      asking.on('error', reject);
      asking.end(body);
    });
  }

  it('is for its owner only, answers, and is gone when the daemon ends', async () => {
    await listen();
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(await askControl(path, 'GET', '/gaps')).to.deep.equal({ gaps: [1] });
    expect(await askControl(path, 'POST', '/gaps/a%20b/fill', { x: 1 })).to.deep.equal({
      id: 'a b',
      body: { x: 1 },
    });
    await server?.close();
    server = undefined;
    expect(existsSync(path)).to.equal(false);
    expect(await askControl(path, 'GET', '/gaps')).to.equal(undefined);
  });

  it('tells what the daemon refuses as the daemon says it', async () => {
    await listen();
    const error = await rejection(askControl(path, 'POST', '/gaps/b/fill'));
    expect(error).to.include({ code: 'GAP_REQUEST', exitCode: ExitCode.usage });
    expect(error.message).to.equal("there is no gap 'b'. Look again.");
  });

  it('outlives a connection that the system does not give it', async () => {
    const logger = new RecordingLogger();
    server = await ControlServer.listen(path, ROUTES, logger);
    const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
    const listening = handles.find(handle => handle instanceof Server && handle.address() === path) as Server;
    listening.emit('error', new Error('accept ENOMEM'));
    expect(await askControl(path, 'GET', '/gaps')).to.deep.equal({ gaps: [1] });
    expect(logger.messages('warn')).to.deep.equal(['a command could not reach the daemon: accept ENOMEM']);
  });

  it('gives what is asked behind the path', async () => {
    await listen();
    expect(await askControl(path, 'GET', '/bars?search=A%26B&limit=5')).to.deep.equal([
      ['search', 'A&B'],
      ['limit', '5'],
    ]);
  });

  it('goes on telling until the one who asks goes, and knows it then', async () => {
    await listen();
    const left = new Promise<void>(resolve => {
      gone = resolve;
    });
    const stop = new AbortController();
    const lines: string[] = [];
    for await (const line of (await streamControl(path, '/tap', stop.signal))!) {
      lines.push(line);
      if (lines.length === 2) stop.abort();
    }
    expect(lines).to.deep.equal(['1', '2']);
    await left;
    const error = await rejection(streamControl(path, '/tap?sym=no?', new AbortController().signal));
    expect(error).to.include({ code: 'TAP', exitCode: ExitCode.usage });
  });

  it('answers nothing else', async () => {
    await listen();
    expect(await statusOf('GET', '/other')).to.equal(404);
    expect(await statusOf('DELETE', '/gaps')).to.equal(405);
    expect(await statusOf('POST', '/gaps/a%20b/fill', '{')).to.equal(400);
    expect(await statusOf('POST', '/gaps/a%20b/fill', `"${'x'.repeat(20_000)}"`)).to.equal(400);
  });

  it('takes the place of a socket that a killed daemon has left, and of no other', async () => {
    await listen();
    const error = await rejection(ControlServer.listen(path, ROUTES, new RecordingLogger()));
    expect(error.code).to.equal('CONTROL_SOCKET');
    await server?.close();
    // A socket whose listener is gone, as after kill -9: closing would remove it.
    const left = createServer().listen(path);
    await new Promise(resolve => left.once('listening', resolve));
    const moved = join(directory, 'moved');
    renameSync(path, moved);
    await new Promise(resolve => left.close(resolve));
    renameSync(moved, path);
    await listen();
    expect(await askControl(path, 'GET', '/gaps')).to.deep.equal({ gaps: [1] });
  });

  it('a directory that cannot be written is told in one line', async () => {
    const error = await rejection(
      ControlServer.listen(join(directory, 'missing', 'control.sock'), ROUTES, new RecordingLogger()),
    );
    expect(error.code).to.equal('CONTROL_SOCKET');
    expect(error.message).to.match(/control\.sock cannot be made/);
  });
});
