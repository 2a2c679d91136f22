import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EndingError } from '../../base/errors.ts';
import { ExitCode } from '../../base/exit-codes.ts';
import { askControl } from '../../ops/control/client.ts';
import type { DaemonStatus } from '../../ops/status/report.ts';

const SOCKET_NAME = /^control-[a-z-]+\.sock$/;

/** There is no daemon to ask. Code `NO_DAEMON`. */
export class NoDaemonError extends EndingError {
  constructor(stateDirectory: string) {
    super('NO_DAEMON', ExitCode.unavailable, {
      what: `no daemon answers in ${stateDirectory}`,
      remedy: 'Start one with massive-kdb start, or name the directory of another with --state-directory.',
    });
  }
}

/** The control sockets of a state directory, those that a killed daemon left included. Throws what the system says. */
export function controlSockets(stateDirectory: string): string[] {
  try {
    return readdirSync(stateDirectory)
      .filter(name => SOCKET_NAME.test(name))
      .sort()
      .map(name => join(stateDirectory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Every daemon of a state directory, by the time of its start. Throws ControlError where one does not answer in time. */
export async function askDaemons(stateDirectory: string): Promise<DaemonStatus[]> {
  const answers = await Promise.all(
    controlSockets(stateDirectory).map(socket => askControl(socket, 'GET', '/status')),
  );
  // A daemon of several feeds answers on several sockets.
  const byPid = new Map<number, DaemonStatus>();
  for (const answer of answers as (DaemonStatus | undefined)[]) if (answer) byPid.set(answer.pid, answer);
  return [...byPid.values()].sort((one, other) => one.startedMs - other.startedMs);
}
