import { basename, dirname } from 'node:path';
import type { Random } from '../../src/base/random.ts';
import type { SpoolFile, SpoolFiles } from '../../src/realtime/spool/files.ts';

/** What is asked of the file system, for faults and for crashes between any two of them. */
export interface FileOperation {
  readonly name: keyof SpoolFiles | keyof SpoolFile;
  readonly path: string;
}

/**
 * A file system in memory that promises as little as POSIX does. What was written and not synced may be there after a
 * crash or not, sector by sector; a name that was made, replaced or removed since its directory was synced may be as it
 * was at any time since then, each name for itself. A sync that fails leaves the bytes readable, and whether they ever
 * reach the disk is open, also after later syncs that succeed.
 */
export class CrashingFiles implements SpoolFiles {
  /** Called before each operation. */
  before: (operation: FileOperation) => void | Promise<void> = () => {};
  /** The error that an operation ends with; none by default. */
  fault: (operation: FileOperation) => Error | undefined = () => undefined;
  /** Decides what a write that fails, or a sync that fails, leaves behind. */
  readonly random: Random;
  readonly #root: Directory;

  constructor(random: Random, root = new Directory()) {
    this.random = random;
    this.#root = root;
  }

  /** The file system as it may be after a crash now. This one is not changed by it. */
  crashed(random: Random, habits: CrashHabits): CrashingFiles {
    return new CrashingFiles(random, this.#root.crashed(random, habits, new Map()));
  }

  async makeDirectory(path: string): Promise<boolean> {
    await this.#begin('makeDirectory', path);
    const parent = this.#directory(dirname(path));
    if (parent.get(basename(path)) instanceof Directory) return false;
    parent.set(basename(path), new Directory());
    return true;
  }

  async list(directory: string): Promise<readonly string[]> {
    await this.#begin('list', directory);
    return this.#directory(directory).names();
  }

  async create(path: string): Promise<SpoolFile> {
    await this.#begin('create', path);
    const parent = this.#directory(dirname(path));
    if (parent.get(basename(path))) throw systemError('EEXIST', 'open', path);
    const content = new Content();
    parent.set(basename(path), content);
    return this.#opened(path, content);
  }

  async open(path: string): Promise<SpoolFile> {
    await this.#begin('open', path);
    return this.#opened(path, this.#content(path));
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#begin('rename', to);
    const content = this.#content(from);
    this.#directory(dirname(to)).set(basename(to), content);
    this.#directory(dirname(from)).set(basename(from), undefined);
  }

  async unlink(path: string): Promise<void> {
    await this.#begin('unlink', path);
    this.#content(path);
    this.#directory(dirname(path)).set(basename(path), undefined);
  }

  async syncDirectory(path: string): Promise<void> {
    await this.#begin('syncDirectory', path);
    this.#directory(path).sync();
  }

  /** The bytes of a file, to look at and to damage. */
  bytesOf(path: string): Buffer {
    return this.#content(path).bytes;
  }

  /** Bytes come onto the disk past all rules, as when it rots. */
  replace(path: string, bytes: Uint8Array): void {
    this.#content(path).replace(bytes);
  }

  async #begin(name: FileOperation['name'], path: string): Promise<void> {
    const operation = { name, path };
    await this.before(operation);
    const fault = this.fault(operation);
    if (fault) throw fault;
  }

  #opened(path: string, content: Content): SpoolFile {
    return {
      write: async (parts, at) => {
        const bytes = Buffer.concat(parts);
        await this.before({ name: 'write', path });
        const fault = this.fault({ name: 'write', path });
        const length = fault ? Math.floor(this.random() * bytes.length) : bytes.length;
        content.write(bytes.subarray(0, length), at);
        if (fault) throw fault;
      },
      datasync: async () => {
        await this.before({ name: 'datasync', path });
        const fault = this.fault({ name: 'datasync', path });
        if (fault) content.forgetUnsynced(this.random);
        else content.sync();
        if (fault) throw fault;
      },
      read: async (into, at) => {
        await this.#begin('read', path);
        return content.bytes.subarray(at).copy(into);
      },
      sizeBytes: async () => {
        await this.#begin('sizeBytes', path);
        return content.bytes.length;
      },
      truncate: async sizeBytes => {
        await this.#begin('truncate', path);
        content.truncate(sizeBytes);
      },
      close: async () => {},
    };
  }

  #directory(path: string): Directory {
    if (path === '/') return this.#root;
    const found = this.#directory(dirname(path)).get(basename(path));
    if (!found) throw systemError('ENOENT', 'open', path);
    if (!(found instanceof Directory)) throw systemError('ENOTDIR', 'open', path);
    return found;
  }

  #content(path: string): Content {
    const found = this.#directory(dirname(path)).get(basename(path));
    if (!(found instanceof Content)) throw systemError(found ? 'EISDIR' : 'ENOENT', 'open', path);
    return found;
  }
}

