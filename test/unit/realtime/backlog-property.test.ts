import { expect } from 'chai';
import fc from 'fast-check';
import type { Batch } from '../../../src/kdb/batch.ts';
import { BacklogHarness, TODAY } from '../../support/backlog-harness.ts';

const STEPS = [
  'stored',
  'unstored',
  'store',
  'take',
  'take',
  'acknowledge',
  'acknowledge',
  'rewind',
  'refuse',
  'roll',
  'wait',
] as const;

const steps = fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.integer({ min: -1, max: 1 })), {
  maxLength: 150,
});

describe('backlog - whatever happens', () => {
  it('every batch is acknowledged, refused, late, lost or still in the spool, once, and in order for each date', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async given => {
        const harness = await BacklogHarness.open(1000);
        const { subject, spool } = harness;
        const dates = new Map<number, number>();
        let date = TODAY;
        let inFlight: Batch[] = [];
        const unstored: Batch[] = [];
        for (const [step, offset] of given) {
          // The spool takes batches in their order only: what it did not take goes first.
          if (step === 'store' || (step === 'stored' && unstored.length > 0)) {
            await harness.store(...unstored.splice(0));
          }
          if (step === 'stored' || step === 'unstored') {
            const batch =
              step === 'stored'
                ? await harness.stored({ tradingDate: date + offset })
                : harness.unstored({ tradingDate: date + offset });
            if (step === 'unstored') unstored.push(batch);
            dates.set(batch.sequence, batch.tradingDate);
          } else if (step === 'take') {
            const batch = harness.take(date);
            if (batch) inFlight.push(batch);
          } else if (step === 'rewind') subject.rewind(inFlight.splice(0));
          else if (step === 'roll') date++;
          else if (step === 'wait') await harness.idle();
          else if (inFlight.length > 0 && step === 'acknowledge') subject.acknowledged(inFlight.shift()!);
          else if (inFlight.length > 0 && step === 'refuse') subject.refused(inFlight.shift()!, 'type');
        }
        expect(harness.mostBytes).most(1100);

        subject.rewind(inFlight);
        inFlight = [];
        await harness.deliverAll(date);
        await harness.deliverAll(date + 1);
        const { lostRows, lateRows } = subject.totals;
        const lost = lostRows - harness.refused.length;
        expect(harness.acknowledged.length + harness.refused.length + lateRows + lost).equal(dates.size);
        const ends = [...harness.acknowledged, ...harness.refused, ...harness.late];
        expect(new Set(ends).size).equal(ends.length);
        for (const ended of new Set(dates.values())) {
          const own = harness.acknowledged.filter(sequence => dates.get(sequence) === ended);
          expect(own).deep.equal([...own].sort((a, b) => a - b));
        }
        expect(harness.late).deep.equal(inOrderByDate(harness.late, dates));
        expect(spool.position('main')).least(Math.max(0, ...ends));
        expect(subject.bytes).equal(0);
        await harness.close();
        expect(new Set(harness.left).size).equal(dates.size);
      }),
      { numRuns: 60 },
    );
  });
});

/** The same sequences, those of each date ascending. */
function inOrderByDate(sequences: readonly number[], dates: ReadonlyMap<number, number>): number[] {
  const next = new Map<number, number[]>();
  for (const sequence of [...sequences].sort((a, b) => a - b)) {
    const date = dates.get(sequence)!;
    next.set(date, [...(next.get(date) ?? []), sequence]);
  }
  return sequences.map(sequence => next.get(dates.get(sequence)!)!.shift()!);
}
