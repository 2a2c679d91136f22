import { expect } from 'chai';
import {
  type SubscribedFeed,
  SubscriptionDesk,
  SubscriptionRequestError,
  someOfEach,
} from '../../../../src/cli/start/status-subscriptions.ts';
import {
  pairOf,
  parseSubscriptions,
  type Subscription,
  SubscriptionError,
} from '../../../../src/massive/subscription.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

function desk(pairs: string) {
  const logger = new RecordingLogger();
  const feed: SubscribedFeed & { subscriptions: readonly Subscription[] } = {
    subscriptions: parseSubscriptions('stocks', pairs),
    updateSubscriptions(next) {
      feed.subscriptions = next;
    },
  };
  const subscriptions = new SubscriptionDesk({ market: 'stocks', feed, failedPairs: () => ['A.X'], logger });
  const held = () => feed.subscriptions.map(pairOf).sort();
  return { subscriptions, held, logger };
}

describe('subscriptions by hand', () => {
  it('are added and removed on every channel of the feed, and logged', () => {
    const { subscriptions, held, logger } = desk('A.AAPL,AM.AAPL');
    expect(subscriptions.add(['MSFT', 'AAPL'])).to.deep.equal({
      channels: ['A', 'AM'],
      symbols: ['AAPL', 'MSFT'],
      count: 2,
      failedPairs: ['A.X'],
      note: 'This holds until the next start or reload, which go by the configuration.',
    });
    expect(held()).to.deep.equal(['A.AAPL', 'A.MSFT', 'AM.AAPL', 'AM.MSFT']);
    expect(subscriptions.remove(['AAPL']).symbols).to.deep.equal(['MSFT']);
    expect(held()).to.deep.equal(['A.MSFT', 'AM.MSFT']);
    expect(logger.messages('info')).to.deep.equal([
      'subscriptions changed by hand, until the next start or reload: added MSFT',
      'subscriptions changed by hand, until the next start or reload: removed AAPL',
    ]);
  });

  it('that cannot be are refused, and nothing changes', () => {
    const { subscriptions, held } = desk('A.AAPL,AM.AAPL');
    expect(() => subscriptions.remove(['AAPL'])).to.throw(SubscriptionRequestError, 'last symbol');
    expect(() => subscriptions.remove(['IBM'])).to.throw(SubscriptionRequestError, 'not subscribed to IBM');
    expect(() => subscriptions.add(['X:BTCUSD'])).to.throw(SubscriptionError, 'X:BTCUSD');
    expect(() => subscriptions.add([])).to.throw(SubscriptionRequestError, 'no symbol is named');
    const many = Array.from({ length: 1_001 }, (_, i) => `S${i}`);
    expect(() => subscriptions.add(many)).to.throw(SubscriptionRequestError, 'too many');
    expect(held()).to.deep.equal(['A.AAPL', 'AM.AAPL']);
  });

  it('of a whole market have no single symbol to add or remove', () => {
    const { subscriptions, held } = desk('A.*');
    expect(() => subscriptions.add(['AAPL'])).to.throw(SubscriptionRequestError, 'whole market');
    expect(() => subscriptions.remove(['AAPL'])).to.throw(SubscriptionRequestError, 'whole market');
    expect(held()).to.deep.equal(['A.*']);
  });

  it('that fail are told of each channel, however many fail on another', () => {
    const pairs = ['A', 'AM'].flatMap(channel => Array.from({ length: 30 }, (_, i) => `${channel}.S${i}`));
    const some = someOfEach(['A', 'AM'], pairs, 20);
    expect(some).to.have.length(20).and.include.members(['A.S0', 'AM.S0']);
    expect(someOfEach(['A', 'AM'], ['AM.S0'], 20)).to.deep.equal(['AM.S0']);
  });
});
