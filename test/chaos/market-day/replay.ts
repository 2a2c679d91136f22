import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FastClock } from './fast-clock.ts';
import type { MarketDay } from './options.ts';
import { type DayResult, LateStartError, runDay } from './run.ts';

/** Real time in which the processes start, before the day begins; where that was too short, twice as much. */
const START_MS = 12_000;
const ATTEMPTS = 3;

/** Replays a day in a directory, which has everything about it afterwards, by a clock of its own. */
export async function replay(day: MarketDay, directory: string): Promise<DayResult> {
  for (let attempt = 1; ; attempt++) {
    const place = join(directory, String(attempt));
    mkdirSync(place, { recursive: true });
    const startMs = START_MS * 2 ** (attempt - 1);
    const clock = await FastClock.start(day.fromMs - startMs * day.speed, day.speed);
    try {
      return await runDay(day, place, clock);
    } catch (error) {
      if (!(error instanceof LateStartError) || attempt === ATTEMPTS) throw error;
    } finally {
      await clock.stop();
    }
  }
}
