import { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import type { Reply } from '../http/reply.ts';
import type { FileStore, PublishedFile } from './file-store.ts';
import { S3Error, xmlText } from './s3-errors.ts';

const MOST_KEYS = 1000;
const SIGN_OF_LIFE_MS = 5000;

/** What a listing has at one place: a file, or all that share a prefix. */
type Entry =
  | { readonly name: string; readonly file: PublishedFile }
  | { readonly name: string; readonly file: undefined };

/**
 * ListObjectsV2. The sizes of files that nobody has asked for yet are known only when they have been written, so the
 * answer is sent as it grows.
 *
 * @throws S3Error
 */
export function listing(store: FileStore, bucket: string, query: URLSearchParams, clock: Clock): Reply {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const after =
    token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const maxKeys = Number(query.get('max-keys') ?? MOST_KEYS);
  if (!Number.isInteger(maxKeys) || maxKeys < 0)
    throw new S3Error('InvalidArgument', { ArgumentName: 'max-keys' });
  const limit = Math.min(maxKeys, MOST_KEYS);
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  const entries = entriesOf(store.published(), prefix, delimiter).filter(({ name }) => name > after);
  const page = entries.slice(0, limit);
  const truncated = page.length < entries.length && limit > 0;
  const element = (name: string, text: string): string => `<${name}>${xmlText(text)}</${name}>`;

  async function* body(): AsyncGenerator<Buffer> {
    const head = [
      '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
      element('Name', bucket),
      element('Prefix', encode(prefix)),
      ...(delimiter === '' ? [] : [element('Delimiter', encode(delimiter))]),
      element('KeyCount', String(page.length)),
      element('MaxKeys', String(limit)),
      ...(encode === encodeURIComponent ? [element('EncodingType', 'url')] : []),
      ...(token === null ? [] : [element('ContinuationToken', token)]),
      ...(truncated
        ? [element('NextContinuationToken', Buffer.from(page.at(-1)!.name).toString('base64url'))]
        : []),
      element('IsTruncated', String(truncated)),
    ];
    yield Buffer.from(head.join(''));
    for (const { file } of page) {
      if (!file) continue;
      const described = store.describe(file);
      // So that nobody takes the silence for a broken connection.
      while (!(await settledWithin(described, SIGN_OF_LIFE_MS, clock))) yield Buffer.from('\n');
      const { bytes, md5 } = await described;
      const contents = [
        element('Key', encode(file.key)),
        element('LastModified', new Date(file.modifiedMs).toISOString()),
        element('ETag', `"${md5}"`),
        element('Size', String(bytes)),
        element('StorageClass', 'STANDARD'),
      ];
      yield Buffer.from(`<Contents>${contents.join('')}</Contents>`);
    }
    for (const { name, file } of page) {
      if (!file) yield Buffer.from(`<CommonPrefixes>${element('Prefix', encode(name))}</CommonPrefixes>`);
    }
    yield Buffer.from('</ListBucketResult>');
  }
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: Readable.from(body()) };
}

/** In the order of names; prefixes once. */
function entriesOf(files: readonly PublishedFile[], prefix: string, delimiter: string): Entry[] {
  const entries: Entry[] = [];
  for (const file of files) {
    if (!file.key.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : file.key.indexOf(delimiter, prefix.length);
    if (end < 0) entries.push({ name: file.key, file });
    else {
      const name = file.key.slice(0, end + delimiter.length);
      if (entries.at(-1)?.name !== name) entries.push({ name, file: undefined });
    }
  }
  return entries;
}

/** Whether a promise is fulfilled within a time; rejects if it does. */
async function settledWithin(promise: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  let cancel = (): void => {};
  const timeout = new Promise<boolean>(resolve => {
    const timer = clock.after(ms, () => resolve(false), false);
    cancel = () => timer.cancel();
  });
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    cancel();
  }
}
