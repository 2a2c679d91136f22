import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { encodeBody } from '../codec/index.ts';
import type { OpenFile } from '../server/handle-table.ts';
import { QError, type Value } from '../values/value.ts';
import { fileError } from './file-error.ts';

const LINE_END = Uint8Array.of(0x0a);

/** Opens a file for appending; it and its directories are made where there are none. */
export function openFile(path: string): OpenFile {
  return fileError(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    return { kind: 'file', path, descriptor: openSync(path, 'a') };
  });
}

export function closeFile({ descriptor }: OpenFile): void {
  closeSync(descriptor);
}

/**
 * Appends to an open file as kdb+ does: chars and bytes as they are, the items of a general list in the form of a
 * log, one after the other.
 */
export function appendToFile(file: OpenFile, value: Value): void {
  if (isBytes(value)) append(file, value.data);
  else if (value.kind === 'atom' && (value.type === 10 || value.type === 4))
    append(file, Uint8Array.of(value.value));
  else if (value.kind === 'list') append(file, Buffer.concat(value.items.map(encodeBody)));
  else throw new QError('type');
}

/** Appends a line or lines of text: what a negative handle does. */
export function appendLines(file: OpenFile, value: Value): void {
  const lines = value.kind === 'list' ? value.items : [value];
  const parts: Uint8Array[] = [];
  for (const line of lines) {
    if (isBytes(line)) parts.push(line.data, LINE_END);
    else if (line.kind === 'atom' && line.type === 10) parts.push(Uint8Array.of(line.value), LINE_END);
    else throw new QError('type');
  }
  append(file, Buffer.concat(parts));
}

function isBytes(value: Value): value is Value & { kind: 'vector'; type: 4 | 10; data: Uint8Array } {
  return value.kind === 'vector' && (value.type === 10 || value.type === 4);
}

/** All bytes or an error: what is written partly counts as written, and the rest is tried again. */
function append({ path, descriptor }: OpenFile, bytes: Uint8Array): void {
  fileError(path, () => {
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
  });
}
