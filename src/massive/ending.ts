import { seconds } from '../base/durations.ts';
import { type ErrorDetails, MassiveKdbError, messageOf } from '../base/errors.ts';

/** The stages of a connection, in order. */
export type Phase =
  | 'connecting'
  | 'awaiting-welcome'
  | 'authenticating'
  | 'subscribing'
  | 'streaming'
  | 'closing';

/** Why a connection has ended. */
export type Ending =
  /** It never came to be: name, network, proxy, TLS or the upgrade to a WebSocket. */
  | { readonly kind: 'unreachable'; readonly cause: Error | undefined }
  | { readonly kind: 'timed-out'; readonly phase: Phase; readonly afterMs: number }
  /** Closed by the other side, or by a fault on the way; code 1006 is without a closing handshake. */
  | {
      readonly kind: 'closed';
      readonly code: number;
      readonly reason: string;
      readonly cause: Error | undefined;
    }
  | { readonly kind: 'key-refused'; readonly message: string }
  | { readonly kind: 'not-entitled'; readonly message: string }
  /** Massive closed it in favour of another connection with the same key. */
  | { readonly kind: 'evicted'; readonly message: string }
  | { readonly kind: 'told'; readonly status: string; readonly message: string }
  /** Open, yet without data for longer than this subscription is ever silent. */
  | { readonly kind: 'silent'; readonly silentMs: number }
  | { readonly kind: 'ping-unanswered'; readonly pings: number }
  | { readonly kind: 'subscriptions-refused'; readonly pairs: readonly string[] }
  | { readonly kind: 'subscriptions-unanswered'; readonly pairs: readonly string[] }
  /** We closed it. */
  | { readonly kind: 'requested' };

/** The end of a connection as an operator reads it; `code` begins with `MASSIVE_` and names the ending. */
export class ConnectionEndedError extends MassiveKdbError {
  readonly ending: Ending;

  constructor(url: string, ending: Ending) {
    const code = `MASSIVE_${ending.kind.toUpperCase().replaceAll('-', '_')}`;
    super(code, detailsOf(url, ending));
    this.ending = ending;
  }
}

function detailsOf(url: string, ending: Ending): ErrorDetails {
  switch (ending.kind) {
    case 'unreachable':
      return unreachable(url, ending.cause);
    case 'timed-out':
      return {
        what: `${url} gave no answer within ${seconds(ending.afterMs)} while ${ending.phase}`,
        remedy: 'Check the host and the network if this repeats.',
      };
    case 'closed':
      return closed(url, ending.code, ending.reason, ending.cause);
    case 'key-refused':
      return {
        what: `Massive refuses the API key at ${url}`,
        received: quoted(ending.message),
        remedy: 'Check the key, and that it is the key of the API, not that of the flat files.',
      };
    case 'not-entitled':
      return {
        what: `the plan of this key does not include ${url}`,
        received: quoted(ending.message),
        remedy:
          "Choose a market and host of the account's plan (each market, real-time and delayed, counts apart).",
      };
    case 'evicted':
      return {
        what: `Massive closed the connection to ${url} because another one with the same key took its place`,
        received: quoted(ending.message),
        remedy: 'Run one process per key and market.',
      };
    case 'told':
      return {
        what: `Massive ended the connection to ${url}`,
        received: `${ending.status} ${quoted(ending.message)}`,
        remedy: TOLD_REMEDIES[ending.status] ?? 'Ask Massive if this repeats.',
      };
    case 'silent':
      return {
        what: `${url} was silent for ${seconds(ending.silentMs)}, longer than this subscription ever is, while its market is open`,
        remedy: "Check Massive's status page if this repeats.",
      };
    case 'ping-unanswered':
      return {
        what: `${url} left ${ending.pings} pings unanswered`,
        remedy: 'Check the network if this repeats.',
      };
    case 'subscriptions-refused':
      return {
        what: `Massive refuses every subscription at ${url} (${sample(ending.pairs)})`,
        received: "'not authorized'",
        remedy: "Subscribe to channels of the account's plan.",
      };
    case 'subscriptions-unanswered':
      return {
        what: `${url} acknowledged no subscription (${sample(ending.pairs)})`,
        remedy: 'Check that the host and path serve this market.',
      };
    case 'requested':
      return { what: `the connection to ${url} was closed on purpose`, remedy: 'Nothing is to be done.' };
  }
}

const TOLD_REMEDIES: Readonly<Record<string, string>> = {
  slow_consumer: 'Subscribe to less, or give this process more CPU and network.',
};

function closed(url: string, code: number, reason: string, cause: Error | undefined): ErrorDetails {
  const why = reason === '' ? '' : ` and the reason ${quoted(reason)}`;
  if (code === 1006) {
    const fault = cause === undefined ? '' : `: ${messageOf(cause)}`;
    return {
      what: `the connection to ${url} broke without a closing handshake${fault}`,
      remedy: 'Check the network if this repeats.',
    };
  }
  return {
    what: `${url} closed the connection with code ${code}${why}`,
    remedy:
      code === 1008
        ? 'Massive does so to a reader that is too slow, or to one connection too many: check the lag, and other users of the key.'
        : 'Ask Massive if this repeats.',
  };
}

/** What the codes of Node and the texts of ws mean here. */
function unreachable(url: string, cause: Error | undefined): ErrorDetails {
  if (cause instanceof MassiveKdbError)
    return { ...cause.details, what: `${url}: ${cause.details.what}`, cause };
  const text = cause === undefined ? 'closed before it was open' : messageOf(cause) || 'connection failed';
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (code === 'EPROTO') {
    return {
      what: `${url} does not speak TLS (${code})`,
      remedy: 'Check host and port.',
      cause,
    };
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|SSL|TLS/.test(code)) {
    return {
      what: `TLS to ${url} failed: ${text}`,
      remedy:
        "Check the host name: Massive's DNS answers every name under its domain, so a host that does not exist fails here " +
        'and not in DNS. Behind a proxy that inspects TLS, put its authority into NODE_EXTRA_CA_CERTS.',
      cause,
    };
  }
  const status = /Unexpected server response: (\d+)/.exec(text)?.[1];
  if (status !== undefined) {
    return {
      what: `${url} answered HTTP ${status} instead of opening a WebSocket`,
      remedy: 'Check host and path.',
      cause,
    };
  }
  const remedy = /ENOTFOUND|EAI_AGAIN/.test(code)
    ? 'Check the host name and this machine’s DNS.'
    : 'Check the host, the network, and HTTPS_PROXY if there is a proxy.';
  return { what: `${url} cannot be reached: ${text}`, remedy, cause };
}

/** Some of many pairs. */
export function sample(pairs: readonly string[], shown = 5): string {
  const more = pairs.length - shown;
  return pairs.slice(0, shown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** A text of Massive's as it may stand in a log line. */
export function quoted(message: string): string {
  const line = message.replace(/[\x00-\x1f\x7f]+/g, ' ').trim();
  return `'${line.length > 300 ? `${line.slice(0, 300)}...` : line}'`;
}
