import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { backtraceText, framesOf } from '../console/backtrace.ts';
import { Engine } from '../engine.ts';
import { loadDirectory, loadSplayed } from '../files/database.ts';
import { fileError } from '../files/file-error.ts';
import { inspectPath, readFile } from '../files/file-system.ts';
import { functionReader } from '../files/function-reader.ts';
import { isValueFile } from '../files/object-file.ts';
import { readPath } from '../files/path-values.ts';
import { Connections } from '../server/connections.ts';
import { HandleTable, type OpenHandle } from '../server/handle-table.ts';
import { PasswordFile } from '../server/password-file.ts';
import { BYTES_PER_MEGABYTE, limitWorkspace } from '../values/limits.ts';
import { encodeText } from '../values/text.ts';
import { NULL, type Value } from '../values/value.ts';
import { Callbacks } from './callbacks.ts';
import { offsetMinutes, ProcessClock } from './clock.ts';
import type { CommandLine } from './command-line.ts';
import { ConsoleInput } from './console-input.ts';
import { Dotz } from './dotz.ts';
import { ProcessHost } from './engine-host.ts';
import { asQError } from './errors.ts';
import { writeWhole } from './output.ts';
import { clampPrecision, clampSize, defaultSettings, type Settings } from './settings.ts';
import { withDefaultSignals } from './signals.ts';
import { Timer } from './timer.ts';
import { zoneOf } from './zone.ts';

/** What the process takes from outside of itself. */
export interface QProcessOptions {
  readonly line: CommandLine;
  /** The arguments as they were given, the command's own name first. */
  readonly rawLine: readonly string[];
  readonly environment: Record<string, string | undefined>;
}

/** The calls that load a script, below those of its lines. */
const LOADING_FRAMES = 2;
/** Exit codes: a script that failed, and the signals that shells count from 128. */
const SCRIPT_FAILED = 1;
const WORKSPACE_PASSED = 1;
/** How long what was sent may take to leave when the process ends. */
const SHUT_DOWN_LIMIT_MS = 1000;

/** A q process: the engine with its clock, console, files, connections and timer. */
export class QProcess {
  readonly #line: CommandLine;
  readonly #settings: Settings;
  readonly #clock: ProcessClock;
  readonly #dotz: Dotz;
  readonly #handles = new HandleTable<OpenHandle>();
  readonly #input = new ConsoleInput();
  readonly #callbacks: Callbacks;
  readonly #timer: Timer;
  readonly #engine: Engine;
  readonly #host: ProcessHost;
  #connections: Connections | undefined;
  #passwords: PasswordFile | undefined;
  #exiting = false;

  /** Starts the process: sockets, script, timer, console. Does not return before the script has run. */
  static async start(options: QProcessOptions): Promise<QProcess> {
    const q = new QProcess(options);
    await q.#run();
    return q;
  }

