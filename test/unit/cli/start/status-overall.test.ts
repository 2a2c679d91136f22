import { expect } from 'chai';
import { daemonLine } from '../../../../src/cli/start/status-overall.ts';
import type { Severity } from '../../../../src/ops/status/report.ts';

const feed = (name: string, session: Severity, tickerplant: Severity, spool: Severity = 'good') => ({
  name,
  lines: {
    session: { severity: session, text: `${name} streams` },
    tickerplant: { severity: tickerplant, text: 'main is away' },
    spool: { severity: spool, text: 'the disk is full' },
  },
});

describe('status - the line of a daemon', () => {
  it('is the worst there is, and of several feeds says which one', () => {
    expect(daemonLine([feed('stocks', 'warning', 'warning', 'bad')]).text).to.equal('the disk is full');
    const two = [feed('stocks', 'good', 'warning'), feed('crypto', 'good', 'bad', 'bad')];
    expect(daemonLine(two)).to.deep.equal({ severity: 'bad', text: 'crypto: main is away' });
  });

  it('says that all is well only where all is', () => {
    expect(daemonLine([feed('stocks', 'good', 'good')])).to.deep.equal({
      severity: 'good',
      text: 'All is well. stocks streams',
    });
    expect(daemonLine([feed('stocks', 'good', 'good'), feed('crypto', 'good', 'good')]).text).to.equal(
      'All is well. 2 feeds stream',
    );
  });
});
