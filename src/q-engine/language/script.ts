/** A script to its statements. */

export interface Statement {
  readonly source: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

/**
 * Statements begin in the first column; indented lines, and a lone closing brace, continue them. A lone `/`
 * opens a comment block that a lone `\` closes; a lone `\` elsewhere ends the script.
 */
export function splitStatements(text: string): Statement[] {
  const statements: { source: string; line: number }[] = [];
  let inComment = false;
  let start = true;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '');
    const trimmed = line.trimEnd();
    if (index === 0 && line.startsWith('#!')) continue;
    if (inComment) {
      inComment = trimmed !== '\\';
      continue;
    }
    if (trimmed === '/') {
      inComment = true;
      continue;
    }
    if (trimmed === '\\') break;
    if (trimmed === '' || line.startsWith('/')) continue;
    const current = statements[statements.length - 1];
    if (!start && current !== undefined && /^[ \t}]/.test(line)) current.source += `\n${line}`;
    else if (trimmed.trimStart().startsWith('/') && /^[ \t]/.test(line)) continue;
    else statements.push({ source: line, line: index + 1 });
    start = false;
  }
  return statements;
}
