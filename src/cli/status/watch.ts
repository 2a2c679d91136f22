import type { Clock } from '../../base/clock.ts';
import { delay } from '../../base/delay.ts';

const SCREEN_EVERY_MS = 1_000;
const BLOCK_EVERY_MS = 2_000;

const ENTER_SCREEN = '\x1b[?1049h\x1b[?25l';
const LEAVE_SCREEN = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const END_OF_LINE = '\x1b[K';
const END_OF_SCREEN = '\x1b[J';

/** A terminal, or a stream that is none. */
export interface WatchedOutput extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly rows?: number;
}

/** Makes the lines that are shown, as wide as the output is now. */
export type MakeLines = () => Promise<readonly string[]>;

/**
 * Shows lines again and again until `stop` is aborted: on a terminal in place, on a screen of its own, each second; else
 * as blocks, each two seconds.
 */
export async function watchLines(
  make: MakeLines,
  output: WatchedOutput,
  clock: Clock,
  stop: AbortSignal,
): Promise<void> {
  if (!output.isTTY) {
    await repeat(
      async () => void output.write(`${(await make()).join('\n')}\n\n`),
      BLOCK_EVERY_MS,
      clock,
      stop,
    );
    return;
  }
  // However this process ends, the terminal is given back as it was.
  const leave = () => void output.write(LEAVE_SCREEN);
  process.once('exit', leave);
  output.write(ENTER_SCREEN);
  let lines: readonly string[] = [];
  const draw = () => void output.write(screenOf(lines, output.rows));
  const redraw = async () => {
    lines = await make();
    draw();
  };
  const resized = () => void redraw().catch(() => draw());
  output.on('resize', resized);
  try {
    await repeat(redraw, SCREEN_EVERY_MS, clock, stop);
  } finally {
    output.off('resize', resized);
    process.off('exit', leave);
    leave();
  }
}

async function repeat(
  show: () => Promise<void>,
  everyMs: number,
  clock: Clock,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    await show();
    await delay(clock, everyMs, stop).catch(() => {});
  }
}

/** What replaces the screen by lines; those that find no room are left out, with a line that says so. */
function screenOf(lines: readonly string[], rows = Number.POSITIVE_INFINITY): string {
  const shown = lines.length <= rows ? lines : [...lines.slice(0, rows - 1), '...'];
  return `${HOME}${shown.map(line => `${line}${END_OF_LINE}`).join('\r\n')}${END_OF_SCREEN}`;
}
