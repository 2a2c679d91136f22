import { expect } from 'chai';
import { warn } from '../../../../src/cli/doctor/check.ts';
import { clockCheck, type RestEffects, restChecks } from '../../../../src/cli/doctor/rest-checks.ts';
import {
  RestKeyRefusedError,
  RestNotFoundError,
  RestNotInPlanError,
} from '../../../../src/massive/rest/errors.ts';
import { findingsOf, lineOf, lineOfOnly } from '../../../support/doctor-findings.ts';

describe('doctor - REST', () => {
  const look = async (effects: Partial<RestEffects>) => {
    const rest: RestEffects = {
      place: 'api.massive.com',
      status: async () => ({ serverMs: 0, states: { stocks: 'open', forex: 'closed' } }),
      previousBars: async () => 1,
      requestsMade: () => 0,
      ...effects,
    };
    const findings = await findingsOf(restChecks(['stocks', 'futures', 'stocks'], rest));
    expect(Object.keys(findings)).to.deep.equal([
      'rest api.massive.com',
      'rest bars stocks',
      'rest bars futures',
    ]);
    return Object.values(findings).map(lineOf);
  };

  it('a key that is taken and bars that are in the plan pass, each market once', async () => {
    expect(await look({})).to.deep.equal([
      'pass: takes the key; now stocks open, forex closed',
      'pass: the plan includes them',
      'skipped: REST has no previous bar of futures',
    ]);
  });

  it('a key that is refused fails, and bars are not asked for', async () => {
    const lines = await look({
      status: () => Promise.reject(new RestKeyRefusedError('api.massive.com', '401')),
    });
    expect(lines[0]).to.match(/^fail: api\.massive\.com refuses the API key; received 401 -> Take the key/);
    expect(lines[1]).to.equal('skipped: as rest');
  });

  it('bars that the plan does not include are a warning, since the stream goes on; an unknown symbol is none', async () => {
    const notInPlan = new RestNotInPlanError('/v2/aggs', '403');
    expect((await look({ previousBars: () => Promise.reject(notInPlan) }))[1]).to.match(
      /^warn: .* not in your plan/,
    );
    const unknown = new RestNotFoundError('/v2/aggs', '404');
    expect((await look({ previousBars: () => Promise.reject(unknown) }))[1]).to.match(/^pass/);
    expect((await look({ previousBars: async () => 0 }))[1]).to.match(/^pass: .*the symbol has none/);
  });

  it('why it is not asked is told', async () => {
    const absence = warn('no key is given', 'Give it.');
    expect(await lineOfOnly(restChecks(['stocks'], { absence }))).to.equal(
      'warn: no key is given -> Give it.',
    );
  });
});

describe('doctor - clock', () => {
  const SECOND_MS = 1_000;
  const DATE_MS = Date.UTC(2026, 9, 2, 14);
  const look = (aheadMs: number, roundTripMs = 0) => {
    // The server's header leaves out the half second that has passed.
    const ownMs = DATE_MS + SECOND_MS / 2 + aheadMs;
    const read = async () => ({ dateMs: DATE_MS, ownMs, roundTripMs });
    return lineOfOnly([clockCheck('api.massive.com', read)]);
  };

  it('what the header leaves out and half of the round trip are no difference', async () => {
    expect(await look(0)).to.equal("pass: within a second of api.massive.com's");
    expect(await look(1_400)).to.match(/^pass/);
    expect(await look(2_400, 2_000)).to.match(/^pass/);
  });

  it('more than a second is a warning, more than a minute a failure, on either side', async () => {
    expect(await look(1_600)).to.match(
      /^warn: at least 1\.1 s ahead of api\.massive\.com's -> Let a time server/,
    );
    expect(await look(-3_000)).to.match(/^warn: at least 2\.5 s behind/);
    expect(await look(61_000)).to.match(/^fail: at least 60\.5 s ahead/);
    expect(await look(-3_600_000)).to.match(/^fail/);
  });

  it('a server that gives no answer or no date leaves it open', async () => {
    const silent = clockCheck('a', () => Promise.reject(new Error('connect ECONNREFUSED')));
    expect(await lineOfOnly([silent])).to.equal('skipped: a does not answer: connect ECONNREFUSED');
    const dateless = clockCheck('a', async () => ({ dateMs: undefined, ownMs: 0, roundTripMs: 0 }));
    expect(await lineOfOnly([dateless])).to.equal('skipped: a does not tell the time');
  });
});
