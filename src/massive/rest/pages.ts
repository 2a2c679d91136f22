import { messageOf } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';
import { RestAnswerError } from './errors.ts';
import { isObject, type JsonObject, parseJson, textIn } from './json.ts';
import type { RestRequests } from './requests.ts';

/** One answer of an endpoint that answers lists. */
export interface Page {
  /** What was asked for, for messages: `/v2/aggs/ticker/AAPL/range/1/minute/...`. */
  readonly path: string;
  readonly results: readonly unknown[];
}

/** No list that is asked for here has nearly as many pages. */
const MOST_PAGES = 10_000;

const SHOWN_CHARACTERS = 120;

/**
 * The pages of a list, each asked for when it is wanted. The address of the next page is followed as it is given, within
 * the service only: the key never goes anywhere else.
 *
 * Iterating throws RestError, and the signal's reason.
 */
export async function* pagesOf(
  requests: RestRequests,
  first: URL,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const asked = new Set<string>();
  for (let url: URL | undefined = first; url; ) {
    if (asked.size >= MOST_PAGES)
      throw new RestAnswerError(`${first.pathname} has no end`, `${MOST_PAGES} pages`);
    asked.add(url.href);
    const body = await objectAt(requests, url, signal);
    yield { path: url.pathname, results: resultsOf(body, url) };
    url = nextOf(body, url, requests);
    if (url && asked.has(url.href)) {
      throw new RestAnswerError(
        `${url.pathname} gives a page that it gave before as the next one`,
        'next_url',
      );
    }
  }
}

/** The object that is at an address. Throws RestError, and the signal's reason. */
export async function objectAt(requests: RestRequests, url: URL, signal: AbortSignal): Promise<JsonObject> {
  const body = await jsonAt(requests, url, signal);
  if (!isObject(body))
    throw new RestAnswerError(`${url.pathname} was not answered with an object`, typeof body);
  if (body['status'] === 'ERROR' || body['status'] === 'NOT_AUTHORIZED') {
    const told = textIn(body, 'error') ?? textIn(body, 'message') ?? 'no reason';
    throw new RestAnswerError(`${url.pathname} was answered with an error as if it were data`, shown(told));
  }
  return body;
}

/** The JSON that is at an address. Throws RestError, and the signal's reason. */
export async function jsonAt(requests: RestRequests, url: URL, signal: AbortSignal): Promise<unknown> {
  const text = await requests.get(url, signal);
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RestAnswerError(
      `${url.pathname} was not answered with JSON`,
      text === '' ? 'nothing' : `'${shown(text)}' (${messageOf(error).slice(0, SHOWN_CHARACTERS)})`,
    );
  }
}

/** No field `results` means none. */
function resultsOf(body: JsonObject, { pathname }: URL): readonly unknown[] {
  const { results, resultsCount } = body;
  if (Array.isArray(results)) return results;
  if ((results === undefined || results === null) && !(Number(resultsCount) > 0)) return [];
  throw new RestAnswerError(
    `${pathname} was answered without its list`,
    `results: ${results === undefined ? 'nothing' : typeof results}, resultsCount: ${shown(String(resultsCount))}`,
  );
}

function nextOf({ next_url: next }: JsonObject, { pathname }: URL, requests: RestRequests): URL | undefined {
  if (next === undefined || next === null || next === '') return undefined;
  const url = typeof next === 'string' && URL.canParse(next) ? new URL(next) : undefined;
  if (!url) throw new RestAnswerError(`${pathname} names no address as its next page`, 'next_url');
  if (!requests.isOwn(url)) {
    throw new RestAnswerError(
      `${pathname} leads to another place for its next page, where the key is not sent`,
      shown(url.origin),
    );
  }
  return url;
}

function shown(text: string): string {
  return printable(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text);
}
