import type { Connection } from './connection.ts';

/** A file opened with hopen. */
export interface OpenFile {
  readonly kind: 'file';
  readonly path: string;
  /** Of the operating system. */
  readonly descriptor: number;
}

/** What a handle stands for. */
export type OpenHandle = Connection | OpenFile;

/** The lowest number of a handle: 0, 1 and 2 are the console and the standard streams. */
const FIRST_HANDLE = 3;

/** The numbers by which q programs name what is open; the lowest free one is given, as an operating system does. */
export class HandleTable<T> {
  readonly #entries = new Map<number, T>();

  add(entry: T): number {
    let handle = FIRST_HANDLE;
    while (this.#entries.has(handle)) handle++;
    this.#entries.set(handle, entry);
    return handle;
  }

  get(handle: number): T | undefined {
    return this.#entries.get(handle);
  }

  remove(handle: number): void {
    this.#entries.delete(handle);
  }

  /** In the order of their numbers. */
  entries(): [number, T][] {
    return [...this.#entries].sort(([a], [b]) => a - b);
  }
}
