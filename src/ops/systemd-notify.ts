/**
 * The way to systemd. Node has no datagram sockets of the file system, so that systemd's own program `systemd-notify`
 * carries each message; it waits until the message has been taken. It is not the unit's main process: the unit needs
 * `NotifyAccess=all`.
 */
import { type ExecFileException, execFile } from 'node:child_process';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Notify } from './service-manager.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const PROGRAM = 'systemd-notify';
/** A systemd that does not take a message for so long is not waited for. */
const LIMIT_MS = 5_000;

/** Undefined where no service manager wants to be told. */
export function systemdNotify(environment: Environment, logger: Logger): Notify | undefined {
  const socket = environment['NOTIFY_SOCKET'];
  if (!socket) return undefined;
  const env = { NOTIFY_SOCKET: socket, PATH: environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin' };
  let missing = false;
  return assignments =>
    new Promise(resolve => {
      const told = (error: ExecFileException | null): void => {
        if (error?.code === 'ENOENT') {
          missing = true;
          logger.warn(
            `systemd hears nothing of this process, and ends it when its start or its watchdog takes too long: ${PROGRAM} is not on PATH (${env.PATH}). Install it, or set Type=exec and no WatchdogSec= in the unit.`,
          );
        } else if (error) {
          logger.warn(`systemd could not be told ${assignments.join(', ')}: ${messageOf(error)}`);
        }
        resolve();
      };
      if (missing) return resolve();
      try {
        execFile(PROGRAM, [...assignments], { env, timeout: LIMIT_MS, killSignal: 'SIGKILL' }, told);
      } catch (error) {
        // Not every failure to begin is told to the callback: without memory for a process it is thrown.
        told(error as ExecFileException);
      }
    });
}

/** How long the service manager's watchdog waits, ms; undefined where it does not watch this process. */
export function watchdogMs(environment: Environment, pid: number): number | undefined {
  const microseconds = Number(environment['WATCHDOG_USEC']);
  const watched = environment['WATCHDOG_PID'];
  if (!(microseconds > 0) || (watched !== undefined && Number(watched) !== pid)) return undefined;
  return microseconds / 1000;
}
