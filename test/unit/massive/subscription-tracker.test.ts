import { expect } from 'chai';
import { SubscriptionTracker } from '../../../src/massive/subscription-tracker.ts';

describe('subscriptions of a connection - what it does not carry', () => {
  it('is what was not acknowledged in time, until it is after all, or is no longer wanted', () => {
    const tracker = new SubscriptionTracker();
    tracker.request(['A.A', 'A.B', 'A.C', 'A.D']);
    tracker.acknowledge('A.A');
    expect(tracker.failed).to.deep.equal([]);
    tracker.expire();
    tracker.request(['A.E', 'A.F']);
    tracker.refuse();
    tracker.acknowledge('A.E');
    tracker.expire();
    expect(tracker.failed).to.deep.equal(['A.F', 'A.B', 'A.C', 'A.D']);
    tracker.acknowledge('A.B');
    tracker.acknowledge('A.B');
    tracker.release(['A.A', 'A.C', 'A.F']);
    expect(tracker.failed).to.deep.equal(['A.D']);
    tracker.release(['A.D', 'A.D']);
    expect(tracker.failed).to.deep.equal([]);
    tracker.request(['A.D']);
    tracker.expire();
    expect(tracker.failed).to.deep.equal(['A.D']);
  });
});
