export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Values beside a message. Secrets never go in here. */
export type LogFields = Readonly<Record<string, string | number | bigint | boolean | undefined>>;

/** Where the program says what it does. `ops/` binds it to winston; tests record it. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger;
}

export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
