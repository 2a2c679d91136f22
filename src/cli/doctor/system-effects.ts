import { randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { open, readdir, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { probeTls } from '../../massive/probe/tls-probe.ts';
import { proxyFor } from '../../massive/proxy.ts';
import type { DiskEffects } from './disk-checks.ts';
import type { NetworkEffects } from './network-checks.ts';

const MISSING: readonly string[] = ['ENOENT', 'ENOTDIR'];

/** Enough to find a disk that is full. */
const TRIAL_BYTES = 4096;

/** The disks of this machine. */
export const systemDisk: DiskEffects = {
  ownUser: process.getuid?.(),
  async look(path) {
    try {
      const facts = await stat(path);
      return { isDirectory: facts.isDirectory(), user: facts.uid };
    } catch (error) {
      if (MISSING.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  },
  async tryWriting(directory) {
    const path = join(directory, `.massive-kdb-doctor-${randomUUID()}`);
    const file = await open(path, 'wx', 0o600);
    try {
      await file.write(Buffer.alloc(TRIAL_BYTES));
      await file.sync();
    } finally {
      await file.close();
      await unlink(path);
    }
  },
  async tryAppending(path) {
    await (await open(path, 'r+')).close();
  },
  async freeBytes(path) {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

/** Bytes of the files in a directory and those below it; 0 where there is none. */
export async function bytesBelow(directory: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(missing);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    // The daemon may remove it meanwhile.
    bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return bytes;
}

function missing(error: NodeJS.ErrnoException): [] {
  if (MISSING.includes(error.code ?? '')) return [];
  throw error;
}

/** The network of this machine. */
export function systemNetwork(environment: Readonly<NodeJS.ProcessEnv>): NetworkEffects {
  return {
    lookup: async host => (await lookup(host, { all: true })).map(({ address }) => address),
    proxyOf: address => proxyFor(address, environment),
    reach: (address, signal) => probeTls(address, { environment, signal }),
  };
}
