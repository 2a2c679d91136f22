import { KdbConnectError } from '../errors.ts';
import { type Target, targetName } from '../target.ts';

/** How far the opening of a connection has come. */
export type OpeningPhase = 'connecting' | 'tls' | 'authenticating';

/** The first record of a TLS server that was spoken to in plain text: an alert. */
const TLS_ALERT = 0x15;

/** The connection ended, by an error or without one, before the q process had answered to the credentials. */
export function openingFailed(
  target: Target,
  phase: OpeningPhase,
  cause: Error | undefined,
): KdbConnectError {
  const name = targetName(target);
  const reason = cause ? ` (${(cause as NodeJS.ErrnoException).code ?? cause.message})` : '';
  switch (phase) {
    case 'connecting':
      return new KdbConnectError('KDB_UNREACHABLE', {
        what: `cannot connect to ${name}${reason}`,
        remedy: 'Start the q process, or correct host and port.',
        cause,
      });
    case 'tls':
      return new KdbConnectError('KDB_TLS', {
        what: `TLS with ${name} failed${reason}`,
        remedy:
          'Check that the q process runs with -E 1 or -E 2, that its certificate names this host, and tlsCaFile.',
        cause,
      });
    case 'authenticating':
      return new KdbConnectError('KDB_REFUSED_PASSWORD', {
        what: `${name} closed the connection when given ${credentialsOf(target)}`,
        remedy:
          'Check user and password; a q process that speaks TLS only (-E 2), or has no connection free, does the same.',
        cause,
      });
  }
}

/** Nothing happened within the time allowed. */
export function openingTimedOut(target: Target, phase: OpeningPhase, timeoutMs: number): KdbConnectError {
  const name = targetName(target);
  switch (phase) {
    case 'connecting':
      return new KdbConnectError('KDB_UNREACHABLE', {
        what: `no connection to ${name} within ${timeoutMs} ms`,
        remedy: 'Check host, port and firewalls.',
      });
    case 'tls':
      return new KdbConnectError('KDB_TLS', {
        what: `${name} has not completed the TLS handshake within ${timeoutMs} ms`,
        remedy: 'Check that the q process runs with -E 1 or -E 2.',
      });
    case 'authenticating':
      return new KdbConnectError('KDB_HANDSHAKE_TIMEOUT', {
        what: `${name} accepts connections but has not answered to the credentials within ${timeoutMs} ms`,
        remedy:
          'See whether the q process is busy or stopped, whether the port is its, and whether it speaks TLS only (-E 2).',
      });
  }
}

/** The peer answered to the credentials with something that no q process says. */
export function notQ(target: Target, answer: Uint8Array): KdbConnectError {
  const speaksTls = answer[0] === TLS_ALERT;
  return new KdbConnectError('KDB_NOT_Q', {
    what: `${targetName(target)} is not a q process`,
    expected: 'one byte that names a capability from 1 to 6',
    received: speaksTls ? 'a TLS alert' : JSON.stringify(Buffer.from(answer).toString('latin1', 0, 24)),
    remedy: speaksTls ? 'Set tls for this target.' : 'Correct host and port.',
  });
}

function credentialsOf({ user, password }: Target): string {
  if (user === '' && password === '') return 'no credentials';
  return `user "${user}" and ${password === '' ? 'no password' : 'the password'}`;
}
