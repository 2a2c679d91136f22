import { type Difference, profileDifferences } from './difference.ts';
import { ObjectProfile, type Seen } from './profile.ts';
import { type AnswersProfile, answersProfiles } from './recorded-answers.ts';
import { datasetOf, type FileProfile, fileProfile } from './recorded-file.ts';
import { type StreamProfile, scannedFields, streamProfile } from './recorded-stream.ts';
import { type Recording, readHead } from './recording.ts';

/** What a recording has, and how it differs from what is expected. */
export interface VerifyReport {
  readonly market: string;
  readonly directory: string;
  readonly frames: number;
  readonly events: Readonly<Record<string, number>>;
  readonly answers: number;
  readonly files: number;
  /** From the end of a window to the receipt of its event, the plan's delay included; null without bars. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  /** Events of windows that newer ones had followed: corrections and late bars. */
  readonly lateEvents: number;
  readonly differences: readonly Difference[];
  /** What is not in the recording, and why. */
  readonly missing: readonly string[];
}

/** Longer than that after its window, beyond the plan's delay, no bar comes. */
const MOST_DELAY_MS = 60_000;
/** And no clock that is right shows it before its window has ended. */
const LEAST_DELAY_MS = -2_000;
const ENOUGH_DELAYS = 20;

/** Present or not as the answer needs them. */
const CHANGING = ['results', 'next_url', 'next', 'count', 'resultsCount', 'queryCount'];

/**
 * Compares a recording with one of the same market that is as everything should be, field by field, and with what the
 * scanner and the readers of REST and of flat files take. Throws RecordingError.
 */
export async function verifyRecording(recorded: Recording, expected: Recording): Promise<VerifyReport> {
  const { market, delayMs, missing } = recorded.info;
  const stream = streamProfile(recorded.stream, market);
  const answers = answersProfiles(recorded.answers, market);
  const delays = stream.delaysMs;
  return {
    market,
    directory: recorded.directory,
    frames: stream.frames,
    events: Object.fromEntries([...stream.events].map(([name, { objects }]) => [name, objects])),
    answers: recorded.answers.length,
    files: recorded.info.files.length,
    delayMs:
      delays.length === 0
        ? null
        : { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99), max: Math.round(delays.at(-1)!) },
    lateEvents: stream.late,
    differences: [
      ...streamDifferences(stream, streamProfile(expected.stream, market), recorded),
      ...delayDifferences(delays, delayMs),
      ...answerDifferences(answers, answersProfiles(expected.answers, market)),
      ...(await fileDifferences(recorded, expected)),
    ],
    missing,
  };
}

function streamDifferences(
  recorded: StreamProfile,
  expected: StreamProfile,
  { info: { market } }: Recording,
): Difference[] {
  const part = 'stream';
  const events = [...recorded.events].flatMap(([where, profile]) => {
    const read = scannedFields(market, where);
    return read
      ? profileDifferences(profile, expected.events.get(where) ?? new ObjectProfile(), {
          part,
          where,
          read,
        })
      : [];
  });
  const rejected = [...recorded.rejected].map(([reason, seen]) => ({
    ...{ part, where: 'events', field: null, kind: 'rejected', severity: 'misread', ...seen },
    text: `the scanner rejects: ${reason}`,
  }));
  const statuses = [...recorded.statuses]
    .filter(([text]) => !expected.statuses.has(text))
    .map(([text, seen]) => ({
      ...{ part, where: 'status', field: null, kind: 'status', ...seen },
      severity: recorded.meaningless.has(text) ? 'misread' : 'tolerated',
      text: `status "${text}" is not among those that are expected`,
    }));
  return [...events, ...rejected, ...statuses] as Difference[];
}

function delayDifferences(delaysMs: readonly number[], planMs: number): Difference[] {
  if (delaysMs.length < ENOUGH_DELAYS) return [];
  const median = quantile(delaysMs, 0.5);
  const beyond = median - planMs;
  if (beyond >= LEAST_DELAY_MS && beyond <= MOST_DELAY_MS) return [];
  const text =
    beyond < LEAST_DELAY_MS
      ? `bars come ${-median} ms before their window has ended: one of the clocks is wrong, or its unit`
      : `half of the bars come later than ${median} ms after their window, expected ${planMs} ms by the plan: is it a delayed one?`;
  return [
    {
      ...{ part: 'stream', where: 'events', field: 'e', kind: 'delay', severity: 'tolerated', text },
      count: delaysMs.length,
      example: `p50 ${median} ms`,
    },
  ];
}

function answerDifferences(
  recorded: ReadonlyMap<string, AnswersProfile>,
  expected: ReadonlyMap<string, AnswersProfile>,
): Difference[] {
  return [...recorded].flatMap(([where, profile]): Difference[] => {
    const other = expected.get(where);
    if (!other) return [];
    const base = { part: 'rest', where, field: null } as const;
    const none = new Map<string, 'needed' | 'optional'>();
    return [
      ...unexpected(profile.statusCodes, other.statusCodes).map(([code, seen]) => ({
        ...({
          ...base,
          kind: 'status',
          severity: 'misread',
          text: `answered with ${code}`,
          ...seen,
        } as const),
      })),
      ...unexpected(profile.statuses, other.statuses).map(([status, seen]) => ({
        ...({ ...base, field: 'status', kind: 'status', severity: 'tolerated', ...seen } as const),
        text: `field status says ${status}, expected ${[...other.statuses.keys()].join(' or ')}`,
      })),
      ...profileDifferences(profile.bodies, other.bodies, {
        part: 'rest',
        where,
        read: none,
        changing: CHANGING,
      }),
      ...profileDifferences(profile.rows, other.rows, {
        part: 'rest',
        where: `${where}, results`,
        read: profile.read,
      }),
      ...rejections(profile.rejected, base),
    ];
  });
}

async function fileDifferences(recorded: Recording, expected: Recording): Promise<Difference[]> {
  const { market, files } = recorded.info;
  const differences: Difference[] = [];
  for (const file of files) {
    const dataset = datasetOf(file, market);
    const other =
      dataset && expected.info.files.find(each => datasetOf(each, market)?.prefix === dataset.prefix);
    const profileOf = (from: Recording, of: typeof file): Promise<FileProfile> =>
      fileProfile(readHead(from.directory, of), of.key, dataset!);
    if (!dataset || !other) continue;
    const profile = await profileOf(recorded, file);
    const usual = await profileOf(expected, other);
    const base = { part: 'flat', where: dataset.prefix, field: null } as const;
    differences.push(
      ...profileDifferences(profile.rows, usual.rows, {
        part: 'flat',
        where: dataset.prefix,
        read: new Map(
          usual.header.map(name => [
            name,
            name === 'ticker' || name === 'window_start' ? 'needed' : 'optional',
          ]),
        ),
      }),
      ...rejections(profile.rejected, base),
    );
  }
  return differences;
}

function rejections(
  rejected: ReadonlyMap<string, Seen>,
  base: Pick<Difference, 'part' | 'where' | 'field'>,
): Difference[] {
  return [...rejected].map(([reason, seen]) => ({
    ...{ ...base, kind: 'rejected', severity: 'misread', text: `the reader rejects: ${reason}`, ...seen },
  }));
}

function unexpected<Key>(
  recorded: ReadonlyMap<Key, Seen>,
  expected: ReadonlyMap<Key, Seen>,
): (readonly [Key, Seen])[] {
  return [...recorded].filter(([key]) => !expected.has(key));
}

function quantile(ascending: readonly number[], share: number): number {
  return Math.round(ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))]!);
}
