import { readFileSync } from 'node:fs';
import { ExitCode } from '../base/exit-codes.ts';
import { effectiveSettings } from '../config/effective.ts';
import { resolveSecrets } from '../config/secrets.ts';
import { systemSources } from '../config/system-sources.ts';
import { type CommandContext, defineCommand } from './command.ts';
import { CONFIGURATION_FLAGS, configurationFromProcess } from './configuration.ts';
import { subscriptionsOf } from './start/feed-assembly.ts';

/** `massive-kdb config print|check|sample` */
export const config = defineCommand({
  arguments: {
    action: {
      type: 'string',
      choices: ['print', 'check', 'sample'] as const,
      demandOption: true,
      describe: 'print what is in force, check for mistakes, or print a file to start from',
    },
  },
  flags: CONFIGURATION_FLAGS,
  examples: [
    ['config sample > massive-kdb.yaml', 'A file with every setting, its default and what it does'],
    ['config check --config massive-kdb.yaml', 'All mistakes in a file, and missing secrets'],
    ['config print', 'What start would use, and where each value comes from'],
  ],
  endings: {
    [ExitCode.io]: 'a file cannot be read',
    [ExitCode.configuration]: 'there are mistakes, or secrets are missing',
  },
  async run(given, context) {
    switch (given.action) {
      case 'sample':
        return sample(context);
      case 'print':
        return print(given, context);
      case 'check':
        return check(given, context);
    }
  },
});

type Flags = Readonly<Record<string, unknown>>;

function sample({ stdout }: CommandContext): ExitCode {
  stdout.write(readFileSync(new URL('../../config/default.yaml', import.meta.url), 'utf8'));
  return ExitCode.ok;
}

function print(flags: Flags, { stdout, stderr }: CommandContext): ExitCode {
  const { configuration, origins, file, warnings } = configurationFromProcess(flags, true);
  for (const warning of warnings) stderr.write(`massive-kdb: warning: ${warning}\n`);
  const settings = effectiveSettings(configuration, origins, systemSources);
  const width = Math.max(...settings.map(({ setting, value }) => setting.length + value.length + 2));
  stdout.write(`# file: ${file ?? 'none'}\n`);
  for (const { setting, value, origin } of settings) {
    stdout.write(`${`${setting}: ${value}`.padEnd(width)}  # ${origin}\n`);
  }
  return ExitCode.ok;
}

async function check(flags: Flags, { stdout, stderr }: CommandContext): Promise<ExitCode> {
  const { configuration, file, warnings } = configurationFromProcess(flags);
  for (const warning of warnings) stderr.write(`massive-kdb: warning: ${warning}\n`);
  resolveSecrets(configuration, systemSources);
  for (const feed of configuration.feeds) await subscriptionsOf(feed);
  for (const { tlsCaFile } of configuration.targets) if (tlsCaFile) readFileSync(tlsCaFile);
  const feeds = configuration.feeds.map(feed => `${feed.market} to ${feed.targets.join(' and ')}`);
  stdout.write(`${file ?? 'The configuration'} is right: ${feeds.join('; ')}\n`);
  return ExitCode.ok;
}
