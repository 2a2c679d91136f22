import { gunzipSync, constants as zlib } from 'node:zlib';
import { messageOf } from '../../base/errors.ts';
import type { DateDays } from '../../tables/epoch.ts';
import { type FlatDataset, flatMonthPrefix } from '../flat/datasets.ts';
import type { FlatStore, ListedFile } from '../flat/store.ts';
import type { RecordingWriter } from './recording-writer.ts';

/** Of a file's compressed bytes: some thousand rows. */
const HEAD_BYTES = 64 * 1024;

/** A file of last month is new enough where this month has none yet. */
const MONTH_DAYS = 28;

/** Records the beginning of the newest file of each dataset. What fails is told, and costs only itself. */
export async function recordFlat(
  store: FlatStore,
  datasets: readonly FlatDataset[],
  date: DateDays,
  writer: RecordingWriter,
  signal: AbortSignal,
): Promise<void> {
  for (const dataset of datasets) {
    try {
      const file = await newestFile(store, dataset, date, signal);
      if (file) await recordHead(store, file, writer, signal);
      else writer.lacks(`${dataset.prefix}: there is no file of the last month`);
    } catch (error) {
      if (signal.aborted) return;
      writer.lacks(`${dataset.prefix}: ${messageOf(error)}`);
    }
  }
}

async function newestFile(
  store: FlatStore,
  dataset: FlatDataset,
  date: DateDays,
  signal: AbortSignal,
): Promise<ListedFile | undefined> {
  for (const month of [date, date - MONTH_DAYS]) {
    let newest: ListedFile | undefined;
    for await (const file of store.list(flatMonthPrefix(dataset, month), signal)) newest = file;
    if (newest) return newest;
  }
  return undefined;
}

async function recordHead(
  store: FlatStore,
  { key, etag, sizeBytes, lastModifiedMs }: ListedFile,
  writer: RecordingWriter,
  signal: AbortSignal,
): Promise<void> {
  const result = await store.get(key, { signal });
  if (result.kind !== 'body') {
    writer.lacks(`${key}: it is gone`);
    return;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of result.body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= HEAD_BYTES) break;
  }
  const compressed = Buffer.concat(chunks).subarray(0, HEAD_BYTES);
  // The end of the compressed data is not there, and not asked for.
  const text = gunzipSync(compressed, { finishFlush: zlib.Z_SYNC_FLUSH }).toString('utf8');
  const rows = text.slice(0, text.lastIndexOf('\n') + 1);
  const head = `${key.replaceAll('/', '.').replace(/\.gz$/, '')}`;
  writer.file({ key, etag, sizeBytes, lastModifiedMs, head }, rows);
}
