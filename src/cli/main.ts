#!/usr/bin/env node
import { main } from './run.ts';

await main([
  {
    usage: 'query <target> <expression>',
    summary: 'Ask a q process and print its answer',
    example: 'query :5010 "select count i by sym from agg1s"',
    load: async () => (await import('./query.ts')).query,
  },
  {
    usage: 'config <action>',
    summary: 'Print, check or sketch the configuration',
    example: 'config sample > massive-kdb.yaml',
    load: async () => (await import('./config.ts')).config,
  },
]);
