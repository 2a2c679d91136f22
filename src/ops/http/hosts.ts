/** A host as a request names it. */
export interface NamedHost {
  /** In lower case; an IPv6 address in brackets and its shortest form. */
  readonly name: string;
  /** Empty where the request leaves it out. */
  readonly port: string;
}

/** What an Origin header says. */
export interface NamedOrigin extends NamedHost {
  readonly scheme: 'http' | 'https';
}

const HOST = /^(?<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(:(?<port>\d{1,5}))?$/i;
const DEFAULT_PORTS = { http: '80', https: '443' } as const;

/** Listening there means every address of the machine: nobody asks for it by that name. */
const WILDCARDS: readonly string[] = ['0.0.0.0', '[::]'];

/** Reads a Host header; undefined where it is none. */
export function parseHost(text: string): NamedHost | undefined {
  const groups = HOST.exec(text)?.groups;
  const name = groups && canonical(groups['name']!);
  return name === undefined ? undefined : { name, port: groups?.['port'] ?? '' };
}

/** Reads an Origin header; undefined where it is none of a page, as `null` is. */
export function parseOrigin(text: string): NamedOrigin | undefined {
  const [, scheme, rest] = /^(https?):\/\/(.*)$/.exec(text) ?? [];
  const host = rest === undefined ? undefined : parseHost(rest);
  return host && { scheme: scheme as NamedOrigin['scheme'], ...host };
}

/** Whether both name the same port, which may be left out where it is that of the scheme. */
export function samePort({ scheme, port }: NamedOrigin, host: NamedHost): boolean {
  return (port || DEFAULT_PORTS[scheme]) === (host.port || DEFAULT_PORTS[scheme]);
}

/** What this machine calls itself. */
export const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** The names under which a server may be asked for: a page of another name whose address leads here is refused. */
export class AllowedHosts {
  readonly #names: ReadonlySet<string>;

  /** @param names without ports; an IPv6 address with or without brackets */
  constructor(names: readonly string[]) {
    const known = names.map(name => canonical(name) ?? name);
    this.#names = new Set(known.filter(name => !WILDCARDS.includes(name)));
  }

  has({ name }: NamedHost): boolean {
    return this.#names.has(name);
  }
}

/** Undefined where brackets hold no address. */
function canonical(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (!lower.includes(':')) return lower;
  try {
    return new URL(`http://${lower.startsWith('[') ? lower : `[${lower}]`}`).hostname;
  } catch {
    return undefined;
  }
}
