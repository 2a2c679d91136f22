import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { loadConfiguration } from '../../../src/config/load.ts';
import { MEANINGS } from '../../../src/config/meanings.ts';
import { ONE_FEED_SETTINGS } from '../../../src/config/one-feed.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { SIMPLE_SETTINGS } from '../../../src/config/settings.ts';
import { configurationSources } from '../../support/configuration-sources.ts';

const FOLDER = new URL('../../../config/', import.meta.url);
const content = readFileSync(new URL('default.yaml', FOLDER), 'utf8');

describe('configuration - default.yaml', () => {
  it('has every setting with its default', () => {
    expect(parse(content)).to.deep.equal(configurationSchema.parse({}));
  });

  it('has every setting of a feed and of a target, with its default where there is one', () => {
    const settings = content.slice(content.indexOf('\nfeeds:'));
    const uncommented = settings
      .replace(/^(feeds|targets): \[\]$/gm, '$1:')
      .replace(/^# {2}(?=[- ] )/gm, '  ');
    const sketched = parse(uncommented) as { readonly feeds: unknown; readonly targets: unknown };
    const { feeds, targets } = configurationSchema.parse({
      feeds: [{ market: 'stocks', channels: ['A', 'AM'] }],
      targets: [{ name: 'main', port: 5010 }],
    });
    expect(sketched.feeds).to.deep.equal(feeds);
    expect(sketched.targets).to.deep.equal(targets);
  });

  it('examples can be loaded', () => {
    for (const name of readdirSync(new URL('examples/', FOLDER))) {
      const file = readFileSync(new URL(`examples/${name}`, FOLDER), 'utf8');
      const sources = configurationSources({ files: { [`/here/${name}`]: file }, flags: { config: name } });
      expect(loadConfiguration(sources).configuration.feeds, name).not.to.be.empty;
    }
  });
});

describe('configuration - names', () => {
  const settings = [...SIMPLE_SETTINGS, ...ONE_FEED_SETTINGS];

  it('no two settings share a variable or a flag', () => {
    for (const names of [settings.map(({ flag }) => flag), settings.map(({ environment }) => environment)]) {
      expect(names).to.deep.equal([...new Set(names)]);
    }
  });

  it('every flag says what it is for', () => {
    const simple = SIMPLE_SETTINGS.map(({ path }) => path.join('.'));
    const oneFeed = ONE_FEED_SETTINGS.map(({ list, name }) => `${list}.${name}`);
    expect(Object.keys(MEANINGS).sort()).to.deep.equal([...simple, ...oneFeed].sort());
  });
});
