import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EndingError, messageOf } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-codes.ts';
import { MARKETS, type Market } from '../../tables/markets.ts';

/** A recording cannot be made or read. Code `RECORDING`. */
export class RecordingError extends EndingError {
  constructor(what: string, remedy: string, cause?: unknown) {
    super('RECORDING', ExitCode.io, { what, remedy, cause });
  }
}

/** The files of a recording, in its directory. */
export const RECORDING_FILES = {
  info: 'recording.json',
  stream: 'stream.ndjson',
  rest: 'rest.ndjson',
} as const;

export const RECORDING_KIND = 'massive-kdb recording';
export const RECORDING_VERSION = 1;

/** What a recording is of. Times are ms since 1970. */
export interface RecordingInfo {
  readonly kind: typeof RECORDING_KIND;
  readonly version: typeof RECORDING_VERSION;
  readonly market: Market;
  /** The address of the stream. */
  readonly address: string;
  /** What was subscribed to, at most the first hundred pairs. */
  readonly pairs: readonly string[];
  readonly startedMs: number;
  readonly endedMs: number;
  /** By how much the service delays what it sends, by the name of its host. */
  readonly delayMs: number;
  /** What ended it: `time`, `size`, `signal`, or what the service said. */
  readonly ended: string;
  readonly files: readonly RecordedFile[];
  /** What could not be recorded, and why. */
  readonly missing: readonly string[];
}

/** What happened on the connection, in its order. */
export type StreamLine =
  | { readonly receivedMs: number; readonly frame: string }
  /** A frame that is not UTF-8. */
  | { readonly receivedMs: number; readonly base64: string }
  | { readonly sentMs: number; readonly message: string };

/** An answer of the REST service. */
export interface RecordedAnswer {
  readonly receivedMs: number;
  readonly tookMs: number;
  /** Path and query. */
  readonly request: string;
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
}

/** The beginning of a flat file. */
export interface RecordedFile {
  readonly key: string;
  readonly etag: string;
  readonly sizeBytes: number;
  readonly lastModifiedMs: number;
  /** Its first rows, inflated, in the recording's directory. */
  readonly head: string;
}

export interface Recording {
  readonly directory: string;
  readonly info: RecordingInfo;
  readonly stream: readonly StreamLine[];
  readonly answers: readonly RecordedAnswer[];
}

/** Reads a recording whole; its size was limited when it was made. Throws RecordingError. */
export function readRecording(directory: string): Recording {
  return {
    directory,
    info: readInfo(directory),
    stream: readLines(join(directory, RECORDING_FILES.stream)),
    answers: readLines(join(directory, RECORDING_FILES.rest)),
  };
}

/** The text of a file's beginning. Throws RecordingError. */
export function readHead(directory: string, { head }: RecordedFile): string {
  if (/[/\\]/.test(head)) throw new RecordingError(`${head} is no file of a recording`, 'Record anew.');
  return readText(join(directory, head));
}

function readInfo(directory: string): RecordingInfo {
  const path = join(directory, RECORDING_FILES.info);
  const info = parsed(readText(path), path, 1) as Partial<RecordingInfo>;
  const isKnown =
    info.kind === RECORDING_KIND &&
    info.version === RECORDING_VERSION &&
    MARKETS.includes(info.market as Market);
  if (isKnown) return info as RecordingInfo;
  throw new RecordingError(
    `${path} is not of a recording of version ${RECORDING_VERSION}`,
    'Make it anew with massive-kdb record.',
  );
}

function readLines<Line>(path: string): Line[] {
  const lines = readText(path).split('\n');
  return lines.flatMap((line, index) => (line === '' ? [] : [parsed(line, path, index + 1) as Line]));
}

function parsed(text: string, path: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RecordingError(`${path}:${line} is damaged`, 'Make it anew with massive-kdb record.', error);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new RecordingError(
      `${path} cannot be read: ${messageOf(error)}`,
      'Name the directory that massive-kdb record has written.',
      error,
    );
  }
}
