import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from './directories.ts';

/** A draft that is older was left by a process that ended in the middle. */
const DRAFT_LEFT_MS = 60_000;

/** How many versions before it a version names: more than others can put while a process hesitates. */
const ANCESTORS = 64;

/** Attempts beyond this mean that something other than competition is wrong. */
const MOST_ATTEMPTS = 10_000;

/**
 * A small text that processes of one machine change together, each change made of the one before. A version is a file
 * with its number in the name, which the file system lets one process create: who comes second reads again and changes
 * that. So nothing is ever locked, and a process that dies holds up nobody. An old version is removed only once a newer
 * one is there. Each version names those that it was made of, so that a process that finds newer ones knows whether
 * its own is in them.
 */
export class VersionedFile {
  readonly #directory: string;
  readonly #name: string;

  /**
   * @param directory made if it does not exist
   * @param name what the names of its files begin with
   * @throws what the system says
   */
  constructor(directory: string, name: string) {
    this.#directory = directory;
    this.#name = name;
    makeDirectory(directory, 0o700);
    this.#removeLeftDrafts();
  }

  /** The newest text; undefined where there is none. Nothing else waits for the disk. Rejects with what the system says. */
  async read(): Promise<string | undefined> {
    for (;;) {
      const version = this.#versionsIn(await readdir(this.#directory)).at(-1);
      if (version === undefined) return undefined;
      try {
        return parsed(await readFile(this.#file(version), 'utf8')).text;
      } catch (error) {
        // Another process was faster, and removed it after it had put a newer one.
        if (codeOf(error) !== 'ENOENT') throw error;
      }
    }
  }

  /**
   * Puts what `change` makes of the newest text in its place, and returns what it answers. `change` is called again where
   * another process was faster; without a text it changes nothing.
   *
   * @throws what `change` throws, and what the system says
   */
  update<Answer>(
    change: (text: string | undefined) => { readonly text?: string; readonly answer: Answer },
  ): Answer {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const newest = this.#newest();
      const { text, answer } = change(newest.text);
      if (text === undefined || this.#put(newest, text)) return answer;
    }
    throw new Error(`${this.#name} in ${this.#directory} was changed ${MOST_ATTEMPTS} times meanwhile`);
  }

  #newest(): Version {
    for (;;) {
      const version = this.#versions().at(-1) ?? 0;
      if (version === 0) return { version, text: undefined, ids: [] };
      const content = this.#readVersion(version);
      if (content !== undefined) return { version, ...parsed(content) };
    }
  }

  /** False where another process was faster, and what it put was not made of this. */
  #put(before: Version, text: string): boolean {
    const version = before.version + 1;
    const id = randomUUID();
    const draft = join(this.#directory, `${this.#name}.${id}.draft`);
    const content = JSON.stringify({ ids: [id, ...before.ids].slice(0, ANCESTORS), text });
    writeFileSync(draft, content, { flag: 'wx', mode: 0o600 });
    try {
      linkSync(draft, this.#file(version));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      return false;
    } finally {
      unlinkSync(draft);
    }
    const versions = this.#versions();
    if (versions.at(-1) === version) {
      for (const other of versions.slice(0, -1)) this.#remove(this.#file(other));
      return true;
    }
    // Newer ones have come while this process hesitated: made of this one, or of one that had its number before.
    if (this.#newest().ids.includes(id)) return true;
    this.#remove(this.#file(version));
    return false;
  }

  /** The versions that exist, ascending. */
  #versions(): number[] {
    return this.#versionsIn(readdirSync(this.#directory));
  }

  #versionsIn(names: readonly string[]): number[] {
    return names
      .filter(name => name.startsWith(`${this.#name}.`) && name.endsWith('.json'))
      .map(name => Number(name.slice(this.#name.length + 1, -'.json'.length)))
      .filter(Number.isSafeInteger)
      .sort((a, b) => a - b);
  }

  #file(version: number): string {
    return join(this.#directory, `${this.#name}.${version}.json`);
  }

  /** Undefined where it is gone. */
  #readVersion(version: number): string | undefined {
    try {
      return readFileSync(this.#file(version), 'utf8');
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      return undefined;
    }
  }

  #remove(path: string): void {
    try {
      unlinkSync(path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }

  #removeLeftDrafts(): void {
    for (const name of readdirSync(this.#directory)) {
      if (!name.startsWith(`${this.#name}.`) || !name.endsWith('.draft')) continue;
      const path = join(this.#directory, name);
      const status = statSync(path, { throwIfNoEntry: false });
      if (status && Date.now() - status.mtimeMs > DRAFT_LEFT_MS) this.#remove(path);
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** A version with the marks of itself and of those before it, the latest first. */
interface Version {
  readonly version: number;
  readonly text: string | undefined;
  readonly ids: readonly string[];
}

/** What a file holds; one that is damaged is given as it is, for its reader to say so. */
function parsed(content: string): Omit<Version, 'version'> {
  try {
    const { ids, text } = JSON.parse(content) as Partial<Version>;
    if (Array.isArray(ids) && typeof text === 'string') return { ids, text };
  } catch {
    // Not of this program.
  }
  return { ids: [], text: content };
}
