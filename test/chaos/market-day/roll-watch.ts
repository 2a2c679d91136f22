import type { Roll } from './market-calendar.ts';
import { Questions } from './questions.ts';

const MS_1970_TO_2000 = 946_684_800_000;
/** A tickerplant looks at the time each second; a busy machine adds to that, times the speed. */
const LATE_REAL_MS = 500;
const TIMER_MS = 2000;

/** Dates under which a tickerplant filed, and until when it did so by its own clock. */
export class RollWatch {
  readonly #questions: Questions;
  /** The last instant at which each date was seen to be current, and the first. */
  readonly #seen = new Map<string, { firstMs: number; lastMs: number }>();

  constructor(port: number) {
    this.#questions = new Questions(port);
  }

  async look(): Promise<void> {
    const answer = await this.#questions.ask<[string, string]>('(string .u.d;string "j"$.z.p)');
    if (!answer) return;
    const [date, ns] = answer;
    const ms = Number(BigInt(ns) / 1000n) / 1000 + MS_1970_TO_2000;
    const name = date.replaceAll('.', '-');
    const known = this.#seen.get(name);
    if (known) known.lastMs = ms;
    else this.#seen.set(name, { firstMs: ms, lastMs: ms });
  }

  close(): void {
    this.#questions.close();
  }

  /** What is wrong with how it rolled, a line each. */
  problems(rolls: readonly Roll[], speed: number): string[] {
    const latestMs = TIMER_MS + LATE_REAL_MS * speed;
    const problems = rolls.flatMap(({ atMs, ended, begun }) => {
      const last = this.#seen.get(ended)?.lastMs;
      const first = this.#seen.get(begun)?.firstMs;
      const roll = `${ended} to ${begun} at ${new Date(atMs).toISOString()}`;
      return [
        ...(first === undefined ? [`${roll}: never came`] : []),
        ...(first !== undefined && first < atMs ? [`${roll}: came ${(atMs - first) / 1000} s early`] : []),
        ...(last !== undefined && last > atMs + latestMs
          ? [`${roll}: came ${(last - atMs) / 1000} s late`]
          : []),
      ];
    });
    const expected = new Set(rolls.flatMap(({ ended, begun }) => [ended, begun]));
    const others = [...this.#seen.keys()].filter(date => rolls.length > 0 && !expected.has(date));
    return [...problems, ...others.map(date => `it filed under ${date}`)];
  }
}
