import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import type { DaemonStatus } from '../../../../src/ops/status/report.ts';
import { ManualClock, settled } from '../../../support/manual-clock.ts';
import { StatusHarness } from '../../../support/status-harness.ts';
import { Watch } from '../../../support/watch.ts';

const HOUR_MS = 3_600_000;

describe('status server - event streams', () => {
  let harness: StatusHarness;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    harness = await StatusHarness.start({ clock, maxStreams: 3 });
  });
  afterEach(() => harness.close());

  const open = (headers = harness.bearer): Promise<IncomingMessage> => harness.open('/events', { headers });
  const read = async (headers = harness.bearer): Promise<EventReader> => new EventReader(await open(headers));

  it('tells the status at once, and then each second', async () => {
    const reader = await read();
    expect(reader.stream.headers['content-type']).to.equal('text/event-stream');
    const startMs = harness.daemon.nowMs;
    await reader.until(1);
    harness.daemon.tick();
    await clock.advance(1000);
    await reader.until(2);
    expect(reader.events.map(({ nowMs }) => nowMs)).to.deep.equal([startMs, startMs + 1000]);
  });

  it('are not more than the configuration allows, and one that is closed makes room', async () => {
    const streams = [await open(), await open(), await open()];
    const refused = await harness.ask('/events', { headers: harness.bearer });
    expect([refused.status, harness.refused('streams-too-many')]).to.deep.equal([503, 1]);
    streams[0]!.destroy();
    let again = await open();
    // The server learns of the end when it comes to it.
    while (again.statusCode === 503) {
      again.resume();
      await settled();
      again = await open();
    }
    expect(again.statusCode).to.equal(200);
  });

  it('two that are asked for on one connection end with it', async () => {
    const asked = `GET /events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${harness.token}\r\n\r\n`;
    const socket = await harness.connect();
    socket.write(asked + asked);
    await once(socket, 'data');
    socket.destroy();
    const opened: IncomingMessage[] = [];
    while (opened.length < 3) {
      const stream = await open();
      if (stream.statusCode === 200) opened.push(stream);
      else stream.resume();
      await settled();
    }
  });

  it('one that does not read is cut off, and the others go on', async () => {
    const reader = await read();
    const idle = await open();
    const cut = once(idle, 'error');
    const large = { ...harness.daemon.status(), reasons: ['x'.repeat(200_000)] };
    harness.status = () => large;
    for (let second = 0; second < 1000 && harness.refused('stream-slow') === 0; second++) {
      const before = reader.events.length;
      await clock.advance(1000);
      await reader.until(before + 1);
    }
    expect(harness.refused('stream-slow')).to.equal(1);
    idle.resume();
    expect((await cut)[0]).to.have.property('message', 'aborted');
    const before = reader.events.length;
    await clock.advance(1000);
    await reader.until(before + 1);
  });

  it('ends with the session that it was opened in', async () => {
    const { stream } = await read({ cookie: await harness.logIn() });
    const ended = once(stream, 'end');
    clock.stepWall(12 * HOUR_MS);
    await clock.advance(1000);
    await ended;
  });

  it('a status that cannot be had ends no stream', async () => {
    const reader = await read();
    await reader.until(1);
    harness.status = () => {
      throw new Error('not now');
    };
    await clock.advance(1000);
    harness.status = undefined;
    await clock.advance(1000);
    await reader.until(2);
    expect(harness.logger.messages('warn')).to.deep.equal(['the status page shows nothing new: not now']);
  });

  it('end when the server does', async () => {
    const { stream } = await read();
    const ended = once(stream, 'close');
    await harness.stop();
    await ended;
    expect(clock.pending).to.equal(0);
  });
});

/** Keeps the events of a stream. */
class EventReader {
  readonly stream: IncomingMessage;
  readonly events: DaemonStatus[] = [];
  readonly #watch = new Watch();

  constructor(stream: IncomingMessage) {
    this.stream = stream;
    let text = '';
    // How it ends is for those to say who wait for it.
    stream.on('error', () => {});
    stream.setEncoding('utf8').on('data', (more: string) => {
      const parts = `${text}${more}`.split('\n\n');
      text = parts.pop()!;
      for (const part of parts) {
        const [, data] = /^event: status\ndata: (.*)$/.exec(part) ?? [];
        if (data !== undefined) this.events.push(JSON.parse(data));
      }
      this.#watch.changed();
    });
  }

  until(count: number): Promise<void> {
    return this.#watch.until(() => this.events.length >= count);
  }
}