/** How likely it is that something that was not synced is on the disk after all, and in which pieces. */
export interface CrashHabits {
  readonly sectorBytes: number;
  readonly sectorSurvives: number;
  readonly nameSurvives: number;
}

/** Names and what they stand for. */
class Directory {
  readonly #now = new Map<string, Entry>();
  /** What each name has been since the last sync, that of the sync first. */
  #unsynced = new Map<string, (Entry | undefined)[]>();

  get(name: string): Entry | undefined {
    return this.#now.get(name);
  }

  names(): string[] {
    return [...this.#now.keys()];
  }

  set(name: string, entry: Entry | undefined): void {
    const before = this.#now.get(name);
    const states = this.#unsynced.get(name);
    if (states) states.push(entry);
    else this.#unsynced.set(name, [before, entry]);
    if (entry) this.#now.set(name, entry);
    else this.#now.delete(name);
  }

  sync(): void {
    this.#unsynced = new Map();
  }

  crashed(random: Random, habits: CrashHabits, copies: Map<Content, Content>): Directory {
    const after = new Directory();
    for (const name of new Set([...this.#now.keys(), ...this.#unsynced.keys()])) {
      const entry = this.#survivor(name, random, habits);
      if (entry instanceof Directory) after.#now.set(name, entry.crashed(random, habits, copies));
      if (!(entry instanceof Content)) continue;
      const copy = copies.get(entry) ?? entry.crashed(random, habits);
      copies.set(entry, copy);
      after.#now.set(name, copy);
    }
    return after;
  }

  #survivor(name: string, random: Random, { nameSurvives }: CrashHabits): Entry | undefined {
    const states = this.#unsynced.get(name);
    if (!states) return this.#now.get(name);
    if (random() < nameSurvives) return states.at(-1);
    return states[Math.floor(random() * (states.length - 1))];
  }
}

interface Change {
  readonly at: number;
  readonly bytes: Buffer;
  /** The file ends after it: a truncation. */
  readonly ends: boolean;
}

/** The bytes of a file: as they are read, and on the disk. */
class Content {
  bytes: Buffer = Buffer.alloc(0);
  #synced: Buffer = this.bytes;
  #unsynced: Change[] = [];
  /** By a sync that failed: nobody knows. */
  #doubtful: Change[] = [];

  write(bytes: Buffer, at: number): void {
    this.#change({ at, bytes: Buffer.from(bytes), ends: false });
  }

  truncate(sizeBytes: number): void {
    this.#change({ at: sizeBytes, bytes: Buffer.alloc(0), ends: true });
  }

  sync(): void {
    for (const change of this.#unsynced) this.#synced = applied(this.#synced, change);
    this.#unsynced = [];
  }

  forgetUnsynced(random: Random): void {
    for (const change of this.#unsynced) {
      if (random() < 0.3) this.#synced = applied(this.#synced, change);
      else this.#doubtful.push(change);
    }
    this.#unsynced = [];
  }

  replace(bytes: Uint8Array): void {
    this.bytes = Buffer.from(bytes);
    this.#synced = this.bytes;
    this.#unsynced = [];
    this.#doubtful = [];
  }

  crashed(random: Random, { sectorBytes, sectorSurvives }: CrashHabits): Content {
    let bytes = this.#synced;
    for (const change of [...this.#doubtful, ...this.#unsynced]) {
      if (change.ends && random() < sectorSurvives) bytes = applied(bytes, change);
      for (let from = 0; from < change.bytes.length; ) {
        const sectorEnd = sectorBytes - ((change.at + from) % sectorBytes);
        const piece = change.bytes.subarray(from, from + sectorEnd);
        if (random() < sectorSurvives)
          bytes = applied(bytes, { ...change, at: change.at + from, bytes: piece });
        from += piece.length;
      }
    }
    const after = new Content();
    after.replace(bytes);
    return after;
  }

  #change(change: Change): void {
    this.bytes = applied(this.bytes, change);
    this.#unsynced.push(change);
  }
}

type Entry = Directory | Content;

/** What lies between the old end and the beginning of a write is zeros. */
function applied(bytes: Buffer, { at, bytes: changed, ends }: Change): Buffer {
  const after = Buffer.alloc(ends ? at : Math.max(bytes.length, at + changed.length));
  bytes.copy(after);
  changed.copy(after, at);
  return after;
}

/** An error as Node's file functions give it. */
export function systemError(code: string, syscall: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${TEXTS[code] ?? 'it failed'}, ${syscall} '${path}'`), {
    code,
    syscall,
    path,
  });
}

const TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'file already exists',
  EIO: 'i/o error',
  EISDIR: 'illegal operation on a directory',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EROFS: 'read-only file system',
};
