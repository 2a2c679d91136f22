/** A host for the q engine with everything in memory: manual clock, files in a map, output collected. */
import { displayText } from '../../src/q-engine/console/index.ts';
import type { EngineHost } from '../../src/q-engine/engine.ts';
import { numberAtom } from '../../src/q-engine/values/make.ts';
import type { Value } from '../../src/q-engine/values/value.ts';
import { NULL, QError } from '../../src/q-engine/values/value.ts';

export class MemoryHost implements EngineHost {
  output = '';
  precision = 7;
  columns = 80;
  time = 0n;
  readonly files = new Map<string, Uint8Array>();
  readonly sent: { handle: number; message: Value }[] = [];
  readonly dotzValues = new Map<string, Value>([
    ['.z.w', numberAtom(6, 0)],
    ['.z.K', numberAtom(9, 4)],
    ['.z.k', numberAtom(14, 7580)],
  ]);
  readonly #environment = new Map<string, string>();
  #seed = 42;

  nowNs(): bigint {
    return this.time;
  }
  localOffsetNs(): bigint {
    return 0n;
  }
  random(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0;
    return this.#seed / 2 ** 32;
  }
  write(_stream: 1 | 2, text: string): void {
    this.output += text;
  }
  /** Nothing is typed. */
  readLine(): string {
    return '';
  }
  format(value: Value): string {
    return displayText(value, { precision: this.precision, rows: 25, columns: this.columns });
  }
  environment(name: string): string {
    return this.#environment.get(name) ?? '';
  }
  setEnvironment(name: string, value: string): void {
    this.#environment.set(name, value);
  }
  applyHandle(handle: number, message: Value): Value {
    this.sent.push({ handle, message });
    return message;
  }
  open(): number {
    throw new QError('hop');
  }
  close(): void {}
  readFile(path: string, offset = 0, length = Number.POSITIVE_INFINITY): Uint8Array {
    const bytes = this.files.get(path);
    if (bytes === undefined) throw new QError(path);
    return bytes.subarray(offset, offset + length);
  }
  writeFileAt(path: string, offset: number, bytes: Uint8Array): void {
    const old = this.readFile(path);
    const written = new Uint8Array(Math.max(old.length, offset + bytes.length));
    written.set(old);
    written.set(bytes, offset);
    this.files.set(path, written);
  }
  lockFile(): () => void {
    return () => {};
  }
  fullPath(path: string): string {
    return `/${path}`;
  }
  writeFile(path: string, bytes: Uint8Array): void {
    this.files.set(path, bytes);
  }
  appendFile(path: string, bytes: Uint8Array): void {
    this.files.set(path, Uint8Array.from([...(this.files.get(path) ?? []), ...bytes]));
  }
  removeFile(path: string): void {
    this.files.delete(path);
  }
  inspectPath(path: string): ReturnType<EngineHost['inspectPath']> {
    const bytes = this.files.get(path);
    return bytes === undefined ? undefined : { size: bytes.length };
  }
  serialize(): Uint8Array {
    throw new QError('nyi');
  }
  deserialize(): Value {
    throw new QError('nyi');
  }
  system(command: string, argument: string): Value | undefined {
    if (command === 'P' && argument !== '') {
      this.precision = Number(argument);
      return NULL;
    }
    return command === 't' || command === 'p' ? numberAtom(6, 0) : undefined;
  }
  dotz(name: string): Value | undefined {
    return this.dotzValues.get(name);
  }
  setDotz(name: string, value: Value | undefined): void {
    if (value === undefined) this.dotzValues.delete(name);
    else this.dotzValues.set(name, value);
  }
  internal(_code: number, _argument: Value): Value | undefined {
    return undefined;
  }
  exit(code: number): never {
    throw new QError(`exit ${code}`);
  }
}
