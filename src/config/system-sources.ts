import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import type { ConfigurationSources } from './load.ts';
import type { SecretSources } from './secrets.ts';

/** What this process can read of its surroundings: environment, working directory, home and files. */
export const systemSources: Omit<ConfigurationSources, 'flags' | 'rules'> & SecretSources = {
  environment: process.env,
  workingDirectory: process.cwd(),
  homeDirectory: homedir(),
  readText: path => readFileSync(path, 'utf8'),
  modeOf: path => statSync(path, { throwIfNoEntry: false })?.mode,
};
