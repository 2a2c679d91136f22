import { expect } from 'chai';
import type { SessionState } from '../../../src/massive/session-state.ts';
import { type FeedSigns, ServiceManager } from '../../../src/ops/service-manager.ts';
import { watchdogMs } from '../../../src/ops/systemd-notify.ts';
import { ManualClock, settled } from '../../support/manual-clock.ts';

const WATCHDOG_MS = 60_000;
const DRAIN_MS = 1_000;

describe('service manager - ready', () => {
  it('is told when every feed has completed a drain and streams, or waits for its next attempt', async () => {
    const { told, feed } = start(['stocks', 'forex']);
    feed('stocks').sessionChanged(state('connecting'));
    feed('stocks').drained();
    feed('stocks').sessionChanged(state('streaming'));
    feed('forex').drained();
    await settled();
    expect(told('READY=1')).to.equal(0);
    feed('forex').sessionChanged(state('backing-off'));
    await settled();
    expect(told('READY=1')).to.equal(1);
  });

  it('is not told of a feed that Massive refuses, or whose drains never complete', async () => {
    const { told, feed } = start(['stocks']);
    feed('stocks').sessionChanged(state('streaming'));
    await settled();
    expect(told('READY=1')).to.equal(0);
    const refused = start(['stocks']);
    refused.feed('stocks').drained();
    refused.feed('stocks').sessionChanged(state('failed'));
    await settled();
    expect(refused.told('READY=1')).to.equal(0);
  });

  it('is told again after a reload, with the reload before it', async () => {
    const { manager, messages, feed, told } = start(['stocks']);
    manager.reloading();
    expect(messages).to.deep.equal([]);
    beWell(feed('stocks'));
    await settled();
    manager.reloading();
    await settled();
    manager.reloaded();
    await settled();
    expect(messages.flat().filter(line => !line.startsWith('STATUS'))).to.deep.equal([
      'READY=1',
      'RELOADING=1',
      'READY=1',
    ]);
    manager.stopping();
    manager.reloaded();
    await manager.told();
    expect(messages.at(-1)).to.deep.equal(['STOPPING=1', 'STATUS=stopping']);
    expect(told('READY=1')).to.equal(2);
  });
});

describe('service manager - watchdog', () => {
  it('is fed four times in its time while drains complete, and not once more when they stop', async () => {
    const { clock, told, feed } = start(['stocks']);
    beWell(feed('stocks'));
    for (let passedMs = 0; passedMs < WATCHDOG_MS; passedMs += DRAIN_MS) {
      await clock.advance(DRAIN_MS);
      feed('stocks').drained();
    }
    await settled();
    expect(told('WATCHDOG=1')).to.equal(4);
    for (let passedMs = 0; passedMs < 10 * WATCHDOG_MS; passedMs += DRAIN_MS) {
      await clock.advance(DRAIN_MS);
      feed('stocks').sessionChanged(state('streaming'));
    }
    expect(told('WATCHDOG=1')).to.equal(4);
    expect(clock.pending).to.equal(0);
  });

  it('is not fed by one feed for another whose drains have stopped', async () => {
    const { clock, told, feed } = start(['stocks', 'forex']);
    beWell(feed('stocks'));
    beWell(feed('forex'));
    await clock.advance(WATCHDOG_MS / 4);
    feed('forex').drained();
    await settled();
    const before = told('WATCHDOG=1');
    for (let passedMs = 0; passedMs < 2 * WATCHDOG_MS; passedMs += DRAIN_MS) {
      await clock.advance(DRAIN_MS);
      feed('stocks').drained();
    }
    expect(told('WATCHDOG=1')).to.equal(before);
    feed('forex').drained();
    await settled();
    expect(told('WATCHDOG=1')).to.equal(before + 1);
  });

  it('is left alone where systemd sets none, or one for another process', () => {
    expect(watchdogMs({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' }, 7)).to.equal(60_000);
    expect(watchdogMs({ WATCHDOG_USEC: '60000000' }, 7)).to.equal(60_000);
    expect(watchdogMs({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '8' }, 7)).to.equal(undefined);
    expect(watchdogMs({}, 7)).to.equal(undefined);
  });
});

describe('service manager - messages', () => {
  it('leave one at a time, and what changes meanwhile is told as it is by then', async () => {
    const arrived: (() => void)[] = [];
    const { manager, messages, feed } = start(['stocks'], {
      notify: () => new Promise<void>(done => arrived.push(done)),
    });
    beWell(feed('stocks'));
    for (let reload = 0; reload < 100; reload++) {
      manager.reloading();
      manager.reloaded();
    }
    manager.stopping();
    for (let message = 0; message < 5; message++) {
      expect(messages).to.have.lengthOf(message + 1);
      arrived[message]!();
      await settled();
    }
    await manager.told();
    expect(messages.slice(1)).to.deep.equal([
      ['READY=1'],
      ['RELOADING=1'],
      ['READY=1'],
      ['STOPPING=1', 'STATUS=stopping'],
    ]);
  });

  it('say the status when it changes, each five seconds at most and on one line', async () => {
    let text = 'streaming';
    const { clock, messages, feed } = start(['stocks'], { statusText: () => text });
    beWell(feed('stocks'));
    for (let second = 1; second <= 12; second++) {
      await clock.advance(1_000);
      if (second > 2) text = `waits\nsince ${Math.floor(second / 4)}`;
      feed('stocks').drained();
    }
    await settled();
    const statuses = messages.flat().filter(line => line.startsWith('STATUS='));
    expect(statuses).to.deep.equal(['STATUS=streaming', 'STATUS=waits since 1', 'STATUS=waits since 2']);
  });
});

interface Given {
  readonly notify?: () => Promise<void>;
  readonly statusText?: () => string;
}

function start(feeds: readonly string[], { notify, statusText }: Given = {}) {
  const clock = new ManualClock();
  const messages: (readonly string[])[] = [];
  const manager = new ServiceManager(
    { feeds, watchdogMs: WATCHDOG_MS },
    {
      clock,
      notify: async assignments => {
        messages.push(assignments);
        await notify?.();
      },
      statusText: statusText ?? (() => 'all is well'),
    },
  );
  return {
    clock,
    manager,
    messages,
    feed: (name: string) => manager.listenTo(name),
    told: (line: string) => messages.flat().filter(one => one === line).length,
  };
}

function beWell(feed: FeedSigns): void {
  feed.sessionChanged(state('streaming'));
  feed.drained();
}

function state(name: 'connecting' | 'streaming' | 'failed' | 'backing-off'): SessionState {
  return { name, sinceMs: 0 } as SessionState;
}
