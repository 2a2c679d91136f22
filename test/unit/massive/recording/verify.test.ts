import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Recording, RecordingInfo } from '../../../../src/massive/recording/recording.ts';
import { verifyRecording } from '../../../../src/massive/recording/verify.ts';

const START_MS = Date.UTC(2026, 9, 8, 14);
const HEADER = 'ticker,volume,open,close,high,low,window_start,transactions';
const KEY = 'us_stocks_sip/minute_aggs_v1/2026/10/2026-10-07.csv.gz';

type Fields = Readonly<Record<string, unknown>>;

/** A bar of a second as the stream sends it, the so-manieth of its symbol. */
function bar(second: number): Fields {
  const prices = { op: 10, vw: 10.5, o: 10, c: 11, h: 12, l: 9, a: 10.1, z: 20 };
  const start = START_MS + second * 1000;
  return { ev: 'A', sym: 'AAPL', v: 100, av: 1000, ...prices, s: start, e: start + 1000, dv: '100.5' };
}

const BARS = Array.from({ length: 30 }, (_, second) => bar(second));
const WELCOME = { ev: 'status', status: 'connected', message: 'Connected Successfully' };
const REST_BAR: Fields = { v: 5, vw: 10.5, o: 10, c: 11, h: 12, l: 9, t: START_MS, n: 3 };

