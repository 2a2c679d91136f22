import { readFileSync } from 'node:fs';
import { systemClock } from '../base/clock.ts';
import { ExitCode } from '../base/exit-codes.ts';
import { findSecret } from '../config/secrets.ts';
import { systemSources } from '../config/system-sources.ts';
import { parseTargetAddress } from '../config/target-address.ts';
import { DEFAULT_MAX_ANSWER_BYTES, QueryConnection } from '../kdb/connection/query-connection.ts';
import { QError } from '../kdb/errors.ts';
import type { QValue } from '../kdb/ipc/values.ts';
import type { Target } from '../kdb/target.ts';
import { defineCommand, UsageError } from './command.ts';
import { csv } from './format/csv.ts';
import { json } from './format/json.ts';
import { tableText } from './format/table-text.ts';

/** `massive-kdb query :5010 "select count i by sym from agg1s"` */
export const query = defineCommand({
  arguments: {
    target: {
      type: 'string',
      demandOption: true,
      describe: 'the q process: :PORT, HOST:PORT or HOST:PORT:USER',
    },
    expression: { type: 'string', demandOption: true, describe: 'what it evaluates, in q' },
  },
  flags: {
    csv: {
      type: 'boolean',
      conflicts: 'json',
      describe: 'print CSV (RFC 4180); nulls empty, times ISO 8601',
    },
    json: {
      type: 'boolean',
      describe:
        'print JSON: a table is an array of objects; longs beyond 2^53 are strings; times ISO 8601 with ns',
    },
    tls: { type: 'boolean', default: false, describe: 'TLS: the q process runs with -E 1 or -E 2' },
    'tls-ca-file': {
      type: 'string',
      requiresArg: true,
      describe: 'certificates (PEM) of the authority to trust',
    },
    'timeout-ms': {
      type: 'number',
      default: 30_000,
      describe: 'the longest wait for the connection, and for the answer',
    },
  },
  examples: [
    ['query :5010 "select count i by sym from agg1s"', 'Print a table'],
    ['query kdb1:5010:reader "-3#agg1m" --json', 'As user reader, with the password in KDB_PASSWORD'],
  ],
  endings: {
    [ExitCode.failed]: 'q answers with an error',
    [ExitCode.unavailable]: 'the q process cannot be reached, or does not answer in time',
    [ExitCode.refused]: 'it refuses the user or the password',
    [ExitCode.configuration]: 'the password is given twice, or others can read its file',
  },
  async run(given, { stdout, stderr, stop }) {
    const target = queryTarget(given.target, given.tls, given['tls-ca-file']);
    const timeoutMs = given['timeout-ms'];
    if (!(timeoutMs >= 1))
      throw new UsageError('--timeout-ms is not a time', 'Give milliseconds, 1 or more.');
    try {
      const answer = await ask(target, given.expression, timeoutMs, stop);
      const format = given.csv ? csv : given.json ? json : tableText;
      for (const line of format(answer)) stdout.write(`${line}\n`);
      return ExitCode.ok;
    } catch (error) {
      if (stop.aborted) return ExitCode.interrupted;
      if (!(error instanceof QError)) throw error;
      stderr.write(`'${error.signal}\n`);
      return ExitCode.failed;
    }
  },
});

async function ask(
  target: Target,
  expression: string,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<QValue> {
  const connection = await QueryConnection.open(target, {
    clock: systemClock,
    connectTimeoutMs: timeoutMs,
    answerTimeoutMs: timeoutMs,
    maxAnswerBytes: DEFAULT_MAX_ANSWER_BYTES,
  });
  const close = () => connection.close();
  stop.addEventListener('abort', close);
  try {
    if (stop.aborted) close();
    return await connection.query(expression);
  } finally {
    stop.removeEventListener('abort', close);
    close();
  }
}

/** Where to connect, with the password of the user, if there is one. */
function queryTarget(text: string, tls: boolean, caFile: string | undefined): Target {
  const address = parseTargetAddress(text);
  if ('problem' in address)
    throw new UsageError(`the target ${address.problem}`, 'See massive-kdb query --help.');
  if (caFile && !tls) throw new UsageError('--tls-ca-file is given without --tls', 'Give both, or none.');
  const password = address.user === null ? undefined : findSecret('KDB_PASSWORD', null, systemSources);
  return {
    host: address.host,
    port: address.port,
    user: address.user ?? '',
    password: password?.reveal() ?? '',
    ...(tls ? { tls: caFile ? { ca: readFileSync(caFile, 'utf8') } : {} } : {}),
  };
}
