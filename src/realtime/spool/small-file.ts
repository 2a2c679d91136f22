import { dirname } from 'node:path';
import { isMissing } from './errors.ts';
import type { SpoolFiles } from './files.ts';

/** Longer ones are none of ours. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The text of a small file; undefined where there is none. */
export async function readSmallFile(files: SpoolFiles, path: string): Promise<string | undefined> {
  try {
    const file = await files.open(path, 'read');
    try {
      const bytes = Buffer.alloc(Math.min(await file.sizeBytes(), MOST_BYTES));
      return bytes.toString('utf8', 0, await file.read(bytes, 0));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Puts a text in the place of a small file, in one step: after a crash there is the old one or the new one, whole.
 * It is certainly the new one only once the directory is synced.
 */
export async function replaceSmallFile(files: SpoolFiles, path: string, text: string): Promise<void> {
  const draft = `${path}.draft`;
  await removeFile(files, draft);
  const file = await files.create(draft);
  try {
    await file.write([Buffer.from(text)], 0);
    await file.datasync();
  } finally {
    await file.close();
  }
  await files.rename(draft, path);
}

/** Removes a file; it may be gone already. */
export async function removeFile(files: SpoolFiles, path: string): Promise<void> {
  await files.unlink(path).catch(error => {
    if (!isMissing(error)) throw error;
  });
}

/** Makes a directory and those above it that are missing. Until they are synced a crash may take them all. */
export async function ensureDirectory(files: SpoolFiles, path: string): Promise<void> {
  try {
    await files.makeDirectory(path);
  } catch (error) {
    const parent = dirname(path);
    if (!isMissing(error) || parent === path) throw error;
    await ensureDirectory(files, parent);
    await files.makeDirectory(path);
  }
}

/**
 * A directory and all above it have their names on the disk when this resolves. Which of them are new is not asked: a
 * process that crashed may have made them a moment ago.
 */
export async function syncPathTo(files: SpoolFiles, path: string): Promise<void> {
  for (let child = path, above = dirname(path); above !== child; child = above, above = dirname(above)) {
    await files.syncDirectory(above).catch(error => {
      // Who may not look into it has not made anything in it.
      if (!DENIED.includes((error as NodeJS.ErrnoException).code)) throw error;
    });
  }
}

const DENIED: readonly unknown[] = ['EACCES', 'EPERM'];
