import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { makeDirectory } from '../../base/directories.ts';
import { MassiveKdbError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Hidden } from '../redaction.ts';

const FILE = 'status-token';
const TOKEN_BYTES = 32;
/** A token of somebody's own is taken too, if it cannot be guessed. */
const TOKEN = /^[\x21-\x7e]{32,512}$/;
/** How old what is known of the file may be. */
const LOOK_EVERY_MS = 1000;

/** The token cannot be used. Code `STATUS_TOKEN`. */
export class StatusTokenError extends MassiveKdbError {
  constructor(what: string, remedy: string) {
    super('STATUS_TOKEN', { what, remedy });
  }
}

export interface TokenFileParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Keeps a token out of the log. */
  readonly hide: (secret: Hidden) => void;
}

/**
 * The token that lets into the page: the file `status-token` of the state directory, made where there is none. A file
 * that changes is read again, and one that is deleted is made anew, so that both end every session.
 */
export class TokenFile {
  readonly path: string;
  readonly #parts: TokenFileParts;
  #value: string | undefined;
  #mark = '';
  #lookedMs = 0;

  constructor(stateDirectory: string, parts: TokenFileParts) {
    this.path = join(stateDirectory, FILE);
    this.#parts = parts;
    this.#lookAgain();
  }

  /** Undefined where the file cannot be used, as where others can read it: then nobody is let in, and the log says why. */
  get value(): string | undefined {
    if (this.#parts.clock.monotonicMs() - this.#lookedMs >= LOOK_EVERY_MS) this.#lookAgain();
    return this.#value;
  }

  #lookAgain(): void {
    this.#lookedMs = this.#parts.clock.monotonicMs();
    try {
      this.#look();
    } catch (error) {
      this.#value = undefined;
      this.#mark = '';
      this.#parts.logger.warn(`nobody is let in to the status page: ${messageOf(error)}`);
    }
  }

  #look(): void {
    try {
      if (markOf(this.path) === undefined) make(this.path);
      const mark = markOf(this.path) ?? '';
      if (mark === this.#mark && this.#value !== undefined) return;
      const value = read(this.path);
      this.#parts.hide({ reveal: () => value });
      this.#value = value;
      this.#mark = mark;
    } catch (error) {
      if (error instanceof StatusTokenError) throw error;
      throw new StatusTokenError(
        `the token file ${this.path} cannot be used: ${messageOf(error)}`,
        'Give this user the permission to read and write it.',
      );
    }
  }
}

/** Something that changes when the file does, or when others may read it. */
function markOf(path: string): string | undefined {
  const status = lstatSync(path, { throwIfNoEntry: false });
  return status && [status.ino, status.mtimeMs, status.ctimeMs, status.size].join(' ');
}

/** Complete from its first moment, and another process's where that was faster. */
function make(path: string): void {
  makeDirectory(dirname(path), 0o700);
  const draft = `${path}.${process.pid}.draft`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${randomBytes(TOKEN_BYTES).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function read(path: string): string {
  const status = lstatSync(path);
  if (!status.isFile()) throw new StatusTokenError(`${path} is no file`, 'Delete it: a new one is made.');
  if ((status.mode & 0o077) !== 0) {
    const shown = (status.mode & 0o777).toString(8).padStart(3, '0');
    throw new StatusTokenError(
      `${path} has mode ${shown}, so that others can read or change the token in it`,
      'Delete it: a new one is made.',
    );
  }
  const value = readFileSync(path, 'utf8').trim();
  if (!TOKEN.test(value)) {
    throw new StatusTokenError(
      `${path} holds no token`,
      'Put 32 to 512 visible characters into it, or delete it: a new one is made.',
    );
  }
  return value;
}
