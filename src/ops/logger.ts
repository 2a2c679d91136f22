import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import winston from 'winston';
import type { Clock } from '../base/clock.ts';
import { MassiveKdbError, messageOf } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';
import type { LogFields, Logger, LogLevel } from '../base/logger.ts';
import { jsonLine, prettyLine } from './log-line.ts';
import { type Hidden, Redaction } from './redaction.ts';
import { type LogLine, Repeats } from './repeats.ts';

/** How a process logs; the section `logging` of the configuration. */
export interface LoggingOptions {
  readonly level: LogLevel;
  readonly format: 'pretty' | 'json';
  /** A second place for the lines, as JSON, rotated; null for none. */
  readonly file: string | null;
  readonly maxFileBytes: number;
  readonly maxFiles: number;
  readonly repeatWindowMs: number;
}

/** The logger of a process. Its children share everything but their fields. */
export interface ProcessLogger extends Logger {
  setLevel(level: LogLevel): void;
  /** From now on this value is `[secret]` in every line. */
  hide(secret: Hidden): void;
  /** Writes what is left, repeats included, and resolves when the file has it. */
  close(): Promise<void>;
}

/** The log file cannot be written. */
export class LogFileError extends MassiveKdbError {
  readonly exitCode = ExitCode.io;

  constructor(file: string, cause: unknown) {
    super('LOG_FILE', {
      what: `the log file ${file} cannot be written: ${messageOf(cause)}`,
      remedy: 'Give this user the permission, or set logging.file to another place.',
      cause,
    });
  }
}

const LEVELS: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/**
 * A logger that writes to standard error, and to a file if one is given.
 *
 * @throws LogFileError
 */
export function createLogger(
  options: LoggingOptions,
  {
    clock,
    stderr,
  }: { readonly clock: Clock; readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean } },
): ProcessLogger {
  const redaction = new Redaction();
  const transports = [
    stderrTransport(options, redaction, stderr),
    ...(options.file === null ? [] : [fileTransport(options.file, options, redaction)]),
  ];
  const sink = winston.createLogger({ levels: { ...LEVELS }, level: options.level, transports });
  const repeats = new Repeats(options.repeatWindowMs, clock, line => {
    sink.log({ level: line.level, message: line.message, line, wallMs: clock.wallMs() });
  });
  for (const transport of transports) {
    // The file's disk has failed: say so once, and go on without it.
    transport.once('error', error => {
      sink.remove(transport);
      if (options.file !== null) repeats.log(lostFile(options.file, error));
    });
  }
  const isShown = (level: LogLevel) => LEVELS[level] <= LEVELS[sink.level as LogLevel];
  const log = (line: LogLine) => {
    if (isShown(line.level)) repeats.log(line);
  };
  return {
    ...boundLogger(log, {}),
    setLevel(level) {
      sink.level = level;
    },
    hide: secret => redaction.hide(secret),
    async close() {
      repeats.flush();
      const finished = transports.map(
        transport => new Promise(resolve => transport.once('finish', resolve).once('error', resolve)),
      );
      sink.end();
      await Promise.all(finished);
    },
  };
}

function boundLogger(log: (line: LogLine) => void, own: LogFields): Logger {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) =>
    log({ level, message, fields: { ...own, ...fields } });
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: fields => boundLogger(log, { ...own, ...fields }),
  };
}

type Entry = winston.Logform.TransformableInfo & { readonly line: LogLine; readonly wallMs: number };

function rendered(
  redaction: Redaction,
  render: (line: LogLine, wallMs: number) => string,
): winston.Logform.Format {
  return winston.format.printf(entry => {
    const { line, wallMs } = entry as Entry;
    // Before, because rendering may escape a secret beyond recognition; after, to be sure.
    return redaction.apply(render(redaction.applyTo(line), wallMs));
  });
}

function stderrTransport(
  { format }: LoggingOptions,
  redaction: Redaction,
  stderr: NodeJS.WritableStream & { readonly isTTY?: boolean },
): winston.transport {
  const render =
    format === 'json'
      ? jsonLine
      : (line: LogLine, wallMs: number) => prettyLine(line, wallMs, Boolean(stderr.isTTY));
  return new winston.transports.Stream({ stream: stderr, eol: '\n', format: rendered(redaction, render) });
}

function fileTransport(
  file: string,
  { maxFileBytes, maxFiles }: LoggingOptions,
  redaction: Redaction,
): winston.transport {
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, 'a'));
  } catch (error) {
    throw new LogFileError(file, error);
  }
  return new winston.transports.File({
    filename: file,
    maxsize: maxFileBytes,
    maxFiles,
    tailable: true,
    eol: '\n',
    format: rendered(redaction, jsonLine),
  });
}

function lostFile(file: string, error: Error): LogLine {
  return {
    level: 'error',
    message: `${new LogFileError(file, error).message} Lines go to standard error only`,
    fields: {},
  };
}
