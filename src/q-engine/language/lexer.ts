/** Text to tokens, by the lexical rules of q. */
import { char, string, symbol, symbols } from '../values/make.ts';
import { encodeText } from '../values/text.ts';
import type { Value } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { parseNumbers } from './literals.ts';

export interface Token {
  readonly kind: 'literal' | 'name' | 'operator' | 'iterator' | 'punctuation' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Blank space (or nothing) before it. */
  readonly spaced: boolean;
  readonly value?: Value;
}

const OPERATORS = ['::', '<>', '<=', '>=', '0:', '1:', '2:'];
const SINGLE = '+-*%&|^=<>$#_~!?@.,:';
const DIGIT = /[0-9]/;
const LETTER = /[a-zA-Z]/;
const NUMBER = /[0-9][0-9a-zA-Z.]*/y;
const BYTES = /^0x/;
const NAME = /\.?[a-zA-Z][a-zA-Z0-9_]*(\.[a-zA-Z0-9_]+)*/y;
const SYMBOL = /`(?::[A-Za-z0-9._:/]*|[A-Za-z0-9.][A-Za-z0-9._]*(?::[A-Za-z0-9._:/]*)?)?/y;

/** The tokens of an expression or of several; comments are left out. Signals q's error for a bad one. */
export function tokenize(source: string): Token[] {
  return new Lexer(source).run();
}

/** The text of each token and of the blanks and comments between them; nothing of the source is left out. */
export function tokenTexts(source: string): string[] {
  const texts: string[] = [];
  let at = 0;
  for (const { kind, start, end } of tokenize(source)) {
    if (start > at) texts.push(source.slice(at, start));
    if (kind !== 'end') texts.push(source.slice(start, end));
    at = end;
  }
  return texts;
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): Token[] {
    for (;;) {
      const spaced = this.#skipBlanks();
      if (this.#at >= this.#source.length) break;
      this.#next(spaced || this.#at === 0);
    }
    this.#push('end', '', this.#at, true);
    return this.#tokens;
  }

  /** Skips blanks and comments; true when there was any. */
  #skipBlanks(): boolean {
    const source = this.#source;
    let spaced = false;
    while (this.#at < source.length) {
      const character = source[this.#at]!;
      if (character === ' ' || character === '\t' || character === '\r' || character === '\n') {
        this.#at += 1;
        spaced = true;
      } else if (character === '/' && (spaced || this.#at === 0)) {
        const end = source.indexOf('\n', this.#at);
        this.#at = end < 0 ? source.length : end;
      } else break;
    }
    return spaced;
  }

  #next(spaced: boolean): void {
    const source = this.#source;
    const start = this.#at;
    const character = source[start]!;
    if (character === '"') this.#string(spaced);
    else if (character === '`') this.#symbols(spaced);
    else if (this.#isNumber(character, spaced)) this.#numbers(spaced);
    else if (LETTER.test(character) || (character === '.' && LETTER.test(source[start + 1] ?? ''))) {
      NAME.lastIndex = start;
      this.#take('name', NAME.exec(source)![0], spaced);
    } else if ('()[]{};'.includes(character)) this.#take('punctuation', character, spaced);
    else if (character === "'" || character === '/' || character === '\\') {
      this.#take('iterator', source[start + 1] === ':' ? `${character}:` : character, spaced);
    } else {
      const operator = OPERATORS.find(each => source.startsWith(each, start));
      if (operator === undefined && !SINGLE.includes(character)) throw new QError(character);
      this.#take('operator', operator ?? character, spaced);
    }
  }

  #take(kind: Token['kind'], text: string, spaced: boolean, value?: Value): void {
    const start = this.#at;
    this.#at += text.length;
    this.#push(kind, text, start, spaced, value);
  }

  #push(kind: Token['kind'], text: string, start: number, spaced: boolean, value?: Value): void {
    const token = { kind, text, start, end: this.#at, spaced };
    this.#tokens.push(value === undefined ? token : { ...token, value });
  }

  #isNumber(character: string, spaced: boolean): boolean {
    const next = this.#source[this.#at + 1] ?? '';
    if (DIGIT.test(character)) {
      return !('012'.includes(character) && next === ':' && !this.#isClock());
    }
    if (character === '.') return DIGIT.test(next) && !this.#afterNoun(spaced, true);
    if (character !== '-' || this.#afterNoun(spaced, false)) return false;
    return DIGIT.test(next) || (next === '.' && DIGIT.test(this.#source[this.#at + 2] ?? ''));
  }

  /** A time such as 1:30 rather than the operator 1: before something. */
  #isClock(): boolean {
    return /^:[0-5]\d(?!\w)/.test(this.#source.slice(this.#at + 1, this.#at + 5));
  }

  /** Whether the token before, without a blank between, is a noun, so that a minus here subtracts. */
  #afterNoun(spaced: boolean, anySpace: boolean): boolean {
    const before = this.#tokens[this.#tokens.length - 1];
    if (before === undefined || (spaced && !anySpace)) return false;
    if (anySpace && spaced) return false;
    return before.kind === 'literal' || before.kind === 'name' || ')]}'.includes(before.text);
  }

  #numbers(spaced: boolean): void {
    const start = this.#at;
    const words: string[] = [];
    let end = start;
    for (;;) {
      words.push(this.#numberWord());
      end = this.#at;
      while (this.#source[this.#at] === ' ' || this.#source[this.#at] === '\t') this.#at += 1;
      const character = this.#source[this.#at] ?? '';
      if (this.#at === end || !this.#startsWord(character)) break;
      // Bytes are one literal, never an item of a list of numbers.
      if (BYTES.test(words[0]!) || BYTES.test(this.#source.slice(this.#at, this.#at + 2))) break;
    }
    this.#at = end;
    const text = this.#source.slice(start, end);
    this.#push('literal', text, start, spaced, parseNumbers(words));
  }

  #startsWord(character: string): boolean {
    const next = this.#source[this.#at + 1] ?? '';
    const afterNext = this.#source[this.#at + 2] ?? '';
    if (DIGIT.test(character)) return !('012'.includes(character) && next === ':' && !this.#isClock());
    if (character === '.') return DIGIT.test(next);
    return character === '-' && (DIGIT.test(next) || (next === '.' && DIGIT.test(afterNext)));
  }

  #numberWord(): string {
    const source = this.#source;
    const start = this.#at;
    if (source[this.#at] === '-') this.#at += 1;
    if (source[this.#at] === '.') this.#at += 1;
    for (;;) {
      NUMBER.lastIndex = this.#at;
      const match = NUMBER.exec(source);
      if (match === null) break;
      this.#at = NUMBER.lastIndex;
      const character = source[this.#at] ?? '';
      const next = source[this.#at + 1] ?? '';
      if (character === ':' && DIGIT.test(next)) this.#at += 1;
      else if ((character === '-' || character === '+') && DIGIT.test(next) && this.#inExponent(start))
        this.#at += 1;
      else break;
    }
    return source.slice(start, this.#at);
  }

  #inExponent(start: number): boolean {
    return /^-?(\d+\.?\d*|\.\d+)e$/.test(this.#source.slice(start, this.#at));
  }

  #symbols(spaced: boolean): void {
    const start = this.#at;
    const names: string[] = [];
    while (this.#source[this.#at] === '`') {
      SYMBOL.lastIndex = this.#at;
      names.push(SYMBOL.exec(this.#source)![0].slice(1));
      this.#at = SYMBOL.lastIndex;
    }
    const value = names.length === 1 ? symbol(names[0]!) : symbols(names);
    this.#push('literal', this.#source.slice(start, this.#at), start, spaced, value);
  }

  #string(spaced: boolean): void {
    const source = this.#source;
    const start = this.#at;
    let text = '';
    let at = start + 1;
    for (;;) {
      const character = source[at];
      if (character === undefined) throw new QError('"');
      if (character === '"') break;
      if (character === '\\') {
        const escaped = readEscape(source, at + 1);
        text += escaped.text;
        at = escaped.end;
      } else {
        text += character;
        at += 1;
      }
    }
    this.#at = at + 1;
    const bytes = encodeText(text);
    const value = bytes.length === 1 ? char(bytes[0]!) : string(text);
    this.#push('literal', source.slice(start, this.#at), start, spaced, value);
  }
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '\\': '\\', '"': '"', '/': '/' };

function readEscape(source: string, at: number): { text: string; end: number } {
  const octal = /[0-7]{3}/y;
  octal.lastIndex = at;
  const digits = octal.exec(source)?.[0];
  if (digits !== undefined) {
    const byte = Number.parseInt(digits, 8) & 255;
    return { text: byte < 128 ? String.fromCharCode(byte) : String.fromCharCode(0xdc00 + byte), end: at + 3 };
  }
  const text = ESCAPES[source[at] ?? ''];
  if (text === undefined) throw new QError('char');
  return { text, end: at + 1 };
}
