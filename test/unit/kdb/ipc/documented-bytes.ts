import {
  charVector,
  listOf,
  type QTable,
  type QValue,
  type QVector,
  symbolVector,
} from '../../../../src/kdb/ipc/values.ts';

export interface DocumentedMessage {
  readonly expression: string;
  /** What `-8!` of it gives, header included. */
  readonly hex: string;
  readonly value: QValue;
}

function ints(values: number[], attribute: QVector['attribute'] = 'none'): QVector {
  return { kind: 'vector', type: 'int', attribute, values: Int32Array.from(values) };
}

function table(attribute: QTable['attribute'], ...columns: [string, QVector][]): QTable {
  return { kind: 'table', attribute, columns: columns.map(([name, values]) => ({ name, values })) };
}

const FIVE_BYTES: QVector = {
  kind: 'vector',
  type: 'byte',
  attribute: 'none',
  values: Uint8Array.of(0, 1, 2, 3, 4),
};
const A_AND_B = symbolVector(['a', 'b']);

/** The messages whose bytes KX documents: knowledge base, "Serialization examples". */
export const DOCUMENTED_MESSAGES: readonly DocumentedMessage[] = [
  {
    expression: '1i',
    hex: '010000000d000000fa01000000',
    value: { kind: 'atom', type: 'int', value: 1 },
  },
  { expression: 'enlist 1i', hex: '010000001200000006000100000001000000', value: ints([1]) },
  { expression: '`byte$til 5', hex: '01000000130000000400050000000001020304', value: FIVE_BYTES },
  {
    expression: '`byte$enlist til 5',
    hex: '01000000190000000000010000000400050000000001020304',
    value: listOf([FIVE_BYTES]),
  },
  {
    expression: '`a`b!2 3i',
    hex: '0100000021000000630b0002000000610062000600020000000200000003000000',
    value: { kind: 'dict', sorted: false, keys: A_AND_B, values: ints([2, 3]) },
  },
  {
    expression: '`s#`a`b!2 3i',
    hex: '01000000210000007f0b0102000000610062000600020000000200000003000000',
    value: { kind: 'dict', sorted: true, keys: { ...A_AND_B, attribute: 'sorted' }, values: ints([2, 3]) },
  },
  {
    expression: '`a`b!enlist each 2 3i',
    hex: '010000002d000000630b0002000000610062000000020000000600010000000200000006000100000003000000',
    value: { kind: 'dict', sorted: false, keys: A_AND_B, values: listOf([ints([2]), ints([3])]) },
  },
  {
    expression: '([]a:enlist 2i;b:enlist 3i)',
    hex: '010000002f0000006200630b0002000000610062000000020000000600010000000200000006000100000003000000',
    value: table('none', ['a', ints([2])], ['b', ints([3])]),
  },
  {
    expression: '`s#([]a:enlist 2i;b:enlist 3i)',
    hex: '010000002f0000006201630b0002000000610062000000020000000603010000000200000006000100000003000000',
    value: table('sorted', ['a', ints([2], 'parted')], ['b', ints([3])]),
  },
  {
    expression: '([a:enlist 2i]b:enlist 3i)',
    hex: '010000003f000000636200630b00010000006100000001000000060001000000020000006200630b0001000000620000000100000006000100000003000000',
    value: {
      kind: 'dict',
      sorted: false,
      keys: table('none', ['a', ints([2])]),
      values: table('none', ['b', ints([3])]),
    },
  },
  {
    expression: '`s#([a:enlist 2i]b:enlist 3i)',
    hex: '010000003f0000007f6201630b00010000006100000001000000060001000000020000006200630b0001000000620000000100000006000100000003000000',
    value: {
      kind: 'dict',
      sorted: true,
      keys: table('sorted', ['a', ints([2])]),
      values: table('none', ['b', ints([3])]),
    },
  },
  {
    expression: '{x+y}',
    hex: '010000001500000064000a00050000007b782b797d',
    value: { kind: 'lambda', context: '', body: charVector('{x+y}') },
  },
  {
    expression: '.d.test, which is {x+y}',
    hex: '01000000160000006464000a00050000007b782b797d',
    value: { kind: 'lambda', context: 'd', body: charVector('{x+y}') },
  },
];
