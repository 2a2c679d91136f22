import { readFileSync } from 'node:fs';

const MIB = 1024 * 1024;
/** What the last third may have more than the second, beside a tenth: a collection that is due. */
const SPARE_MIB = 8;

/** The resident memory of a process over a run. */
export class MemoryRecord {
  readonly #mebibytes: number[] = [];

  /** Looks at a process as it is now. */
  look(pid: number): void {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    this.#mebibytes.push((Number(pages) * PAGE_BYTES) / MIB);
  }

  /** The median of each third of the run, in MiB. */
  get thirds(): readonly number[] {
    const third = Math.floor(this.#mebibytes.length / 3);
    return [0, 1, 2].map(part => median(this.#mebibytes.slice(part * third, (part + 1) * third)));
  }

  get isFlat(): boolean {
    const [, second = 0, last = 0] = this.thirds;
    return last <= second * 1.1 + SPARE_MIB;
  }

  toString(): string {
    return `${this.thirds.map(mebibytes => mebibytes.toFixed(0)).join(' ')} MiB`;
  }
}

const PAGE_BYTES = 4096;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
