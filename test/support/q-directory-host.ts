/** A host for the q engine whose files are real ones, all of them below one directory. */
import { rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Interpreter } from '../../src/q-engine/evaluator/interpreter.ts';
import { loadDirectory, loadSplayed } from '../../src/q-engine/files/database.ts';
import { appendLines, appendToFile, closeFile, openFile } from '../../src/q-engine/files/file-handle.ts';
import { lockFile } from '../../src/q-engine/files/file-lock.ts';
import * as files from '../../src/q-engine/files/file-system.ts';
import { functionReader } from '../../src/q-engine/files/function-reader.ts';
import { runInternal } from '../../src/q-engine/process/internals.ts';
import { memoryCommand } from '../../src/q-engine/process/memory.ts';
import { parseAddress } from '../../src/q-engine/server/address.ts';
import { HandleTable, type OpenFile } from '../../src/q-engine/server/handle-table.ts';
import * as make from '../../src/q-engine/values/make.ts';
import { QError, type Value } from '../../src/q-engine/values/value.ts';
import { MemoryHost } from './q-engine-host.ts';

/** Paths of q programs, absolute ones too, are looked for below the directory; what leads out of it is an error. */
export class DirectoryHost extends MemoryHost {
  /** Set when the interpreter that this host serves is made. */
  interpreter: Interpreter | undefined;
  readonly #root: string;
  /** As q programs see it. */
  #current = '/';
  readonly #handles = new HandleTable<OpenFile>();

  constructor(root: string) {
    super();
    this.#root = resolve(root);
  }

  override readFile(path: string, offset?: number, length?: number): Uint8Array {
    return this.#withOwnNames(path, () => files.readFile(this.#real(path), offset, length));
  }
  override writeFile(path: string, bytes: Uint8Array): void {
    this.#withOwnNames(path, () => files.writeFile(this.#real(path), bytes));
  }
  override writeFileAt(path: string, offset: number, bytes: Uint8Array): void {
    this.#withOwnNames(path, () => files.writeFileAt(this.#real(path), offset, bytes));
  }
  override lockFile(path = ''): () => void {
    return lockFile(this.#real(path));
  }
  override appendFile(path: string, bytes: Uint8Array): void {
    this.#withOwnNames(path, () => files.appendFile(this.#real(path), bytes));
  }
  override removeFile(path: string): void {
    this.#withOwnNames(path, () => files.removePath(this.#real(path)));
  }
  override inspectPath(path: string): files.PathContent | undefined {
    return files.inspectPath(this.#real(path));
  }
  override open(address?: Value): number {
    const parsed = parseAddress(address!);
    if (parsed.kind === 'process') throw new QError('hop');
    return this.#handles.add(openFile(this.#real(parsed.path)));
  }
  override close(handle = 0): void {
    const open = this.#handles.get(handle);
    if (open === undefined) throw new QError('close. OS reports: Bad file descriptor');
    this.#handles.remove(handle);
    closeFile(open);
  }
  override applyHandle(handle: number, message: Value): Value {
    const open = this.#handles.get(Math.abs(handle));
    if (open === undefined) return super.applyHandle(handle, message);
    if (handle > 0) appendToFile(open, message);
    else appendLines(open, message);
    return make.int(handle);
  }
  override internal(code?: number, argument?: Value): Value | undefined {
    const none = () => {
      throw new QError('domain');
    };
    return runInternal(code!, this.#withRealPath(argument!), {
      functions: functionReader,
      connections: none,
      connection: () => undefined,
      perform: message => this.interpreter?.valueOf(message),
      deferAnswer: none,
    });
  }
  override system(command: string, argument: string): Value | undefined {
    if (command === 'w') return memoryCommand(argument);
    if (command !== 'l') return super.system(command, argument);
    const found = files.inspectPath(this.#real(argument));
    if (found === undefined || !('names' in found) || this.interpreter === undefined) return undefined;
    const name = loadSplayed(argument, this.interpreter);
    if (name !== undefined) return name;
    this.#current = resolve(this.#current, argument);
    return loadDirectory('.', argument === '.', this.interpreter);
  }

  /** Closes what is open and removes the directory. */
  dispose(): void {
    for (const [, open] of this.#handles.entries()) closeFile(open);
    rmSync(this.#root, { recursive: true, force: true });
  }

  #real(path: string): string {
    return join(this.#root, relative('/', resolve(this.#current, path)));
  }

  /** Errors name the path as the program gave it. */
  #withOwnNames<T>(path: string, act: () => T): T {
    try {
      return act();
    } catch (thrown) {
      if (thrown instanceof QError) throw new QError(thrown.message.replace(this.#real(path), path));
      throw thrown;
    }
  }

  #withRealPath(argument: Value): Value {
    if (argument.kind === 'list')
      return { ...argument, items: argument.items.map(item => this.#withRealPath(item)) };
    if (argument.kind !== 'atom' || argument.type !== 11 || !argument.value.startsWith(':')) return argument;
    return make.symbol(`:${this.#real(argument.value.slice(1))}`);
  }
}
