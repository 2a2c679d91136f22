#!/usr/bin/env node
import { COMMANDS } from './commands.ts';
import { main } from './run.ts';

await main(COMMANDS);
