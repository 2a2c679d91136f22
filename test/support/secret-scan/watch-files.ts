import fs, { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve, sep } from 'node:path';
import type { SecretScanner } from './scanner.ts';

/** What a daemon makes a secret of its own in; one that is killed meanwhile leaves the draft of it. */
const TOKEN_FILE = /\/status-token(\.\d+\.draft)?$/;
/** A file that holds one secret and nothing else is where a test, or the daemon, keeps it: not larger than this. */
const KEY_FILE_BYTES = 4096;

/** Everything in temporary directories: looked through before they are removed, and what is left of them at the end. */
export class FileWatch {
  readonly #scanner: SecretScanner;
  readonly #isSecret: (text: string) => boolean;
  readonly #directories = new Set<string>();

  /** @param isSecret whether this is one secret, whole */
  constructor(scanner: SecretScanner, isSecret: (text: string) => boolean) {
    this.#scanner = scanner;
    this.#isSecret = isSecret;
    this.#watchMade();
    this.#watchRemoved();
    syncBuiltinESMExports();
  }

  /** Looks through what is still there. */
  sweepRest(): void {
    for (const directory of this.#directories) this.#sweep(directory);
    this.#directories.clear();
  }

  #watchMade(): void {
    const made = (directory: string): string => {
      this.#directories.add(resolve(directory));
      return directory;
    };
    const { mkdtempSync } = fs;
    const { mkdtemp } = fs.promises;
    Object.assign(fs, {
      mkdtempSync: (...given: Parameters<typeof mkdtempSync>) => made(mkdtempSync(...given) as string),
    });
    Object.assign(fs.promises, {
      mkdtemp: async (...given: Parameters<typeof mkdtemp>) => made((await mkdtemp(...given)) as string),
    });
  }

  #watchRemoved(): void {
    const { rmSync } = fs;
    const { rm } = fs.promises;
    Object.assign(fs, {
      rmSync: (...given: Parameters<typeof rmSync>) => {
        this.#beforeRemoval(String(given[0]));
        rmSync(...given);
      },
    });
    Object.assign(fs.promises, {
      rm: async (...given: Parameters<typeof rm>) => {
        this.#beforeRemoval(String(given[0]));
        await rm(...given);
      },
    });
  }

  #beforeRemoval(path: string): void {
    const whole = resolve(path);
    const isOurs = [...this.#directories].some(one => whole === one || whole.startsWith(one + sep));
    if (!isOurs) return;
    this.#sweep(whole);
    this.#directories.delete(whole);
  }

  #sweep(path: string): void {
    const files = filesBelow(path);
    // A daemon's own secret is known before its other files are looked at.
    for (const file of files.filter(one => TOKEN_FILE.test(one))) {
      const token = textOf(file)?.trim();
      if (token) this.#scanner.add(token);
    }
    for (const file of files) {
      if (this.#isKeyFile(file)) continue;
      try {
        this.#scanner.file(file);
      } catch {
        // It went away meanwhile, or is not to be read.
      }
    }
  }

  #isKeyFile(file: string): boolean {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > KEY_FILE_BYTES) return false;
    return TOKEN_FILE.test(file) || this.#isSecret(textOf(file)?.trim() ?? '');
  }
}

function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry: Dirent) => entry.isFile())
      .map((entry: Dirent) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
