import { expect } from 'chai';
import { CHANNELS, channelsOf, findChannel } from '../../../src/massive/channels.ts';
import { actionMessages } from '../../../src/massive/subscribe-messages.ts';
import {
  limitProblems,
  pairOf,
  parseSubscriptions,
  SubscriptionError,
  subscriptionsTo,
} from '../../../src/massive/subscription.ts';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import { MARKETS, type Market } from '../../../src/tables/markets.ts';

function pairs(market: Market, list: string): string[] {
  return parseSubscriptions(market, list).map(pairOf);
}

function problems(market: Market, list: string): readonly string[] {
  try {
    parseSubscriptions(market, list);
  } catch (error) {
    if (error instanceof SubscriptionError) return error.problems;
    throw error;
  }
  return [];
}

describe('massive channels', () => {
  it('channels - every market has one channel of seconds and one of minutes, told apart as Massive does', () => {
    const named = MARKETS.map(market =>
      [market, ...channelsOf(market).map(c => `${c.channel}:${c.table}`)].join(' '),
    );
    expect(named).to.deep.equal([
      'stocks A:agg1s AM:agg1m',
      'options A:agg1s AM:agg1m',
      'indices A:agg1s AM:agg1m',
      'forex CAS:agg1s CA:agg1m',
      'crypto XAS:agg1s XA:agg1m',
      'futures A:agg1s AM:agg1m',
    ]);
    for (const channel of CHANNELS) {
      expect(AGGREGATE_TABLES).to.have.property(channel.table);
    }
    expect(findChannel('forex', 'A')).to.equal(undefined);
    expect(findChannel('crypto', 'XA')?.tickerField).to.equal('pair');
  });
});

