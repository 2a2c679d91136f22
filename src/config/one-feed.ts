import { z } from 'zod';
import { isRecord } from './file.ts';
import type { Origin, Origins } from './origin.ts';
import type { Problem } from './problems.ts';
import { environmentName, flagName, schemaAt } from './settings.ts';
import { ADDRESS_FORMS, parseTargetAddress } from './target-address.ts';

/**
 * The short form of a configuration: flags (or variables) that describe one feed and its targets, as in
 * `start --market stocks --channels A,AM --symbols AAPL,MSFT --target :5010`. Beside a file they change it:
 * --market picks the feeds of that market, the others change the one feed or the one target that is left, and
 * --target takes the place of all targets.
 */
export interface OneFeedSetting {
  readonly list: 'feeds' | 'targets';
  readonly name: string;
  readonly flag: string;
  readonly environment: string;
  readonly schema: z.ZodType;
}

export interface Given {
  readonly value: unknown;
  readonly origin: Origin;
}

export type OneFeed = ReadonlyMap<OneFeedSetting, Given>;

const TARGET: OneFeedSetting = {
  list: 'targets',
  name: 'target',
  flag: 'target',
  environment: 'MASSIVE_KDB_TARGET',
  schema: z.array(z.string()).describe(`${ADDRESS_FORMS} of a tickerplant; several are separated by commas`),
};

export const ONE_FEED_SETTINGS: readonly OneFeedSetting[] = [
  ...['market', 'exchange', 'host', 'channels', 'symbols', 'symbolsFile'].map(name => entry('feeds', name)),
  TARGET,
  ...['tls', 'convention', 'mode', 'function', 'allowUnlogged'].map(name => entry('targets', name)),
];

function entry(list: 'feeds' | 'targets', name: string): OneFeedSetting {
  const schema = schemaAt([list, 0, name]);
  if (!schema) throw new TypeError(`${list} has no ${name}`);
  return { list, name, flag: flagName([name]), environment: environmentName([name]), schema };
}

/** Values by setting, as the layers are put together. */
export type Tree = Record<string, unknown>;

/** Puts the short form over what the file says, in place; returns what does not fit. */
export function applyOneFeed(tree: Tree, origins: Origins, oneFeed: OneFeed): Problem[] {
  // Lists that are none, or have items that are no sections, are for validation to refuse.
  if (!isListOfSections(tree['feeds']) || !isListOfSections(tree['targets'])) return [];
  const of = (list: string) => [...oneFeed].filter(([setting]) => setting.list === list);
  return [...applyTargets(tree, origins, of('targets')), ...applyFeed(tree, origins, of('feeds'))];
}

function applyTargets(tree: Tree, origins: Origins, given: [OneFeedSetting, Given][]): Problem[] {
  const problems: Problem[] = [];
  const addresses = given.find(([setting]) => setting === TARGET)?.[1];
  if (addresses) {
    const targets = addressTargets(addresses, problems);
    origins.forget(['targets']);
    tree['targets'] = targets;
    for (const [index, target] of targets.entries()) {
      origins.set(['targets', index], addresses.origin);
      for (const name of Object.keys(target)) origins.set(['targets', index, name], addresses.origin);
    }
    for (const feed of listOf(tree, 'feeds')) delete feed['targets'];
  }
  const others = given.filter(([setting]) => setting !== TARGET);
  const targets = listOf(tree, 'targets');
  if (others.length === 0 || problems.length > 0) return problems;
  if (!addresses && targets.length !== 1) {
    const [setting, { origin }] = others[0]!;
    const text = `applies to one target, and there are ${targets.length}; name it with --target, or set it in the file`;
    return [{ path: [setting.name], origin, text }];
  }
  for (const index of targets.keys()) assign(tree, origins, 'targets', index, others);
  return problems;
}

function addressTargets({ value, origin }: Given, problems: Problem[]): Tree[] {
  return (Array.isArray(value) ? value : [value]).flatMap(text => {
    const address = parseTargetAddress(String(text));
    if ('problem' in address) {
      problems.push({ path: ['target'], origin, text: address.problem });
      return [];
    }
    return [{ name: `${address.host}:${address.port}`, ...address }];
  });
}

function applyFeed(tree: Tree, origins: Origins, given: [OneFeedSetting, Given][]): Problem[] {
  if (given.length === 0) return [];
  let feeds = listOf(tree, 'feeds');
  const market = given.find(([setting]) => setting.name === 'market')?.[1];
  if (market) {
    const picked = [...feeds.keys()].filter(index => feeds[index]?.['market'] === market.value);
    origins.keep('feeds', picked);
    feeds = picked.map(index => feeds[index]!);
  }
  const others = given.filter(([setting]) => setting.name !== 'market');
  if (feeds.length > 1 && others.length > 0) {
    const [setting, { origin }] = others[0]!;
    const text = `applies to one feed, and there are ${feeds.length}; pick one with --market, or set it in the file`;
    return [{ path: [setting.name], origin, text }];
  }
  tree['feeds'] = feeds.length > 0 ? feeds : [{}];
  if (feeds.length > 1) return [];
  if (feeds.length === 0) origins.set(['feeds', 0], given[0]![1].origin);
  const symbols = others.find(([setting]) => setting.name.startsWith('symbols'));
  if (symbols) {
    const [feed] = listOf(tree, 'feeds');
    for (const name of ['symbols', 'symbolsFile']) {
      delete feed?.[name];
      origins.forget(['feeds', 0, name]);
    }
  }
  assign(tree, origins, 'feeds', 0, feeds.length > 0 ? others : given);
  return [];
}

function assign(
  tree: Tree,
  origins: Origins,
  list: 'feeds' | 'targets',
  index: number,
  given: [OneFeedSetting, Given][],
): void {
  const item = listOf(tree, list)[index];
  for (const [setting, { value, origin }] of given) {
    if (item) item[setting.name] = value;
    origins.forget([list, index, setting.name]);
    origins.set([list, index, setting.name], origin);
  }
}

function listOf(tree: Tree, name: string): Tree[] {
  return (tree[name] as Tree[] | undefined) ?? [];
}

function isListOfSections(list: unknown): boolean {
  return list === undefined || (Array.isArray(list) && list.every(isRecord));
}
