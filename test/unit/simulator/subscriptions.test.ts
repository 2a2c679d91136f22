import { expect } from 'chai';
import { clusterAt } from '../../../src/simulator/markets.ts';
import { Subscriptions } from '../../../src/simulator/subscriptions.ts';
import { buildUniverse, type Universe } from '../../../src/simulator/universe.ts';
import { AT_MS } from './market-tape.ts';

const STOCKS = universeOf('stocks', 30);
const FUTURES = universeOf('futures', 40);

function universeOf(market: 'stocks' | 'futures', symbols: number): Universe {
  return buildUniverse({ market, symbols, seed: 1, barsPerSecond: 10, atMs: AT_MS });
}

function ack(message: string): string {
  return JSON.stringify({ ev: 'status', status: 'success', message });
}

const NOT_AUTHORIZED = JSON.stringify({ ev: 'status', status: 'error', message: 'not authorized' });

describe('simulator subscriptions', () => {
  it('pairs - each new one is acknowledged, blanks after commas or not', () => {
    const subscriptions = new Subscriptions(STOCKS, clusterAt('/stocks')!);
    expect(subscriptions.subscribe('A.AAPL, AM.AAPL,A.BRK.B')).to.deep.equal([
      ack('subscribed to: A.AAPL'),
      ack('subscribed to: AM.AAPL'),
      ack('subscribed to: A.BRK.B'),
    ]);
    const wanted = [...subscriptions.wanted].map((bits, index) => [STOCKS.tickers[index], bits]);
    expect(wanted.filter(([, bits]) => bits !== 0)).to.have.deep.members([
      ['AAPL', 3],
      ['BRK.B', 1],
    ]);
  });

  it('silences - none for an unknown channel or a held pair; an unknown ticker is acknowledged', () => {
    const subscriptions = new Subscriptions(STOCKS, clusterAt('/stocks')!);
    expect(subscriptions.subscribe('ZZ.AAPL,A.NOTATICKER')).to.deep.equal([
      ack('subscribed to: A.NOTATICKER'),
    ]);
    expect(subscriptions.subscribe('A.NOTATICKER')).to.deep.equal([]);
    expect(Math.max(...subscriptions.wanted)).to.equal(0);
  });

  it('tickers - are case-sensitive', () => {
    const subscriptions = new Subscriptions(STOCKS, clusterAt('/stocks')!);
    subscriptions.subscribe('A.BAPA');
    expect(Math.max(...subscriptions.wanted)).to.equal(0);
    subscriptions.subscribe('A.BApA');
    expect(subscriptions.wanted[STOCKS.indexOf.get('BApA')!]).to.equal(1);
  });

  it('refusal - names no channel, and the others are still acknowledged', () => {
    const subscriptions = new Subscriptions(STOCKS, clusterAt('/stocks')!);
    expect(subscriptions.subscribe('NOI.*,A.AAPL')).to.deep.equal([
      NOT_AUTHORIZED,
      ack('subscribed to: A.AAPL'),
    ]);
  });

  it('wildcard - and single pairs are held apart', () => {
    const subscriptions = new Subscriptions(STOCKS, clusterAt('/stocks')!);
    subscriptions.subscribe('A.*,A.AAPL');
    expect([...subscriptions.wanted].every(bits => bits === 1)).to.equal(true);
    expect(subscriptions.unsubscribe('A.*,A.MSFT')).to.deep.equal([ack('unsubscribed to: A.*')]);
    expect(subscriptions.wanted.reduce((sum, bits) => sum + bits, 0)).to.equal(1);
    subscriptions.unsubscribe('A.AAPL');
    expect(Math.max(...subscriptions.wanted)).to.equal(0);
  });

  it('futures - an exchange has its own contracts only', () => {
    const subscriptions = new Subscriptions(FUTURES, clusterAt('/futures/comex')!);
    subscriptions.subscribe('AM.*');
    for (const [index, bits] of subscriptions.wanted.entries()) {
      expect(bits).to.equal(FUTURES.instruments[index]!.exchange === 'comex' ? 2 : 0);
    }
  });

  it('addresses - are those of the service', () => {
    expect(clusterAt('/futures/cme')).to.deep.equal({
      path: '/futures/cme',
      market: 'futures',
      exchange: 'cme',
    });
    expect(clusterAt('/crypto/')?.path).to.equal('/crypto');
    for (const path of ['/', '/bonds', '/stocks/cme', '/futures/ice', '/futures/cme/x']) {
      expect(clusterAt(path), path).to.equal(undefined);
    }
  });
});
