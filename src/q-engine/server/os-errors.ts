/** The operating system's reasons in its own words, as q reports them. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  EBADF: 'Bad file descriptor',
  EAI_AGAIN: 'Temporary failure in name resolution',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EHOSTUNREACH: 'No route to host',
  EISDIR: 'Is a directory',
  ENETUNREACH: 'Network is unreachable',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  ENOTEMPTY: 'Directory not empty',
  ENOTFOUND: 'Name or service not known',
  ETIMEDOUT: 'Connection timed out',
};

/** q's error for a failed call: what failed, and the system's reason by its code. */
export function systemErrorText(what: string, code: string): string {
  return `${what}. OS reports: ${REASONS[code] ?? code}`;
}
