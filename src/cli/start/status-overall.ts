import type { FeedStatus, StatusLine } from '../../ops/status/report.ts';

const SEVERITIES = ['good', 'warning', 'bad'] as const;

/** The first of the worst. */
export function worstOf(lines: readonly StatusLine[]): StatusLine {
  const rank = ({ severity }: StatusLine) => SEVERITIES.indexOf(severity);
  return lines.reduce((worst, line) => (rank(line) > rank(worst) ? line : worst));
}

/** One line about a daemon: the worst of its feeds. */
export function daemonLine(feeds: readonly Pick<FeedStatus, 'name' | 'lines'>[]): StatusLine {
  const lines = feeds.flatMap(({ name, lines: { session, tickerplant, spool } }) =>
    [session, tickerplant, spool].map(line => ({ ...line, text: named(name, line.text, feeds.length) })),
  );
  const worst = worstOf(lines);
  if (worst.severity !== 'good') return worst;
  const text = feeds.length === 1 ? feeds[0]!.lines.session.text : `${feeds.length} feeds stream`;
  return { severity: 'good', text: `All is well. ${text}` };
}

/** Which feed it is needs to be said where there are several. */
export function named(name: string, text: string, feeds: number): string {
  return feeds === 1 ? text : `${name}: ${text}`;
}
