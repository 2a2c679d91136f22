import { Writable } from 'node:stream';
import { expect } from 'chai';
import { type WatchedOutput, watchLines } from '../../../../src/cli/status/watch.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

/** What is printed, to a terminal of three rows or to none. */
class Output extends Writable implements WatchedOutput {
  readonly isTTY: boolean;
  readonly rows = 3;
  printed = '';

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.printed += chunk.toString();
    done();
  }
}

describe('massive-kdb status - watch', () => {
  it('redraws a screen of its own in place, and gives the terminal back', async () => {
    const [clock, output, stop] = [new ManualClock(), new Output(true), new AbortController()];
    let count = 0;
    const make = async () => Array.from({ length: ++count * 2 }, (_, i) => `${count}.${i}`);
    const watching = watchLines(make, output, clock, stop.signal);
    await clock.advance(1_000);
    expect(output.printed).to.equal(
      '\x1b[?1049h\x1b[?25l' +
        '\x1b[H1.0\x1b[K\r\n1.1\x1b[K\x1b[J' +
        // Four lines on three rows.
        '\x1b[H2.0\x1b[K\r\n2.1\x1b[K\r\n...\x1b[K\x1b[J',
    );
    output.printed = '';
    output.emit('resize');
    await clock.advance(0);
    expect(output.printed).to.match(/^\x1b\[H3\.0/);
    output.printed = '';
    const leftovers = process.listenerCount('exit');
    stop.abort();
    await watching;
    expect(output.printed).to.equal('\x1b[?25h\x1b[?1049l');
    expect(output.listenerCount('resize')).to.equal(0);
    expect(process.listenerCount('exit')).to.equal(leftovers - 1);
  });

  it('gives the terminal back also where it fails', async () => {
    const [clock, output, stop] = [new ManualClock(), new Output(true), new AbortController()];
    const watching = watchLines(() => Promise.reject(new Error('no')), output, clock, stop.signal);
    const failure = await watching.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.an('error');
    expect(output.printed).to.match(/\x1b\[\?1049l$/);
  });

  it('prints a block each two seconds where there is no terminal', async () => {
    const [clock, output, stop] = [new ManualClock(), new Output(false), new AbortController()];
    let count = 0;
    const watching = watchLines(async () => [`${++count}`, 'more'], output, clock, stop.signal);
    await clock.advance(3_999);
    stop.abort();
    await watching;
    expect(output.printed).to.equal('1\nmore\n\n2\nmore\n\n');
  });
});
