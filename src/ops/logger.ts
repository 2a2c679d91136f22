import { once } from 'node:events';
import { Writable } from 'node:stream';
import winston from 'winston';
import type { Clock } from '../base/clock.ts';
import { EndingError, messageOf } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';
import type { LogFields, Logger, LogLevel } from '../base/logger.ts';
import { RotatingFile } from '../base/rotating-file.ts';
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
export class LogFileError extends EndingError {
  constructor(file: string, cause: unknown) {
    super('LOG_FILE', ExitCode.io, {
      what: `the log file ${file} cannot be written: ${messageOf(cause)}`,
      remedy: 'Give this user the permission, or set logging.file to another place.',
      cause,
    });
  }
}

const LEVELS: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** A terminal, a pipe or a test's stream; colours only where `isTTY`. */
type ErrorStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

type Render = (line: LogLine, wallMs: number) => string;

/**
 * A logger that writes to standard error, and to a file if one is given.
 *
 * @throws LogFileError
 */
export function createLogger(
  options: LoggingOptions,
  { clock, stderr }: { readonly clock: Clock; readonly stderr: ErrorStream },
): ProcessLogger {
  const redaction = new Redaction();
  const forPeople: Render = (line, wallMs) => prettyLine(line, wallMs, Boolean(stderr.isTTY));
  const toStderr = redacted(redaction, options.format === 'json' ? jsonLine : forPeople);
  const sink = winston.createLogger({
    levels: { ...LEVELS },
    level: options.level,
    transports: transportTo(stderr, toStderr),
  });
  let ended = false;
  const repeats = new Repeats(options.repeatWindowMs, clock, line => {
    const wallMs = clock.wallMs();
    // What is said after the end, as by a part that stops late, still reaches standard error.
    if (ended) stderr.write(`${toStderr(line, wallMs)}\n`);
    else sink.log({ level: line.level, message: line.message, line, wallMs });
  });
  const file = options.file === null ? undefined : openFile(options.file, options, repeats);
  if (file) sink.add(transportTo(streamInto(file), redacted(redaction, jsonLine)));
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
      const finished = sink.transports.map(transport => once(transport, 'finish'));
      sink.end();
      ended = true;
      await Promise.all(finished);
      await file?.close();
      repeats.flush();
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

/** Secrets go before, because rendering may escape one beyond recognition, and after, to be sure. */
function redacted(redaction: Redaction, render: Render): Render {
  return (line, wallMs) => redaction.apply(render(redaction.applyTo(line), wallMs));
}

type Entry = winston.Logform.TransformableInfo & { readonly line: LogLine; readonly wallMs: number };

function transportTo(stream: NodeJS.WritableStream, render: Render): winston.transport {
  const format = winston.format.printf(entry => {
    const { line, wallMs } = entry as Entry;
    return render(line, wallMs);
  });
  return new winston.transports.Stream({ stream, eol: '\n', format });
}

/** The file takes everything at once, so that a slow disk never holds up standard error. */
function streamInto(file: RotatingFile): Writable {
  return new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      file.write(line);
      done();
    },
  });
}

function openFile(file: string, { maxFileBytes, maxFiles }: LoggingOptions, repeats: Repeats): RotatingFile {
  try {
    return new RotatingFile(
      { file, maxFileBytes, maxFiles },
      {
        failed: error =>
          repeats.log({ level: 'error', message: new LogFileError(file, error).message, fields: {} }),
        recovered: lostLines =>
          repeats.log({ level: 'error', message: `the log file ${file} lacks lines`, fields: { lostLines } }),
      },
    );
  } catch (error) {
    throw new LogFileError(file, error);
  }
}
