/** Random q expressions for fuzzing: our own corpus mutated, and others made from the grammar. */
import type { Random } from '../../src/base/random.ts';
import { primitiveNames } from '../../src/q-engine/primitives/registry.ts';
import '../../src/q-engine/primitives/index.ts';
import { FUZZ_CORPUS, FUZZ_SERIALISED } from './q-fuzz-corpus.ts';

/** What every session defines first, so that expressions find values of all kinds. */
export const FUZZ_GLOBALS = `
t:([]sym:\`a\`b\`a\`c;time:09:30:00.000 09:31:00.000 09:32:00.000 09:33:00.000;price:1.5 2.5 0n 4;size:1 2 0N 4)
k:([id:1 2 3]name:\`x\`y\`z;v:("ab";"";enlist"c"))
d:\`a\`b\`c!1 2 3
f:{x+y}
g:{[a;b;c]a;b;c}
l:(1;\`a;"text";2.5;1 2 3)
s:\`s#1 2 3 5 8
`;

const LITERALS: readonly string[] = [
  ...[
    '0b',
    '1b',
    '101b',
    '0x',
    '0xff',
    '0x00ff10',
    '1h',
    '0Nh',
    '0Wh',
    '1 2 3h',
    '1i',
    '0Ni',
    '-0Wi',
    '1 0N 3i',
  ],
  ...[
    '0',
    '1',
    '-1',
    '42',
    '0N',
    '0W',
    '-0W',
    '9223372036854775807',
    '1 2 3',
    '0N 0W -0W',
    '1e',
    '0Ne',
    '1 2e',
  ],
  ...[
    '1.5',
    '0n',
    '0w',
    '-0w',
    '1e308',
    '1 0n 0w',
    '"a"',
    '" "',
    '""',
    '"text"',
    '"\\n\\t\\"\\\\"',
    '`',
    '`a',
  ],
  ...[
    '`a`b',
    '``',
    '`a.b',
    '`:file',
    '2024.01m',
    '0Nm',
    '2024.01 2024.02m',
    '2024.02.30',
    '2024.01.02',
    '0Nd',
  ],
  ...[
    '2024.01.01 0Nd',
    '2024.01.02D03:04:05.000000006',
    '0Np',
    '0Wp',
    '12:30',
    '0Nu',
    '12:30:45',
    '12:30:45.678',
  ],
  ...['0Nt', '0D00:00:01', '0Nn', '0D 0Wn', '2024.01.01T12:00', '0Nz', '0Ng', '()', '(::)', '::', '(1;`a)'],
  ...[
    '(();())',
    '((1 2);(3 4))',
    '([]a:1 2)',
    '([a:1 2]b:3 4)',
    '([]a:())',
    '`a`b!1 2',
    '()!()',
    '{x}',
    '{x+y}',
  ],
  ...['{[a]a}', '{}', '{x;y;z}', '(+)', '(+/)', "(,')", '+[1]', '{x+y}[1]', "('[neg;+])", '(1 2;"ab";`c)'],
];

/** More than any memory holds, or about as much as a careless program takes. */
const HUGE: readonly string[] = [
  '10000000000',
  '0W',
  '-0W',
  '1000000000000',
  '2147483648',
  '0x7fffffff',
  '0Wi',
];
const OPERATORS = [
  '+',
  '-',
  '*',
  '%',
  '&',
  '|',
  '^',
  '=',
  '<',
  '>',
  '<=',
  '>=',
  '<>',
  '~',
  '!',
  ',',
  '#',
  '_',
  '$',
];
const MORE_OPERATORS = [
  '?',
  '@',
  '.',
  ':',
  '::',
  '+:',
  ',:',
  '0:',
  '1:',
  '2:',
  "'",
  '/',
  '\\',
  "':",
  '/:',
  '\\:',
];
const PUNCTUATION = ['(', ')', '[', ']', '{', '}', ';', ' ', '\n', '`', '"', '.', '/ remark', '\\', "'", '-'];
const NAMES = [
  't',
  'k',
  'd',
  'f',
  'g',
  'l',
  's',
  'x',
  'y',
  'z',
  'nosuch',
  't.sym',
  'd.a',
  '.z.w',
  '.q',
  '.',
  '`t',
];
const QSQL = [
  'select',
  'exec',
  'update',
  'delete',
  'by',
  'from',
  'where',
  'distinct',
  'fby',
  'i',
  ',',
  'from t',
];

