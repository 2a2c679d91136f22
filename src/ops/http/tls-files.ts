import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:https';
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';

/** Certificates are renewed while a daemon runs. */
const LOOK_EVERY_MS = 10 * 60_000;
const READABLE_BY_OTHERS = 0o004;

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Certificate and key as text. @throws what the system says, and where others can read the key */
export function readTls({ certFile, keyFile }: TlsFiles): { readonly cert: string; readonly key: string } {
  if ((statSync(keyFile).mode & READABLE_BY_OTHERS) !== 0)
    throw new Error(`others can read the key in ${keyFile}: chmod o-rwx ${keyFile}`);
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

/** Takes the files again when they have changed; what cannot be used leaves the server as it is. */
export function followTls(
  files: TlsFiles,
  server: Server,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Timer {
  let timer: Timer;
  let before = JSON.stringify(readTls(files));
  const look = () => {
    timer = clock.after(LOOK_EVERY_MS, look, false);
    try {
      const context = readTls(files);
      const now = JSON.stringify(context);
      if (now === before) return;
      server.setSecureContext(context);
      before = now;
      logger.info('status page: the certificate is renewed', { file: files.certFile });
    } catch (error) {
      logger.warn(`status page: the certificate stays as it was: ${messageOf(error)}`);
    }
  };
  timer = clock.after(LOOK_EVERY_MS, look, false);
  return { cancel: () => timer.cancel() };
}
