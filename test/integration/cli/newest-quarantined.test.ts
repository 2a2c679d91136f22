import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { newestQuarantined } from '../../../src/cli/start/status-quarantine.ts';
import { type Configuration, configurationSchema } from '../../../src/config/schema.ts';

describe('the newest of the quarantine', () => {
  let directory: string;
  let configuration: Configuration;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-quarantine-'));
    configuration = configurationSchema.parse({ quarantine: { directory } }) as Configuration;
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(directory, name), lines.join('\n'));
  const event = (number: number, market = 'stocks', raw = `event ${number}`) => {
    const time = new Date(Date.UTC(2026, 9, 2, 14, 0, number)).toISOString();
    return JSON.stringify({ time, market, reason: 'not-an-event', raw });
  };

  it('is empty where nothing was ever put there', async () => {
    rmSync(directory, { recursive: true });
    expect(await newestQuarantined(configuration, 'stocks')).to.deep.equal({ events: [], batches: [] });
    mkdirSync(directory);
  });

  it('comes newest first, across files, of one market, without lines that are cut off', async () => {
    write('events.ndjson.1', [event(1), event(2, 'crypto'), event(3)]);
    write('events.ndjson', [event(4), event(5), '{"time":"2026-10-']);
    const { events } = await newestQuarantined(configuration, 'stocks');
    expect(events.map(({ text }) => text)).to.deep.equal(['event 5', 'event 4', 'event 3', 'event 1']);
    expect(events[0]).to.deep.equal({
      atMs: Date.UTC(2026, 9, 2, 14, 0, 5),
      reason: 'not-an-event',
      text: 'event 5',
    });
  });

  it('is the end of a long file, a hundred events at most, each of them short', async () => {
    write('events.ndjson', [
      ...Array.from({ length: 3_000 }, (_, i) => event(i)),
      event(3_001, 'stocks', 'x'.repeat(10_000)),
      '',
    ]);
    const { events } = await newestQuarantined(configuration, 'stocks');
    expect(events).to.have.length(100);
    expect(events[0]!.text).to.equal('x'.repeat(500));
    expect(events.at(-1)!.text).to.equal('event 2901');
  });
});
