import type { Random } from '../../../../src/base/random.ts';
import type { Market } from '../../../../src/tables/markets.ts';

const KEYS: Readonly<Record<Market, readonly string[]>> = {
  stocks: ['sym', 'v', 'av', 'op', 'vw', 'o', 'c', 'h', 'l', 'a', 'z', 's', 'e', 'otc', 'dv', 'dav'],
  options: ['sym', 'v', 'av', 'op', 'vw', 'o', 'c', 'h', 'l', 'a', 'z', 's', 'e', 'dv', 'dav'],
  indices: ['sym', 'op', 'o', 'c', 'h', 'l', 's', 'e'],
  forex: ['pair', 'o', 'c', 'h', 'l', 'v', 's', 'e'],
  crypto: ['pair', 'o', 'c', 'h', 'l', 'v', 'vw', 'z', 's', 'e'],
  futures: ['sym', 'v', 'dv', 'o', 'c', 'h', 'l', 'n', 's', 'e'],
};

const CHANNELS: Readonly<Record<Market, readonly string[]>> = {
  stocks: ['A', 'AM'],
  options: ['A', 'AM'],
  indices: ['A', 'AM'],
  futures: ['A', 'AM'],
  forex: ['CA', 'CAS'],
  crypto: ['XA', 'XAS'],
};

const TICKERS = [
  'EXACTLY8',
  'EXACTLY8.A',
  'EXACTLY8.B',
  'A',
  'AAPL',
  'BRK.B',
  'BApA',
  'BAPA',
  'EUR/USD',
  'BTC-USD',
  'O:SPY251219C00650000',
  'I:SPX',
  '1OZZ5-1OZG6',
];
const ODD_TICKERS = [
  '"\\u0041APL"',
  '"É"',
  '"\\ud83d\\ude00"',
  '"\\ud83d"',
  '"A\\u0000B"',
  '""',
  '"A\\"B"',
  '"A\\\\"',
  '"A\\nB"',
  '"\u{1f600}"',
  `"${'X'.repeat(128)}"`,
  `"${'X'.repeat(129)}"`,
  '"12345678"',
  '"123456789"',
  '"1234567890"',
  '7',
  'null',
  '["A"]',
];
const ODD_NUMBERS = [
  '-0',
  '0',
  '0.0',
  '-1.5',
  '1e3',
  '1E-7',
  '8.12e-06',
  '1e308',
  '1e309',
  '-1e999',
  '5e-324',
  '123456789',
  '1234567890',
  '0.123456789',
  '0.1234567891',
  '999999999.999999',
  '999999999.9999999',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551616',
  '0.1000000000000000055511151231257827',
  '123456.7890123456789',
  '179769313486231580793728971405301e277',
];
const ODD_VALUES = [
  'null',
  'true',
  'false',
  '"12.5"',
  '"-12.5"',
  '"1e3"',
  '"007"',
  '"+5"',
  '" 5"',
  '""',
  '"NaN"',
  '"5.0"',
  '"\\u0035"',
  '"9007199254740993"',
  '[]',
  '{}',
  '{"v":1}',
  '[1,[2,{"s":3}]]',
  '"a]}b"',
];
const NOT_JSON = [
  '01',
  '.5',
  '5.',
  '+1',
  '1e',
  '--1',
  'nul',
  'tru',
  'NaN',
  "'x'",
  '"\t"',
  '"\\x"',
  '0x10',
  '"5x',
  '1_0',
  '"',
  '\u00a01',
];
const ODD_STARTS = [
  '1782124955',
  '178212495500',
  '17821249550000',
  '1782124955000000',
  '1782124955000123',
  '1782124955000123456',
  '9223372036854775807',
  '9999999999999999999',
  '0782124955000',
  '0',
  '1782124955000.0',
  '1782124955000.5',
  '1.782124955e12',
  '1.7821249550001234e18',
  '-1782124955000',
  '"1782124955000"',
  'null',
  '17821249550001234567',
];
const SPACES = ['', '', '', ' ', '\n', '\t', '\r\n  '];
const UNKNOWN_MEMBERS = [
  '"x":1',
  '"new":"text"',
  '"nested":{"sym":"B","s":[1,{"e":"}"}]}',
  '"r":null',
  '"\\u0076":12',
  '"s ":1',
  '"":0',
];

/** Random frames of one market: mostly as Massive writes them, with everything that may go wrong now and then. */
export class RandomFrames {
  readonly #random: Random;
  readonly #market: Market;
  #startMs = 1_782_124_955_000;

