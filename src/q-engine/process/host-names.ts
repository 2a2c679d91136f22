/** .Q.addr and .Q.host: between names and addresses of hosts, as the operating system resolves them. */
import { execFileSync } from 'node:child_process';
import { isIPv4 } from 'node:net';
import * as make from '../values/make.ts';
import { QError, type Value } from '../values/value.ts';

const UNRESOLVED = -1;

/** The address of a host as an int, -1 where it has none. */
export function addressOfHost(name: Value): Value {
  if (name.kind !== 'atom' || name.type !== 11) throw new QError('type');
  const address = isIPv4(name.value) ? name.value : resolve(['ahostsv4', name.value])[0];
  return make.int(address === undefined ? UNRESOLVED : packed(address));
}

/** The name of the host at an address, the null symbol where it has none. */
export function hostOfAddress(address: Value): Value {
  if (address.kind !== 'atom' || address.type !== 6) throw new QError('type');
  const dotted = [24, 16, 8, 0].map(shift => (address.value >>> shift) & 255).join('.');
  return make.symbol(resolve(['hosts', dotted])[1] ?? '');
}

/** The words of the first entry that the system's name service finds. */
function resolve(query: readonly [database: string, key: string]): string[] {
  if (!/^[\w.-]+$/.test(query[1])) return [];
  try {
    const output = execFileSync('getent', [...query], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.split('\n', 1)[0]!.split(/\s+/);
  } catch {
    return [];
  }
}

function packed(dotted: string): number {
  return dotted.split('.').reduce((all, part) => (all << 8) | Number(part), 0);
}
