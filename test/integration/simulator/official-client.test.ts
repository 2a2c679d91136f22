import { websocketClient } from '@massive.com/client-js';
import { expect } from 'chai';
import type { WireEvent } from '../../unit/simulator/market-tape.ts';
import { formProblems } from '../../unit/simulator/wire-format.ts';
import { SimulatorHarness } from './simulator-harness.ts';

const SUBSCRIPTIONS = {
  stocks: 'A.*,AM.*',
  options: 'A.*',
  indices: 'A.*',
  forex: 'CAS.*',
  crypto: 'XAS.*',
  futures: 'A.*',
} as const;

type OfficialMarket = keyof typeof SUBSCRIPTIONS;

describe('simulator with the official client', () => {
  let harness: SimulatorHarness;

  before(async () => {
    harness = await SimulatorHarness.start({
      markets: Object.keys(SUBSCRIPTIONS) as OfficialMarket[],
      symbols: 10,
      rate: 9,
    });
  });

  after(() => harness.simulator.close());

  for (const market of Object.keys(SUBSCRIPTIONS) as OfficialMarket[]) {
    it(`${market} - connects, authenticates, subscribes and receives`, async () => {
      const socket = websocketClient('demo', harness.simulator.url)[market]();
      const bars = await new Promise<WireEvent[]>((resolve, reject) => {
        const received: WireEvent[] = [];
        socket.onerror = reject;
        socket.onmessage = ({ data }: { data: unknown }) => {
          const events = JSON.parse(String(data)) as WireEvent[];
          for (const event of events) {
            if (event['status'] === 'auth_success') {
              socket.send(JSON.stringify({ action: 'subscribe', params: SUBSCRIPTIONS[market] }));
            } else if (event['ev'] !== 'status') {
              received.push(event);
            }
          }
          if (received.length >= 10) resolve(received);
          else void harness.clock.advance(1000);
        };
      });
      for (const bar of bars) expect(formProblems(market, bar)).to.deep.equal([]);
      socket.close();
    });
  }
});
