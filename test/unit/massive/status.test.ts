import { expect } from 'chai';
import { statusOf } from '../../../src/massive/status.ts';

const PLAN = "Your plan doesn't include websocket access. Visit https://massive.com/pricing to upgrade.";
const CROWDED =
  'Maximum number of websocket connections exceeded. You have reached the connection limit for your account.';

describe('massive status events', () => {
  for (const [status, message, meaning] of [
    ['connected', 'Connected Successfully', { kind: 'connected' }],
    ['success', 'Connected Successfully', { kind: 'connected' }],
    ['auth_success', 'authenticated', { kind: 'authenticated' }],
    [
      'auth_failed',
      'authentication failed',
      { kind: 'auth-failed', cause: 'bad-key', message: 'authentication failed' },
    ],
    ['auth_failed', PLAN, { kind: 'auth-failed', cause: 'not-entitled', message: PLAN }],
    ['success', 'subscribed to: T.AAPL', { kind: 'subscribed', pairs: ['T.AAPL'] }],
    ['success', 'subscribed to: AM.*', { kind: 'subscribed', pairs: ['AM.*'] }],
    ['success', 'subscribed to: A.AAPL, A.BRK.B', { kind: 'subscribed', pairs: ['A.AAPL', 'A.BRK.B'] }],
    ['success', 'unsubscribed to: T.AAPL', { kind: 'unsubscribed', pairs: ['T.AAPL'] }],
    ['error', 'not authorized', { kind: 'not-authorized' }],
    ['max_connections', CROWDED, { kind: 'max-connections', message: CROWDED }],
    [
      'auth_timeout',
      'No authentication request received.',
      { kind: 'told', status: 'auth_timeout', message: 'No authentication request received.' },
    ],
    ['auth_required', '', { kind: 'told', status: 'auth_required', message: '' }],
    ['slow_consumer', '', { kind: 'told', status: 'slow_consumer', message: '' }],
    ['force_disconnect', '', { kind: 'told', status: 'force_disconnect', message: '' }],
    ['error', 'bad request', { kind: 'unknown', status: 'error', message: 'bad request' }],
    ['success', 'hello', { kind: 'unknown', status: 'success', message: 'hello' }],
    ['brand_new', 'x', { kind: 'unknown', status: 'brand_new', message: 'x' }],
  ] as const) {
    it(`status - ${status} '${message.slice(0, 40)}' is ${meaning.kind}`, () => {
      expect(statusOf({ status, message })).to.deep.equal(meaning);
    });
  }
});
