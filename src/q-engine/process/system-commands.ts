import { execSync } from 'node:child_process';
import { mkdirSync, openSync, renameSync } from 'node:fs';
import { fileError } from '../files/file-error.ts';
import { parseListenAddress } from '../server/address.ts';
import type { Connections } from '../server/connections.ts';
import * as make from '../values/make.ts';
import { decodeText } from '../values/text.ts';
import { NULL, QError, type Value } from '../values/value.ts';
import { offsetMinutes, type ProcessClock } from './clock.ts';
import { memoryCommand } from './memory.ts';
import { clampPrecision, clampSize, type Settings } from './settings.ts';
import type { Timer } from './timer.ts';

/** What the commands set and show. */
export interface CommandTargets {
  readonly settings: Settings;
  readonly clock: ProcessClock;
  readonly timer: Timer;
  readonly connections: () => Connections;
  /** Sends standard output (1) or standard error (2) to another descriptor. */
  readonly redirect: (stream: 1 | 2, descriptor: number) => void;
  /** -b */
  readonly blocksWrites: boolean;
  readonly exit: (code: number) => never;
  /** Reads the password file again. */
  readonly reloadPasswords: () => void;
}

/** The longest output of a shell command, and the longest period of a timer. */
const MAX_SHELL_OUTPUT_BYTES = 64 * 1024 * 1024;
const MAX_TIMER_MS = 0x7fffffff;
const NULL_INT_VALUE = make.int(-0x80000000);

/** Runs a system command of the process, by its letters and argument; what is none goes to the shell. */
export function runProcessCommand(command: string, argument: string, targets: CommandTargets): Value {
  const { settings, clock, timer } = targets;
  switch (command) {
    case '\\':
      return targets.exit(0);
    case '_':
      if (argument !== '') throw new QError(`nyi \\${command}`);
      return make.boolean(targets.blocksWrites);
    case 'c':
      return consoleSize(argument, settings);
    case 'cd':
      return changeDirectory(argument);
    case 'e':
      if (argument === '') return make.int(settings.errorTraps);
      settings.errorTraps = integer(argument);
      return NULL;
    case 'g':
    case 's':
      if (argument === '') return make.int(0);
      throw new QError(`nyi \\${command}`);
    case 'o':
      if (argument === '')
        return clock.offsetMinutes === undefined
          ? NULL_INT_VALUE
          : make.int(shownOffset(clock.offsetMinutes));
      clock.offsetMinutes = argument === '0N' ? undefined : offsetMinutes(integer(argument));
      return NULL;
    case 'p':
      return port(argument, targets.connections());
    case 'P':
      if (argument === '') return make.int(settings.precision);
      settings.precision = clampPrecision(integer(argument));
      return NULL;
    case 'r':
      return rename(argument);
    case 't':
      if (argument === '') return make.int(timer.periodMs);
      timer.periodMs = Math.min(Math.max(integer(argument), 0), MAX_TIMER_MS);
      return NULL;
    case 'T':
      if (argument === '') return make.int(settings.limitSeconds);
      settings.limitSeconds = Math.max(integer(argument), 0);
      return NULL;
    case 'u':
      targets.reloadPasswords();
      return NULL;
    case 'w':
      return memoryCommand(argument);
    case '1':
    case '2':
      targets.redirect(
        command === '1' ? 1 : 2,
        fileError(argument, () => openSync(argument, 'a')),
      );
      return NULL;
    default:
      return shell(argument === '' ? command : `${command} ${argument}`);
  }
}

function consoleSize(argument: string, settings: Settings): Value {
  if (argument === '') return make.ints(Int32Array.of(settings.rows, settings.columns));
  const [rows, columns] = argument.trim().split(/\s+/).map(integer);
  if (rows === undefined || columns === undefined) throw new QError('type');
  settings.rows = clampSize(rows);
  settings.columns = clampSize(columns);
  return NULL;
}

function changeDirectory(argument: string): Value {
  if (argument === '') return make.string(process.cwd());
  fileError(argument, () => {
    mkdirSync(argument, { recursive: true });
    process.chdir(argument);
  });
  return NULL;
}

function port(argument: string, connections: Connections): Value {
  if (argument === '') return make.int(connections.port);
  if (argument === '0') {
    connections.stopListening();
    return NULL;
  }
  const address = parseListenAddress(argument);
  if (address === undefined) throw new QError('type');
  connections.listen(address);
  return NULL;
}

function rename(argument: string): Value {
  const [from, to] = argument.trim().split(/\s+/);
  if (from === undefined || to === undefined) throw new QError('type');
  fileError(from, () => renameSync(from, to));
  return NULL;
}

/** The lines that a command of the operating system prints. */
function shell(line: string): Value {
  let output: Buffer;
  try {
    output = execSync(line, { stdio: ['inherit', 'pipe', 'inherit'], maxBuffer: MAX_SHELL_OUTPUT_BYTES });
  } catch {
    throw new QError('os');
  }
  const lines = decodeText(output).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return make.list(lines.map(make.string));
}

function shownOffset(minutes: number): number {
  return minutes % 60 === 0 && Math.abs(minutes) <= 23 * 60 ? minutes / 60 : minutes;
}

function integer(text: string): number {
  if (!/^-?\d{1,10}$/.test(text.trim())) throw new QError('type');
  return Number(text);
}
