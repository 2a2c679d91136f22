import { readFileSync } from 'node:fs';
import type { Secret } from '../config/secrets.ts';
import type { Target } from '../kdb/target.ts';

/** What the configuration says of where a q process is. */
export interface ConfiguredAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly tls: boolean;
  readonly tlsCaFile: string | null;
}

/**
 * The q process at an address. Its password is asked for at each connection, so that a reload can change it. Throws
 * what the system says where the file of authorities cannot be read.
 */
export function configuredTarget(address: ConfiguredAddress, password: () => Secret | undefined): Target {
  const { host, port, user, tls, tlsCaFile } = address;
  return {
    host,
    port,
    user: user ?? '',
    get password() {
      return password()?.reveal() ?? '';
    },
    ...(tls && { tls: tlsCaFile === null ? {} : { ca: readFileSync(tlsCaFile, 'utf8') } }),
  };
}
