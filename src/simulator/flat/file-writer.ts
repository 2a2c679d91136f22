import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { emptyBar } from '../bars.ts';
import { BarBlock } from '../history/bar-block.ts';
import type { MarketHistory } from '../history/market-history.ts';
import type { Session } from '../history/trading-calendar.ts';
import { correctBar } from './corrections.ts';
import { CsvRows, MAX_ROW_BYTES } from './csv-rows.ts';
import type { Dataset } from './datasets.ts';

const CHUNK_BYTES = 256 * 1024;
const MINUTES_OF_DAY = 1500;

/** What is to be written. */
export interface FileSource {
  readonly dataset: Dataset;
  readonly history: MarketHistory;
  readonly session: Session;
  /** How often the file has been replaced. */
  readonly revision: number;
}

/** What was written. */
export interface WrittenFile {
  readonly bytes: number;
  /** MD5 of the bytes, hexadecimal. */
  readonly md5: string;
  readonly rows: number;
}

/** Writes a file as gzip, complete or not at all, in constant memory; others get their turn after each symbol. */
export async function writeFlatFile(
  source: FileSource,
  path: string,
  signal: AbortSignal,
): Promise<WrittenFile> {
  const hash = createHash('md5');
  const counted = { bytes: 0, rows: 0 };
  const digest = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      counted.bytes += chunk.length;
      done(null, chunk);
    },
  });
  const unfinished = `${path}.part`;
  try {
    await pipeline(
      Readable.from(csvChunks(source, counted)),
      createGzip(),
      digest,
      createWriteStream(unfinished),
      { signal },
    );
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  return { bytes: counted.bytes, md5: hash.digest('hex'), rows: counted.rows };
}

async function* csvChunks(source: FileSource, counted: { rows: number }): AsyncGenerator<Buffer> {
  const { dataset, history, session, revision } = source;
  const rows = new CsvRows(dataset, session, CHUNK_BYTES);
  const { out } = rows;
  const block = new BarBlock(MINUTES_OF_DAY);
  const bar = emptyBar();
  rows.header();
  for (const listing of history.listings) {
    if (dataset.exchange !== undefined && listing.instrument.exchange !== dataset.exchange) continue;
    await setImmediate();
    if (dataset.table === 'agg1m') history.minutes(listing, session, Number.POSITIVE_INFINITY, block);
    else {
      history.day(listing, session, Number.POSITIVE_INFINITY, bar, block);
      block.count = 0;
      if (bar.trades > 0) block.add(session.midnight, bar);
    }
    for (let at = 0; at < block.count; at++) {
      block.read(at, bar);
      correctBar(listing, block.starts[at]!, bar, revision);
      rows.row(listing, block.starts[at]!, bar);
      counted.rows++;
      if (out.position + MAX_ROW_BYTES < CHUNK_BYTES) continue;
      yield Buffer.from(out.buffer.subarray(0, out.position));
      out.position = 0;
    }
  }
  yield Buffer.from(out.buffer.subarray(0, out.position));
}
