/** q's patterns: ? any character, * any text, [a-z] a class, [^a-z] its complement. */
import { QError } from '../values/value.ts';

const compiled = new Map<string, RegExp>();

function compile(pattern: string, whole: boolean): RegExp {
  const key = `${whole ? 'w' : 's'}${pattern}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const source = toExpression(pattern);
  const expression = whole ? new RegExp(`^${source}$`, 's') : new RegExp(source, 'sy');
  if (compiled.size > 1000) compiled.clear();
  compiled.set(key, expression);
  return expression;
}

function toExpression(pattern: string): string {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '?') source += '.';
    else if (character === '*') source += '.*';
    else if (character === '[') {
      const end = pattern.indexOf(
        ']',
        pattern[i + 1] === ']' ? i + 2 : pattern[i + 1] === '^' && pattern[i + 2] === ']' ? i + 3 : i + 1,
      );
      if (end < 0) throw new QError('nyi');
      source += classExpression(pattern.slice(i + 1, end));
      i = end;
    } else source += character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  }
  return source;
}

function classExpression(body: string): string {
  const negated = body.startsWith('^') && body.length > 1;
  const members = (negated ? body.slice(1) : body).replace(/[\\\]^[]/g, '\\$&');
  return `[${negated ? '^' : ''}${members}]`;
}

/** Whether the whole text fits. */
export function matchesPattern(text: string, pattern: string): boolean {
  return compile(pattern, true).test(text);
}

/** All places where a pattern fits, also overlapping ones. `*` is not allowed in a search. */
export function findPattern(text: string, pattern: string): { start: number; end: number }[] {
  if (pattern === '') throw new QError('length');
  if (/(^|[^[])\*/.test(pattern)) throw new QError('length');
  const expression = compile(pattern, false);
  const found: { start: number; end: number }[] = [];
  let next = 0;
  for (let start = 0; start < text.length; start++) {
    expression.lastIndex = start;
    const match = expression.exec(text);
    if (match === null || start < next) continue;
    found.push({ start, end: start + match[0].length });
    next = start + match[0].length;
  }
  return found;
}
