import { expect } from 'chai';
import type { Protection } from '../../../src/realtime/protection.ts';
import { systemError } from '../../support/crashing-files.ts';
import { FeedHarness, type HarnessOptions, START_MS } from '../../support/feed-harness.ts';
import { Watch } from '../../support/watch.ts';

const DONE = { value: { kind: 'primitive', type: 101, code: 0 } } as const;

describe('feed - protection', () => {
  let harness: FeedHarness;
  let states: Protection['name'][];
  let watch: Watch;
  let received: number;

  afterEach(() => harness.close());

  async function start(options: HarnessOptions = {}): Promise<void> {
    harness = await FeedHarness.create(options);
    states = [];
    received = 0;
    watch = new Watch();
    harness.feed.addListener({
      protectionChanged: ({ name }) => {
        states.push(name);
        watch.changed();
      },
      sessionChanged: () => watch.changed(),
      drained: ({ rowCount }) => {
        received += rowCount;
        watch.changed();
      },
    });
    await harness.start();
  }

  /** The disk takes nothing any more. */
  function fillDisk(): void {
    harness.files.fault = ({ name, path }) =>
      name === 'write' || name === 'create' ? systemError('ENOSPC', name, path) : undefined;
  }

  it('rows reach the tickerplant from memory while the disk is full, and the disk when there is room', async () => {
    await start();
    await harness.send(['A']);
    await harness.until(1);
    fillDisk();
    await harness.send(['B'], START_MS + 1000);
    await harness.until(2);
    expect(states).deep.equal(['unprotected']);
    expect(harness.feed.summary().protection).equal('unprotected');
    harness.files.fault = () => undefined;
    await harness.send(['C'], START_MS + 2000);
    await watch.until(() => states.length === 2);
    const summary = await harness.stop();
    expect(harness.published).deep.equal(['A', 'B', 'C']);
    expect(states).deep.equal(['unprotected', 'protected']);
    expect(summary.targets[0]).include({ lostRows: 0, waitingRows: 0 });
  });

  it('rows that reach their limit on disk go on from memory, in order, when the tickerplant is back', async () => {
    await start({ spoolBytes: 3_000 });
    harness.tickerplant.onUpdate = () => 'nothing';
    for (let second = 0; second < 40; second++) {
      await harness.send([`S${second}`], START_MS + second * 1000);
      await watch.until(() => received > second);
    }
    expect(states).deep.equal(['unprotected']);
    harness.tickerplant.updates.length = 0;
    harness.tickerplant.onUpdate = () => DONE;
    for (const peer of harness.tickerplant.server.openPeers) peer.socket.destroy();
    await harness.until(40);
    const summary = await harness.stop();
    expect(harness.published).deep.equal(Array.from({ length: 40 }, (_, second) => `S${second}`));
    expect(summary.targets[0]).include({ lostRows: 0 });
    expect(harness.logger.messages('error').join()).contain('unprotected');
  });

  it('the session is closed on purpose where neither disk nor tickerplant takes rows, and opened when one does', async () => {
    await start({ backlogBytes: 4096 });
    harness.tickerplant.onUpdate = () => 'nothing';
    fillDisk();
    for (let second = 0; !states.includes('suspended') && second < 200; second++) {
      await harness.send([`S${second}`], START_MS + second * 1000);
      // One at a time: what comes between two drains may be more than the memory takes.
      await watch.until(() => received > second || states.includes('suspended'));
    }
    await watch.until(() => states.includes('suspended'));
    expect(harness.feed.summary().session).equal('suspended');
    harness.files.fault = () => undefined;
    await watch.until(() => harness.feed.summary().session === 'streaming');
    expect(states).deep.equal(['unprotected', 'suspended', 'protected']);
    harness.tickerplant.onUpdate = () => DONE;
    for (const peer of harness.tickerplant.server.openPeers) peer.socket.destroy();
    const summary = await harness.stop();
    expect(summary.targets[0]).include({ lostRows: 0 });
  });
});
