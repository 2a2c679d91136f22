import { z } from 'zod';
import { nearest } from './nearest.ts';
import { type Given, ONE_FEED_SETTINGS, type OneFeed, type OneFeedSetting } from './one-feed.ts';
import { SIMPLE_SETTINGS, type SimpleSetting, valueOfText } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment or the flags say. */
export interface Overrides {
  readonly simple: ReadonlyMap<SimpleSetting, Given>;
  readonly oneFeed: OneFeed;
}

/** Read elsewhere than in the schema. */
const OTHER_VARIABLES = ['MASSIVE_KDB_CONFIG', 'MASSIVE_KDB_DEBUG'];

/** Settings from variables MASSIVE_KDB_...; an empty variable counts as not given. */
export function environmentOverrides(environment: Environment): Overrides {
  return overrides(({ environment: variable, schema }) => {
    const text = environment[variable]?.trim();
    if (!text) return undefined;
    return { value: valueOfText(text, schema), origin: { kind: 'environment', variable } };
  });
}

/** Settings from flags by their names without dashes in front; undefined ones are not given. */
export function flagOverrides(flags: Readonly<Record<string, unknown>>): Overrides {
  return overrides(({ flag, schema }) => {
    const given = flags[flag];
    if (given === undefined) return undefined;
    return { value: flagValue(given, schema), origin: { kind: 'flag', flag } };
  });
}

function overrides(read: (setting: SimpleSetting | OneFeedSetting) => Given | undefined): Overrides {
  const simple = new Map<SimpleSetting, Given>();
  for (const setting of SIMPLE_SETTINGS) {
    const given = read(setting);
    if (given) simple.set(setting, given);
  }
  const oneFeed = new Map<OneFeedSetting, Given>();
  for (const setting of ONE_FEED_SETTINGS) {
    const given = read(setting);
    if (given) oneFeed.set(setting, given);
  }
  return { simple, oneFeed };
}

/** A flag that is repeated makes a list of texts; each may be a list itself. */
function flagValue(given: unknown, schema: z.ZodType): unknown {
  if (Array.isArray(given) && schema instanceof z.ZodArray) return valueOfText(given.join(','), schema);
  return typeof given === 'string' ? valueOfText(given, schema) : given;
}

/** One line for each variable MASSIVE_KDB_... that means nothing, with the one that was probably meant. */
export function unknownVariables(environment: Environment): string[] {
  const known = [...SIMPLE_SETTINGS, ...ONE_FEED_SETTINGS].map(setting => setting.environment);
  known.push(...OTHER_VARIABLES);
  return Object.keys(environment)
    .filter(variable => variable.startsWith('MASSIVE_KDB_') && !known.includes(variable))
    .map(variable => {
      const meant = nearest(variable, known);
      return `${variable} is not a setting and is ignored${meant ? `; did you mean ${meant}?` : ''}`;
    });
}
