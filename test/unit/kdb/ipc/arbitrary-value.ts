import fc from 'fast-check';
import { ATTRIBUTES, type QColumn, type QValue, type QVector } from '../../../../src/kdb/ipc/values.ts';

const attribute = fc.constantFrom(...ATTRIBUTES);
/** Symbols and names hold no NUL; anything else of Unicode that UTF-8 can say. */
const name = fc.string({ unit: 'grapheme', maxLength: 8 }).filter(text => !text.includes('\0'));
const guid = fc.uuid();
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const float64 = fc.double();
const length = { maxLength: 8 } as const;
const INT64_TYPES = ['long', 'timestamp', 'timespan'] as const;
const INT32_TYPES = ['int', 'month', 'date', 'minute', 'second', 'time'] as const;
const BYTE_TYPES = ['byte', 'char'] as const;
const FLOAT_TYPES = ['float', 'datetime'] as const;

const atom: fc.Arbitrary<QValue> = fc.oneof(
  fc.record({
    kind: fc.constant('atom' as const),
    type: fc.constant('boolean' as const),
    value: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('atom' as const), type: fc.constant('guid' as const), value: guid }),
  fc.record({ kind: fc.constant('atom' as const), type: fc.constant('symbol' as const), value: name }),
  fc.record({
    kind: fc.constant('atom' as const),
    type: fc.constantFrom(...BYTE_TYPES),
    value: fc.integer({ min: 0, max: 255 }),
  }),
  fc.record({
    kind: fc.constant('atom' as const),
    type: fc.constant('short' as const),
    value: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
  }),
  fc.record({ kind: fc.constant('atom' as const), type: fc.constantFrom(...INT32_TYPES), value: int32 }),
  fc.record({ kind: fc.constant('atom' as const), type: fc.constantFrom(...INT64_TYPES), value: int64 }),
  fc.record({ kind: fc.constant('atom' as const), type: fc.constant('real' as const), value: fc.float() }),
  fc.record({ kind: fc.constant('atom' as const), type: fc.constantFrom(...FLOAT_TYPES), value: float64 }),
);

function vectorOf(count: number): fc.Arbitrary<QVector> {
  const exactly = { minLength: count, maxLength: count };
  const kind = fc.constant('vector' as const);
  return fc.oneof(
    fc.record({
      kind,
      attribute,
      type: fc.constantFrom('boolean' as const, ...BYTE_TYPES),
      values: fc.uint8Array({ ...exactly, max: 1 }),
    }),
    fc.record({ kind, attribute, type: fc.constant('short' as const), values: fc.int16Array(exactly) }),
    fc.record({ kind, attribute, type: fc.constantFrom(...INT32_TYPES), values: fc.int32Array(exactly) }),
    fc.record({ kind, attribute, type: fc.constantFrom(...INT64_TYPES), values: fc.bigInt64Array(exactly) }),
    fc.record({ kind, attribute, type: fc.constant('real' as const), values: fc.float32Array(exactly) }),
    fc.record({ kind, attribute, type: fc.constantFrom(...FLOAT_TYPES), values: fc.float64Array(exactly) }),
    fc.record({ kind, attribute, type: fc.constant('guid' as const), values: fc.array(guid, exactly) }),
    fc.record({ kind, attribute, type: fc.constant('symbol' as const), values: fc.array(name, exactly) }),
  );
}

const vector = fc.nat(8).chain(vectorOf);

const table = fc.record({
  kind: fc.constant('table' as const),
  attribute,
  columns: fc
    .nat(4)
    .chain(rows => fc.array(fc.record({ name, values: vectorOf(rows) }) as fc.Arbitrary<QColumn>, length)),
});

const primitive = fc.record({
  kind: fc.constant('primitive' as const),
  type: fc.constantFrom(101, 102, 103),
  code: fc.integer({ min: 0, max: 255 }),
});

/** Any value that q IPC can carry, nested a few levels. */
export const anyValue: fc.Arbitrary<QValue> = fc.letrec<{ value: QValue }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    atom,
    vector,
    table,
    primitive,
    fc.record({ kind: fc.constant('list' as const), attribute, items: fc.array(tie('value'), length) }),
    fc.record({
      kind: fc.constant('dict' as const),
      sorted: fc.boolean(),
      keys: tie('value'),
      values: tie('value'),
    }),
    fc.record({ kind: fc.constant('lambda' as const), context: name, body: tie('value') }),
    fc.record({
      kind: fc.constant('composed' as const),
      type: fc.constantFrom(104, 105),
      parts: fc.array(tie('value'), length),
    }),
    fc.record({
      kind: fc.constant('derived' as const),
      type: fc.constantFrom(106, 107, 108, 109, 110, 111),
      argument: tie('value'),
    }),
  ),
})).value;