  constructor(market: Market, random: Random) {
    this.#market = market;
    this.#random = random;
  }

  next(): Uint8Array {
    const events = Array.from({ length: this.#below(6) }, () => this.#element());
    const space = () => (this.#chance(0.02) ? this.#of(SPACES) : '');
    let text = `${space()}[${space()}${events.join(`${space()},${space()}`)}${space()}]${space()}`;
    if (this.#chance(0.02))
      text = this.#of([
        '',
        '[',
        ']',
        '{}',
        '[]]',
        '[],',
        '[,]',
        `${text} x`,
        `${text}\0`,
        `\ufeff${text}`,
        '"[]"',
        'null',
      ]);
    const bytes = Buffer.from(text);
    if (this.#chance(0.03)) return bytes.subarray(0, this.#below(bytes.length + 1));
    if (this.#chance(0.03))
      for (let i = 0; i < 3 && bytes.length > 0; i++) bytes[this.#below(bytes.length)] = this.#below(256);
    return bytes;
  }

  #element(): string {
    if (this.#chance(0.03))
      return this.#of([
        '{"ev":"status","status":"success","message":"subscribed to: A.*"}',
        '{"ev":"status"}',
        '{"status":"x","message":1,"ev":"status"}',
      ]);
    if (this.#chance(0.01))
      return this.#of([
        '1',
        'null',
        '"A"',
        '[]',
        '{}',
        '{"ev":1}',
        '{"ev":"T","sym":"A"}',
        '{"ev":"constructor"}',
        '',
      ]);
    return this.#event();
  }

  #event(): string {
    const keys = KEYS[this.#market].filter(() => !this.#chance(0.03));
    let members = keys.map(key => `"${key}":${this.#value(key)}`);
    if (this.#chance(0.03)) members.splice(this.#below(members.length + 1), 0, this.#of(UNKNOWN_MEMBERS));
    if (this.#chance(0.04)) {
      const key = this.#of(KEYS[this.#market]);
      members.splice(this.#below(members.length + 1), 0, `"${key}":${this.#value(key)}`);
    }
    const channel = this.#chance(0.01)
      ? this.#of(['T', 'Q', 'A', 'AM', 'XA', 'a', 'status'])
      : this.#of(CHANNELS[this.#market]);
    members.unshift(`"ev":"${channel}"`);
    if (this.#chance(0.01)) members.push(`"ev":"${this.#of(CHANNELS[this.#market])}"`);
    if (this.#chance(0.03)) members = this.#shuffled(members);
    if (this.#chance(0.03))
      members = members.map(member => member.replace(':', `${this.#of(SPACES)}:${this.#of(SPACES)}`));
    if (this.#chance(0.01))
      members = members.map(member =>
        member.replace(
          /^"(.)/,
          (_, first: string) => `"\\u${first.charCodeAt(0).toString(16).padStart(4, '0')}`,
        ),
      );
    return `{${members.join(this.#chance(0.02) ? `${this.#of(SPACES)},${this.#of(SPACES)}` : ',')}}`;
  }

  #value(key: string): string {
    if (this.#chance(0.004)) return this.#of(NOT_JSON);
    switch (key) {
      case 'sym':
      case 'pair':
        return this.#chance(0.03) ? this.#of(ODD_TICKERS) : `"${this.#of(TICKERS)}"`;
      case 's':
      case 'e':
        if (this.#chance(0.03)) return this.#of(ODD_STARTS);
        if (this.#chance(0.1)) this.#startMs = 1_735_000_000_000 + this.#below(60_000_000) * 1000;
        if (this.#chance(0.02)) this.#startMs += this.#below(10);
        return String(this.#startMs + (key === 'e' ? 1000 : 0));
      case 'otc':
        return this.#chance(0.1) ? this.#of(ODD_VALUES) : 'true';
      default:
        return this.#number(key);
    }
  }

  #number(key: string): string {
    if (this.#chance(0.02)) return this.#of(ODD_NUMBERS);
    if (this.#chance(0.01)) return this.#of(ODD_VALUES);
    const value = this.#random() * 10 ** this.#below(9);
    const text = this.#chance(0.3) ? String(Math.floor(value)) : value.toFixed(this.#below(9));
    return key === 'dv' || key === 'dav' ? `"${text}"` : text;
  }

  #shuffled(items: readonly string[]): string[] {
    return items
      .map(item => ({ item, order: this.#random() }))
      .sort((left, right) => left.order - right.order)
      .map(({ item }) => item);
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #of<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)]!;
  }
}
