import { expect } from 'chai';
import { type FeedSummary, lostRows, SummaryLines } from '../../../src/realtime/summary.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

function summary(received: number, delivered: number, lost = 0): FeedSummary {
  return {
    market: 'stocks',
    session: 'streaming',
    connections: 1,
    receivedRows: { agg1s: received, agg1m: 1 },
    injectedRows: {},
    quarantinedEvents: 0,
    overflowedRows: 0,
    protection: 'protected',
    targets: [
      {
        name: 'local',
        state: 'publishing',
        deliveredRows: { agg1s: delivered },
        unverifiedRows: 0,
        lateRows: 0,
        leftOutRows: 0,
        lostRows: lost,
        backlogBytes: 0,
        waitingRows: 0,
        lagMs: { p50: 1200, p99: 2300 },
      },
    ],
  };
}

describe('summary lines', () => {
  it('tell what the last minute brought, not what came before it', () => {
    const logger = new RecordingLogger();
    const lines = new SummaryLines(logger, 'stocks');
    lines.minute(summary(100, 90));
    lines.minute(summary(150, 150));
    expect(logger.messages('info')[1]).equal(
      'stocks, last minute: 50 rows received; 60 delivered to local (publishing, lag p50 1200 ms p99 2300 ms); session streaming',
    );
  });

  it('tell the whole run at exit', () => {
    const logger = new RecordingLogger();
    const lines = new SummaryLines(logger, 'stocks');
    lines.minute(summary(100, 90));
    lines.exit(summary(150, 150));
    expect(logger.messages('info')[1]).match(/^stocks, in all: 151 rows received; 150 delivered/);
  });

  it('are errors when rows were lost, and only in the minute in which they were', () => {
    const logger = new RecordingLogger();
    const lines = new SummaryLines(logger, 'stocks');
    lines.minute(summary(100, 90, 10));
    lines.minute(summary(110, 100, 10));
    expect(logger.messages('error')).to.have.length(1);
    expect(logger.messages('error')[0]).contain('10 ROWS LOST');
    expect(lostRows(summary(100, 90, 10))).equal(10);
  });
});
