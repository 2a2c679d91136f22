import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Market } from '../../tables/markets.ts';
import type { BookFile } from './book-file.ts';
import { type Gap, type GapState, isFinished, mayFollow, reasonOf } from './gap.ts';
import { intervalText } from './gap-text.ts';

/** Most gaps that are kept, finished ones included. */
const MOST_GAPS = 1_000;

/** A gap that lasts is cut when it is as long: what is behind can be filled meanwhile. */
export const LONGEST_PIECE_MS = 3_600_000;

export interface GapBookOptions {
  readonly market: Market;
  /** What the ids of gaps begin with: the market, or of futures of one exchange `futures-cme`. */
  readonly name: string;
  readonly mostGaps?: number;
}

export interface GapBookParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly file: BookFile;
}

/** A gap as it is opened. */
export type NewGap = Pick<Gap, 'channels' | 'beginMs' | 'cause'> &
  Partial<Pick<Gap, 'symbols'>> & { readonly silentFromMs?: number };

/**
 * The gaps of one feed and what becomes of them, on disk. A disk that fails is told; the book goes on in memory.
 *
 * - Each change of a state is told to the listeners, in order.
 * - A gap that begins within one that waits to be filled goes on with that one: an unsteady connection is one gap.
 * - At the limit the oldest finished gap is dropped from the book; where none is finished, the oldest one is left to
 *   the flat file and dropped, with a line in the log.
 */
export class GapBook {
  readonly #options: GapBookOptions;
  readonly #parts: GapBookParts;
  readonly #listeners: ((gap: Gap) => void)[] = [];
  readonly #gaps = new Map<string, Gap>();
  #nextNumber = 1;
  #saveError: unknown;

  /** @throws GapBookError */
  constructor(options: GapBookOptions, parts: GapBookParts) {
    this.#options = options;
    this.#parts = parts;
    const found = parts.file.load();
    if (!found) return;
    if ('keptAs' in found) {
      parts.logger.error(
        `the gap book ${parts.file.path} is damaged: kept as ${found.keptAs}, and a new one begins with what was missed last`,
      );
      return;
    }
    this.#nextNumber = found.nextNumber;
    for (const gap of found.gaps) this.#gaps.set(gap.id, gap);
  }

  /** Why the book is in memory only; undefined where it is on disk. */
  get saveError(): unknown {
    return this.#saveError;
  }

  /** In the order in which they were opened. */
  get gaps(): readonly Gap[] {
    return [...this.#gaps.values()];
  }

  find(id: string): Gap | undefined {
    return this.#gaps.get(id);
  }

  /** Tells each change of a gap's state, the first one included. */
  onChange(listener: (gap: Gap) => void): void {
    this.#listeners.push(listener);
  }

  /** Opens a gap that lasts, or goes on with one that waits and holds its beginning. */
  open({ silentFromMs, ...given }: NewGap): Gap {
    const waiting = silentFromMs === undefined ? this.#waitingAt(given) : undefined;
    if (waiting) return this.#put(withoutEnd(waiting));
    const nowMs = this.#parts.clock.wallMs();
    const gap: Gap = {
      id: `${this.#options.name}-${this.#nextNumber++}`,
      market: this.#options.market,
      ...given,
      state: silentFromMs === undefined ? { name: 'open', attempts: 0 } : { name: 'suspected', silentFromMs },
      rows: 0,
      openedMs: nowMs,
      changedMs: nowMs,
    };
    this.#makeRoom();
    return this.#put(gap);
  }

  /** Ends a gap that lasts, or moves its end. */
  end(id: string, endMs: number): Gap {
    const gap = this.#gap(id);
    return this.#put({ ...gap, endMs: Math.max(endMs, gap.beginMs) });
  }

  /** Enters a state; `rows` is how many more bars were brought. */
  change(id: string, state: GapState, rows = 0): Gap {
    const gap = this.#gap(id);
    if (!mayFollow(gap.state, state)) throw new RangeError(`a ${gap.state.name} gap cannot be ${state.name}`);
    return this.#put({ ...gap, state, rows: gap.rows + rows });
  }

  /** Drops a suspicion that has proved unfounded: it was never told as a gap. */
  dismiss(id: string): void {
    const { state } = this.#gap(id);
    if (state.name !== 'suspected') throw new RangeError(`a ${state.name} gap cannot be dismissed`);
    this.#gaps.delete(id);
    this.#save();
  }

  #gap(id: string): Gap {
    const gap = this.#gaps.get(id);
    if (!gap) throw new RangeError(`there is no gap ${id}`);
    return gap;
  }

  #waitingAt({ channels, symbols, beginMs }: NewGap): Gap | undefined {
    return this.gaps.find(
      gap =>
        gap.state.name === 'open' &&
        gap.endMs !== undefined &&
        gap.beginMs <= beginMs &&
        beginMs <= gap.endMs &&
        beginMs - gap.beginMs < LONGEST_PIECE_MS &&
        String(gap.channels) === String(channels) &&
        String(gap.symbols) === String(symbols),
    );
  }

  #put(gap: Gap): Gap {
    const changed = { ...gap, changedMs: this.#parts.clock.wallMs() };
    this.#gaps.set(gap.id, changed);
    this.#save();
    this.#tell(changed);
    for (const listener of this.#listeners) listener(changed);
    return changed;
  }

  #tell(gap: Gap): void {
    const { id, state, cause, endMs, rows } = gap;
    const reason = reasonOf(gap);
    const text = `gap ${id} (${cause}, ${intervalText(gap)}): ${state.name}${reason === '' ? '' : `, ${reason}`}`;
    const isBad = state.name === 'unfillable' || (state.name === 'open' && endMs === undefined);
    this.#parts.logger[isBad ? 'warn' : 'info'](text, rows > 0 ? { rows } : {});
  }

  #makeRoom(): void {
    if (this.#gaps.size < (this.#options.mostGaps ?? MOST_GAPS)) return;
    const all = this.gaps;
    const finished = all.find(isFinished);
    const oldest = finished ?? all.find(({ state }) => state.name !== 'filling') ?? all[0]!;
    if (!finished && mayFollow(oldest.state, { name: 'deferred', reason: '' })) {
      this.change(oldest.id, { name: 'deferred', reason: 'the gap book is full, so it is kept no longer' });
    }
    this.#parts.logger.warn(`the gap book is full: gap ${oldest.id} (${oldest.state.name}) leaves it`);
    this.#gaps.delete(oldest.id);
  }

  #save(): void {
    try {
      this.#parts.file.save({ nextNumber: this.#nextNumber, gaps: this.gaps });
      this.#saveError = undefined;
    } catch (error) {
      if (!this.#saveError)
        this.#parts.logger.error(`${messageOf(error)} Gaps are kept in memory until then.`);
      this.#saveError = error;
    }
  }
}

function withoutEnd({ endMs: _ended, ...gap }: Gap): Gap {
  return gap;
}
