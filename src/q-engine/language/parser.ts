/** Tokens to a syntax tree. q has no precedence: an expression is read from the right. */

import { primitive, primitiveOrUndefined } from '../primitives/registry.ts';
import type { Place } from '../values/calls.ts';
import { char } from '../values/make.ts';
import type { Iterator, Lambda, LambdaOrigin } from '../values/value.ts';
import { EMPTY_LIST, NULL, QError } from '../values/value.ts';
import { nameOrigin, parseLambda, parseViewDefinition } from './function-parser.ts';
import { CONTROL_WORDS, INFIX, isReserved, QUERY_VERBS, RESERVED } from './keywords.ts';
import { type Token, tokenize } from './lexer.ts';
import { assignable, compose, isVerb } from './node-shapes.ts';
import type { Node } from './nodes.ts';
import { caseNode, isPattern, namesIn, unvalued } from './pattern-nodes.ts';
import { parseQuery } from './query-parser.ts';
import type { FunctionScope } from './scope.ts';
import { parseTableLiteral } from './table-parser.ts';
import { applyNode, noun, prefixed, type Reduced, type Term, type Word } from './terms.ts';

const ELIDED_NODE: Node = { kind: 'elided' };
const NO_STOPS: ReadonlySet<string> = new Set();

/** Parses an expression or several separated by semicolons. Signals q's error where it is not one. */
export function parseSource(source: string, namespace: string, place?: Place): Node {
  return new Parser(source, namespace, place).parseAll();
}

/** Parses the definition of a view, `name::expressions`, whose text is all that follows the colons. */
export function parseView(
  source: string,
  namespace: string,
  place?: Place,
): { name: string; text: string; lambda: Lambda } {
  return new Parser(source, namespace, place).parseView();
}

export class Parser {
  readonly source: string;
  readonly namespace: string;
  readonly #place: Place | undefined;
  readonly #tokens: readonly Token[];
  #at = 0;
  #scope: FunctionScope | undefined;
  /** Inside a query, outside of any bracket: what ends an expression there, a comma or a word. */
  #stops: ReadonlySet<string> = NO_STOPS;
  /** How many queries' phrases enclose this place. */
  #phraseDepth = 0;
  /** Whether the expression at hand is an item of a table or dictionary literal. */
  inNamedItems = false;
  /** Where the function at hand starts in the source, and the functions directly in it. */
  #offset = 0;
  #nested: LambdaOrigin[] = [];

  constructor(source: string, namespace: string, place?: Place) {
    this.source = source;
    this.namespace = namespace;
    this.#place = place;
    this.#tokens = tokenize(source);
  }

  /** An offset in the source as one in the text of the function at hand. */
  position(start: number): number {
    return start - this.#offset;
  }

  startOfTaken(): number {
    return this.#tokens[this.#at - 1]!.start;
  }

  endOfTaken(): number {
    return this.#tokens[this.#at - 1]!.end;
  }

  /** Where a function that starts there was defined; the function around it knows it as one of its own. */
  originAt(start: number): LambdaOrigin {
    const place = this.#place;
    const lines = place === undefined ? 0 : this.source.slice(0, start).split('\n').length - 1;
    const origin: LambdaOrigin = {
      name: '',
      nested: [],
      ...(place === undefined ? {} : { place: { path: place.path, line: place.line + lines } }),
    };
    this.#nested.push(origin);
    return origin;
  }

  /** Runs the parse of the body of a function. */
  inFunction<T>(scope: FunctionScope, start: number, { nested }: LambdaOrigin, parse: () => T): T {
    const outer = [this.#scope, this.#phraseDepth, this.#offset, this.#nested] as const;
    [this.#scope, this.#phraseDepth, this.#offset, this.#nested] = [scope, 0, start, nested];
    const result = parse();
    [this.#scope, this.#phraseDepth, this.#offset, this.#nested] = outer;
    return result;
  }

  /** An error that knows no place is at the token in hand, or at the one just taken where it names that. */
  #located<T>(parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      if (error instanceof QError && error.at < 0) {
        const taken = this.#tokens[this.#at - 1];
        error.at = (taken?.text === error.message ? taken : this.peek()).start;
      }
      throw error;
    }
  }

