import { addressText } from '../base/address.ts';

/** How to verify a q process over TLS. */
export interface TlsSettings {
  /** Certificates (PEM) of the authorities to trust; the system's without it. */
  readonly ca?: string;
}

/** A q process to connect to. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Empty for a q process that asks for no credentials. */
  readonly user: string;
  readonly password: string;
  /** TLS instead of plain TCP (the q process runs with -E 1 or -E 2). */
  readonly tls?: TlsSettings;
}

/** The target as messages name it: without credentials. */
export function targetName({ host, port, tls }: Target): string {
  const address = addressText({ host, port });
  return tls ? `tcps://${address}` : address;
}
