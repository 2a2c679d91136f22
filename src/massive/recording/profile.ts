import { isObject } from '../rest/json.ts';

/** What a value is, in words of a report. */
export type ValueKind = 'number' | 'number in a text' | 'text' | 'true or false' | 'null' | 'list' | 'object';

/** The unit of a time, as the digits of an instant of these decades tell it. */
export type TimeUnit = 's' | 'ms' | 'µs' | 'ns';

/** How often something was seen, and what it looked like the first time. */
export interface Seen {
  count: number;
  readonly example: string;
}

export interface FieldProfile {
  count: number;
  readonly kinds: Map<ValueKind, Seen>;
  /** Of its numbers; those that are no instant have none. */
  readonly units: Map<TimeUnit | 'none', Seen>;
}

const EXAMPLE_CHARACTERS = 160;

/** An instant between 2001 and 2100 has so many digits in each unit. */
const UNIT_OF_DIGITS: Readonly<Record<number, TimeUnit>> = { 10: 's', 13: 'ms', 16: 'µs', 19: 'ns' };
const INSTANT = /^[1-4]\d*$/;

const NUMBER_TEXT = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** What objects of one kind have in common: their fields, what values these have, and in which order they stand. */
export class ObjectProfile {
  objects = 0;
  readonly fields = new Map<string, FieldProfile>();
  /** Pairs of fields of which the first stood somewhere before the second, with an object that shows it. */
  readonly #before = new Map<string, string>();
  readonly #orders = new Set<string>();

  add(object: Readonly<Record<string, unknown>>): void {
    this.objects++;
    const names = Object.keys(object);
    for (const name of names) this.#addField(name, object[name], object);
    const order = names.join(' ');
    if (this.#orders.has(order)) return;
    this.#orders.add(order);
    const example = shown(object);
    for (const [index, first] of names.entries()) {
      for (const second of names.slice(index + 1)) {
        const pair = `${first} ${second}`;
        if (!this.#before.has(pair)) this.#before.set(pair, example);
      }
    }
  }

  /** An object in which `first` stands before `second`; undefined where there is none. */
  exampleOfOrder(first: string, second: string): string | undefined {
    return this.#before.get(`${first} ${second}`);
  }

  /** The share of the objects that have a field. */
  shareOf(name: string): number {
    return (this.fields.get(name)?.count ?? 0) / Math.max(1, this.objects);
  }

  #addField(name: string, value: unknown, object: unknown): void {
    let field = this.fields.get(name);
    if (!field) {
      field = { count: 0, kinds: new Map(), units: new Map() };
      this.fields.set(name, field);
    }
    field.count++;
    see(field.kinds, kindOf(value), object);
    if (kindOf(value) === 'number' || kindOf(value) === 'number in a text') {
      see(field.units, unitOf(String(value)), object);
    }
  }
}

/** Counts something; the first one is the example. */
export function see<Key>(seen: Map<Key, Seen>, key: Key, example: unknown): void {
  const known = seen.get(key);
  if (known) known.count++;
  else seen.set(key, { count: 1, example: shown(example) });
}

/** Anything as a report shows it, on one line and not too long. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > EXAMPLE_CHARACTERS ? `${text.slice(0, EXAMPLE_CHARACTERS)}...` : text;
}

function kindOf(value: unknown): ValueKind {
  if (value === null) return 'null';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value === 'string') return NUMBER_TEXT.test(value) ? 'number in a text' : 'text';
  return isObject(value) ? 'object' : 'list';
}

function unitOf(text: string): TimeUnit | 'none' {
  return (INSTANT.test(text) && UNIT_OF_DIGITS[text.length]) || 'none';
}
