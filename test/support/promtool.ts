import { spawnSync } from 'node:child_process';

/** What promtool has to say against metrics, empty where it accepts them; undefined where it is not installed. */
export function checkMetrics(text: string): string | undefined {
  return promtool(['check', 'metrics'], text);
}

/** What promtool says of a command that fails, empty where it succeeds; undefined where it is not installed. */
export function promtool(line: readonly string[], input = ''): string | undefined {
  const { error, status, stdout, stderr } = spawnSync('promtool', line, {
    input,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error) return undefined;
  const said = `${stdout}${stderr}`.trim();
  if (line.includes('metrics')) return said === '' && status !== 0 ? `promtool ended with ${status}` : said;
  return status === 0 ? '' : said || `promtool ended with ${status}`;
}
