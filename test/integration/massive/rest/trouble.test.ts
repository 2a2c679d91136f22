import { expect } from 'chai';
import { ExitCode } from '../../../../src/base/exit-codes.ts';
import type { RestOptions } from '../../../../src/massive/rest/requests.ts';
import type { HttpFault } from '../../../../src/simulator/http/http-faults.ts';
import { dateDaysOf } from '../../../../src/tables/epoch.ts';
import { LeapingClock } from '../../../support/leaping-clock.ts';
import { RestHarness, rejection } from '../../../support/rest-harness.ts';
import { testSecret } from '../../../support/secrets.ts';
import type { PlainBar } from '../../../unit/massive/flat/bars-harness.ts';
import { SimulatorHarness } from '../../simulator/simulator-harness.ts';
import { barsOf } from './history-rows.ts';

const DATE = dateDaysOf('2026-10-01');
const HOLIDAY = dateDaysOf('2026-09-07');
const NEXT_REQUEST = { service: 'rest', count: 1, share: undefined } as const;

/** What may go wrong on the way to an answer, and pass. */
const PASSING: readonly (readonly [string, readonly HttpFault[]])[] = [
  ['a storm of 429', [{ kind: 'http-error', status: 429, afterSeconds: 0, ...NEXT_REQUEST, count: 5 }]],
  [
    'errors of the service and of its gateway',
    ([500, 502, 503, 504] as const).map(status => ({
      kind: 'http-error',
      status,
      afterSeconds: undefined,
      ...NEXT_REQUEST,
    })),
  ],
  ['a connection that is cut', [{ kind: 'http-cut', bytes: 500, ...NEXT_REQUEST, count: 2 }]],
  ['bytes that change on the way', [{ kind: 'http-corrupt', ...NEXT_REQUEST }]],
  ['a request that is never answered', [{ kind: 'http-silence', ...NEXT_REQUEST }]],
];

describe('REST in trouble', () => {
  let simulator: SimulatorHarness;
  const clients: RestHarness[] = [];
  let truth: readonly PlainBar['values'][];

  before(async () => {
    simulator = await SimulatorHarness.start({ symbols: 5, rate: 2 });
    truth = await valuesOf(client(), 'AAPL');
    expect(truth.length).to.be.above(300);
  });

  after(async () => {
    for (const rest of clients) await rest.close();
    await simulator.simulator.close();
  });

  function client(options: Partial<RestOptions> = {}): RestHarness {
    const rest = new RestHarness({
      address: simulator.simulator.httpUrl,
      clock: new LeapingClock(simulator.clock.wallMs()),
      options: { key: 'demo', ...options },
    });
    clients.push(rest);
    return rest;
  }

  async function valuesOf(
    rest: RestHarness,
    sym: string,
    date = DATE,
    source = rest.source('stocks'),
  ): Promise<PlainBar['values'][]> {
    const bars = await barsOf(source.bars('agg1m', sym, date, date, rest.signal));
    return bars.map(({ values: { recv: _, ...values } }) => values);
  }

  for (const [name, faults] of PASSING) {
    it(`${name} - costs attempts, and no bar`, async () => {
      for (const fault of faults) simulator.simulator.inject(fault);
      // Where silence is no fault, a busy machine makes none of it.
      const isSilent = faults.some(({ kind }) => kind === 'http-silence');
      const rest = client(isSilent ? { silenceTimeoutMs: 2000 } : {});
      expect(await valuesOf(rest, 'AAPL')).to.deep.equal(truth);
      expect(rest.counted('rest_requests_retried')).to.be.within(1, 5);
    });
  }

  it('a key that is not known - is told without the key', async () => {
    const key = testSecret('rest');
    const rest = client({ key });
    const error = await rejection(valuesOf(rest, 'AAPL'));
    expect(error).to.include({ code: 'REST_KEY_REFUSED', exitCode: ExitCode.refused });
    expect(`${error.message} ${error.stack} ${JSON.stringify(rest.logger.lines)}`).not.to.include(key);
  });

  it('a symbol that does not exist, and a holiday - have no bars, and no error', async () => {
    const rest = client();
    const source = rest.source('stocks');
    for (const date of [DATE, DATE - 1]) {
      expect(await valuesOf(rest, 'NOSUCH', date, source)).to.deep.equal([]);
    }
    expect(rest.logger.messages('warn')).to.deep.equal([
      'REST has no agg1m of NOSUCH for 2026-10-01: it did not trade, or is spelt otherwise',
    ]);
    expect(await valuesOf(rest, 'AAPL', HOLIDAY)).to.deep.equal([]);
    const grouped = rest.source('stocks').groupedDays(HOLIDAY, rest.signal);
    expect(await barsOf(grouped)).to.deep.equal([]);
    expect(grouped.completeUntilMs).to.equal(undefined);
  });

  it('a bad range of dates - is the words of the service', async () => {
    const rest = client();
    const reading = rest.source('stocks').bars('agg1m', 'AAPL', DATE, DATE - 3, rest.signal);
    const error = await rejection(barsOf(reading));
    expect(error).to.include({ code: 'REST_BAD_REQUEST', exitCode: ExitCode.failed });
    expect(error.message).to.match(/'to' cannot be a time that occurs before 'from'/);
  });

  for (const [kind, message] of [
    ['foreign-next', /another place for its next page.*http:\/\/elsewhere\.invalid/],
    ['same-cursor', /gives a page that it gave before/],
  ] as const) {
    it(`${kind} - ends the reading with an error`, async () => {
      const rest = client();
      const fault =
        kind === 'foreign-next'
          ? { kind, origin: 'http://elsewhere.invalid', ...NEXT_REQUEST }
          : { kind, ...NEXT_REQUEST };
      simulator.simulator.inject(fault);
      const seconds = rest.source('stocks').bars('agg1s', 'AAPL', DATE - 30, DATE, rest.signal);
      const error = await rejection(barsOf(seconds));
      expect(error.code).to.equal('REST_ANSWER');
      expect(error.message).to.match(message);
    });
  }
});
