/** Products and inverses of matrices of floats. */
import { toFloats } from '../values/convert.ts';
import { collect, countOf, itemsOf } from '../values/items.ts';
import { spend } from '../values/limits.ts';
import { float, floats, list } from '../values/make.ts';
import type { Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { define } from './registry.ts';

type Matrix = Float64Array[];

function vectorArgument(x: Value): Float64Array {
  if (x.kind !== 'vector') throw new QError('type');
  return toFloats(x as Vector);
}

function matrixArgument(x: Value): Matrix {
  const rows = itemsOf(x).map(vectorArgument);
  if (rows.some(row => row.length !== rows[0]!.length)) throw new QError('length');
  return rows;
}

function dot(x: Float64Array, y: Float64Array): number {
  if (x.length !== y.length) throw new QError('length');
  spend(x.length);
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i]! * y[i]!;
  return total;
}

function columnsOf(x: Matrix): Matrix {
  const width = x[0]?.length ?? 0;
  return Array.from({ length: width }, (_, column) => Float64Array.from(x, row => row[column]!));
}

/** x mmu y for vectors and matrices. */
export function matrixProduct(x: Value, y: Value): Value {
  if (x.kind === 'vector' && y.kind === 'vector') return float(dot(toFloats(x), toFloats(y)));
  if (x.kind === 'vector')
    return floats(Float64Array.from(columnsOf(matrixArgument(y)), column => dot(vectorArgument(x), column)));
  if (y.kind === 'vector')
    return floats(Float64Array.from(matrixArgument(x), row => dot(row, vectorArgument(y))));
  const columns = columnsOf(matrixArgument(y));
  return list(matrixArgument(x).map(row => floats(Float64Array.from(columns, column => dot(row, column)))));
}

/** Gauss-Jordan with partial pivoting; a singular matrix gives nulls. */
function inverse(x: Value): Value {
  const rows = matrixArgument(x).map(row => Float64Array.from(row));
  const size = rows.length;
  if (rows.some(row => row.length !== size)) throw new QError('length');
  const result: Matrix = rows.map((_, i) =>
    Float64Array.from({ length: size }, (_unused, k) => (i === k ? 1 : 0)),
  );
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    if (rows[pivot]![column] === 0) return list(rows.map(row => floats(row.map(() => Number.NaN))));
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    [result[column], result[pivot]] = [result[pivot]!, result[column]!];
    eliminate(rows, result, column);
  }
  return collect(result.map(row => floats(row)));
}

function eliminate(rows: Matrix, result: Matrix, column: number): void {
  const scale = 1 / rows[column]![column]!;
  scaleRow(rows[column]!, scale);
  scaleRow(result[column]!, scale);
  for (let row = 0; row < rows.length; row++) {
    const factor = rows[row]![column]!;
    if (row === column || factor === 0) continue;
    spend(rows.length);
    subtractRow(rows[row]!, rows[column]!, factor);
    subtractRow(result[row]!, result[column]!, factor);
  }
}

function scaleRow(row: Float64Array, scale: number): void {
  for (let i = 0; i < row.length; i++) row[i]! *= scale;
}

function subtractRow(row: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < row.length; i++) row[i]! -= factor * other[i]!;
}

/** x lsq y: the w that brings w mmu y nearest to x. */
function leastSquares(x: Value, y: Value): Value {
  const rows = x.kind === 'vector' ? [toFloats(x)] : matrixArgument(x);
  const basis = matrixArgument(y);
  if (countOf(x) === 0) throw new QError('length');
  const gram = list(basis.map(a => floats(Float64Array.from(basis, b => dot(a, b)))));
  const right = list(rows.map(row => floats(Float64Array.from(basis, b => dot(row, b)))));
  const solution = matrixProduct(right, inverse(gram));
  return x.kind === 'vector' ? itemsOf(solution)[0]! : solution;
}

define('mmu', { binary: matrixProduct });
define('inv', { unary: inverse });
define('lsq', { binary: leastSquares });
