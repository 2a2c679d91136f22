import type { Options } from 'yargs';
import type { z } from 'zod';
import { messageOf } from '../base/errors.ts';
import type { FeedProblem } from '../config/checks.ts';
import { type LoadedConfiguration, loadConfiguration } from '../config/load.ts';
import { MEANINGS } from '../config/meanings.ts';
import { ONE_FEED_SETTINGS } from '../config/one-feed.ts';
import type { ParsedFeed } from '../config/schema.ts';
import { allowedText, SIMPLE_SETTINGS } from '../config/settings.ts';
import { systemSources } from '../config/system-sources.ts';
import { feedUrl } from '../massive/hosts.ts';
import { ALL_TICKERS, SubscriptionError, subscriptionsTo } from '../massive/subscription.ts';
import { tickerProblem } from '../massive/tickers.ts';
import type { Market } from '../tables/markets.ts';

/** The flags that every command with a configuration takes: the file, the short form, and each simple setting. */
export const CONFIGURATION_FLAGS: Readonly<Record<string, Options>> = {
  config: { type: 'string', requiresArg: true, group: 'Configuration:', describe: 'the configuration file' },
  ...Object.fromEntries(
    ONE_FEED_SETTINGS.map(setting => [
      setting.flag,
      flagOptions('Feed and target:', `${setting.list}.${setting.name}`, setting.schema),
    ]),
  ),
  ...Object.fromEntries(
    SIMPLE_SETTINGS.map(setting => [
      setting.flag,
      flagOptions('Settings:', setting.path.join('.'), setting.schema),
    ]),
  ),
};

function flagOptions(group: string, setting: string, schema: z.ZodType): Options {
  const meaning = MEANINGS[setting] ?? setting;
  const allowed =
    schema.def.type === 'boolean' || schema.def.type === 'array' ? '' : ` (${allowedText(schema)})`;
  return { ...valueOptions(schema.def.type), group, describe: meaning + allowed };
}

/** Values stay texts: the configuration reads them, so that all mistakes are told in one way. */
function valueOptions(type: string): Options {
  if (type === 'boolean') return { type: 'boolean' };
  return type === 'array' ? { type: 'string', array: true, nargs: 1 } : { type: 'string', requiresArg: true };
}

/**
 * The configuration of this process from its flags, its environment and its file. It has at least one feed and one
 * target unless it `mayBeEmpty`.
 *
 * @throws ConfigurationError
 */
export function configurationFromProcess(
  flags: Readonly<Record<string, unknown>>,
  mayBeEmpty = false,
): LoadedConfiguration {
  return loadConfiguration({ ...systemSources, flags, rules: feedProblems, mayBeEmpty });
}

/** What Massive's side has to say about a feed of the configuration. */
function feedProblems({ market, exchange, host, channels, symbols }: ParsedFeed): FeedProblem[] {
  const problems: FeedProblem[] = [];
  try {
    feedUrl(host, exchange ? `futures/${exchange}` : market);
  } catch (error) {
    problems.push({ path: ['host'], problem: messageOf(error) });
  }
  for (const [index, channel] of channels.entries()) {
    const problem = subscriptionProblem(market, [channel], [ALL_TICKERS]);
    if (problem) problems.push({ path: ['channels', index], problem });
  }
  for (const [index, symbol] of symbols.entries()) {
    const problem = symbol === ALL_TICKERS ? undefined : tickerProblem(market, symbol);
    if (problem) problems.push({ path: ['symbols', index], problem });
  }
  if (problems.length > 0) return problems;
  const problem = subscriptionProblem(market, channels, symbols);
  return problem ? [{ path: ['symbols'], problem }] : [];
}

function subscriptionProblem(
  market: Market,
  channels: readonly string[],
  tickers: readonly string[],
): string | undefined {
  try {
    subscriptionsTo(market, channels, tickers);
    return undefined;
  } catch (error) {
    if (error instanceof SubscriptionError) return error.problems.join('; ');
    throw error;
  }
}
