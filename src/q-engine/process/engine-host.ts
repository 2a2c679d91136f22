import { isAbsolute, relative, resolve } from 'node:path';
import { displayText } from '../console/index.ts';
import { appendLines, appendToFile, closeFile, openFile } from '../files/file-handle.ts';
import { lockFile } from '../files/file-lock.ts';
import {
  appendFile,
  inspectPath,
  type PathContent,
  readFile,
  removePath,
  writeFile,
  writeFileAt,
} from '../files/file-system.ts';
import type { EngineHost } from '../host.ts';
import { parseAddress } from '../server/address.ts';
import type { Connections } from '../server/connections.ts';
import type { HandleTable, OpenHandle } from '../server/handle-table.ts';
import * as make from '../values/make.ts';
import { encodeText } from '../values/text.ts';
import { QError, type Value } from '../values/value.ts';
import type { ProcessClock } from './clock.ts';
import type { Dotz } from './dotz.ts';
import { type InternalTargets, runInternal } from './internals.ts';
import { writeWhole } from './output.ts';
import { displayOptions, type Settings } from './settings.ts';
import { type CommandTargets, runProcessCommand } from './system-commands.ts';

/** What a host is made of. */
export interface HostParts {
  readonly settings: Settings;
  readonly clock: ProcessClock;
  readonly dotz: Dotz;
  readonly handles: HandleTable<OpenHandle>;
  readonly connections: () => Connections;
  readonly commands: Omit<CommandTargets, 'redirect'>;
  readonly internals: Omit<InternalTargets, 'connection'>;
  readonly environment: Record<string, string | undefined>;
  /** Loads a directory; undefined if the path is a script. */
  readonly load: (path: string) => Value | undefined;
  /** The next line of standard input. */
  readonly readLine: () => string;
  /** Clients may not reach the system. */
  readonly restrictClients: boolean;
  /** Clients neither remove files nor open them. */
  readonly blocksWrites: boolean;
}

/** The process as the engine sees it. */
export class ProcessHost implements EngineHost {
  readonly #parts: HostParts;
  readonly #descriptors = { 1: 1, 2: 2 };

  get precision(): number {
    return this.#parts.settings.precision;
  }

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  nowNs(): bigint {
    return this.#parts.clock.nowNs();
  }

  localOffsetNs(utcNs: bigint): bigint {
    return this.#parts.clock.localOffsetNs(utcNs);
  }

  random(): number {
    return Math.random();
  }

  write(stream: 1 | 2, text: string): void {
    writeWhole(this.#descriptors[stream], encodeText(text));
  }

  readLine(): string {
    return this.#parts.readLine();
  }

  format(value: Value): string {
    return displayText(value, displayOptions(this.#parts.settings));
  }

  environment(name: string): string {
    return this.#parts.environment[name] ?? '';
  }

  setEnvironment(name: string, value: string): void {
    this.#parts.environment[name] = value;
  }

  applyHandle(handle: number, message: Value): Value {
    const open = this.#parts.handles.get(Math.abs(handle));
    if (open === undefined)
      throw new QError(`Cannot write to handle ${Math.abs(handle)}. OS reports: Bad file descriptor`);
    if (open.kind === 'file') {
      if (handle > 0) appendToFile(open, message);
      else appendLines(open, message);
      return make.int(handle);
    }
    const connections = this.#parts.connections();
    const isEmpty = message.kind === 'null';
    if (handle > 0) return isEmpty ? connections.receiveAsync(open) : connections.request(open, message);
    if (isEmpty) connections.flush(open);
    else connections.sendAsync(open, message);
    return make.int(handle);
  }

  open(address: Value): number {
    const parsed = parseAddress(address);
    if (parsed.kind === 'process') return this.#parts.connections().connect(parsed);
    this.#refuseClients();
    this.#refuseWrites();
    return this.#parts.handles.add(openFile(parsed.path));
  }

  close(handle: number): void {
    const open = this.#parts.handles.get(handle);
    if (open === undefined) throw new QError('close. OS reports: Bad file descriptor');
    if (open.kind === 'connection') {
      this.#parts.connections().close(open);
      return;
    }
    this.#parts.handles.remove(handle);
    closeFile(open);
  }

  readFile(path: string, offset?: number, length?: number): Uint8Array {
    this.#refuseOutside(path);
    return readFile(path, offset, length);
  }

  writeFile(path: string, bytes: Uint8Array): void {
    this.#refuseOutside(path);
    writeFile(path, bytes);
  }

  writeFileAt(path: string, offset: number, bytes: Uint8Array): void {
    this.#refuseOutside(path);
    writeFileAt(path, offset, bytes);
  }

  lockFile(path: string): () => void {
    this.#refuseOutside(path);
    return lockFile(path);
  }

  appendFile(path: string, bytes: Uint8Array): void {
    this.#refuseOutside(path);
    appendFile(path, bytes);
  }

  removeFile(path: string): void {
    this.#refuseClients();
    this.#refuseWrites();
    removePath(path);
  }

  fullPath(path: string): string {
    return resolve(path);
  }

  inspectPath(path: string): PathContent | undefined {
    return inspectPath(path);
  }

  system(command: string, argument: string): Value | undefined {
    this.#refuseClients();
    if (command === 'l') return this.#parts.load(argument);
    return runProcessCommand(command, argument, {
      ...this.#parts.commands,
      redirect: (stream, descriptor) => {
        this.#descriptors[stream] = descriptor;
      },
    });
  }

  dotz(name: string): Value | undefined {
    return this.#parts.dotz.get(name);
  }

  setDotz(name: string, value: Value | undefined): void {
    this.#parts.dotz.set(name, value);
  }

  internal(code: number, argument: Value): Value | undefined {
    return runInternal(code, argument, {
      ...this.#parts.internals,
      connection: handle => {
        const open = this.#parts.handles.get(handle);
        return open?.kind === 'connection' ? open : undefined;
      },
    });
  }

  exit(code: number): never {
    if (this.#parts.restrictClients && this.#parts.connections().caller !== undefined)
      throw new QError('access');
    return this.#parts.commands.exit(code);
  }

  /** -u: clients stay in the current directory. */
  #refuseOutside(path: string): void {
    const below = relative(process.cwd(), resolve(path));
    if (below.startsWith('..') || isAbsolute(below)) this.#refuseClients();
  }

  /** -b: what changes files is for the process itself. */
  #refuseWrites(): void {
    if (this.#parts.blocksWrites && this.#parts.connections().caller !== undefined)
      throw new QError('noupdate');
  }

  /** -u: what reaches the system beyond the current data is for the process itself. */
  #refuseClients(): void {
    if (this.#parts.restrictClients && this.#parts.connections().caller !== undefined)
      throw new QError('access');
  }
}
