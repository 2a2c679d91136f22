import { addressText } from '../base/address.ts';
import { isLoopback } from '../base/loopback.ts';
import { parseLoaderAddress } from './loader-address.ts';
import { nearest } from './nearest.ts';
import { type Origins, originText, type SettingPath } from './origin.ts';
import type { Problem } from './problems.ts';
import type { ParsedConfiguration, ParsedFeed } from './schema.ts';

/** What only those who know Massive can say about a feed. */
export interface FeedProblem {
  /** Within the feed: `['host']`, `['symbols', 3]`. */
  readonly path: SettingPath;
  /** A sentence without a full stop. */
  readonly problem: string;
}

/** Judges host, channels and symbols of a feed; passed in, because the configuration knows nothing of Massive. */
export type FeedRules = (feed: ParsedFeed) => readonly FeedProblem[];

/** What a feed needs in any case. */
export function missingParts({ feeds, targets }: ParsedConfiguration, origins: Origins): Problem[] {
  const problems: Problem[] = [];
  const report = (name: string, text: string) =>
    problems.push({ path: [name], origin: origins.of([name]), text });
  if (feeds.length === 0)
    report('feeds', 'is empty; give --market and --channels, or a list of feeds in the file');
  if (targets.length === 0)
    report('targets', 'is empty; give --target :5010, or a list of targets in the file');
  return problems;
}

/** What is wrong between settings that are each right by themselves. */
export function contradictions(
  configuration: ParsedConfiguration,
  origins: Origins,
  rules: FeedRules,
): Problem[] {
  const problems: Problem[] = [];
  const report = (path: SettingPath, text: string) => problems.push({ path, origin: origins.of(path), text });
  checkTargets(configuration, origins, report);
  checkFeeds(configuration, origins, report);
  checkLoaders(configuration, origins, report);
  checkStatus(configuration, report);
  for (const [index, feed] of configuration.feeds.entries()) {
    for (const { path, problem } of rules(feed))
      report(['feeds', index, ...path], `cannot be used: ${problem}`);
  }
  return problems;
}

type Report = (path: SettingPath, text: string) => void;

function checkTargets({ targets }: ParsedConfiguration, origins: Origins, report: Report): void {
  const names = new Map<string, number>();
  const addresses = new Map<string, number>();
  for (const [index, target] of targets.entries()) {
    const sameName = names.get(target.name);
    if (sameName !== undefined) {
      const first = originText(origins.of(['targets', sameName, 'name']));
      report(['targets', index, 'name'], `is "${target.name}", as at ${first}; each target has its own name`);
    }
    names.set(target.name, index);
    const address = `${target.host}:${target.port}`;
    const sameAddress = addresses.get(address);
    if (sameAddress !== undefined && sameName === undefined) {
      const first = originText(origins.of(['targets', sameAddress, 'port']));
      report(
        ['targets', index, 'port'],
        `makes ${address}, as at ${first}; each row would arrive there twice`,
      );
    }
    addresses.set(address, index);
    if (!target.user && (target.password || target.passwordFile)) {
      report(
        ['targets', index, target.password ? 'password' : 'passwordFile'],
        'is given without a user; give user',
      );
    }
    if (target.tlsCaFile && !target.tls)
      report(['targets', index, 'tlsCaFile'], 'is given without tls: true');
    if (target.password && target.passwordFile) {
      report(['targets', index, 'passwordFile'], 'is given beside password; keep one of the two');
    }
  }
}

function checkFeeds({ feeds, targets }: ParsedConfiguration, origins: Origins, report: Report): void {
  const connections = new Map<string, number>();
  for (const [index, feed] of feeds.entries()) {
    const connection = `${feed.keyFile ?? feed.key} ${feed.market} ${feed.exchange} ${feed.host}`;
    const same = connections.get(connection);
    if (same !== undefined) {
      const first = originText(origins.of(['feeds', same, 'market']));
      report(
        ['feeds', index, 'market'],
        `is "${feed.market}", as at ${first}, with the same key; Massive allows one connection, so list all channels in one feed`,
      );
    }
    connections.set(connection, index);
    if (feed.exchange && feed.market !== 'futures') {
      report(['feeds', index, 'exchange'], `is given for ${feed.market}; only futures have it`);
    }
    if (feed.symbolsFile && !isWholeMarket(feed)) {
      report(['feeds', index, 'symbolsFile'], 'is given beside symbols; keep one of the two');
    }
    for (const [place, name] of (feed.targets ?? []).entries()) {
      if (targets.some(target => target.name === name)) continue;
      const known = targets.map(target => target.name);
      const meant = nearest(name, known);
      const hint = meant ? `; did you mean ${meant}?` : '';
      report(['feeds', index, 'targets', place], `is "${name}"; allowed: one of ${known.join(', ')}${hint}`);
    }
  }
}

/** A market has one loader, and a loader one market. */
function checkLoaders({ history }: ParsedConfiguration, origins: Origins, report: Report): void {
  const seen = new Map<string, SettingPath>();
  const { host, addresses } = history.loader;
  for (const [index, text] of addresses.entries()) {
    const path = ['history', 'loader', 'addresses', index];
    const address = parseLoaderAddress(text, host);
    if ('problem' in address) {
      report(path, address.problem);
      continue;
    }
    const both = [address.market, addressText(address)];
    const again = both.find(one => seen.has(one));
    if (again) report(path, `gives ${again} again, as at ${originText(origins.of(seen.get(again)!))}`);
    for (const one of both) seen.set(one, path);
  }
}

/** What is served beyond this machine must not be readable on its way. */
function checkStatus({ status }: ParsedConfiguration, report: Report): void {
  const { enabled, host, tlsCertFile, tlsKeyFile, behindProxy } = status;
  if (tlsCertFile !== null && tlsKeyFile === null)
    report(['status', 'tlsCertFile'], 'is given without tlsKeyFile');
  if (tlsKeyFile !== null && tlsCertFile === null)
    report(['status', 'tlsKeyFile'], 'is given without tlsCertFile');
  if (!enabled || isLoopback(host) || behindProxy || tlsCertFile !== null || tlsKeyFile !== null) return;
  report(
    ['status', 'host'],
    `is "${host}", which other machines can reach; give tlsCertFile and tlsKeyFile, or behindProxy: true where a proxy with TLS stands in front`,
  );
}

function isWholeMarket({ symbols }: ParsedFeed): boolean {
  return symbols.length === 1 && symbols[0] === '*';
}
