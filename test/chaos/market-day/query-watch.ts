import { type Market, tradingDate } from './market-calendar.ts';
import { Questions } from './questions.ts';

/** Most problems of one kind that are told. */
const SHOWN = 5;
const MS_1970_TO_2000 = 946_684_800_000;
/** Minutes that are asked for begin so long before now. */
const REACH_MS = 3 * 3_600_000;

/** What a query for the minutes of the last hours has been answered, all day long. */
export class QueryWatch {
  queries = 0;
  readonly #questions: Questions;
  readonly #market: Market;
  /** Most rows that one answer had of a bar. */
  readonly #most = new Map<string, number>();
  /** Bars of the answer before, and when they start. */
  #before = new Map<string, number>();
  readonly #lost: string[] = [];

  /** @param port of the gateway */
  constructor(port: number, market: Market) {
    this.#questions = new Questions(port);
    this.#market = market;
  }

  /** Asks as any client does. */
  async look(nowMs: number): Promise<void> {
    const fromMs = Math.floor(nowMs - REACH_MS);
    const question = minutesSince(this.#market, fromMs, nowMs);
    const rows = await this.#questions.ask<{ sym: string; ms: number }[]>(question);
    if (!rows) return;
    this.queries++;
    const counts = new Map<string, number>();
    const starts = new Map<string, number>();
    for (const { sym, ms } of rows) {
      const key = `${sym} ${ms + MS_1970_TO_2000}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      starts.set(key, ms + MS_1970_TO_2000);
    }
    for (const [key, count] of counts) this.#most.set(key, Math.max(count, this.#most.get(key) ?? 0));
    for (const [key, startMs] of this.#before) {
      if (startMs >= fromMs && !counts.has(key)) {
        this.#lost.push(`${key} was there, and is not at ${new Date(nowMs).toISOString()}`);
      }
    }
    this.#before = starts;
  }

  /** Questions that were not answered, for want of time. */
  get unanswered(): number {
    return this.#questions.unanswered;
  }

  close(): void {
    this.#questions.close();
  }

  /** @param versionsOf how often a minute was sent, by its symbol and start */
  problems(versionsOf: ReadonlyMap<string, number>): string[] {
    const doubled = [...this.#most].filter(([key, most]) => most > (versionsOf.get(key) ?? 0));
    return [
      ...(this.queries === 0 ? ['no query was answered'] : []),
      ...[...this.#questions.signals].map(signal => `a query was answered with '${signal}`),
      ...shown(this.#lost, 'were lost between two queries'),
      ...shown(
        doubled.map(([key, most]) => `${key} is there ${most} times of ${versionsOf.get(key) ?? 0} versions`),
        'were doubled in a query',
      ),
    ];
  }
}

/** Of all dates that may hold them, also of the one that is about to begin. */
function minutesSince(market: Market, fromMs: number, nowMs: number): string {
  const dates = [fromMs, nowMs, nowMs + REACH_MS].map(ms => tradingDate(market, ms).replaceAll('-', '.'));
  const from = new Date(fromMs).toISOString().replace('T', 'D').replace('Z', '').replaceAll('-', '.');
  const chosen = `{[rows] select sym,ms:("j"$start)div 1000000 from rows where start>=${from}}`;
  return `.gate.apply[${chosen};\`agg1m;\`${market};distinct ${dates.join(' ')};\`]`;
}

function shown(lines: readonly string[], what: string): string[] {
  if (lines.length <= SHOWN) return [...lines];
  return [...lines.slice(0, SHOWN), `${lines.length} bars ${what}`];
}