describe('massive subscriptions', () => {
  it('lists - blanks, empty entries and duplicates go; the order stays', () => {
    expect(pairs('stocks', ' AM.MSFT, A.AAPL,AM.MSFT,, A.MSFT ,')).to.deep.equal([
      'AM.MSFT',
      'A.AAPL',
      'A.MSFT',
    ]);
  });

  it('lists - a pair is split at its first dot, and case is kept', () => {
    expect(parseSubscriptions('stocks', 'A.BRK.B,A.BApA,A.BAPA')).to.deep.equal([
      { channel: 'A', ticker: 'BRK.B' },
      { channel: 'A', ticker: 'BApA' },
      { channel: 'A', ticker: 'BAPA' },
    ]);
  });

  it('lists - a whole channel covers its single tickers, and those of no other channel', () => {
    expect(pairs('stocks', 'A.AAPL,AM.*,AM.MSFT,AM.*')).to.deep.equal(['A.AAPL', 'AM.*']);
  });

  it('lists - channels and tickers make every pair', () => {
    expect(subscriptionsTo('crypto', ['XA', 'XAS'], ['BTC-USD', 'ETH-USD']).map(pairOf)).to.deep.equal([
      'XA.BTC-USD',
      'XA.ETH-USD',
      'XAS.BTC-USD',
      'XAS.ETH-USD',
    ]);
  });

  it('lists - nothing to subscribe to is an error', () => {
    expect(problems('stocks', ' , ')).to.deep.equal(['the feed has no subscription']);
    expect(() => subscriptionsTo('stocks', ['A'], [])).to.throw(SubscriptionError);
  });

  it('lists - every problem is kept, and the message shows the first five', () => {
    const list = Array.from({ length: 9 }, (_, i) => `A.BAD ${i}`).join();
    expect(problems('stocks', list)).to.have.length(9);
    expect(() => parseSubscriptions('stocks', list)).to.throw(/and 4 more\. Correct the channels/);
  });

  for (const [market, list] of [
    ['stocks', 'A.AAPL,A.BRK.B,A.NE.WS.A,A.BCATrw,A.ZTST,AM.*'],
    ['options', 'A.O:SPY251219C00650000,AM.O:A260618C00100000,A.*'],
    ['indices', 'A.I:SPX,AM.I:VIX1D,A.I:NDX'],
    ['forex', 'CA.EUR/USD,CAS.USD/CNH,CAS.*'],
    ['crypto', 'XA.BTC-USD,XAS.1INCH-USD'],
    ['futures', 'A.ESZ5,AM.1OZZ5-1OZG6,A.6EH26'],
  ] as const) {
    it(`tickers - the forms of ${market} are taken`, () => {
      expect(problems(market, list)).to.deep.equal([]);
    });
  }

  for (const [market, pair, said] of [
    ['stocks', 'A.BRK-B', 'did you mean BRK.B?'],
    ['stocks', 'A.O:SPY251219C00650000', 'like AAPL'],
    ['options', 'A.SPY251219C00650000', 'did you mean O:SPY251219C00650000?'],
    ['options', 'A.SPY   251219C00650000', 'did you mean O:SPY251219C00650000?'],
    ['options', 'A.AAPL', 'like O:SPY251219C00650000'],
    ['indices', 'A.SPX', 'did you mean I:SPX?'],
    ['indices', 'A.^SPX', 'did you mean I:SPX?'],
    ['forex', 'CA.C:EURUSD', 'did you mean EUR/USD?'],
    ['forex', 'CA.EURUSD', 'did you mean EUR/USD?'],
    ['forex', 'CA.eur-usd', 'did you mean EUR/USD?'],
    ['crypto', 'XA.X:BTCUSD', 'did you mean BTC-USD?'],
    ['crypto', 'XA.X:BTC-USD', 'did you mean BTC-USD?'],
    ['crypto', 'XA.BTC/USD', 'did you mean BTC-USD?'],
    ['crypto', 'XA.ETHUSDT', 'did you mean ETH-USDT?'],
    ['futures', 'A.esz5', 'did you mean ESZ5?'],
    ['futures', 'A./ESZ5', 'did you mean ESZ5?'],
    ['futures', 'A.ES', 'like ESZ5'],
  ] as const) {
    it(`tickers - ${market} ${pair}, which Massive would acknowledge and never serve, is refused`, () => {
      expect(problems(market, pair)).to.have.length(1);
      expect(problems(market, pair)[0]).to.include(said);
    });
  }

  for (const [market, pair, said] of [
    ['stocks', 'ZZ.AAPL', "'ZZ' is not an aggregate channel of stocks (A, AM)"],
    ['stocks', 'am.AAPL', 'did you mean AM?'],
    ['stocks', 'T.AAPL', 'not an aggregate channel'],
    ['forex', 'AM.EUR/USD', '(CAS, CA)'],
    ['crypto', 'CA.BTC-USD', 'did you mean XA?'],
    ['stocks', 'AAPL', 'is not <channel>.<ticker>, like A.*'],
  ] as const) {
    it(`channels - ${market} ${pair}, which Massive would never answer, is refused`, () => {
      expect(problems(market, pair).join()).to.include(said);
    });
  }

  it('limits - aggregates of options have none; their quotes and fair values take 1,000 contracts and no *', () => {
    const contracts = (channel: string, count: number) =>
      Array.from({ length: count }, (_, i) => ({
        channel,
        ticker: `O:SPY251219C${String(i).padStart(8, '0')}`,
      }));
    expect(
      subscriptionsTo(
        'options',
        ['A'],
        contracts('A', 1_001).map(c => c.ticker),
      ),
    ).to.have.length(1_001);
    expect(limitProblems('options', contracts('Q', 1_000))).to.deep.equal([]);
    expect(limitProblems('options', [...contracts('Q', 1_001), ...contracts('FMV', 1_000)])).to.deep.equal([
      '1001 tickers on options Q, where one connection may have 1000',
    ]);
    expect(limitProblems('options', [{ channel: 'Q', ticker: '*' }]).join()).to.include(
      'cannot be subscribed to',
    );
    expect(limitProblems('stocks', [{ channel: 'Q', ticker: '*' }])).to.deep.equal([]);
  });
});

describe('massive subscribe messages', () => {
  it('messages - are cut strictly below the limit, and put together again they are the list', () => {
    const list = Array.from({ length: 1_000 }, (_, i) => `AM.${'X'.repeat(1 + (i % 7))}${i}`);
    for (const limit of [60, 61, 62, 63, 100, 1_000]) {
      const messages = [...actionMessages('subscribe', list, limit)];
      for (const message of messages) expect(message.length).to.be.below(limit);
      expect(messages.flatMap(message => JSON.parse(message).params.split(','))).to.deep.equal(list);
    }
  });

  it('messages - are as few as can be', () => {
    const whole = JSON.stringify({ action: 'unsubscribe', params: 'A.A,A.B' });
    expect([...actionMessages('unsubscribe', ['A.A', 'A.B'], whole.length + 1)]).to.deep.equal([whole]);
    expect([...actionMessages('unsubscribe', ['A.A', 'A.B'], whole.length)]).to.have.length(2);
    expect([...actionMessages('subscribe', [])]).to.deep.equal([]);
  });
});
