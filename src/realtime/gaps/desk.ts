import { EndingError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-codes.ts';
import type { GapBook } from './book.ts';
import { type Gap, mayFollow } from './gap.ts';

/** Most characters of a reason. */
const LONGEST_REASON = 500;

/** What somebody asked of a gap cannot be done. Code `GAP_REQUEST`. */
export class GapRequestError extends EndingError {
  constructor(exitCode: ExitCode, what: string, remedy: string) {
    super('GAP_REQUEST', exitCode, { what, remedy });
  }
}

/** What people may do with the gaps of a book, in a running daemon or without one. */
export class GapDesk {
  readonly #book: GapBook;

  constructor(book: GapBook) {
    this.#book = book;
  }

  list(): readonly Gap[] {
    return this.#book.gaps;
  }

  /** Has a gap asked for again, whatever it takes. Throws GapRequestError. */
  fill(id: string): Gap {
    const gap = this.#ended(id, 'filled');
    const open = { name: 'open', attempts: 0, byHand: true } as const;
    if (!mayFollow(gap.state, open)) throw refused(gap, 'filled');
    return this.#book.change(id, open);
  }

  /** Gives a gap up, for a reason that is kept. Throws GapRequestError. */
  forget(id: string, reason: string): Gap {
    const gap = this.#ended(id, 'forgotten');
    const told = reason.trim().slice(0, LONGEST_REASON);
    if (told === '') {
      throw new GapRequestError(
        ExitCode.usage,
        `gap ${id} is to be forgotten without a reason`,
        'Give one: --reason TEXT.',
      );
    }
    const forgotten = { name: 'unfillable', reason: `forgotten: ${told}` } as const;
    if (gap.state.name === 'suspected') this.#book.change(id, { name: 'open', attempts: 0 });
    else if (!mayFollow(gap.state, forgotten)) throw refused(gap, 'forgotten');
    return this.#book.change(id, forgotten);
  }

  /** Takes a gap for complete, because the flat file of its day has nothing that is not there. Throws GapRequestError. */
  verify(id: string): Gap {
    const gap = this.#ended(id, 'verified');
    const verified = { name: 'verified' } as const;
    if (!mayFollow(gap.state, verified)) throw refused(gap, 'verified');
    return this.#book.change(id, verified);
  }

  #ended(id: string, wish: string): Gap {
    const gap = this.#book.find(id);
    if (!gap) {
      throw new GapRequestError(
        ExitCode.usage,
        `there is no gap '${id.slice(0, 100)}'`,
        'massive-kdb gaps list shows those that there are.',
      );
    }
    if (gap.endMs === undefined) {
      throw new GapRequestError(
        ExitCode.failed,
        `gap ${id} lasts, so it cannot be ${wish} yet`,
        'Wait until the feed streams again.',
      );
    }
    return gap;
  }
}

function refused({ id, state }: Gap, wish: string): GapRequestError {
  return new GapRequestError(
    ExitCode.failed,
    `gap ${id} is ${state.name}, so it cannot be ${wish}`,
    'massive-kdb gaps list shows how it stands.',
  );
}
