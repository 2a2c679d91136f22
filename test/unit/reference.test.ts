import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { referencePages } from '../../scripts/reference.ts';
import { MEANINGS } from '../../src/config/meanings.ts';
import { TICKERPLANT_TABLES } from '../../src/tables/definitions.ts';

const ROOT = new URL('../../', import.meta.url);

describe('references', () => {
  for (const [path, text] of referencePages()) {
    it(`${path} says what the code says; npx tsx scripts/reference.ts writes it`, () => {
      expect(readFileSync(new URL(path, ROOT), 'utf8')).to.equal(text);
    });
  }

  it('have every setting and every column', () => {
    const pages = [...referencePages().values()].join('\n');
    for (const path of Object.keys(MEANINGS).filter(setting => setting !== 'targets.target')) {
      const name = path.split('.').length === 1 ? path : path.slice(path.indexOf('.') + 1);
      expect(pages, path).to.contain(`| \`${name}\` |`);
    }
    for (const { columns } of TICKERPLANT_TABLES) {
      for (const { name, type, meaning } of columns)
        expect(pages).to.contain(`| ${name} | ${type} | ${meaning} |`);
    }
  });
});
