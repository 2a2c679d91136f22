import { messageOf } from '../../base/errors.ts';
import { liveness, readiness } from '../status/health.ts';
import type { DaemonStatus } from '../status/report.ts';
import type { StatusSource } from '../status/source.ts';
import { isToken } from './access.ts';
import type { AssetFile, Assets } from './assets.ts';
import type { EventStreams } from './event-streams.ts';
import type { LoginLimit } from './login-limit.ts';
import { json, page, seePage } from './responses.ts';
import { answerOfFeed, type Call, jsonOutcome, type Outcome, type Route } from './routes.ts';
import { endedCookie, sessionCookie } from './session-cookie.ts';

/** What people see. */
export interface Pages {
  /** @param gaps of each feed, as its `GET /gaps` gives them */
  status(status: DaemonStatus, gaps: Readonly<Record<string, readonly unknown[]>>, message?: string): string;
  login(problem?: string): string;
  readonly files: readonly AssetFile[];
}

/** What a scrape gets. */
export interface MetricsText {
  readonly type: string;
  text(): Promise<string>;
}

export interface SiteParts {
  readonly source: StatusSource;
  readonly pages: Pages;
  readonly assets: Assets;
  readonly metrics: MetricsText;
  readonly streams: EventStreams;
  readonly logins: LoginLimit;
  readonly token: () => string | undefined;
  readonly wallMs: () => number;
  /** Whether the browser came by TLS. */
  readonly isSecure: (call: Call) => boolean;
  /** Drains that take longer are a fault. */
  readonly liveLimitMs: number;
}

/** Everything that is served. */
export function siteRoutes(parts: SiteParts): readonly Route[] {
  const { source, assets, metrics, streams, liveLimitMs } = parts;
  return [
    { method: 'GET', path: /^\/$/, access: 'everyone', answer: call => frontPage(call, parts) },
    { method: 'POST', path: /^\/login$/, access: 'everyone', answer: call => logIn(call, parts) },
    {
      method: 'POST',
      path: /^\/logout$/,
      access: 'everyone',
      answer: call => logOut(call, parts),
    },
    {
      method: 'GET',
      path: /^\/assets\/(?<name>[a-z0-9][a-z0-9.-]*)$/,
      access: 'everyone',
      answer: ({ groups, request }) =>
        assets.answer(groups['name']!, request.headers['if-none-match']) ?? { refused: 'not-found' },
    },
    {
      method: 'GET',
      path: /^\/health\/live$/,
      access: 'everyone',
      answer: () => {
        const health = liveness(source.status(), liveLimitMs);
        return json(health, health.live ? 200 : 503);
      },
    },
    {
      method: 'GET',
      path: /^\/health\/ready$/,
      access: 'everyone',
      answer: () => {
        const health = readiness(source.status());
        return json(health, health.ready ? 200 : 503);
      },
    },
    {
      method: 'GET',
      path: /^\/metrics$/,
      access: 'everyone',
      answer: async () => ({ status: 200, type: metrics.type, body: await metrics.text() }),
    },
    { method: 'GET', path: /^\/api\/status$/, access: 'token', answer: () => json(source.status()) },
    {
      method: 'GET',
      path: /^\/api\/configuration$/,
      access: 'token',
      answer: () => json(source.configuration()),
    },
    { method: 'GET', path: /^\/events$/, access: 'token', answer: call => openStream(call, streams, parts) },
    { method: 'GET', path: FEED, access: 'token', answer: call => askFeed(call, parts) },
    { method: 'POST', path: FEED, access: 'token', answer: call => askFeed(call, parts) },
  ];
}

const FEED = /^\/api\/feeds\/(?<feed>[^/]+)\/.+$/;

async function frontPage({ identity }: Call, parts: SiteParts): Promise<Outcome> {
  if (identity.name === 'known') return page(await statusPage(parts));
  const ended = identity.reason === 'session-expired' || identity.reason === 'session-forged';
  return page(parts.pages.login(ended ? 'Your session has ended.' : undefined));
}

function logIn(call: Call, parts: SiteParts): Outcome {
  const { logins, pages } = parts;
  const { body } = call;
  if (logins.waitSeconds > 0) {
    const problem = `Too many logins have failed. Try again in ${logins.waitSeconds} seconds.`;
    const headers = { 'retry-after': String(logins.waitSeconds) };
    return { ...page(pages.login(problem), 429), headers, refusal: 'logins-too-many' };
  }
  const token = parts.token();
  if (token === undefined) return { refused: 'token-unusable' };
  const given = body.kind === 'form' ? body.fields.get('token') : null;
  if (given === null) return { refused: 'body' };
  if (!isToken(given.trim(), token)) {
    logins.failed();
    return { ...page(pages.login('This is not the token.'), 401), refusal: 'token-wrong' };
  }
  return seePage({ 'set-cookie': sessionCookie(token, parts.wallMs(), parts.isSecure(call)) });
}

function logOut(call: Call, { token: tokenNow, isSecure }: SiteParts): Outcome {
  const token = tokenNow();
  return seePage(token === undefined ? {} : { 'set-cookie': endedCookie(token, isSecure(call)) });
}

function openStream(
  { request, response, identity }: Call,
  streams: EventStreams,
  { token, wallMs }: SiteParts,
): Outcome {
  if (request.method === 'HEAD') return { refused: 'method' };
  if (streams.full) return { refused: 'streams-too-many' };
  const opened = token();
  const untilMs = identity.name === 'known' ? identity.untilMs : 0;
  streams.open(response, () => wallMs() < untilMs && token() === opened);
  return undefined;
}

/** A form is answered with the page, anything else with JSON. */
async function askFeed(call: Call, parts: SiteParts): Promise<Outcome> {
  const routes = parts.source.routesOf(call.groups['feed']!);
  if (!routes) return { refused: 'not-found' };
  const outcome = await answerOfFeed(routes, call);
  if (call.body.kind !== 'form' || outcome.kind === 'refused') return jsonOutcome(outcome);
  if (outcome.kind === 'answer') return seePage();
  return page(await statusPage(parts, messageOf(outcome.error)), 409);
}

async function statusPage({ source, pages }: SiteParts, message?: string): Promise<string> {
  const status = source.status();
  const gaps: Record<string, readonly unknown[]> = {};
  for (const { name } of status.feeds) gaps[name] = await gapsOf(source, name);
  return pages.status(status, gaps, message);
}

async function gapsOf(source: StatusSource, feedName: string): Promise<readonly unknown[]> {
  const route = source.routesOf(feedName)?.find(({ method, path }) => method === 'GET' && path.test('/gaps'));
  const list = await route?.answer({}, undefined, new URLSearchParams());
  return (list as { readonly gaps?: readonly unknown[] } | undefined)?.gaps ?? [];
}
