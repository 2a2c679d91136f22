import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that the system gives to clients: a port stays free while its process is dead. */
const FIRST = 20_000;
const LAST = 32_000;

let next = FIRST + (process.pid % 100) * 120;

/** Ports of this machine that are free. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = next;
    next = next === LAST ? FIRST : next + 1;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.listen(port, '127.0.0.1');
  if (!(await listening)) return false;
  server.close();
  await once(server, 'close');
  return true;
}
