import { Ascii } from './ascii.ts';
import type { FrameBytes } from './frame-bytes.ts';

const { DIGIT_0 } = Ascii;

/** Digits of a time in milliseconds since 1970. */
export const MS_DIGITS = 13;

/**
 * A time in milliseconds as it stood in a frame. Events come in runs of one time, so that its bytes are compared with
 * those of the time before and only a new one is read.
 */
export class RepeatedTime {
  /** Without it the words would match bytes that are no digits. */
  #known = false;
  /** The digits, as four words of which the last two overlap. */
  #word0 = 0;
  #word4 = 0;
  #word8 = 0;
  #word9 = 0;

  /** Whether the same 13 digits stand at `at`. */
  isAt({ view }: FrameBytes, at: number): boolean {
    return (
      this.#known &&
      view.getInt32(at + 8, true) === this.#word8 &&
      view.getInt32(at + 9, true) === this.#word9 &&
      view.getInt32(at + 4, true) === this.#word4 &&
      view.getInt32(at, true) === this.#word0
    );
  }

  /** The time at `at`, remembered; undefined where no 13 digits stand that begin with another than zero. */
  read({ bytes, view }: FrameBytes, at: number): number | undefined {
    if (bytes[at] === DIGIT_0) return undefined;
    let ms = 0;
    for (let i = at; i < at + MS_DIGITS; i++) {
      const digit = bytes[i]! - DIGIT_0;
      if (digit < 0 || digit > 9) return undefined;
      ms = ms * 10 + digit;
    }
    this.#known = true;
    this.#word0 = view.getInt32(at, true);
    this.#word4 = view.getInt32(at + 4, true);
    this.#word8 = view.getInt32(at + 8, true);
    this.#word9 = view.getInt32(at + 9, true);
    return ms;
  }

  forget(): void {
    this.#known = false;
  }
}
