import type { LogLevel } from '../base/logger.ts';
import { printable } from '../base/printable.ts';
import type { LogLine } from './repeats.ts';

/** What stands before the fields of a line in JSON. */
const OWN_NAMES = ['time', 'level', 'message'];

/** A line as one JSON object; a field that has the name of a part of the line gets an underscore behind it. */
export function jsonLine({ level, message, fields }: LogLine, wallMs: number): string {
  const line: Record<string, unknown> = { time: new Date(wallMs).toISOString(), level, message };
  for (const [name, value] of Object.entries(fields)) {
    line[OWN_NAMES.includes(name) ? `${name}_` : name] = typeof value === 'bigint' ? String(value) : value;
  }
  return JSON.stringify(line);
}

const COLOURS: Readonly<Record<LogLevel, string>> = {
  debug: '\u001b[2m',
  info: '',
  warn: '\u001b[33m',
  error: '\u001b[31m',
};

/** A line for people: `2026-10-02 14:00:00.000Z warn  message  name=value`, on one line whatever is in it. */
export function prettyLine({ level, message, fields }: LogLine, wallMs: number, coloured: boolean): string {
  const time = new Date(wallMs).toISOString().replace('T', ' ');
  const values = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${fieldText(String(value))}`);
  const text = `${level.padEnd(5)} ${printable(message)}${values.length > 0 ? ' ' : ''}${values.join('')}`;
  const colour = coloured ? COLOURS[level] : '';
  return `${time} ${colour ? `${colour}${text}\u001b[0m` : text}`;
}

function fieldText(value: string): string {
  return /^[^\s"=]+$/.test(value) ? printable(value) : JSON.stringify(value);
}
