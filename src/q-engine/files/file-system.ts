import {
  appendFileSync,
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { fileError } from './file-error.ts';

/** Names and sizes as the host gives them to the language. */
export type PathContent = { readonly names: readonly string[] } | { readonly size: number };

/** A file, or from `offset` at most `length` bytes of it. */
export function readFile(path: string, offset = 0, length?: number): Uint8Array {
  return fileError(path, () => {
    if (length === undefined && offset === 0) return readFileSync(path);
    const descriptor = openSync(path, 'r');
    try {
      const part = new Uint8Array(
        Math.min(length ?? Number.POSITIVE_INFINITY, fstatSync(descriptor).size - offset),
      );
      let filled = 0;
      for (let read = 1; read > 0 && filled < part.length; filled += read) {
        read = readSync(descriptor, part, filled, part.length - filled, offset + filled);
      }
      return part.subarray(0, filled);
    } finally {
      closeSync(descriptor);
    }
  });
}

/**
 * Writes a file whole; its directories are made where there are none. One that is there is replaced when the new
 * one is complete, so that a process that is killed or another one that reads it finds it as it was.
 */
export function writeFile(path: string, bytes: Uint8Array): void {
  fileError(path, () => {
    const old = lstatSync(path, { throwIfNoEntry: false });
    if (old === undefined || !old.isFile() || old.nlink > 1) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      return;
    }
    // Databases leave names with a $ at their end alone.
    const next = `${path}.${process.pid}$`;
    try {
      writeFileSync(next, bytes, { mode: old.mode });
      renameSync(next, path);
    } catch (error) {
      rmSync(next, { force: true });
      throw error;
    }
  });
}

/** Writes bytes into a file that exists, over what is there from `offset` or beyond its end. */
export function writeFileAt(path: string, offset: number, bytes: Uint8Array): void {
  fileError(path, () => {
    const descriptor = openSync(path, 'r+');
    try {
      for (let written = 0; written < bytes.length; )
        written += writeSync(descriptor, bytes, written, bytes.length - written, offset + written);
    } finally {
      closeSync(descriptor);
    }
  });
}

export function appendFile(path: string, bytes: Uint8Array): void {
  fileError(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, bytes);
  });
}

/** Removes a file, or a directory that is empty. */
export function removePath(path: string): void {
  fileError(path, () => {
    if (statSync(path).isDirectory()) rmdirSync(path);
    else unlinkSync(path);
  });
}

/** The names in a directory in order, or the size of a file; undefined where there is neither. */
export function inspectPath(path: string): PathContent | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const status = fstatSync(descriptor);
    return status.isDirectory() ? { names: readdirSync(path).sort() } : { size: status.size };
  } finally {
    closeSync(descriptor);
  }
}
