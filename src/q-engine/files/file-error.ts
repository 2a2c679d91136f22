import { systemErrorText } from '../server/os-errors.ts';
import { QError } from '../values/value.ts';

/** Does something with a file; what the operating system refuses becomes q's error, the path and its reason. */
export function fileError<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof QError || code === undefined) throw error;
    throw new QError(systemErrorText(path, code));
  }
}
