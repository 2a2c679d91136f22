/**
 * The http:// or https:// address of a service, which may have a port and a path, and nothing else.
 *
 * @param refusal makes the error from what is wrong with it; the address itself may hold a secret
 */
export function baseAddress(address: string, refusal: (problem: string) => Error): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw refusal('is not an address of the form https://host');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw refusal('carries more than host, port and path');
  }
  return url;
}
