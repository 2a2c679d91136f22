#!/usr/bin/env node
import { main } from './run.ts';

await main([
  {
    usage: 'query <target> <expression>',
    summary: 'Ask a q process and print its answer',
    load: async () => (await import('./query.ts')).query,
  },
  {
    usage: 'config <action>',
    summary: 'Print, check or sketch the configuration',
    load: async () => (await import('./config.ts')).config,
  },
]);
