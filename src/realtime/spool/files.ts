/** A file that is open. */
export interface SpoolFile {
  /** Writes all the parts, one after the other, beginning at byte `at`. They must not change until it resolves. */
  write(parts: readonly Uint8Array[], at: number): Promise<void>;
  /** What was written is on the disk when this resolves. After it has failed nobody knows what is: never ask again. */
  datasync(): Promise<void>;
  /** Reads from byte `at` until `into` is full or the file ends; returns how many bytes it got. */
  read(into: Uint8Array, at: number): Promise<number>;
  sizeBytes(): Promise<number>;
  truncate(sizeBytes: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * The file operations of a spool. Every method rejects with what the system says (an error with `code`). A name that
 * was made, replaced or removed is so on the disk only once its directory has been synced.
 */
export interface SpoolFiles {
  /** Makes one directory; false where it exists already. */
  makeDirectory(path: string): Promise<boolean>;
  /** The names in a directory, in no order. */
  list(directory: string): Promise<readonly string[]>;
  /** A new file, for writing and reading; rejects with EEXIST where the name is taken. */
  create(path: string): Promise<SpoolFile>;
  /** A file that exists. */
  open(path: string, mode: 'read' | 'write'): Promise<SpoolFile>;
  /** Gives a file another name, which it takes from a file that has it, in one step. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
}
