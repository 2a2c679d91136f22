import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { findRoute } from '../control/matching.ts';
import { type AccessRules, identityOf, placeProblem } from './access.ts';
import { bodyOf, bringsBody } from './bodies.ts';
import type { RefusalReason, Refusals } from './refusals.ts';
import { refused, send } from './responses.ts';
import type { Outcome, Route } from './routes.ts';

const MOST_HEADERS = 64;
const LONGEST_URL = 2048;
/** Two of one of them can be read in two ways. */
const ONCE = ['host', 'origin', 'authorization', 'content-length', 'content-type', 'sec-fetch-site'];

export interface HandlerParts {
  readonly routes: readonly Route[];
  readonly rules: AccessRules;
  readonly token: () => string | undefined;
  readonly wallMs: () => number;
  readonly refusals: Refusals;
  readonly logger: Logger;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers requests: those of a right form, from a right place, of somebody who may, by the route that they name. */
export function createHandler(parts: HandlerParts): Handler {
  return (request, response) => {
    // One that breaks off in the middle is no fault of the daemon.
    request.on('error', () => {});
    response.on('error', () => {});
    answer(request, response, parts).catch((error: unknown) => {
      if (request.destroyed || response.destroyed) return;
      parts.logger.error(`status page: a request failed: ${messageOf(error)}`);
      parts.refusals.count('failed');
      if (response.headersSent) response.destroy();
      else send(response, refused('failed', pathOf(request)));
    });
  };
}

/** Answers a request that is not looked at any further. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  reason: RefusalReason,
  refusals: Refusals,
): void {
  refusals.count(reason, detailOf(reason, request));
  send(response, refused(reason, pathOf(request)));
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: HandlerParts,
): Promise<void> {
  const outcome = await outcomeOf(request, response, parts);
  if (!outcome) return;
  if ('refused' in outcome) {
    refuse(request, response, outcome.refused, parts.refusals);
    return;
  }
  if (outcome.refusal) parts.refusals.count(outcome.refusal);
  send(response, outcome);
}

async function outcomeOf(
  request: IncomingMessage,
  response: ServerResponse,
  { routes, rules, token, wallMs }: HandlerParts,
): Promise<Outcome> {
  const problem = formProblem(request) ?? placeProblem(request, rules);
  if (problem) return { refused: problem };
  const path = pathOf(request);
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const found = findRoute(routes, method, path);
  if (found.kind !== 'route') return { refused: found.kind === 'no-path' ? 'not-found' : 'method' };
  const { route, groups } = found;
  const identity = identityOf(request, token(), wallMs());
  if (route.access === 'token' && identity.name === 'unknown') return { refused: identity.reason };
  const body = route.method === 'POST' ? await bodyOf(request) : ({ kind: 'none' } as const);
  if (body.kind === 'unusable') return { refused: body.reason };
  const query = new URLSearchParams((request.url ?? '').slice(path.length + 1));
  return route.answer({ request, response, path, groups, query, body, identity });
}

/** What is wrong with a request that the parser took. */
function formProblem(request: IncomingMessage): RefusalReason | undefined {
  const { method, url = '', rawHeaders } = request;
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') return 'method';
  if (!url.startsWith('/') || url.length > LONGEST_URL) return 'malformed';
  if (rawHeaders.length / 2 > MOST_HEADERS) return 'header-too-large';
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map(name => name.toLowerCase());
  if (ONCE.some(name => names.indexOf(name) !== names.lastIndexOf(name))) return 'malformed';
  return method !== 'POST' && bringsBody(request) ? 'body' : undefined;
}

/** What helps to mend it. */
function detailOf(reason: RefusalReason, request: IncomingMessage): string | undefined {
  switch (reason) {
    case 'host':
      return request.headers.host ?? '';
    case 'origin':
      return request.headers.origin;
    case 'method':
      return request.method;
    case 'not-found':
      return pathOf(request);
    default:
      return undefined;
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?')[0]!;
}
