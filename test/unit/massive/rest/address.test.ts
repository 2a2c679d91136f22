import { expect } from 'chai';
import { ExitCode } from '../../../../src/base/exit-codes.ts';
import { RestHarness } from '../../../support/rest-harness.ts';

describe('REST address and key', () => {
  it('an address that would give the key away, or is none, is refused without being shown', () => {
    for (const address of [
      'http://api.massive.com',
      'http://127.0.0.1.elsewhere.invalid',
      'https://user:pa55word@api.massive.com',
      'https://api.massive.com/?apiKey=pa55word',
      'https://api.massive.com/#pa55word',
      'ftp://api.massive.com',
      'api.massive.com',
    ]) {
      expect(() => new RestHarness({ address }), address)
        .to.throw(/^history\.rest\.address /)
        .that.satisfies((error: Error & { exitCode: number; code: string }) => {
          return (
            error.exitCode === ExitCode.configuration &&
            error.code === 'REST_ADDRESS' &&
            !error.message.includes('pa55word')
          );
        });
    }
  });

  it('a path before the endpoints - is kept', async () => {
    const rest = new RestHarness({ address: 'https://gateway.invalid/massive/' });
    expect(rest.requests.url('/v1/x', { a: 1 }).href).to.equal('https://gateway.invalid/massive/v1/x?a=1');
    await rest.close();
  });

  it('a key that cannot stand in a header - is refused, and not shown', () => {
    for (const key of ['two words', 'with\nline', 'schlüssel', '']) {
      expect(() => new RestHarness({ address: 'https://api.massive.com', options: { key } }))
        .to.throw(/^the API key holds blanks/)
        .with.property('code', 'REST_KEY');
    }
  });

  it('a proxy - is taken from the environment, but not for this machine', async () => {
    const environment = { HTTPS_PROXY: 'socks5://127.0.0.1:1', HTTP_PROXY: 'socks5://127.0.0.1:1' };
    expect(() => new RestHarness({ address: 'https://api.massive.com', environment })).to.throw(
      /PROXY is not the address of a proxy/,
    );
    await new RestHarness({ address: 'http://127.0.0.1:1', environment }).close();
  });
});
