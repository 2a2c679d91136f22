import { type Clock, systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { RequestBudget } from '../../src/massive/rest/request-budget.ts';

/* Takes requests of a budget, one after the other, and prints the time that each is counted at: directory, key, count, rate. */

const [directory = '', key = '', count = '', requestsPerMinute = ''] = process.argv.slice(2);
let readMs = 0;
const clock: Clock = {
  ...systemClock,
  wallMs() {
    readMs = systemClock.wallMs();
    return readMs;
  },
};
const budget = new RequestBudget(
  key,
  { directory, requestsPerMinute: Number(requestsPerMinute), dailyRequests: undefined, maxPauseMs: 60_000 },
  { clock, logger: silentLogger },
);
const { signal } = new AbortController();
for (let i = 0; i < Number(count); i++) {
  await budget.take(signal);
  process.stdout.write(`${readMs}\n`);
  budget.addBytes(1000);
}
