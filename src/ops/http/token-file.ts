import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, lstat, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock, Timer } from '../../base/clock.ts';
import { makeDirectory } from '../../base/directories.ts';
import { MassiveKdbError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Hidden } from '../redaction.ts';

const FILE = 'status-token';
const TOKEN_BYTES = 32;
/** A token of somebody's own is taken too, if it cannot be guessed. */
const TOKEN = /^[\x21-\x7e]{32,512}$/;
/** How long a file that has changed may go unseen. */
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
 * that changes is read again, and one that is deleted is made anew, so that both end every session. Once it is open the
 * disk is never waited for: it may stall.
 */
export class TokenFile {
  readonly path: string;
  readonly #parts: TokenFileParts;
  #token: Token | undefined;
  /** As it was told. */
  #problem = '';
  #timer: Timer | undefined;

  private constructor(path: string, parts: TokenFileParts) {
    this.path = path;
    this.#parts = parts;
  }

  static async open(stateDirectory: string, parts: TokenFileParts): Promise<TokenFile> {
    const file = new TokenFile(join(stateDirectory, FILE), parts);
    await file.look();
    file.#lookLater();
    return file;
  }

  /** Undefined where the file cannot be used, as where others can read it: then nobody is let in, and the log says why. */
  get value(): string | undefined {
    return this.#token?.value;
  }

  /** Takes the file as it is now. */
  async look(): Promise<void> {
    try {
      const token = await taken(this.path, this.#token);
      if (token !== this.#token) this.#parts.hide({ reveal: () => token.value });
      this.#token = token;
      this.#problem = '';
    } catch (error) {
      this.#token = undefined;
      const problem = messageOf(error);
      if (problem !== this.#problem)
        this.#parts.logger.warn(`nobody is let in to the status page: ${problem}`);
      this.#problem = problem;
    }
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #lookLater(): void {
    this.#timer = this.#parts.clock.after(
      LOOK_EVERY_MS,
      async () => {
        await this.look();
        if (this.#timer) this.#lookLater();
      },
      false,
    );
  }
}

interface Token {
  readonly value: string;
  /** Changes when the file does, or when others may read it. */
  readonly mark: string;
}

/** The token of a file, which is made where there is none. @throws StatusTokenError */
async function taken(path: string, before: Token | undefined): Promise<Token> {
  try {
    if ((await statusOf(path)) === undefined) await make(path);
    const status = await lstat(path);
    const mark = [status.ino, status.mtimeMs, status.ctimeMs, status.size].join(' ');
    if (mark === before?.mark) return before;
    return { value: await read(path, status), mark };
  } catch (error) {
    if (error instanceof StatusTokenError) throw error;
    throw new StatusTokenError(
      `the token file ${path} cannot be used: ${messageOf(error)}`,
      'Give this user the permission to read and write it.',
    );
  }
}

async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Complete from its first moment, and another process's where that was faster. */
async function make(path: string): Promise<void> {
  makeDirectory(dirname(path), 0o700);
  const draft = `${path}.${process.pid}.draft`;
  await rm(draft, { force: true });
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  await writeFile(draft, `${token}\n`, { flag: 'wx', mode: 0o600 });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function read(path: string, status: Stats): Promise<string> {
  if (!status.isFile()) throw new StatusTokenError(`${path} is no file`, 'Delete it: a new one is made.');
  if ((status.mode & 0o077) !== 0) {
    const shown = (status.mode & 0o777).toString(8).padStart(3, '0');
    throw new StatusTokenError(
      `${path} has mode ${shown}, so that others can read or change the token in it`,
      'Delete it: a new one is made.',
    );
  }
  const value = (await readFile(path, 'utf8')).trim();
  if (!TOKEN.test(value)) {
    throw new StatusTokenError(
      `${path} holds no token`,
      'Put 32 to 512 visible characters into it, or delete it: a new one is made.',
    );
  }
  return value;
}
