import type { Severity } from '../../ops/status/report.ts';

/** How texts look on what they are printed to. */
export interface Paint {
  readonly width: number;
  readonly colours: boolean;
}

const COLOUR: Readonly<Record<Severity, string>> = { good: '32', warning: '33', bad: '31' };

/** One word for a severity, always of one width. */
export function mark(severity: Severity, { colours }: Paint): string {
  const word = { good: 'ok  ', warning: 'warn', bad: 'BAD ' }[severity];
  return colours ? `\x1b[1;${COLOUR[severity]}m${word}\x1b[0m` : word;
}

/** A heading. */
export function strong(text: string, { colours }: Paint): string {
  return colours ? `\x1b[1m${text}\x1b[0m` : text;
}

/** A text behind a label, broken at blanks so that it fits; further lines begin under the text. */
export function labelled(label: string, labelWidth: number, text: string, { width }: Paint): string[] {
  const room = Math.max(20, width - labelWidth);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((part, index) => (index === 0 ? label : ' '.repeat(labelWidth)) + part);
}
