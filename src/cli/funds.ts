#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { environment } from '../config.js';
import { DomainError } from '../core/errors.js';
import { projectFile } from '../core/project.js';

/**
 * The one command line. Exit codes: 0 done, 1 found something wrong (a difference, a failing pack test, drift,
 * a bad configuration), 2 wrong usage.
 */
const { version } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string };
const program = new Command('funds')
  .description('社工站资金合规台账 · station funds ledger')
  .version(version)
  .exitOverride()
  .showHelpAfterError();

program
  .command('serve')
  .description('start the service (migrates first; prints a one-time set-up link on first start)')
  .action(async () => (await import('../server.js')).serve(environment()));

program
  .command('demo')
  .description('load the 2022 year into a fresh SQLite file, work through it aloud, verify, then serve')
  .option('--once', 'exit after the verification instead of serving', false)
  .option('--database <file>', 'SQLite file to make anew', './data/demo.db')
  .action(async (options: { once: boolean; database: string }) =>
    (await import('./demo.js')).demo(environment(), options),
  );

program
  .command('migrate')
  .description('bring the database schema up to date')
  .action(async () => (await import('./database.js')).migrateDatabase(environment()));

program
  .command('verify')
  .description('recompute hashes, balances and decisions from the log; exit 1 names the first difference')
  .option('--book <id>', 'only this book')
  .option('--json', 'print the result as JSON', false)
  .action(async (options: { book?: string; json: boolean }) =>
    (await import('./database.js')).verifyDatabase(environment(), options),
  );

const policy = program.command('policy').description('policy packs');
policy
  .command('test')
  .description('run the tests inside the packs')
  .option('--packs <folder>', 'folder of packs (default: the built-in ones)')
  .action(async (options: { packs?: string }) => (await import('./policy.js')).testPacks(options.packs));
policy
  .command('coverage')
  .description('print for every clause what carries it: a rule, a procedure, or no duty with a reason')
  .option('--packs <folder>', 'folder of packs (default: the built-in ones)')
  .action(async (options: { packs?: string }) => (await import('./policy.js')).printCoverage(options.packs));

program
  .command('openapi')
  .description('write openapi/openapi.json from the schemas')
  .option('--check', 'only compare: exit 1 when the committed file has drifted', false)
  .action(async (options: { check: boolean }) => (await import('./openapi.js')).openapi(options));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof DomainError) {
    console.error(error.message);
    process.exitCode = 1;
  } else {
    console.error(error);
    process.exitCode = 1;
  }
}