  #nameFunction(name: string, value: Node): void {
    if (value.kind !== 'literal' || value.value.kind !== 'lambda' || value.value.origin === undefined) return;
    const isLocal = this.#scope !== undefined || this.namespace === '' || name.startsWith('.');
    nameOrigin(value.value.origin, isLocal ? name : `${this.namespace}.${name}`);
  }

  parseAll(): Node {
    return this.#located(() => this.#all());
  }

  #all(): Node {
    const items = this.sequence('');
    if (this.peek().kind !== 'end') throw new QError(this.peek().text);
    return items.length === 1 ? items[0]! : { kind: 'sequence', items };
  }

  parseView(): { name: string; text: string; lambda: Lambda } {
    return this.#located(() => parseViewDefinition(this));
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  expect(text: string): void {
    const token = this.take();
    if (token.text !== text) throw new QError(token.kind === 'end' ? text : token.text);
  }

  /** Runs the parse of a query's phrase that ends at these words, and whose parts commas separate. */
  asPhrase<T>(words: readonly string[], parse: () => T): T {
    this.#phraseDepth += 1;
    const result = this.stoppingAt(new Set([',', ...words]), parse);
    this.#phraseDepth -= 1;
    return result;
  }

  stoppingAt<T>(stops: ReadonlySet<string>, parse: () => T): T {
    const before = this.#stops;
    this.#stops = stops;
    const result = parse();
    this.#stops = before;
    return result;
  }

  /** A use of the name just taken. */
  refer(name: string): Node {
    const at = this.position(this.startOfTaken());
    return this.#scope?.refer(name, at, this.#phraseDepth > 0) ?? { kind: 'name', name, at, slot: -1 };
  }

  /** Expressions separated by semicolons up to `close` (not taken). */
  sequence(close: string): Node[] {
    const items: Node[] = [];
    for (;;) {
      items.push(this.expression());
      const token = this.peek();
      if (token.kind === 'end' || token.text === close) return items;
      if (token.text !== ';') throw new QError(token.text);
      this.#at += 1;
    }
  }

  /** One expression; an empty one is elided. */
  expression(): Node {
    const token = this.peek();
    const next = this.peek(1);
    if (token.kind === 'operator' && token.text === ':' && !this.#endsAt(next) && !this.#attaches(next)) {
      this.#at += 1;
      return { kind: 'return', value: this.expression() };
    }
    if (token.kind === 'iterator' && token.text === "'" && !this.#endsAt(next) && next.text !== '[') {
      this.#at += 1;
      const at = this.position(token.start);
      return { kind: 'signal', at, value: this.expression() };
    }
    const terms: Term[] = [];
    while (!this.#endsAt(this.peek())) terms.push(this.#term(terms));
    if (terms.length === 0) return ELIDED_NODE;
    return this.#reduce(terms, 0).node;
  }

  /** Brackets and iterators belong to the verb before them. */
  #attaches(token: Token): boolean {
    return token.text === '[' || (token.kind === 'iterator' && !token.spaced);
  }

  #endsAt(token: Token): boolean {
    if (token.kind === 'end') return true;
    if (token.kind === 'punctuation') return token.text === ';' || ')]}'.includes(token.text);
    return (token.kind === 'name' || token.kind === 'operator') && this.#stops.has(token.text);
  }

  #reduce(terms: readonly Term[], at: number): Reduced {
    const first = terms[at]!;
    const last = at === terms.length - 1;
    if (first.role === 'assign') throw new QError('assign');
    if (last) return { node: first.node, train: first.role === 'verb' && at > 0 };
    const second = terms[at + 1]!;
    if (second.role === 'assign') return this.#assign(first, second, terms, at);
    if (first.role === 'noun' && second.role === 'verb') {
      const partial = applyNode(second, [first.node, ELIDED_NODE]);
      if (at + 2 === terms.length) return { node: partial, train: true };
      const right = this.#reduce(terms, at + 2);
      if (right.train) return { node: compose(partial, right.node), train: true };
      return { node: applyNode(second, [first.node, right.node]), train: false };
    }
    const rest = this.#reduce(terms, at + 1);
    if (rest.train) return { node: compose(first.node, rest.node), train: true };
    const target = { ...first, node: prefixed(first, first.start + this.#offset) };
    return { node: applyNode(target, [rest.node]), train: false };
  }

  #assign(target: Term, sign: Term, terms: readonly Term[], at: number): Reduced {
    if (at + 2 >= terms.length && this.inNamedItems) return { node: unvalued(target.node), train: false };
    if (at + 2 >= terms.length) throw new QError('assign');
    const value = this.#reduce(terms, at + 2).node;
    if (isPattern(target.node) && sign.operator === undefined && sign.global !== true) {
      for (const name of namesIn(target.node)) this.#scope?.assign(name, target.start + this.#offset);
      return { node: { kind: 'pattern', pattern: target.node, value }, train: false };
    }
    const { name, indices } = assignable(target.node);
    if (isReserved(name.name, sign.global === true)) throw new QError('assign');
    const plain = indices === undefined && sign.operator === undefined;
    if (plain && sign.global) this.#scope?.assignGlobal(name.name);
    if (plain && !sign.global && !this.#stops.has(',') && !name.name.includes('.'))
      this.#scope?.assign(name.name, target.start + this.#offset);
    if (plain) this.#nameFunction(name.name, value);
    return {
      train: false,
      node: {
        kind: 'assign',
        at: sign.start,
        target: name,
        global: sign.global === true,
        value,
        ...(indices === undefined ? {} : { indices }),
        ...(sign.operator === undefined ? {} : { operator: sign.operator }),
      },
    };
  }

  #term(before: readonly Term[]): Term {
    const previous = before[before.length - 1];
    const token = this.peek();
    const start = this.position(token.start);
    if (token.kind === 'operator' && previous?.role === 'noun') {
      const identity = token.text === '::' && this.#endsAt(this.peek(1));
      if ((token.text === ':' || token.text === '::') && !identity) {
        this.#at += 1;
        return { node: ELIDED_NODE, role: 'assign', start, global: token.text === '::' };
      }
    }
    const first = this.#at;
    const primary = { ...this.#primary(), start };
    const next = this.peek();
    if (
      previous?.role === 'noun' &&
      primary.role === 'verb' &&
      next.kind === 'operator' &&
      next.text === ':' &&
      !next.spaced &&
      this.#at === first + 1
    ) {
      this.#at += 1;
      return { node: ELIDED_NODE, role: 'assign', start, operator: primary.node };
    }
    return this.#postfix(primary);
  }

  /** Brackets and iterators after a noun or verb. */
  #postfix(term: Term): Term {
    const { start } = term;
    let { node, role } = term;
    for (;;) {
      const token = this.peek();
      if (token.kind === 'punctuation' && token.text === '[') {
        node = this.#applied(node, start);
        role = 'noun';
      } else if (token.kind === 'iterator' && !token.spaced) {
        this.#at += 1;
        node = { kind: 'derived', iterator: token.text as Iterator, target: node };
        role = 'verb';
      } else return { node, role, start };
    }
  }

  #applied(target: Node, at: number): Node {
    const args = this.#bracket();
    // In the phrases of a query $ is the operator only, as in kdb+.
    if (
      target.kind === 'literal' &&
      isVerb(target.value, '$') &&
      args.length >= 3 &&
      this.#phraseDepth === 0
    ) {
      return { kind: 'conditional', branches: args };
    }
    if (target.kind === 'literal' && isVerb(target.value, ':') && args.length >= 4) return caseNode(args);
    return { kind: 'apply', at, target, args };
  }

  /** `[a;b;c]` */
  #bracket(): Node[] {
    this.expect('[');
    const args = this.stoppingAt(NO_STOPS, () => this.sequence(']'));
    this.expect(']');
    return args;
  }

  #primary(): Word {
    const token = this.take();
    switch (token.kind) {
      case 'literal':
        return noun({ kind: 'literal', value: token.value! });
      case 'name':
        return this.#word(token.text);
      case 'operator':
        return this.#operator(token.text);
      case 'iterator':
        return noun({ kind: 'literal', value: primitive(token.text) });
      default:
        if (token.text === '(') return noun(this.stoppingAt(NO_STOPS, () => this.#parenthesis()));
        if (token.text === '{')
          return noun({ kind: 'literal', value: this.stoppingAt(NO_STOPS, () => parseLambda(this)) });
        if (token.text === '[') {
          this.#at -= 1;
          return noun({ kind: 'sequence', items: this.#bracket() });
        }
        throw new QError(token.text);
    }
  }

  #operator(text: string): Word {
    const next = this.peek();
    if (text === '::') return noun({ kind: 'literal', value: NULL });
    // A unary form such as #: is a noun. A colon after blank space, or one that starts ::, is not part of it.
    if (next.kind === 'operator' && next.text === ':' && !next.spaced && text !== ':' && this.#unaryHere()) {
      this.#at += 1;
      return noun({ kind: 'literal', value: primitive(`${text}:`) });
    }
    return { node: { kind: 'literal', value: primitive(text) }, role: 'verb' };
  }

  /** Whether the operator just taken cannot be the operator of an assignment: no noun before it. */
  #unaryHere(): boolean {
    const before = this.#tokens[this.#at - 2];
    if (before === undefined) return true;
    if (before.kind === 'operator' || before.kind === 'iterator') return true;
    return before.kind === 'punctuation' && '([{;'.includes(before.text);
  }

  #word(name: string): Word {
    if (QUERY_VERBS.has(name)) return noun(parseQuery(this, name as 'select'));
    if (CONTROL_WORDS.has(name) && this.peek().text === '[') {
      const [condition = ELIDED_NODE, ...body] = this.#bracket();
      return noun({ kind: 'control', word: name as 'if', condition, body });
    }
    if (this.#isDefined() && !isReserved(name, true)) return noun(this.refer(name));
    if (name === 'csv') return noun({ kind: 'literal', value: char(44) });
    const keyword = name.startsWith('.') ? undefined : primitiveOrUndefined(name);
    if (keyword !== undefined) {
      return { node: { kind: 'literal', value: keyword }, role: INFIX.has(name) ? 'verb' : 'noun' };
    }
    if (RESERVED.has(name)) throw new QError(`nyi: ${name}`);
    return noun(this.refer(name));
  }

  /** Whether `::` and a value follow the word just taken. */
  #isDefined(): boolean {
    const next = this.peek();
    return next.kind === 'operator' && next.text === '::' && !this.#endsAt(this.peek(1));
  }

  #parenthesis(): Node {
    if (this.peek().text === '[') return parseTableLiteral(this);
    const items = this.sequence(')');
    this.expect(')');
    if (items.length === 1)
      return items[0]!.kind === 'elided' ? { kind: 'literal', value: EMPTY_LIST } : items[0]!;
    return { kind: 'list', items };
  }
}
