import type { IncomingMessage, ServerResponse } from 'node:http';
import { MassiveKdbError } from '../../base/errors.ts';
import { findRoute, refusalOf } from '../control/matching.ts';
import type { ControlRoute } from '../control/server.ts';
import type { Identity } from './access.ts';
import { type Body, valueOfForm } from './bodies.ts';
import type { RefusalReason } from './refusals.ts';
import { json, type Reply } from './responses.ts';

/** A request that may be answered. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly groups: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  readonly identity: Identity;
}

/** What a route makes of a call: an answer, a refusal, or nothing where it has begun to answer by itself. */
export type Outcome = Reply | { readonly refused: RefusalReason } | undefined;

/** One thing that is served. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** Of the whole path, as it is sent. */
  readonly path: RegExp;
  /** `token`: only who knows the token is answered. */
  readonly access: 'token' | 'everyone';
  answer(call: Call): Outcome | Promise<Outcome>;
}

/** What is asked of one feed, as its routes on the control socket answer it. */
export async function answerOfFeed(
  routes: readonly ControlRoute[],
  { request, path, query, body }: Call,
): Promise<FeedOutcome> {
  // As it was sent: a symbol in it may hold a slash.
  const found = findRoute(routes, request.method, path.replace(/^\/api\/feeds\/[^/]+/, ''));
  if (found.kind !== 'route') {
    return { kind: 'refused', reason: found.kind === 'no-path' ? 'not-found' : 'method' };
  }
  try {
    return { kind: 'answer', value: await found.route.answer(found.groups, bodyValue(body), query) };
  } catch (error) {
    if (error instanceof MassiveKdbError) return { kind: 'problem', error };
    throw error;
  }
}

export type FeedOutcome =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  | { readonly kind: 'problem'; readonly error: MassiveKdbError };

/** An outcome for programs. */
export function jsonOutcome(outcome: FeedOutcome): Outcome {
  switch (outcome.kind) {
    case 'answer':
      return json(outcome.value);
    case 'refused':
      return { refused: outcome.reason };
    case 'problem':
      return json(refusalOf(outcome.error), 409);
  }
}

function bodyValue(body: Body): unknown {
  if (body.kind === 'form') return valueOfForm(body.fields);
  return body.kind === 'json' ? body.value : undefined;
}
