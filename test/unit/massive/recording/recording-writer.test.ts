import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { RecordingError, readRecording } from '../../../../src/massive/recording/recording.ts';
import { RecordingWriter } from '../../../../src/massive/recording/recording-writer.ts';

const KEY = 'pk+"live\\/7Q==';
const INFO = {
  market: 'stocks',
  address: 'wss://socket.massive.com/stocks',
  pairs: ['A.*'],
  startedMs: 1,
  endedMs: 2,
  delayMs: 0,
  ended: 'time',
} as const;

describe('recording - files', () => {
  let folder: string;
  let directory: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'recording-'));
    directory = join(folder, 'made', 'here');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function writer(maxBytes = 1_000_000): RecordingWriter {
    return new RecordingWriter({ directory, maxBytes, secrets: [KEY, ''] });
  }

  function answer(body: string, request = '/v3/reference/tickers') {
    const rest = { receivedMs: 1, tookMs: 2, statusCode: 200, contentType: 'application/json' };
    return { ...rest, request, body };
  }

  it('come back as they were written, for their user only', () => {
    const made = writer();
    const frame = '[{"ev":"A","sym":"ÄÖ\\n"}]';
    made.sent('{"action":"subscribe","params":"A.*"}', 1);
    made.frame(Buffer.from(frame), 2.5);
    made.frame(Buffer.from([0x5b, 0xff, 0x5d]), 3);
    made.answer(answer('{"results":[]}'));
    made.file(
      { key: 'a/b.csv.gz', etag: '"1"', sizeBytes: 9, lastModifiedMs: 1, head: 'a.b.csv' },
      'x,y\n1,2\n',
    );
    made.lacks('REST: bars');
    made.finish(INFO);
    const { info, stream, answers } = readRecording(directory);
    expect(stream).to.deep.equal([
      { sentMs: 1, message: '{"action":"subscribe","params":"A.*"}' },
      { receivedMs: 2.5, frame },
      { receivedMs: 3, base64: 'W/9d' },
    ]);
    expect(answers).to.deep.equal([answer('{"results":[]}')]);
    expect(info).to.deep.include({ ...INFO, missing: ['REST: bars'] });
    expect(statSync(directory).mode & 0o777).to.equal(0o700);
    for (const name of readdirSync(directory))
      expect(statSync(join(directory, name)).mode & 0o777).to.equal(0o600);
  });

  it('hold no secret, whoever repeats it and however it is spelt', () => {
    const made = writer();
    made.sent(JSON.stringify({ action: 'auth', params: KEY }), 1);
    made.frame(Buffer.from(JSON.stringify([{ ev: 'status', message: `bad key ${KEY}` }])), 2);
    made.frame(Buffer.concat([Buffer.from([0xff]), Buffer.from(KEY)]), 3);
    made.answer(answer(`{"next_url":"https://api.massive.com/v3?cursor=x&apiKey=another-key&limit=1"}`));
    made.answer(answer('{}', `/v3/x?apiKey=${encodeURIComponent(KEY)}`));
    made.lacks(`bars: refused for ${KEY}`);
    made.finish(INFO);
    const text = readdirSync(directory)
      .map(name => readFileSync(join(directory, name), 'utf8'))
      .join('');
    expect(text).not.to.contain(KEY);
    expect(text).not.to.match(/live/);
    expect(text).to.contain(Buffer.concat([Buffer.from([0xff]), Buffer.from('<secret>')]).toString('base64'));
    expect(text).not.to.contain('another-key');
    expect(text).to.contain('cursor=x&apiKey=<secret>&limit=1');
    expect(readRecording(directory).stream).to.have.length(3);
  });

  it('end at their size without a hole, and can be read', () => {
    const made = writer(200);
    made.frame(Buffer.from('[1]'), 1);
    made.frame(Buffer.from(`["${'x'.repeat(300)}"]`), 2);
    made.frame(Buffer.from('[2]'), 3);
    expect(made.isFull).to.equal(true);
    made.finish(INFO);
    expect(readRecording(directory).stream).to.deep.equal([{ receivedMs: 1, frame: '[1]' }]);
  });

  it('are not written over others, and what is damaged or none is named', () => {
    writer().finish(INFO);
    expect(() => writer()).to.throw(RecordingError, /is not empty/);
    expect(() => readRecording(folder)).to.throw(RecordingError, /recording\.json cannot be read/);
    writeFileSync(join(directory, 'stream.ndjson'), '{"receivedMs":1,"frame":"[]"}\n{"recei');
    expect(() => readRecording(directory)).to.throw(RecordingError, /stream\.ndjson:2 is damaged/);
    writeFileSync(join(directory, 'recording.json'), '{"kind":"massive-kdb recording","version":9}');
    expect(() => readRecording(directory)).to.throw(RecordingError, /not of a recording of version 1/);
  });
});
