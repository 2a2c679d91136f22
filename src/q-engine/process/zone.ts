/** Seconds to add to UTC at a time, given as milliseconds since 1970. */
export type ZoneOffset = (unixMs: number) => number;

/**
 * The zone of the environment variable TZ. Names such as America/New_York are the runtime's; POSIX rules such as
 * `XCT-1XDT,M3.2.0/9,M11.1.0/9`, which the runtime does not know, are read here.
 */
export function zoneOf(text: string | undefined): ZoneOffset {
  const rule = text === undefined ? undefined : parsePosixZone(text.replace(/^:/, ''));
  return rule ?? (unixMs => -new Date(unixMs).getTimezoneOffset() * 60);
}

/** A day and time of the year at which the clock changes. */
interface Change {
  readonly month: number;
  /** 1 to 5, where 5 is the last. */
  readonly week: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** After the local midnight of that day. */
  readonly seconds: number;
}

const NAME = '(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)';
const OFFSET = '([+-]?\\d{1,2}(?::\\d{2}){0,2})';
const CHANGE = '(M\\d{1,2}\\.\\d\\.\\d(?:/-?\\d{1,3}(?::\\d{2}){0,2})?)';
const POSIX_ZONE = new RegExp(`^${NAME}${OFFSET}(?:${NAME}${OFFSET}?(?:,${CHANGE},${CHANGE})?)?$`);
/** The United States' rules, which POSIX gives to a zone that names none. */
const DEFAULT_CHANGES = ['M3.2.0', 'M11.1.0'] as const;
const DEFAULT_CHANGE_SECONDS = 2 * 3600;

function parsePosixZone(text: string): ZoneOffset | undefined {
  const match = POSIX_ZONE.exec(text);
  if (match === null) return undefined;
  const standard = -secondsOf(match[1]!);
  const hasSummer = new RegExp(`^${NAME}${OFFSET}${NAME}`).test(text);
  if (!hasSummer) return () => standard;
  const summer = match[2] === undefined ? standard + 3600 : -secondsOf(match[2]);
  const begin = parseChange(match[3] ?? DEFAULT_CHANGES[0]);
  const end = parseChange(match[4] ?? DEFAULT_CHANGES[1]);
  return unixMs => {
    const year = new Date(unixMs + standard * 1000).getUTCFullYear();
    const from = changeMs(begin, year) - standard * 1000;
    const to = changeMs(end, year) - summer * 1000;
    const isSummer = from < to ? unixMs >= from && unixMs < to : unixMs >= from || unixMs < to;
    return isSummer ? summer : standard;
  };
}

function parseChange(text: string): Change {
  const [date, time] = text.split('/');
  const [month, week, weekday] = date!.slice(1).split('.').map(Number) as [number, number, number];
  return { month, week, weekday, seconds: time === undefined ? DEFAULT_CHANGE_SECONDS : secondsOf(time) };
}

/** Hours, minutes and seconds with a sign. */
function secondsOf(text: string): number {
  const negative = text.startsWith('-');
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  const total = hours * 3600 + minutes * 60 + seconds;
  return negative ? -total : total;
}

/** The change of a year as if local time were UTC. */
function changeMs({ month, week, weekday, seconds }: Change, year: number): number {
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  let day = 1 + ((weekday - first + 7) % 7) + (week - 1) * 7;
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (day > days) day -= 7;
  return Date.UTC(year, month - 1, day) + seconds * 1000;
}
