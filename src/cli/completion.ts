import { ExitCode } from '../base/exit-codes.ts';
import { defineCommand } from './command.ts';
import { COMMANDS } from './commands.ts';
import { bashCompletion } from './completion/bash.ts';
import { fishCompletion } from './completion/fish.ts';
import { completedCommands } from './completion/words.ts';
import { zshCompletion } from './completion/zsh.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** `massive-kdb completion` */
export const completion = defineCommand({
  arguments: {
    shell: { choices: ['bash', 'zsh', 'fish'] as const, describe: 'the shell to complete in' },
  },
  flags: {},
  examples: [
    ['completion bash > ~/.local/share/bash-completion/completions/massive-kdb', 'For bash'],
    ['completion fish > ~/.config/fish/completions/massive-kdb.fish', 'For fish'],
  ],
  endings: {},
  async run({ shell }, { stdout }) {
    stdout.write(SCRIPTS[shell!](await completedCommands(COMMANDS)));
    return ExitCode.ok;
  },
});
