import { CommandLineError, parseCommandLine } from './command-line.ts';
import { QProcess } from './q-process.ts';

/** What a q process is started with. */
export interface QStart {
  /** What follows the name of the command. */
  readonly arguments: readonly string[];
  readonly environment: Record<string, string | undefined>;
  /** Aborted by SIGINT or SIGTERM, whose name is the reason. */
  readonly stop: AbortSignal;
}

/** Where the shell counts from for a process that a signal ended. */
const SIGNAL_EXIT_CODES: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };
const USAGE_EXIT_CODE = 64;

/**
 * Runs this process as a q process. It ends by itself: by `exit`, a signal, the end of its input when nothing
 * else is open, or with code 1 if its script fails and nobody is at the console.
 */
export async function runQ({ arguments: args, environment, stop }: QStart): Promise<never> {
  try {
    const line = parseCommandLine(args);
    const q = await QProcess.start({ line, rawLine: ['q', ...args], environment });
    const end = (): never => q.exit(SIGNAL_EXIT_CODES[String(stop.reason)] ?? 1);
    if (stop.aborted) end();
    stop.addEventListener('abort', end);
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error;
    process.stderr.write(`q: ${error.message}\n`);
    process.exit(USAGE_EXIT_CODE);
  }
  return new Promise<never>(() => {});
}
