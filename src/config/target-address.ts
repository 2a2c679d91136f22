/** Where a q process listens: the host (127.0.0.1 unless given), the port and the user, if any. */
export interface TargetAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
}

/** Why a text is no address; never with the text itself, which may hold a password. */
export interface AddressProblem {
  readonly problem: string;
}

export const ADDRESS_FORMS = ':PORT, HOST:PORT or HOST:PORT:USER';

/** Reads `[HOST]:PORT[:USER]`, as q's hopen takes it; an IPv6 address stands in brackets. */
export function parseTargetAddress(text: string): TargetAddress | AddressProblem {
  const found =
    /^:?(?<host>\[[0-9A-Fa-f:.]+\]|[^:[\]]*):(?<port>\d+)(:(?<user>[^:]*)(?<password>:.*)?)?$/.exec(text);
  if (!found?.groups) return { problem: `is not an address; allowed: ${ADDRESS_FORMS}` };
  const { host, port, user, password } = found.groups;
  if (password !== undefined) {
    return {
      problem:
        'holds a password, which other users of this machine can read; leave it out and give it in KDB_PASSWORD or KDB_PASSWORD_FILE',
    };
  }
  if (Number(port) < 1 || Number(port) > 65535) return { problem: `has port ${port}; allowed: 1 to 65535` };
  return { host: host?.replace(/^\[|\]$/g, '') || '127.0.0.1', port: Number(port), user: user || null };
}