/** Ends the process, waits for input or starts programs: not for a fuzz. */
const KEPT_OUT = /^(exit|system|hopen|hdel|setenv)$/;
const TOKEN = /`[\w.:/]*|"(?:[^"\\]|\\.)*"|\.?[A-Za-z][\w.]*|-?\d[\w.:]*|\s+|[^\s\w]/g;

/** An endless source of expressions; the same for the same random numbers. */
export class QExpressions {
  readonly #random: Random;
  readonly #words = primitiveNames().filter(word => !KEPT_OUT.test(word));

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    const kind = this.#random();
    if (kind < 0.4) return this.#mutated(this.#pick(FUZZ_CORPUS));
    if (kind < 0.42) return this.#damaged();
    if (kind < 0.45) return `value ${quoted(this.#mutated(this.#pick(FUZZ_CORPUS)))}`;
    if (kind < 0.75) return this.#expression(1 + this.#below(4));
    if (kind < 0.85) return this.#query();
    if (kind < 0.95)
      return Array.from({ length: 1 + this.#below(14) }, () => this.#token()).join(this.#gap());
    if (kind < 0.98) return this.#huge();
    return this.#deep();
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)]!;
  }

  #gap(): string {
    return this.#random() < 0.5 ? ' ' : '';
  }

  #token(): string {
    const source = this.#pick([LITERALS, OPERATORS, MORE_OPERATORS, PUNCTUATION, NAMES, QSQL, this.#words]);
    return this.#pick(source);
  }

  #mutated(expression: string): string {
    const tokens = expression.match(TOKEN) ?? [];
    for (let times = 1 + this.#below(3); times > 0; times--) {
      const at = this.#below(tokens.length + 1);
      const change = this.#below(5);
      if (change === 0) tokens.splice(at, 1);
      else if (change === 1) tokens.splice(at, 0, this.#token());
      else if (change === 2) tokens.splice(at, 1, this.#token());
      else if (change === 3) tokens.splice(at, 1, this.#pick(LITERALS));
      else tokens.splice(at, 1, ...(this.#pick(FUZZ_CORPUS).match(TOKEN) ?? []).slice(0, 1 + this.#below(6)));
    }
    return tokens.join('');
  }

  /** Serialised bytes with some of them changed, or cut off, and read again. */
  #damaged(): string {
    const value = this.#pick(FUZZ_SERIALISED);
    const byte = (): string => this.#below(256).toString(16).padStart(2, '0');
    const changes = Array.from(
      { length: this.#below(4) },
      () => `b:@[b;${this.#below(60)}mod count b;:;0x${byte()}]`,
    );
    const cut = this.#random() < 0.3 ? `b:${this.#below(60)}#b` : 'b';
    return [`b:-8!${value}`, ...changes, cut, '-9!b'].join(';');
  }

  #noun(depth: number): string {
    if (depth > 0 && this.#random() < 0.4) return `(${this.#expression(depth - 1)})`;
    return this.#random() < 0.3 ? this.#pick(NAMES) : this.#pick(LITERALS);
  }

  #verb(): string {
    const verb = this.#pick(this.#pick([OPERATORS, MORE_OPERATORS, this.#words, this.#words]));
    return this.#random() < 0.15 ? `(${verb})${this.#pick(["'", '/', '\\', "':", '/:', '\\:'])}` : verb;
  }

  #expression(depth: number): string {
    const shape = this.#below(8);
    const inner = Math.max(0, depth - 1);
    if (depth <= 0 || shape === 0) return this.#noun(depth);
    if (shape <= 3) return `${this.#noun(inner)} ${this.#verb()} ${this.#expression(inner)}`;
    if (shape === 4) return `${this.#pick(this.#words)} ${this.#expression(inner)}`;
    if (shape === 5) {
      const args = Array.from({ length: this.#below(4) }, () => this.#expression(inner));
      return `${this.#verb()}[${args.join(';')}]`;
    }
    if (shape === 6) {
      const items = Array.from({ length: this.#below(4) }, () => this.#expression(inner));
      return `(${items.join(';')})`;
    }
    return `${this.#pick(['@', '.'])}[${this.#noun(inner)};${this.#noun(inner)};${this.#pick(['+', ':', '::', ',', '{x}'])};${this.#noun(inner)}]`;
  }

  #query(): string {
    const column = (): string => `${this.#pick(['', 'a:', 'price:'])}${this.#expression(1)}`;
    const list = (): string => Array.from({ length: this.#below(3) }, column).join(',');
    const by = this.#random() < 0.4 ? ` by ${list()}` : '';
    const where = this.#random() < 0.5 ? ` where ${list()}` : '';
    const verb = this.#pick([
      'select',
      'exec',
      'update',
      'delete',
      'select distinct',
      'select[2]',
      'select[<price]',
    ]);
    return `${verb} ${list()}${by} from ${this.#pick(['t', 'k', 'd', '`t', 'l', '([]a:1 2)'])}${where}`;
  }

  #huge(): string {
    const count = this.#pick(HUGE);
    return this.#pick([
      `til ${count}`,
      `${count}#${this.#pick(LITERALS)}`,
      `(${count};2)#1`,
      `${count}?${this.#pick(['10', '0Ng', '`3', '1.0', '"abc"'])}`,
      `${count}${this.#pick(OPERATORS)}${this.#pick(LITERALS)}`,
      `sum til ${count}`,
      `where ${count} ${count}`,
      `(${count}#0)!1`,
      `${count} ${this.#pick(this.#words)} ${this.#pick(LITERALS)}`,
      `{x,x}/[1000;${this.#pick(LITERALS)}]`,
      `{x+1}/[${count};0]`,
      `${count}$"abc"`,
      `do[${count};x]`,
    ]);
  }

  #deep(): string {
    const depth = 10 ** (1 + this.#below(4));
    return this.#pick([
      `${'('.repeat(depth)}1${')'.repeat(depth)}`,
      `${'{'.repeat(depth)}x${'}'.repeat(depth)}`,
      `${'enlist '.repeat(depth)}1`,
      `${'1+'.repeat(depth)}1`,
      `${'('.repeat(depth)}`,
      `${'f['.repeat(depth)}1${']'.repeat(depth)}`,
      `{enlist x}/[${depth};1]`,
      `{.z.s x}${depth}`,
      `-8!{enlist x}/[${depth};1]`,
      `{(x;x)}/[${Math.min(depth, 12)};1]~{(x;x)}/[${Math.min(depth, 12)};1]`,
      `string {enlist x}/[${depth};1]`,
    ]);
  }
}

/** A string literal of q. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, character => `\\${character}`).replaceAll('\n', '\\n')}"`;
}
