/** .Q.gz: text or bytes packed as gzip does. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { boolean, byteVector } from '../values/make.ts';
import { type ByteVector, QError, type Value } from '../values/value.ts';

/** Of (level; plain) the packed vector, of a packed vector the plain one, of :: whether there is gzip at all. */
export function gzip(x: Value): Value {
  if (x.kind === 'null') return boolean(true);
  if (isContent(x)) return byteVector(x.type, unpacked(x.data));
  if (x.kind !== 'list' || x.items.length !== 2) throw new QError('type');
  const [level, plain] = x.items as [Value, Value];
  if (level.kind !== 'atom' || level.type !== 7 || !isContent(plain)) throw new QError('type');
  if (level.value < 1n || level.value > 9n) throw new QError('domain');
  return byteVector(plain.type, new Uint8Array(gzipSync(plain.data, { level: Number(level.value) })));
}

function isContent(x: Value): x is ByteVector {
  return x.kind === 'vector' && (x.type === 10 || x.type === 4);
}

function unpacked(data: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(gunzipSync(data));
  } catch {
    throw new QError('domain');
  }
}
