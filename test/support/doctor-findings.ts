import { type Check, type Finding, findingOf } from '../../src/cli/doctor/check.ts';

/** What each check finds, by its name, and by name and subject where there are several. */
export async function findingsOf(checks: readonly Check[]): Promise<Readonly<Record<string, Finding>>> {
  const findings: Record<string, Finding> = {};
  for (const check of checks) {
    const name = check.of === undefined ? check.name : `${check.name} ${check.of}`;
    findings[name] = await check.run(new AbortController().signal).catch(error => findingOf(error));
  }
  return findings;
}

/** A finding on one line: `fail: what was found -> what to do`. */
export function lineOf(finding: Finding | undefined): string {
  if (finding === undefined) return 'none';
  const remedy = 'remedy' in finding ? ` -> ${finding.remedy}` : '';
  return `${finding.outcome}: ${finding.text}${remedy}`;
}

/** The finding of the only check. */
export async function lineOfOnly(checks: readonly Check[]): Promise<string> {
  const findings = Object.values(await findingsOf(checks));
  if (findings.length !== 1) throw new Error(`${findings.length} findings`);
  return lineOf(findings[0]);
}
