import { readdirSync, readFileSync } from 'node:fs';

/** What tests that are over may still take; overridable for the test of this. */
const LINGER_MS = Number(process.env.MOCHA_LINGER_MS ?? 15_000);

/**
 * Ends a run whose tests are over while something still keeps the process: a server, a socket, a child that a failed
 * test has left. It says what, ends the children that are left, and fails.
 */
export function mochaGlobalTeardown() {
  setTimeout(() => {
    const kinds = process.getActiveResourcesInfo().filter(kind => !['TTYWrap', 'PipeWrap'].includes(kind));
    const children = childrenLeft();
    console.error(
      `The tests are over and something keeps running: ${[...new Set(kinds)].join(', ') || 'unknown'}. ` +
        `Ended with it: ${children.map(({ line }) => line).join('; ') || 'no process'}.`,
    );
    for (const { pid } of children) process.kill(pid, 'SIGKILL');
    // Mocha sets the code by a listener of its own, so that of this one comes later.
    process.on('exit', () => {
      process.exitCode = 1;
    });
    process.exit();
  }, LINGER_MS).unref();
}

/** Processes that this one started and that still run; none where the system does not tell. */
function childrenLeft() {
  try {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .flatMap(name => childOfThis(name) ?? []);
  } catch {
    return [];
  }
}

function childOfThis(name) {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(parent) !== process.pid || state === 'Z') return undefined;
    const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return { pid: Number(name), line };
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}
