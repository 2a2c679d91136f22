import { spawnSync } from 'node:child_process';

/** What promtool has to say against metrics, empty where it accepts them; undefined where it is not installed. */
export function checkMetrics(text: string): string | undefined {
  const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  if (error) return undefined;
  const said = `${stdout}${stderr}`.trim();
  return said === '' && status !== 0 ? `promtool ended with ${status}` : said;
}
