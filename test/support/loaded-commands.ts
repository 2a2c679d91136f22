import { backfill } from '../../src/cli/backfill.ts';
import type { Command, CommandEntry } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { completion } from '../../src/cli/completion.ts';
import { config } from '../../src/cli/config.ts';
import { demo } from '../../src/cli/demo.ts';
import { doctor } from '../../src/cli/doctor.ts';
import { gaps } from '../../src/cli/gaps.ts';
import { init } from '../../src/cli/init.ts';
import { q } from '../../src/cli/q.ts';
import { quarantine } from '../../src/cli/quarantine.ts';
import { query } from '../../src/cli/query.ts';
import { reconcile } from '../../src/cli/reconcile.ts';
import { record } from '../../src/cli/record.ts';
import { reference } from '../../src/cli/reference.ts';
import { simulate } from '../../src/cli/simulate.ts';
import { spool } from '../../src/cli/spool.ts';
import { start } from '../../src/cli/start.ts';
import { status } from '../../src/cli/status.ts';
import { tap } from '../../src/cli/tap.ts';
import { verify } from '../../src/cli/verify.ts';

const LOADED: Readonly<Record<string, Command>> = {
  backfill,
  completion,
  config,
  demo,
  doctor,
  gaps,
  init,
  q,
  quarantine,
  query,
  reconcile,
  record,
  reference,
  simulate,
  spool,
  start,
  status,
  tap,
  verify,
};

/**
 * The commands as the program lists them, each with the module that the tests import: what it loads by itself would be a
 * second copy of all sources, which cannot be told apart where coverage is counted.
 */
export const LOADED_COMMANDS: readonly CommandEntry[] = COMMANDS.map(entry => {
  const name = entry.usage.split(' ')[0]!;
  const command = LOADED[name];
  if (!command) throw new Error(`command ${name} is not among those that the tests know`);
  return { ...entry, load: async () => command };
});
