import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { FunctionReader } from '../../../../src/q-engine/codec/index.ts';
import type { FileContext } from '../../../../src/q-engine/files/file-layout.ts';
import { encodeNested } from '../../../../src/q-engine/files/nested-file.ts';
import { decodeFile, encodeFile } from '../../../../src/q-engine/files/object-file.ts';
import { countOf } from '../../../../src/q-engine/values/items.ts';
import * as make from '../../../../src/q-engine/values/make.ts';
import { type EnumVector, QError, type Value } from '../../../../src/q-engine/values/value.ts';

const GOLDEN = new URL('../../../../../shared/golden/hdb/', import.meta.url);
const functions: FunctionReader = { lambda: source => make.string(source), primitive: () => undefined };

function context(
  domains: Readonly<Record<string, Value>> = {},
  companion: Uint8Array = new Uint8Array(),
): FileContext {
  return { functions, domain: name => ({ name, values: () => domains[name]! }), companion: () => companion };
}

describe('files - layouts', () => {
  const sym = make.symbols(['a', 'b', '']);
  const enumerated = (indices: number[], attribute: EnumVector['attribute'] = ''): EnumVector => ({
    kind: 'vector',
    type: 20,
    data: Int32Array.from(indices),
    attribute,
    domain: { name: 'sym', values: () => sym },
  });

  it('a vector is its header and its numbers', () => {
    const value = make.longs(BigInt64Array.of(10n, 20n), 7, 's');
    const bytes = encodeFile(value);
    expect(Buffer.from(bytes).toString('hex')).to.equal(
      'fe200701000000000200000000000000' + '0a000000000000001400000000000000',
    );
    expect(decodeFile(bytes, context())).to.deep.equal(value);
  });

  it('atoms, symbols and tables are serialised objects', () => {
    for (const value of [
      make.long(42),
      sym,
      make.table(['x'], [make.floats(Float64Array.of(1, Number.NaN))]),
    ]) {
      const bytes = encodeFile(value);
      expect(Buffer.from(bytes.subarray(0, 2)).toString('hex')).to.equal('ff01');
      expect(decodeFile(bytes, context())).to.deep.equal(value);
    }
  });

  it('an enumeration is a page with its domain, and 64-bit indices', () => {
    const bytes = encodeFile(enumerated([1, 0, -1]));
    expect(bytes.length).to.equal(4096 + 3 * 8);
    expect(Buffer.from(bytes.subarray(0, 20)).toString('hex')).to.equal(
      'fd20000000000000000000000000000073796d00',
    );
    expect(Buffer.from(bytes.subarray(4080, 4104)).toString('hex')).to.equal(
      'fd001400000000000300000000000000' + '0100000000000000',
    );
    const read = decodeFile(bytes, context({ sym })) as EnumVector;
    expect([read.domain.name, ...read.data]).to.deep.equal(['sym', 1, 0, -1]);
  });

  it('an attribute that needs an index is kept, and is none for others', () => {
    const bytes = encodeFile(enumerated([0, 0, 1], 'p'));
    expect(bytes[4083]).to.equal(0);
    expect((decodeFile(bytes, context({ sym })) as EnumVector).attribute).to.equal('p');
  });

  it('a list of strings is their ends and, in a second file, their bytes', () => {
    const strings = make.list(['ab', '', 'cde'].map(make.string));
    const { bytes, companion } = encodeNested(strings.items);
    expect(Buffer.from(bytes).toString('hex')).to.equal(
      'fe2057000000000003000000000000000200000000000000' + '0200000000000000' + '0500000000000000',
    );
    expect(Buffer.from(companion).toString()).to.equal('abcde');
    expect(decodeFile(bytes, context({}, companion))).to.deep.equal(strings);
    expect(() => encodeNested([sym])).to.throw(QError, 'nyi');
  });

  it('a list of vectors of any simple type is read as written, whether ends count bytes or items', () => {
    const longs = make.list([[1n, 2n], [], [3n]].map(items => make.longs(BigInt64Array.from(items))));
    const { bytes, companion } = encodeNested(longs.items);
    expect([bytes[2], companion.length]).to.deep.equal([84, 24]);
    expect(decodeFile(bytes, context({}, companion))).to.deep.equal(longs);
    const counted = Uint8Array.from(bytes);
    counted.set(new Uint8Array(BigInt64Array.of(2n, 2n, 3n).buffer), 16);
    expect(decodeFile(counted, context({}, companion))).to.deep.equal(longs);
    const floats = make.list([make.floats(Float64Array.of(1.5)), make.floats(new Float64Array(0))]);
    const nested = encodeNested(floats.items);
    expect(decodeFile(nested.bytes, context({}, nested.companion))).to.deep.equal(floats);
    expect(() => encodeNested([...longs.items, ...floats.items])).to.throw(QError, 'nyi');
  });

  it('a mapped list of strings and chars is read, others are not yet', () => {
    const page = (type: number, count: number): Uint8Array => {
      const bytes = Buffer.alloc(4096);
      bytes.writeUInt16LE(0x20fd, 0);
      bytes[4082] = type;
      bytes.writeBigInt64LE(BigInt(count), 4088);
      return bytes;
    };
    const places = Buffer.alloc(24);
    places.writeBigUInt64LE((1n << 56n) | 0n, 0);
    places.writeBigUInt64LE((1n << 56n) | 5n, 8);
    places.writeBigUInt64LE(8n, 16);
    const long = Buffer.alloc(16 + 300, 'z');
    Buffer.from('fe200a0000000000' + '2c01000000000000', 'hex').copy(long);
    const companion = Buffer.concat([page(0, 0), Buffer.from('8903616263' + '7558' + '00', 'hex'), long]);
    const read = decodeFile(Buffer.concat([page(77, 3), places]), context({}, companion));
    expect(read).to.deep.equal(make.list([make.string('abc'), make.char(88), make.string('z'.repeat(300))]));
    const other = Buffer.concat([page(0, 0), Buffer.from('86010200', 'hex')]);
    expect(() => decodeFile(Buffer.concat([page(77, 1), places]), context({}, other))).to.throw(
      QError,
      'nyi',
    );
  });

  it('whatever is cut or unknown is an error', () => {
    const bytes = encodeFile(make.longs(BigInt64Array.of(10n, 20n)));
    expect(() => decodeFile(bytes.subarray(0, 20), context())).to.throw(QError, 'length');
    expect(() => decodeFile(Buffer.from('kxzipped and more'), context())).to.throw(QError, 'nyi');
    expect(() => decodeFile(new Uint8Array(0), context())).to.throw(QError, 'nyi');
  });
});

