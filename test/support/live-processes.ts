import { spawnSync } from 'node:child_process';
import { AskedProcess, script } from './loader-process.ts';

/** A batch of table feedstat whose one row carries a number. */
export function numbered(number: number): string {
  return `\`feedstat;(enlist 0D01;enlist\`stocks;enlist ${number};enlist 0D;enlist 0;enlist 2026.01.05D15:00;enlist 2026.01.05D15:00)`;
}

/** q/tick.q of a test. */
export class TickProcess extends AskedProcess {
  constructor(args: readonly string[]) {
    super([script('tick.q'), ...(args.includes('-p') ? [] : ['-p', '0']), '-q', ...args]);
  }

  /** Sends a batch of one row as the feed does; whether it was new. */
  async send(source: string, sequence: number, number = sequence): Promise<boolean> {
    const answer = await this.literal(`.fh.upd[\`${source};${sequence};${numbered(number)}]`);
    if (answer !== '1b' && answer !== '0b') throw new Error(`.fh.upd answered ${answer}`);
    return answer === '1b';
  }
}

/** q/rdb.q of a test. */
export class RdbProcess extends AskedProcess {
  constructor(args: readonly string[]) {
    super([script('rdb.q'), '-p', '0', '-q', ...args]);
  }
}

/** The numbers of all batches in a log, in order, as a q process of its own replays them. */
export async function numbersIn(log: string): Promise<number[]> {
  const q = new AskedProcess(['-p', '0', '-q']);
  try {
    await q.ask('numbers:0#0');
    await q.ask('upd:{[name;columns] numbers,:columns 2}');
    await q.ask(`-11!\`$":${log}"`);
    const text = await q.literal('numbers');
    return text
      .replace(/^,/, '')
      .split(' ')
      .filter(part => /^\d+$/.test(part))
      .map(Number);
  } finally {
    await q.stop();
  }
}

/** Waits, by asking again and again, until an expression has a value. */
export async function until(process: AskedProcess, expression: string, wanted: string): Promise<void> {
  for (;;) {
    const found = await process.literal(expression);
    if (found === wanted) return;
    if (process.process.exitCode !== null) throw new Error(`q ended; ${expression} was ${found}`);
  }
}

/** How many bytes a file has less than it had: cuts them off its end, as a crash within a write does. */
export function cutBytes(path: string, bytes: number): void {
  const { status, stderr } = spawnSync('truncate', ['-s', `-${bytes}`, path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
