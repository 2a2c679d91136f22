import { expect } from 'chai';
import { followAnnouncements, MarketHours } from '../../../src/realtime/market-hours.ts';
import { HttpServer } from '../../support/http-server.ts';
import { LeapingClock } from '../../support/leaping-clock.ts';
import { RestHarness } from '../../support/rest-harness.ts';

/** 2026-11-20, 15:00 in New York. */
const NOW = Date.UTC(2026, 10, 20, 20);
const UPCOMING = '/v1/marketstatus/upcoming';

describe('market hours', () => {
  let server: HttpServer;
  let rest: RestHarness;

  beforeEach(async () => {
    server = await HttpServer.start();
    rest = new RestHarness({ address: server.address, clock: new LeapingClock(NOW) });
  });
  afterEach(async () => {
    await rest.close();
    await server.stop();
  });

  /** Follows what the service announces until it has been asked a second time. */
  async function follow(hours: MarketHours): Promise<void> {
    const stop = new AbortController();
    let asked = 0;
    server.onRequest = ({ path }) => {
      if (path === UPCOMING && ++asked === 2) stop.abort();
    };
    await followAnnouncements([hours], { ...rest, requests: rest.requests }, stop.signal);
  }

  it('a holiday that only the service knows closes the market, and is told', async () => {
    server.answer = ({ path }) =>
      path === UPCOMING
        ? { body: [{ date: '2026-11-24', exchange: 'NYSE', name: 'Mourning', status: 'closed' }] }
        : {
            body: { market: 'open', serverTime: '2026-11-20T15:00:00-05:00', exchanges: {}, currencies: {} },
          };
    const hours = new MarketHours('stocks');
    const atMs = Date.UTC(2026, 10, 24, 16);
    expect(hours.isOpen(atMs)).to.equal(true);
    await follow(hours);
    expect(hours.isOpen(atMs)).to.equal(false);
    expect(rest.logger.messages('warn').join('\n')).to.match(/2026-11-24 \(Mourning\)/);
  });

  it('a holiday that the service does not list still counts, and is told', async () => {
    server.answer = ({ path }) =>
      path === UPCOMING
        ? { body: [{ date: '2026-12-25', exchange: 'NYSE', name: 'Christmas', status: 'closed' }] }
        : { body: { market: 'closed', serverTime: '2026-11-20T15:00:00-05:00' } };
    const hours = new MarketHours('stocks');
    await follow(hours);
    expect(hours.isOpen(Date.UTC(2026, 10, 26, 16))).to.equal(false);
    const told = rest.logger.messages('warn').join('\n');
    expect(told).to.match(/2026-11-26 .* does not list it/);
    expect(told).to.include('stocks is closed by the service, and open by the calendar');
  });

  it('where REST does not answer, the calendar of this release holds', async () => {
    server.answer = () => ({ status: 403, body: { status: 'NOT_AUTHORIZED', message: 'not entitled' } });
    const hours = new MarketHours('stocks');
    await follow(hours);
    expect(hours.isOpen(NOW)).to.equal(true);
    expect(rest.logger.messages('warn')).to.deep.equal([]);
  });
});
