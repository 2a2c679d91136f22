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

/** Makes a directory and those above it that are missing; it is on the disk when this resolves. */
export async function ensureDirectory(files: SpoolFiles, path: string): Promise<void> {
  const parent = dirname(path);
  try {
    await files.makeDirectory(path);
  } catch (error) {
    if (!isMissing(error) || parent === path) throw error;
    await ensureDirectory(files, parent);
    await files.makeDirectory(path);
  }
  // Also where it existed: a process that crashed may have made it a moment ago.
  await files.syncDirectory(parent);
}
