import { z } from 'zod';
import { EndingError, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-codes.ts';
import { MARKETS } from '../../tables/markets.ts';
import { GAP_CAUSES, type Gap } from './gap.ts';
import type { StateFiles } from './state-files.ts';

const VERSION = 1;

/** The gap book cannot be read or written, or is of another version. Code `GAP_BOOK`. */
export class GapBookError extends EndingError {
  constructor(exitCode: ExitCode, what: string, remedy: string, cause?: unknown) {
    super('GAP_BOOK', exitCode, { what, remedy, cause });
  }
}

/** What the file holds. */
export interface BookContent {
  readonly nextNumber: number;
  /** In the order in which they were opened. */
  readonly gaps: readonly Gap[];
}

/** Empty, and where a damaged file was put. */
export interface DamagedBook {
  readonly keptAs: string;
}

const instant = z.number().min(0);

const state = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('suspected'), silentFromMs: instant }),
  z.strictObject({
    name: z.literal('open'),
    attempts: z.number().int().min(0),
    retryMs: instant.optional(),
    reason: z.string().optional(),
    byHand: z.literal(true).optional(),
  }),
  z.strictObject({ name: z.literal('filling') }),
  z.strictObject({ name: z.literal('filled'), final: z.boolean() }),
  z.strictObject({ name: z.literal('verified') }),
  z.strictObject({ name: z.literal('deferred'), reason: z.string() }),
  z.strictObject({ name: z.literal('unfillable'), reason: z.string() }),
]);

const gap = z
  .strictObject({
    id: z.string().regex(/^[a-z-]+-\d+$/),
    market: z.enum(MARKETS),
    channels: z.array(z.string()).min(1),
    symbols: z.array(z.string()).min(1).optional(),
    beginMs: instant,
    endMs: instant.optional(),
    cause: z.enum(GAP_CAUSES),
    state,
    rows: z.number().int().min(0),
    openedMs: instant,
    changedMs: instant,
  })
  .refine(({ beginMs, endMs }) => endMs === undefined || endMs >= beginMs);

const content = z.strictObject({
  version: z.literal(VERSION),
  nextNumber: z.number().int().min(1),
  gaps: z.array(gap),
});

/** The gap book of one feed on disk: one JSON object, replaced as a whole. */
export class BookFile {
  readonly path: string;
  readonly #files: StateFiles;

  constructor(path: string, files: StateFiles) {
    this.path = path;
    this.#files = files;
  }

  /**
   * Undefined where there is none. A damaged file is kept aside.
   *
   * @throws GapBookError where it cannot be read, or is of another version
   */
  load(): BookContent | DamagedBook | undefined {
    const text = this.#told('read', () => this.#files.read(this.path));
    if (text === undefined) return undefined;
    const given = parsed(text);
    const version = (given as { readonly version?: unknown } | null)?.version;
    if (typeof version === 'number' && version !== VERSION) {
      throw new GapBookError(
        ExitCode.configuration,
        `${this.path} is of version ${version}, and this release knows version ${VERSION}`,
        'Use the release that wrote it, or move the file away: the gaps in it are forgotten then.',
      );
    }
    const { data } = content.safeParse(given);
    // What the schema reads is what the types say, but that it knows no exact optional properties.
    if (data) return data as BookContent;
    const keptAs = `${this.path}.damaged`;
    this.#told('put aside', () => this.#files.move(this.path, keptAs));
    return { keptAs };
  }

  /** On disk when it returns. Throws GapBookError. */
  save({ nextNumber, gaps }: BookContent): void {
    const text = `${JSON.stringify({ version: VERSION, nextNumber, gaps })}\n`;
    this.#told('written', () => this.#files.replace(this.path, text));
  }

  #told<Result>(done: string, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw new GapBookError(
        ExitCode.io,
        `the gap book ${this.path} cannot be ${done}: ${messageOf(error)}`,
        'Make the state directory writable for this user, and see that the disk has space.',
        error,
      );
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
