import { join, resolve } from 'node:path';
import type { Origins, SettingPath } from './origin.ts';
import type { Configuration, ParsedConfiguration } from './schema.ts';

/** Where relative paths begin. */
export interface Surroundings {
  readonly workingDirectory: string;
  readonly homeDirectory: string;
}

type Absolute = (path: SettingPath, value: string) => string;

/** Makes paths absolute and names the targets of every feed. */
export function completed(
  configuration: ParsedConfiguration,
  origins: Origins,
  sources: Surroundings,
): Configuration {
  const absolute = (path: SettingPath, value: string): string => {
    if (value === '~' || value.startsWith('~/')) return join(sources.homeDirectory, value.slice(1));
    const origin = origins.of(path);
    const base =
      origin.kind === 'file'
        ? resolve(sources.workingDirectory, origin.file, '..')
        : sources.workingDirectory;
    return resolve(base, value);
  };
  const optional = (path: SettingPath, value: string | null) =>
    value === null ? null : absolute(path, value);
  const { state, spool, quarantine, history, status, logging } = configuration;
  const stateDirectory = absolute(['state', 'directory'], state.directory);
  // A relative one is a part of the state, wherever that is.
  const inState = (path: SettingPath, value: string) =>
    /^~|^\//.test(value) ? absolute(path, value) : join(stateDirectory, value);
  return {
    ...configuration,
    feeds: configuration.feeds.map((feed, index) => ({
      ...feed,
      symbolsFile: optional(['feeds', index, 'symbolsFile'], feed.symbolsFile),
      keyFile: optional(['feeds', index, 'keyFile'], feed.keyFile),
      targets: feed.targets ?? configuration.targets.map(target => target.name),
    })),
    targets: configuration.targets.map((target, index) => ({
      ...target,
      passwordFile: optional(['targets', index, 'passwordFile'], target.passwordFile),
      tlsCaFile: optional(['targets', index, 'tlsCaFile'], target.tlsCaFile),
    })),
    state: { directory: stateDirectory },
    spool: { ...spool, directory: inState(['spool', 'directory'], spool.directory) },
    quarantine: { ...quarantine, directory: inState(['quarantine', 'directory'], quarantine.directory) },
    history: completedHistory(history, origins, absolute),
    status: {
      ...status,
      tlsCertFile: optional(['status', 'tlsCertFile'], status.tlsCertFile),
      tlsKeyFile: optional(['status', 'tlsKeyFile'], status.tlsKeyFile),
    },
    logging: { ...logging, file: optional(['logging', 'file'], logging.file) },
  };
}

function completedHistory(
  history: Configuration['history'],
  origins: Origins,
  absolute: Absolute,
): Configuration['history'] {
  const { keyFile, flatFiles, loader, cacheDirectory } = history;
  const optional = (name: readonly string[], value: string | null) =>
    value === null ? null : absolute(['history', ...name], value);
  const { place, accessKeyFile, secretKeyFile } = flatFiles;
  return {
    ...history,
    keyFile: optional(['keyFile'], keyFile),
    flatFiles: {
      ...flatFiles,
      place: /^https?:\/\//.test(place) ? place : absolute(['history', 'flatFiles', 'place'], place),
      accessKeyFile: optional(['flatFiles', 'accessKeyFile'], accessKeyFile),
      secretKeyFile: optional(['flatFiles', 'secretKeyFile'], secretKeyFile),
    },
    loader: {
      ...loader,
      addresses: isPortCloser(origins) ? [] : loader.addresses,
      passwordFile: optional(['loader', 'passwordFile'], loader.passwordFile),
      tlsCaFile: optional(['loader', 'tlsCaFile'], loader.tlsCaFile),
    },
    cacheDirectory: absolute(['history', 'cacheDirectory'], cacheDirectory),
  };
}

/** Whether one port was given for all loaders where what it stands above has several. */
function isPortCloser(origins: Origins): boolean {
  const layers = ['default', 'file', 'environment', 'flag'];
  const layerOf = (name: string) => layers.indexOf(origins.of(['history', 'loader', name]).kind);
  return layerOf('port') > layerOf('addresses');
}
