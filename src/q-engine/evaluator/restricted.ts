/** reval: evaluation that may read, but change no global, file or setting of the process. */
import { isAbsolute, relative } from 'node:path';
import type { EngineHost } from '../host.ts';
import { parseAddress } from '../server/address.ts';
import { int } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { evaluateTree } from './eval-tree.ts';
import type { Interpreter } from './interpreter.ts';

/** The settings that can be asked for. */
const QUESTIONS = new Set([...'bcCegopPsStTwWz', 'cd']);

/** Evaluates a parse tree as under the options -b and -u 1. */
export function evaluateRestricted(tree: Value, interpreter: Interpreter): Value {
  const { host, globals } = interpreter;
  const wasLocked = globals.locked;
  globals.locked = true;
  interpreter.host = new RestrictedHost(host);
  try {
    return evaluateTree(tree, interpreter);
  } finally {
    globals.locked = wasLocked;
    interpreter.host = host;
  }
}

function refuseUpdate(): never {
  throw new QError('noupdate');
}

function refuseAccess(what = ''): never {
  throw new QError(what === '' ? 'access' : `access: ${what}`);
}

/** A host that answers, but is not changed. */
class RestrictedHost implements EngineHost {
  readonly #host: EngineHost;

  constructor(host: EngineHost) {
    this.#host = host;
  }

  get precision(): number {
    return this.#host.precision;
  }

  nowNs(): bigint {
    return this.#host.nowNs();
  }

  localOffsetNs(utcNs: bigint): bigint {
    return this.#host.localOffsetNs(utcNs);
  }

  random(): number {
    return this.#host.random();
  }

  write(stream: 1 | 2, text: string): void {
    this.#host.write(stream, text);
  }

  readLine(): string {
    return refuseAccess();
  }

  format(value: Value): string {
    return this.#host.format(value);
  }

  environment(name: string): string {
    return this.#host.environment(name);
  }

  setEnvironment(): void {
    refuseUpdate();
  }

  /** Connections only: nothing is written to a file. -38! knows no other handles. */
  applyHandle(handle: number, message: Value): Value {
    this.#host.internal(-38, int(Math.abs(handle)));
    return this.#host.applyHandle(handle, message);
  }

  open(address: Value): number {
    const parsed = parseAddress(address);
    if (parsed.kind !== 'process') refuseAccess(parsed.path);
    return this.#host.open(address);
  }

  close(handle: number): void {
    this.#host.close(handle);
  }

  readFile(path: string, offset?: number, length?: number): Uint8Array {
    const below = relative(this.#host.fullPath('.'), this.#host.fullPath(path));
    if (below.startsWith('..') || isAbsolute(below)) refuseAccess(path);
    return this.#host.readFile(path, offset, length);
  }

  writeFile(): void {
    refuseUpdate();
  }

  writeFileAt(): void {
    refuseUpdate();
  }

  appendFile(): void {
    refuseUpdate();
  }

  lockFile(): () => void {
    return refuseUpdate();
  }

  removeFile(): void {
    refuseUpdate();
  }

  fullPath(path: string): string {
    return this.#host.fullPath(path);
  }

  inspectPath(path: string): ReturnType<EngineHost['inspectPath']> {
    return this.#host.inspectPath(path);
  }

  system(command: string, argument: string): Value | undefined {
    if (argument !== '' || !QUESTIONS.has(command)) refuseAccess();
    return this.#host.system(command, argument);
  }

  dotz(name: string): Value | undefined {
    return this.#host.dotz(name);
  }

  setDotz(): void {
    refuseUpdate();
  }

  internal(code: number, argument: Value): Value | undefined {
    return this.#host.internal(code, argument);
  }

  exit(): never {
    return refuseAccess();
  }
}
