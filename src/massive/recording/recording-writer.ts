import { closeSync, existsSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../../base/directories.ts';
import { messageOf } from '../../base/errors.ts';
import {
  RECORDING_FILES,
  RECORDING_KIND,
  RECORDING_VERSION,
  type RecordedAnswer,
  type RecordedFile,
  RecordingError,
  type RecordingInfo,
  type StreamLine,
} from './recording.ts';

const HIDDEN = '<secret>';

/** Where services repeat a key. */
const KEY_IN_ADDRESS = /([?&](?:apiKey|api_key|apikey)=)[^&"'\s\\]*/gi;

/** Whether `bytes` is UTF-8 is decided by the decoder, not guessed. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface RecordingWriterOptions {
  /** Made if it does not exist; must be empty. */
  readonly directory: string;
  /** Of all files together. */
  readonly maxBytes: number;
  /** Never written, whoever repeats them. */
  readonly secrets: readonly string[];
}

/**
 * Writes a recording into a directory that only its user can read. Secrets are taken out of everything; what would make
 * it larger than its limit is left out, and it says so.
 */
export class RecordingWriter {
  readonly directory: string;
  /** What found no room, if anything did. */
  isFull = false;
  readonly #secrets: readonly string[];
  readonly #stream: number;
  readonly #rest: number;
  readonly #recorded: RecordedFile[] = [];
  readonly #missing: string[] = [];
  #room: number;

  /** @throws RecordingError */
  constructor({ directory, maxBytes, secrets }: RecordingWriterOptions) {
    this.directory = directory;
    this.#room = maxBytes;
    this.#secrets = [...new Set(secrets.filter(secret => secret !== '').flatMap(spellingsOf))];
    if (existsSync(directory) && readdirSync(directory).length > 0) {
      throw new RecordingError(
        `${directory} is not empty`,
        'Name another directory: nothing is overwritten.',
      );
    }
    try {
      makeDirectory(directory, 0o700);
      this.#stream = openSync(join(directory, RECORDING_FILES.stream), 'wx', 0o600);
      this.#rest = openSync(join(directory, RECORDING_FILES.rest), 'wx', 0o600);
    } catch (error) {
      throw new RecordingError(
        `${directory} cannot be written: ${messageOf(error)}`,
        'Name another place.',
        error,
      );
    }
  }

  frame(bytes: Uint8Array, receivedMs: number): void {
    this.#line(this.#stream, this.#frameLine(bytes, receivedMs));
  }

  sent(message: string, sentMs: number): void {
    this.#line(this.#stream, { sentMs, message } satisfies StreamLine);
  }

  answer(answer: RecordedAnswer): void {
    this.#line(this.#rest, answer);
  }

  file(file: RecordedFile, text: string): void {
    if (!this.#take(Buffer.byteLength(text))) return;
    writeFileSync(join(this.directory, file.head), this.#withoutSecrets(text), { mode: 0o600, flag: 'wx' });
    this.#recorded.push(file);
  }

  /** Notes what could not be recorded. */
  lacks(what: string): void {
    this.#missing.push(this.#withoutSecrets(what));
  }

  /** Writes what the recording is of, and closes its files. */
  finish(info: Omit<RecordingInfo, 'kind' | 'version' | 'files' | 'missing'>): RecordingInfo {
    const whole: RecordingInfo = {
      kind: RECORDING_KIND,
      version: RECORDING_VERSION,
      ...info,
      files: this.#recorded,
      missing: this.#missing,
    };
    const text = this.#withoutSecrets(`${JSON.stringify(whole, undefined, 2)}\n`);
    writeFileSync(join(this.directory, RECORDING_FILES.info), text, { mode: 0o600, flag: 'wx' });
    closeSync(this.#stream);
    closeSync(this.#rest);
    return whole;
  }

  #line(file: number, line: StreamLine | RecordedAnswer): void {
    const bytes = Buffer.from(`${this.#withoutSecrets(JSON.stringify(line))}\n`);
    if (this.#take(bytes.length)) writeSync(file, bytes);
  }

  #frameLine(bytes: Uint8Array, receivedMs: number): StreamLine {
    try {
      return { receivedMs, frame: decoder.decode(bytes) };
    } catch {
      // A byte a character: what is no secret stays what it is.
      const plain = this.#withoutSecrets(Buffer.from(bytes).toString('latin1'));
      return { receivedMs, base64: Buffer.from(plain, 'latin1').toString('base64') };
    }
  }

  #take(bytes: number): boolean {
    if (bytes > this.#room) this.isFull = true;
    // What comes later and is smaller would leave a hole in the middle.
    if (!this.isFull) this.#room -= bytes;
    return !this.isFull;
  }

  #withoutSecrets(text: string): string {
    const plain = this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
    return plain.replace(KEY_IN_ADDRESS, `$1${HIDDEN}`);
  }
}

/** As it is, in an address, in JSON, and in JSON that stands in JSON. */
function spellingsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  return [secret, encodeURIComponent(secret), inJson, JSON.stringify(inJson).slice(1, -1)];
}
