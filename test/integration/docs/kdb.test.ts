import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { tickerplantColumns } from '../../../src/kdb/tables/convention.ts';
import { TICKERPLANT_TABLES } from '../../../src/tables/definitions.ts';
import { AskedProcess, script } from '../../support/loader-process.ts';

const GUIDE = readFileSync(new URL('../../../docs/kdb.md', import.meta.url), 'utf8');

describe('guide for kdb-tick, TorQ and KDB-X', () => {
  it('its tables for TorQ are those that the feed expects there', async () => {
    const [, statement] = /^```q torq\n(.*)\n```$/m.exec(GUIDE) ?? [];
    const process = new AskedProcess([script('schema.q'), '-p', '0', '-q']);
    try {
      await process.ask(statement!);
      for (const definition of TICKERPLANT_TABLES) {
        const names = tickerplantColumns(definition, 'torq').map(({ name }) => name);
        expect(await process.literal(`cols ${definition.name}`)).to.equal(`\`${names.join('`')}`);
        expect(await process.literal(`type ${definition.name}\`time`)).to.equal('12h');
      }
    } finally {
      await process.stop();
    }
  });
});