describe('files - written by kdb+', () => {
  before(function () {
    if (existsSync(GOLDEN)) return;
    console.log('      skipped: the files that kdb+ wrote are not on this machine');
    this.skip();
  });

  const read = (path: string, domains?: Record<string, Value>) =>
    decodeFile(readFileSync(new URL(path, GOLDEN)), context(domains));

  it('every column of a kdb+ 4 table is written again byte by byte', () => {
    const directory = 'kdb4-2021/2021.01.04/quote/';
    const sym = read('kdb4-2021/sym');
    const names = readdirSync(new URL(directory, GOLDEN));
    expect(names).to.have.length(10);
    for (const name of names) {
      const original = readFileSync(new URL(directory + name, GOLDEN));
      const value = decodeFile(original, context({ sym }));
      expect(Buffer.from(encodeFile(value)).equals(original), name).to.equal(true);
    }
  });

  it('the symbols that were added without a new count are there', () => {
    expect(countOf(read('kdb4-2021/sym'))).to.equal(16);
    expect(countOf(read('kdb3-2020/sym'))).to.equal(18);
  });

  it('a kdb+ 3 table has its old enumerations, parted where it was', () => {
    const sym = read('kdb3-2020/sym');
    const directory = 'kdb3-2020/2020.03.29/exchange_top/';
    const column = read(`${directory}sym`, { sym }) as EnumVector;
    expect([column.attribute, column.data.length, new Set(column.data).size]).to.deep.equal(['p', 26741, 2]);
    for (const name of ['bid', 'time', 'exchange'])
      expect(countOf(read(directory + name, { sym }))).to.equal(26741);
  });
});
