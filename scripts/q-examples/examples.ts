/** The q examples of a page of documentation. */

export interface Example {
  readonly expression: string;
  readonly expected: readonly string[];
  readonly complete: boolean;
  /** A block of definitions without prompts, to be loaded. */
  readonly script?: string;
  /** The text of the page's fenced blocks, in whatever language, up to it. */
  readonly before: string;
  /** The name in code with which the page's section begins, or nothing. */
  readonly section: string;
  /** The last line of text before the block. */
  readonly lead: string;
}

/** Of the root, or of a namespace such as `q.a)`. */
const PROMPT = /^q(?:\.\w+)*\)/;

/** The examples of a page's fenced q blocks, in order. */
export function examplesOf(markdown: string): Example[] {
  const examples: Example[] = [];
  let indent: string | undefined;
  let inOtherFence = false;
  let block: string[] = [];
  let current:
    | { expression: string; expected: string[]; before: string; section: string; lead: string }
    | undefined;
  let section = '';
  let lead = '';
  let blocks = '';
  const finish = () => {
    if (current === undefined) {
      // Lines without a prompt before them are a script that later examples build on.
      if (block.length > 0)
        examples.push({
          expression: '',
          expected: [],
          complete: true,
          script: block.join('\n'),
          before: blocks,
          section,
          lead,
        });
      block = [];
      return;
    }
    while (current.expected.at(-1)?.trim() === '') current.expected.pop();
    examples.push({ ...current, complete: isBalanced(current.expression) });
    current = undefined;
  };
  for (const raw of markdown.split('\n')) {
    const fence = /^(\s*)```(\w*)/.exec(raw);
    if (fence !== null) {
      if (indent !== undefined) {
        finish();
        indent = undefined;
      } else if (inOtherFence) inOtherFence = false;
      else if (fence[2] === 'q') indent = fence[1]!;
      else inOtherFence = true;
      continue;
    }
    if (indent === undefined && /^## /.test(raw)) section = /^## `([^`]+)`/.exec(raw)?.[1] ?? '';
    if (indent === undefined && !inOtherFence && raw.trim() !== '') lead = raw;
    if (indent !== undefined || inOtherFence) blocks += `${raw}\n`;
    if (indent === undefined) continue;
    const line = raw.startsWith(indent) ? raw.slice(indent.length) : raw.trimStart();
    const prompt = PROMPT.exec(line);
    if (prompt !== null) {
      finish();
      current = { expression: line.slice(prompt[0].length), expected: [], before: blocks, section, lead };
    } else if (current !== undefined) {
      // An open bracket says that the line goes on with the expression; otherwise it is output.
      if (current.expected.length === 0 && !isBalanced(current.expression))
        current.expression += joined(current.expression, line);
      else current.expected.push(withoutRemark(line));
    } else block.push(line);
  }
  finish();
  return examples;
}

/** A line broken for the page goes on after a blank; a remark needs its line end. */
function joined(expression: string, line: string): string {
  return /(^|\s)\/|"/.test(expression) ? `\n${line}` : ` ${line.trimStart()}`;
}

/** Lines of output may carry a remark of the documentation after some blanks. */
function withoutRemark(line: string): string {
  return line.replace(/\s{2,}\/[/ a-z].*$/, '').trimEnd();
}

function isBalanced(expression: string): boolean {
  const bare = expression.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/(^|\s)\/.*$/gm, '');
  const count = (pattern: RegExp) => (bare.match(pattern) ?? []).length;
  return count(/[([{]/g) === count(/[)\]}]/g) && !bare.includes('"');
}
