/** Whether only this machine answers at a host name or address; an IPv6 one may stand in brackets. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || /^(\[::1\]|::1)$/.test(host) || /^127(\.\d{1,3}){3}$/.test(host);
}