  private constructor({ line, rawLine, environment }: QProcessOptions) {
    this.#line = line;
    this.#settings = defaultSettings(environment);
    this.#clock = new ProcessClock(zoneOf(environment['TZ']));
    this.#dotz = new Dotz(line, rawLine, () => this.#connections);
    this.#timer = new Timer(() => this.#callbacks.tick(this.#clock.nowNs()));
    this.#callbacks = new Callbacks({
      engine: () => this.#engine,
      dotz: this.#dotz,
      settings: this.#settings,
      passwords: () => this.#passwords,
      blocksWrites: line.blocksWrites,
      report: text => this.#report(text),
    });
    this.#host = new ProcessHost({
      settings: this.#settings,
      clock: this.#clock,
      dotz: this.#dotz,
      handles: this.#handles,
      connections: () => this.#connections!,
      environment,
      readLine: () => this.#input.readLine(),
      restrictClients: line.restrictClients,
      blocksWrites: line.blocksWrites,
      load: path => this.#load(path),
      commands: {
        settings: this.#settings,
        clock: this.#clock,
        timer: this.#timer,
        connections: () => this.#connections!,
        blocksWrites: line.blocksWrites,
        exit: code => this.exit(code),
        reloadPasswords: () => this.#loadPasswords(),
      },
      internals: {
        functions: functionReader,
        connections: () => this.#connections!,
        perform: message => this.#callbacks.replay(message),
        deferAnswer: () => this.#callbacks.deferAnswer(),
      },
    });
    this.#engine = new Engine(this.#host);
    this.#applyOptions();
  }

  /** Runs .z.exit, lets what was sent leave, and ends the process. */
  exit(code: number): never {
    if (!this.#exiting) {
      this.#exiting = true;
      this.#callbacks.exiting(code);
      this.#connections?.shutDown(SHUT_DOWN_LIMIT_MS);
    }
    process.exit(code);
  }

  async #run(): Promise<void> {
    this.#connections = await Connections.start({
      handles: this.#handles,
      handlers: this.#callbacks,
      functions: functionReader,
      whileBlocking: withDefaultSignals,
      toError: thrown => asQError(thrown, text => this.#report(text)),
      log: text => this.#report(text),
    });
    for (const option of this.#line.withoutEffect) this.#report(`${option} has no effect in this engine`);
    const isReady = this.#attempt(() => {
      this.#loadPasswords();
      this.#listen();
    });
    if (!isReady) this.exit(SCRIPT_FAILED);
    const { file } = this.#line;
    const isLoaded = file === undefined || this.#loadScript(file);
    if (this.#line.timerMs > 0) this.#timer.periodMs = this.#line.timerMs;
    if (!isLoaded && process.stdin.isTTY !== true) this.exit(SCRIPT_FAILED);
    this.#startConsole();
    process.on('beforeExit', () => this.exit(0));
  }

  #applyOptions(): void {
    const { precision, consoleSize, limitSeconds, utcOffset, workspaceMegabytes } = this.#line;
    this.#settings.limitSeconds = limitSeconds;
    if (workspaceMegabytes > 0)
      limitWorkspace(workspaceMegabytes * BYTES_PER_MEGABYTE, () => this.#abortWorkspace());
    if (precision !== undefined) this.#settings.precision = clampPrecision(precision);
    if (utcOffset !== undefined) this.#clock.offsetMinutes = offsetMinutes(utcOffset);
    if (consoleSize === undefined) return;
    this.#settings.rows = clampSize(consoleSize.rows);
    this.#settings.columns = clampSize(consoleSize.columns);
  }

  /** As kdb+ ends where the limit of its memory is passed: no handler runs, for it might need memory, too. */
  #abortWorkspace(): never {
    this.#report('-w abort');
    process.exit(WORKSPACE_PASSED);
  }

  #loadPasswords(): void {
    const path = this.#line.passwordFile;
    if (path !== undefined)
      this.#passwords = new PasswordFile(fileError(path, () => readFileSync(path, 'utf8')));
  }

  #listen(): void {
    const { listen } = this.#line;
    if (listen === undefined) return;
    this.#connections!.listen(listen);
    if (listen.ports.includes(0)) this.#host.write(1, `listening on port ${this.#connections!.port}\n`);
  }

  /** Loads the file of the command line; false if it ended in an error, which is shown. */
  #loadScript(file: string): boolean {
    const isShownWhole = process.stdin.isTTY !== true;
    return this.#attempt(() => {
      this.#engine.evaluateLine(`\\l ${scriptPath(file)}`);
    }, isShownWhole);
  }

  /** \\l of a directory, which becomes the current one, or of a file that holds a value; undefined for a script. */
  #load(path: string): Value | undefined {
    const found = inspectPath(path);
    if (found === undefined) return undefined;
    if ('names' in found) {
      const name = loadSplayed(path, this.#engine.interpreter);
      if (name !== undefined) return name;
      fileError(path, () => process.chdir(path));
      return loadDirectory('.', path === '.', this.#engine.interpreter);
    }
    if (/\.[qk]$/.test(path) || !isValueFile(readFile(path, 0, 2))) return undefined;
    this.#engine.setGlobal(basename(path), readPath(path, this.#engine.interpreter));
    return NULL;
  }

  #startConsole(): void {
    this.#input.start({
      prompt: () => (this.#line.quiet ? undefined : `q${this.#engine.namespace})`),
      evaluate: text => this.#evaluateLine(text),
      ended: () => {
        if (process.stdin.isTTY === true) this.exit(0);
      },
    });
  }

  #evaluateLine(text: string): void {
    if (text.trim() === '' || text.startsWith('/')) return;
    this.#attempt(() => {
      const { value, shown } = this.#engine.evaluateLine(text);
      if (shown) this.#host.write(1, this.#host.format(value));
    });
  }

  /** Whether it went well; an error is shown with the place where it happened, and those that led there if wanted. */
  #attempt(act: () => void, isShownWhole = false): boolean {
    try {
      act();
      return true;
    } catch (thrown) {
      const error = asQError(thrown, line => this.#report(line));
      this.#report(`'${error.message}`);
      const frames = framesOf(error.calls ?? []);
      const shown = isShownWhole ? frames.filter(({ index }) => index >= LOADING_FRAMES) : [];
      const text = backtraceText(shown.length > 0 ? shown : frames.slice(0, 1));
      if (text !== '') this.#report(text.trimEnd());
      return false;
    }
  }

  #report(text: string): void {
    writeWhole(2, encodeText(`${text}\n`));
  }
}

/** The file that a name on the command line stands for: itself, or with the ending .q. */
function scriptPath(file: string): string {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) return file;
  const withEnding = `${file}.q`;
  return statSync(withEnding, { throwIfNoEntry: false }) === undefined ? file : withEnding;
}
