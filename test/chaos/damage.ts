import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './plan.ts';

const HEADER_BYTES = 8;

/**
 * Damages the end of the newest segment in a directory, of the late lane as well as of the live one.
 *
 * @returns what was done, for the log
 */
export function damageSpool(
  directory: string,
  { how, bytes }: Extract<Fault, { kind: 'damage-spool' }>,
): string {
  const segment = newestSegment(directory);
  if (segment === undefined) return 'there is no segment to damage';
  const size = statSync(segment).size;
  switch (how) {
    case 'garbage':
      appendFileSync(segment, Buffer.alloc(bytes, 'garbage'));
      return `appended ${bytes} bytes to ${segment} (${size})`;
    case 'truncate': {
      const left = Math.max(HEADER_BYTES, size - bytes);
      truncateSync(segment, left);
      return `cut ${segment} from ${size} to ${left} bytes`;
    }
    case 'flip': {
      const at = Math.max(HEADER_BYTES, size - bytes);
      if (at >= size) return `${segment} is too short to damage`;
      flip(segment, at);
      return `flipped the bits of byte ${at} of ${size} in ${segment}`;
    }
  }
}

function newestSegment(directory: string): string | undefined {
  if (!existsSync(directory)) return undefined;
  const newest = readdirSync(directory)
    .filter(name => name.endsWith('.log'))
    .sort()
    .at(-1);
  return newest && join(directory, newest);
}

function flip(path: string, at: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte[0] = ~byte[0]! & 0xff;
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}
