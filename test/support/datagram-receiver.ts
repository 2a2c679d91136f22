import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Watch } from './watch.ts';

/** Prints each datagram as one line of JSON. */
const PROGRAM = `
import json, socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print(json.dumps("bound"), flush=True)
while True:
    print(json.dumps(receiver.recv(65536).decode()), flush=True)
`;

/** Why there can be no receiver here; undefined where there can. */
export function whyNoReceiver(): string | undefined {
  if (spawnSync('python3', ['--version']).status !== 0)
    return 'python3, which receives datagrams, is not here';
  if (spawnSync('systemd-notify', ['--version']).status !== 0) return 'systemd-notify is not here';
  return undefined;
}

/** Stands where systemd listens. Node has no datagram sockets of the file system, so that Python receives. */
export class DatagramReceiver {
  readonly path: string;
  readonly #process: ChildProcess;
  readonly #watch = new Watch();
  readonly #assignments: string[] = [];

  private constructor(path: string) {
    this.path = path;
    this.#process = spawn('python3', ['-c', PROGRAM, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: this.#process.stdout! }).on('line', line => {
      this.#assignments.push(...(JSON.parse(line) as string).split('\n'));
      this.#watch.changed();
    });
  }

  static async bind(directory: string): Promise<DatagramReceiver> {
    const receiver = new DatagramReceiver(join(directory, 'notify'));
    await receiver.has('bound');
    return receiver;
  }

  /** Resolves when an assignment has come so often. */
  has(assignment: string, times = 1): Promise<void> {
    return this.#watch.until(() => this.#assignments.filter(one => one === assignment).length >= times);
  }

  /** What has come, in order, but for what systemd-notify asks for itself. */
  get assignments(): readonly string[] {
    return this.#assignments.filter(one => !['bound', 'BARRIER=1', ''].includes(one));
  }

  close(): void {
    this.#process.kill('SIGKILL');
  }
}
