/** Which pages of KX's reference describe what q scripts use, by the links of its reference card. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { tokenize } from '../../src/q-engine/language/lexer.ts';
import { splitStatements } from '../../src/q-engine/language/script.ts';

export interface Usage {
  /** Names of pages, without folder. */
  readonly pages: ReadonlySet<string>;
  /** Functions of namespaces that a page describes one by one, such as `.Q.en`. */
  readonly functions: ReadonlySet<string>;
}

/** Pages on whole topics, which every script with tables and files uses. */
const TOPICS = ['qsql', 'joins', 'dictsandtables', 'datatypes', 'files'];

/** What the q scripts of a folder use; `reference` is the folder of the reference, with its card. */
export function usageOf(scripts: string, reference: string): Usage {
  const words = new Set<string>();
  for (const name of readdirSync(scripts).filter(name => name.endsWith('.q')))
    for (const { source } of splitStatements(readFileSync(join(scripts, name), 'utf8')))
      for (const { text } of tokenize(source)) words.add(text);
  const links = [...linksOfWords(reference), ...linksOfGlyphs(reference)];
  return {
    pages: new Set([...TOPICS, ...links.filter(([word]) => words.has(word)).map(([, page]) => page)]),
    functions: new Set([...words].filter(word => /^\.[A-Za-z]\./.test(word))),
  };
}

/** `[lj ljf](lj.md "left join")`: the keywords of a page. */
function linksOfWords(reference: string): [string, string][] {
  const card = readFileSync(join(reference, 'kwds.txt'), 'utf8');
  return [...card.matchAll(/\[([\w ,]+)\]\(([^)]+?)\.md/g)].flatMap(([, words, page]) =>
    words!.split(/[ ,]+/).map(word => [word, basename(page!)] as [string, string]),
  );
}

/** A cell with glyphs, and the links from there to the next one. All overloads of a glyph count as used. */
function linksOfGlyphs(reference: string): [string, string][] {
  const card = readFileSync(join(reference, 'index.md'), 'utf8');
  const parts = card
    .split('class="kx-glyph"')
    .slice(1)
    .map(part => part.split('</tr>', 1)[0]!);
  return parts.flatMap(part => {
    const cell = part.slice(0, part.indexOf('</td>'));
    const glyphs = [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, text]) => text!.split(' '));
    const pages = [...part.matchAll(/\]\(([^)#]+?)\.md/g)].map(([, page]) => basename(page!));
    return glyphs.flatMap(glyph => pages.map(page => [glyph, page] as [string, string]));
  });
}
