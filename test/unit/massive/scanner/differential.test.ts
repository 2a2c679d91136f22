import { expect } from 'chai';
import { seededRandom } from '../../../../src/base/random.ts';
import { MARKETS, type Market } from '../../../../src/tables/markets.ts';
import { scannerHarness } from '../../../support/scanner-harness.ts';
import { meaningOf } from './oracle.ts';
import { RandomFrames } from './random-frames.ts';

const FRAMES_PER_MARKET = 2000;

type Harness = ReturnType<typeof scannerHarness>;

/** Scans a frame and fails unless rows, status events and quarantine are what JSON.parse says. */
function expectMeaning(harness: Harness, frame: Uint8Array, market: Market): void {
  harness.quarantined.length = 0;
  const statuses = harness.scan(frame);
  const rows = harness.rows();
  const meaning = meaningOf(frame, market);
  const raw = harness.quarantined.map(event => Buffer.from(event.raw, 'latin1'));
  if (meaning.kind === 'refused') {
    expect(rows).deep.equal([]);
    expect(statuses).deep.equal([]);
    expect(raw).deep.equal([Buffer.from(frame)]);
    return;
  }
  const bars = rows.map(({ recv, ...bar }) => bar);
  expect(bars.filter(bar => bar.table === 'agg1s')).deep.equal(
    meaning.rows.filter(bar => bar.table === 'agg1s'),
  );
  expect(bars.filter(bar => bar.table === 'agg1m')).deep.equal(
    meaning.rows.filter(bar => bar.table === 'agg1m'),
  );
  expect(statuses).deep.equal(meaning.statuses);
  expect(raw.map(bytes => JSON.parse(bytes.toString('utf8')))).deep.equal(meaning.rejected);
}

function withFrameInMessage(frame: Uint8Array, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof Error)
      error.message = `${JSON.stringify(Buffer.from(frame).toString('latin1'))}\n${error.message}`;
    throw error;
  }
}

/** Frames with something of everything, to be cut and damaged at each place. */
const WHOLE_FRAMES: readonly (readonly [Market, string])[] = [
  [
    'stocks',
    '[{"ev":"A","sym":"AAPL","v":80,"av":144673,"op":295.5,"vw":296.32,"o":296.32,"c":296.32,"h":296.32,"l":296.32,' +
      '"a":296.6776,"z":80,"s":1782124955000,"e":1782124956000,"otc":true,"dv":"80.0","dav":"144673.243177"},' +
      '{"ev":"AM","sym":"BApA","o":1,"s":1782124920000,"e":1782124980000}]',
  ],
  ['futures', '[{"ev":"AM","sym":"ESZ5","v":3,"dv":1.5e7,"o":-1.25,"c":-1,"n":2,"s":1764543660000123456}]'],
  [
    'crypto',
    '[ {"ev":"status","status":"success","message":"\\u00e9 é"}, {"ev":"XA","pair":"BTC-USD","v":0.1,"s":1764543660000} ]',
  ],
];

describe('scanner - means what JSON.parse means', () => {
  for (const market of MARKETS) {
    it(`for ${FRAMES_PER_MARKET} random frames of ${market}`, () => {
      const harness = scannerHarness(market);
      const frames = new RandomFrames(market, seededRandom(20261002));
      for (let i = 0; i < FRAMES_PER_MARKET; i++) {
        const frame = frames.next();
        withFrameInMessage(frame, () => expectMeaning(harness, frame, market));
      }
    });
  }

  it('for frames that end after any byte, also over what a longer frame left behind', () => {
    for (const [market, text] of WHOLE_FRAMES) {
      const harness = scannerHarness(market);
      const whole = Buffer.from(text);
      for (let length = whole.length; length >= 0; length--) {
        expectMeaning(harness, whole, market);
        const frame = whole.subarray(0, length);
        withFrameInMessage(frame, () => expectMeaning(harness, frame, market));
      }
    }
  });

  it('for frames with any byte replaced by one that matters to JSON', () => {
    const replacements = Buffer.from('"\\{}[],:-.eE+01 \0\x80\xff', 'latin1');
    for (const [market, text] of WHOLE_FRAMES) {
      const harness = scannerHarness(market);
      const whole = Buffer.from(text);
      for (let at = 0; at < whole.length; at++) {
        for (const replacement of replacements) {
          const frame = Buffer.from(whole);
          frame[at] = replacement;
          withFrameInMessage(frame, () => expectMeaning(harness, frame, market));
        }
      }
    }
  });

  it('for bytes that are no digits where a time is expected, before any time is known and after', () => {
    const known = '{"ev":"A","sym":"A","s":1782124955000,"e":1782124956000}';
    const unusual = '{"ev":"A","sym":"A","s":1782124955000123456}';
    for (const filler of ['\0', '\xff', ' ', '0']) {
      const frameOf = (start: string) =>
        Buffer.from(`[{"ev":"A","sym":"A","s":${start},"e":${filler.repeat(13)},"v":1}]`, 'latin1');
      const harness = scannerHarness('stocks');
      const frames = [
        frameOf(filler.repeat(13)),
        frameOf('1782124955000'),
        Buffer.from(`[${known},${unusual}]`),
        frameOf(filler.repeat(13)),
        frameOf(`${filler.repeat(4)}124955000`),
      ];
      for (const frame of frames) withFrameInMessage(frame, () => expectMeaning(harness, frame, 'stocks'));
    }
  });
});