describe('recording - verification', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'verify-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function recording(
    name: string,
    parts: {
      readonly events?: readonly unknown[];
      readonly frames?: readonly string[];
      readonly body?: Fields;
      readonly row?: Fields;
      readonly statusCode?: number;
      readonly csv?: string;
      readonly lateMs?: number;
      readonly delayMs?: number;
    } = {},
  ): Recording {
    const head = `${name}.csv`;
    writeFileSync(
      join(directory, head),
      parts.csv ?? `${HEADER}\nAAPL,5,10.1,11,12,9,1791381600000000000,3\n`,
    );
    const info: RecordingInfo = {
      kind: 'massive-kdb recording',
      version: 1,
      market: 'stocks',
      address: 'wss://socket.massive.com/stocks',
      pairs: ['A.*'],
      startedMs: START_MS,
      endedMs: START_MS + 60_000,
      delayMs: parts.delayMs ?? 0,
      ended: 'time',
      files: [{ key: KEY, etag: '"1"', sizeBytes: 100, lastModifiedMs: START_MS, head }],
      missing: [],
    };
    const events = parts.events ?? BARS;
    const receivedMs = (event: unknown) => Number((event as Fields)['e'] ?? START_MS) + (parts.lateMs ?? 300);
    const frames = [
      ...[WELCOME, ...events].map(event => ({
        receivedMs: receivedMs(event),
        frame: JSON.stringify([event]),
      })),
      ...(parts.frames ?? []).map(frame => ({ receivedMs: START_MS, frame })),
    ];
    const body = { ticker: 'AAPL', status: 'OK', results: [parts.row ?? REST_BAR], ...parts.body };
    const request = '/v2/aggs/ticker/AAPL/range/1/minute/2026-10-07/2026-10-07?limit=50000';
    return {
      directory,
      info,
      stream: [{ sentMs: START_MS, message: '{"action":"auth","params":"<secret>"}' }, ...frames],
      answers: [
        {
          receivedMs: START_MS,
          tookMs: 10,
          request,
          statusCode: parts.statusCode ?? 200,
          contentType: 'application/json',
          body: JSON.stringify(body),
        },
      ],
    };
  }

  async function differences(parts: Parameters<typeof recording>[1]): Promise<string[]> {
    const report = await verifyRecording(recording('one', parts), recording('other'));
    for (const { example, count } of report.differences) {
      expect(example).not.to.equal('');
      expect(count).to.be.greaterThan(0);
    }
    return report.differences.map(({ severity, text }) => `${severity}: ${text}`);
  }

  it('of the same format finds nothing, whatever the numbers are', async () => {
    const report = await verifyRecording(
      recording('one', { events: BARS.map(each => ({ ...each, v: 7, dv: '0.25', z: 1.5 })) }),
      recording('other'),
    );
    expect(report).to.deep.include({ differences: [], frames: 31, answers: 1, files: 1, lateEvents: 0 });
    expect(report.events).to.deep.equal({ A: 30 });
    expect(report.delayMs).to.deep.equal({ p50: 300, p99: 300, max: 300 });
  });

  const doctored: readonly {
    readonly what: string;
    readonly parts: Parameters<typeof recording>[1];
    readonly told: readonly (string | RegExp)[];
  }[] = [
    {
      what: 'an event of a channel that is not known',
      parts: { events: [...BARS, { ev: 'LULD', T: 'AAPL' }] },
      told: ['misread: the scanner rejects: channel-unknown'],
    },
    {
      what: 'a frame that is no JSON',
      parts: { frames: ['[{"ev":'] },
      told: ['misread: the scanner rejects: frame-not-json'],
    },
    {
      what: 'a field that is not known',
      parts: { events: BARS.map(each => ({ ...each, xx: 1 })) },
      told: ['tolerated: field xx (number) is not known, and is not stored'],
    },
    {
      what: 'a field that the bars always had',
      parts: { events: BARS.map(({ vw: _, ...rest }) => rest) },
      told: ['tolerated: field vw is missing in 30 of 30'],
    },
    {
      what: 'no start of the window',
      parts: { events: [...BARS, { ev: 'A', sym: 'AAPL', v: 1, o: 1, c: 1, h: 1, l: 1, e: START_MS }] },
      told: ['misread: field s is missing in 1 of 31', 'misread: the scanner rejects: start-invalid'],
    },
    {
      what: 'times in nanoseconds',
      parts: { events: [...BARS, { ...bar(40), s: (START_MS + 40_000) * 1e6 }] },
      told: ['misread: field s is in ns, expected a time in ms'],
    },
    {
      what: 'a number that is a word',
      parts: { events: [...BARS, { ...bar(40), o: 'ten' }] },
      told: [
        'misread: field o is a text, expected a number',
        'misread: the scanner rejects: field-not-number',
      ],
    },
    {
      what: 'a number in a text, which is read all the same',
      parts: { events: [...BARS, { ...bar(40), o: '10.5' }] },
      told: ['tolerated: field o is a number in a text, expected a number'],
    },
    {
      what: 'another order of the fields',
      parts: { events: [...BARS, Object.fromEntries(Object.entries(bar(40)).toSorted(swapOfPrices))] },
      told: ['tolerated: field c stands before o'],
    },
    {
      what: 'a status that nobody knows',
      parts: { events: [...BARS, { ev: 'status', status: 'maintenance', message: 'soon' }] },
      told: ['misread: status "maintenance: soon" is not among those that are expected'],
    },
    {
      what: 'a quarter of an hour of delay that the plan does not explain',
      parts: { lateMs: 900_000 },
      told: [/half of the bars come later than 900000 ms .* expected 0 ms/],
    },
    { what: 'the delay of the plan', parts: { lateMs: 900_300, delayMs: 900_000 }, told: [] },
    {
      what: 'bars that come before their time',
      parts: { lateMs: -5_000 },
      told: [/bars come 5000 ms before their window has ended/],
    },
    {
      what: 'another status of REST',
      parts: { body: { status: 'DELAYED' } },
      told: ['tolerated: field status says DELAYED, expected OK'],
    },
    {
      what: 'an answer that is none',
      parts: { statusCode: 403 },
      told: ['misread: answered with 403'],
    },
    {
      what: 'bars of REST in nanoseconds, and with another name for a field',
      parts: { row: { ...REST_BAR, t: `${START_MS}000000`, vwap: 1 } },
      told: [/field vwap .* is not known/, /field t is a number in a text/, /field t is in ns/],
    },
    {
      what: 'bars of REST that the reader refuses',
      parts: { row: { ...REST_BAR, c: 'eleven' } },
      told: [/field c is a text/, /the reader rejects: field-not-number: c 'eleven' is not a number/],
    },
    {
      what: 'a flat file with other columns',
      parts: { csv: 'ticker,volume,open,close,high,low,window_begin,transactions\nAAPL,5,1,1,1,1,17,3\n' },
      told: [
        /field window_begin .* is not known/,
        /field window_start is missing in 1 of 1/,
        /the reader rejects: .*lacks the column window_start/,
      ],
    },
    {
      what: 'a flat file in milliseconds',
      parts: { csv: `${HEADER}\nAAPL,5,10.1,11,12,9,1791381600000,3\n` },
      told: [/field window_start is a number, expected a number in a text/, /field window_start is in ms/],
    },
  ];
  for (const { what, parts, told } of doctored) {
    it(`${told.length === 0 ? 'says nothing of' : 'tells'} ${what}`, async () => {
      const found = await differences(parts);
      for (const [index, expected] of told.entries()) {
        const pattern = typeof expected === 'string' ? undefined : expected;
        const isTold = found.some(text => (pattern ? pattern.test(text) : text === expected));
        expect(isTold, `${index}: ${expected} in\n${found.join('\n')}`).to.equal(true);
      }
      if (told.length <= 1) expect(found).to.have.length(told.length);
    });
  }
});

/** Puts `c` before `o`, and leaves the rest. */
function swapOfPrices([one]: [string, unknown], [other]: [string, unknown]): number {
  return one === 'c' && other === 'o' ? -1 : one === 'o' && other === 'c' ? 1 : 0;
}
