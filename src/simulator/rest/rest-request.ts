import type { MarketHistory } from '../history/market-history.ts';
import type { SimulatedMarket } from '../markets.ts';
import type { AcceptedKey } from '../options.ts';
import { badRequest, NOT_ENTITLED } from './rest-errors.ts';

/** A request with a known key. */
export interface RestRequest {
  readonly id: string;
  /** Decoded. */
  readonly path: string;
  /** Of the query, or of the cursor in its place; without the key. */
  readonly parameters: ReadonlyMap<string, string>;
  /** `http://host:port`, as the client called it. */
  readonly origin: string;
  readonly key: AcceptedKey;
  readonly histories: ReadonlyMap<SimulatedMarket, MarketHistory>;
  /** Market time, ms since 1970. */
  readonly nowMs: number;
}

/** The last second whose trades are known. */
export function knownSecond({ nowMs }: RestRequest): number {
  return Math.floor(nowMs / 1000) - 1;
}

/**
 * The history of a market that the key is entitled to; undefined where the market is not simulated.
 *
 * @throws RestRefusal
 */
export function entitledHistory(request: RestRequest, market: SimulatedMarket): MarketHistory | undefined {
  const { markets } = request.key;
  if (markets !== 'all' && !markets.includes(market)) throw NOT_ENTITLED;
  return request.histories.get(market);
}

/** What the query says, with the cursor's parameters under it. */
export function parametersOf(query: URLSearchParams): Map<string, string> {
  const given = new Map(query);
  given.delete('apiKey');
  const cursor = given.get('cursor');
  if (cursor === undefined) return given;
  given.delete('cursor');
  return new Map([...new URLSearchParams(Buffer.from(cursor, 'base64url').toString('latin1')), ...given]);
}

/** Base64 of the parameters, without padding. */
export function cursorOf(parameters: Iterable<readonly [string, string]>): string {
  const text = new URLSearchParams(Object.fromEntries(parameters)).toString();
  return Buffer.from(text, 'latin1').toString('base64url');
}

/** @throws RestRefusal */
export function integerParameter(request: RestRequest, name: string, unless: number, most: number): number {
  const text = request.parameters.get(name);
  if (text === undefined) return unless;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw badRequest(`The parameter '${name}' must be an integer between 1 and ${most}`);
}

/** @throws RestRefusal */
export function booleanParameter(request: RestRequest, name: string, unless: boolean): boolean {
  const text = request.parameters.get(name);
  if (text === undefined) return unless;
  if (text === 'true' || text === 'false') return text === 'true';
  throw badRequest(`The parameter '${name}' must be true or false`);
}

/** @throws RestRefusal */
export function choiceParameter<T extends string>(
  request: RestRequest,
  name: string,
  choices: readonly T[],
  unless: T,
): T {
  const text = request.parameters.get(name) ?? unless;
  const choice = choices.find(known => known === text);
  if (choice !== undefined) return choice;
  throw badRequest(`The parameter '${name}' must be one of ${choices.join(', ')}`);
}
