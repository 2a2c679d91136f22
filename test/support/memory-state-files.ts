import type { StateFiles } from '../../src/realtime/gaps/state-files.ts';

/** A state directory in memory, which fails when it is told to. */
export class MemoryStateFiles implements StateFiles {
  readonly texts = new Map<string, string>();
  /** What is thrown instead of writing. */
  failure: Error | undefined;
  nowMs = 0;

  read(path: string): string | undefined {
    return this.texts.get(path);
  }

  modifiedMs(): number {
    return this.nowMs;
  }

  replace(path: string, text: string): void {
    if (this.failure) throw this.failure;
    this.texts.set(path, text);
  }

  async replaceSoon(path: string, text: string): Promise<void> {
    this.replace(path, text);
  }

  move(path: string, to: string): void {
    this.texts.set(to, this.texts.get(path)!);
    this.texts.delete(path);
  }
}
