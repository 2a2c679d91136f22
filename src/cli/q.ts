import { ExitCode } from '../base/exit-codes.ts';
import { runQ } from '../q-engine/process/index.ts';
import { defineCommand } from './command.ts';

/** `massive-kdb q tick.q -p 5010`; its command line is q's own. */
export const q = defineCommand({
  arguments: {
    file: { type: 'string', describe: 'script, file or database directory to load' },
  },
  flags: {
    p: {
      type: 'string',
      describe: 'listen on [host:]port, by default of 127.0.0.1; 0 picks a free port and prints it',
    },
    t: { type: 'number', describe: 'milliseconds between calls of .z.ts' },
    q: { type: 'boolean', describe: 'quiet: no prompt' },
    o: { type: 'number', describe: 'local time as hours from UTC, or minutes beyond 23; else TZ' },
    T: { type: 'number', describe: 'seconds that one request may take' },
    u: { type: 'string', describe: 'file of user:password lines; clients may then not reach the system' },
    U: { type: 'string', describe: 'file of user:password lines' },
    P: { type: 'number', describe: 'digits of floats on the console' },
    c: { type: 'string', describe: 'rows and columns of the console' },
  },
  examples: [
    ['q q/tick.q -p 5010', 'A tickerplant on port 5010'],
    ['q', 'A prompt'],
  ],
  endings: {
    [ExitCode.failed]: 'a script fails; others as it says with exit',
  },
  async run(given, { environment, stop }) {
    const { line } = given as unknown as { readonly line: readonly string[] };
    return runQ({ arguments: line, environment: { ...environment }, stop });
  },
});
