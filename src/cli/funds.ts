#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
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
  .description('run the tests inside the packs; exit 1 when one fails')
  .argument('[files...]', 'only the tests of these pack files, together with the other packs')
  .option('--packs <folder>', 'folder of packs (default: the built-in ones)')
  .option('--pack <id>', 'only the tests of this pack')
  .option('--all', 'print the tests that pass too', false)
  .action(async (files: string[], options) => (await import('./policy-test.js')).testPacks(files, options));
policy
  .command('check')
  .description('load pack files among the others and print every fault with its line; exit 1 on faults')
  .argument('<files...>', 'pack files; each takes the place of the pack with the same document id')
  .option('--packs <folder>', 'folder of the other packs (default: the built-in ones)')
  .action(async (files: string[], options: { packs?: string }) =>
    (await import('./policy-files.js')).checkPackFiles(files, options.packs),
  );
policy
  .command('new')
  .description('write a pack to start from and print what is still missing in it')
  .argument('<id>', 'document id: lower-case letters, digits and hyphens')
  .option('--title <text>', 'title of the document')
  .option('--document-no <text>', '文号')
  .option('--issuer <text>', 'who issued it')
  .option('--jurisdiction <prefixes>', 'division prefixes separated by commas, or 全国')
  .option('--from <date>', 'first day in force')
  .option('--grade <grade>', 'how far its text is verified: V1, V2, V3 or remembered')
  .option('--out <file>', 'file to write (default: <id>.yaml); an existing one is left alone')
  .action(async (id: string, options) => (await import('./policy-new.js')).newPack(id, options));
policy
  .command('schema')
  .description('write docs/policy-pack.schema.json, by which editors complete and check packs')
  .option('--check', 'only compare: exit 1 when the committed file has drifted', false)
  .action(async (options: { check: boolean }) =>
    (await import('./policy-files.js')).writePackSchema(options),
  );

policy
  .command('gaps')
  .description('months in which a clause, a source or a parameter has no rule or value; exit 1 on a gap')
  .option('--packs <folder>', 'folder of packs (default: the built-in ones)')
  .option('--from <date>', 'first day looked at (default: the first of any pack)')
  .option('--until <date>', 'last day looked at (default: the last of any pack, or a year ahead)')
  .action(async (options) => (await import('./policy-gaps.js')).printGaps(options));

/** Commands on decisions of the past say which ones. */
const ofHistory = (command: Command): Command =>
  command
    .option('--book <id>', 'only of this book')
    .option('--from <date>', 'first business date')
    .option('--to <date>', 'last business date')
    .option('--json', 'print the result as JSON', false);
const history = async () => import('./policy-history.js');
ofHistory(policy.command('replay'))
  .description('make every recorded decision again under its own packs; exit 1 when one comes out otherwise')
  .action(async (options) => (await history()).replayDecisions(environment(), options));
ofHistory(policy.command('backtest'))
  .description('what a pack would have made of the recorded cases')
  .argument('<file>', 'pack file; it takes the place of the pack with the same document id')
  .action(async (file: string, options) => (await history()).backtestPack(environment(), file, options));
ofHistory(policy.command('judge'))
  .description('what the packs loaded today would have made of the recorded cases; changes no decision')
  .action(async (options) => (await history()).judgeByToday(environment(), options));

policy
  .command('cases')
  .description(
    'judge the boundary cases generated from the packs; exit 1 when they differ from the committed ones',
  )
  .option('--write', 'write them anew, for review', false)
  .action(async (options: { write: boolean }) => (await import('./policy-proof.js')).checkCases(options));
policy
  .command('mutate')
  .description('make every small slip in the packs, one at a time; exit 1 when one goes unnoticed')
  .option('--pack <id>', 'only in this pack')
  .option('--list-survivors', 'name every slip that goes unnoticed', false)
  .action(async (options: { pack?: string; listSurvivors: boolean }) =>
    (await import('./policy-proof.js')).mutatePacks(options),
  );

/** Commands on a book say which one, and who acts. */
const ofBook = (command: Command): Command =>
  command
    .option('--book <id>', 'which book (default: the only one)')
    .option('--as <login>', 'login name of the person who does it');
const whole = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('应为不小于零的整数');
  return Number(text);
};
ofBook(policy.command('coverage'))
  .description('print for every clause what carries it; with --year, what a book shows of each in that year')
  .option('--packs <folder>', 'folder of packs (default: the built-in ones)')
  .option('--year <year>', 'which year of the book', whole)
  .option('--clause <id>', 'one clause, with every fund or contract that it is due for')
  .action(async (options) => {
    const { printBookCoverage, printCoverage } = await import('./policy.js');
    if (options.book === undefined && options.year === undefined) printCoverage(options.packs);
    else await printBookCoverage(environment(), options);
  });
const evidence = async () => import('./evidence.js');
const keys = async () => import('./keys.js');
const timestamps = async () => import('./timestamps.js');

const evidenceCommand = program.command('evidence').description('evidence packages for auditors');
ofBook(evidenceCommand.command('export'))
  .description('write an evidence package: of the whole book, or of what is chosen')
  .option('--fund <id>', 'of one fund')
  .option('--project <id>', 'of one project (contract)')
  .option('--claim <id>', 'of one claim')
  .option('--from <date>', 'of a period: first day')
  .option('--until <date>', 'of a period: last day')
  .option('--clear', 'with personal data and files in clear', false)
  .option('--recipient <name>', 'who receives it (with --clear)')
  .option('--reason <text>', 'why personal data must be in it (with --clear)')
  .option('--out <file>', 'file to write')
  .action(async (options) => (await evidence()).exportEvidence(environment(), options));

program
  .command('verifier')
  .description('write verify.mjs and verify.html, for auditors to keep as their own copy')
  .option('--out <folder>', 'where', '.')
  .action(async (options: { out: string }) => (await evidence()).writeVerifiers(options.out));

const checkpoint = program.command('checkpoint').description('signed states of a book’s log');
ofBook(checkpoint.command('show'))
  .description('sign what was written since and print the newest checkpoint')
  .action(async (options) => (await evidence()).printCheckpoint(environment(), options));
ofBook(checkpoint.command('accept'))
  .description('after a disaster: go on from what the database has, for ever on record')
  .requiredOption('--reason <text>', 'what happened')
  .action(async (options) => (await evidence()).acceptHead(environment(), options));

ofBook(program.command('proof'))
  .description('print the proof that an entry is in the log (c2sp.org/tlog-proof)')
  .argument('<index>', 'place in the log', whole)
  .option('--size <n>', 'under the checkpoint of so many entries', whole)
  .action(async (index: number, options) => (await evidence()).printProof(environment(), index, options));
ofBook(program.command('consistency'))
  .description('print the proof that one checkpoint continues another')
  .argument('<from>', 'entries of the earlier', whole)
  .argument('<until>', 'entries of the later', whole)
  .action(async (from: number, until: number, options) =>
    (await evidence()).printConsistency(environment(), from, until, options),
  );

const key = program.command('keys').description('signing keys of a book');
ofBook(key.command('list'))
  .description('print the verifier keys, for auditors to keep')
  .action(async (options) => (await keys()).showKeys(environment(), options));
ofBook(key.command('rotate'))
  .description('add a key; both sign until the old one is retired')
  .action(async (options) => (await keys()).rotate(environment(), options));
ofBook(key.command('retire'))
  .description('end the use of a key; what it signed stays valid')
  .argument('<id>', 'key')
  .action(async (id: string, options) => (await keys()).retire(environment(), id, options));
ofBook(key.command('revoke'))
  .description('name a key as no longer to be trusted')
  .argument('<id>', 'key')
  .requiredOption('--reason <text>', 'why')
  .action(async (id: string, options) => (await keys()).revoke(environment(), id, options));

const witness = program.command('witness').description('cosignatures of checkpoints by somebody else');
witness
  .command('keygen')
  .description('make a witness’s key file and print its public key')
  .argument('<name>', 'name of the witness, such as audit.luzhou.example')
  .requiredOption('--out <file>', 'key file to write; keep it secret')
  .action(async (name: string, options: { out: string }) =>
    (await evidence()).makeWitnessKey(name, options.out),
  );
witness
  .command('cosign')
  .description('check a checkpoint against the one cosigned last and print it with the cosignature')
  .argument('<checkpoint>', 'file of the checkpoint')
  .requiredOption('--key <file>', 'key file of the witness')
  .requiredOption('--log <verifier key>', 'the book’s verifier key')
  .requiredOption('--state <file>', 'what the witness has seen; made at the first time')
  .option('--consistency <file>', 'proof from the API or `funds consistency`')
  .action(async (file: string, options) =>
    (await evidence()).cosignCheckpoint({ ...options, checkpoint: file }),
  );
ofBook(witness.command('add'))
  .description('register a witness’s public key with a book')
  .argument('<verifier key>', 'as keygen printed it')
  .action(async (text: string, options) => (await keys()).registerWitness(environment(), text, options));
ofBook(witness.command('import'))
  .description('take in a checkpoint that came back with a cosignature')
  .argument('<file>', 'the cosigned checkpoint')
  .action(async (file: string, options) => (await evidence()).importCosigned(environment(), file, options));

const timestamp = program.command('timestamp').description('RFC 3161 time stamps on checkpoints');
ofBook(timestamp.command('request'))
  .description('write the request for a time stamp on a checkpoint')
  .argument('<size>', 'entries of the checkpoint', whole)
  .argument('<file>', 'request file to write')
  .option('--renews <id>', 'the time stamp that it is to renew')
  .action(async (size: number, file: string, options) =>
    (await timestamps()).requestTimestamp(environment(), size, file, options),
  );
ofBook(timestamp.command('import'))
  .description('verify and store an authority’s answer')
  .argument('<size>', 'entries of the checkpoint', whole)
  .argument('<file>', 'answer file')
  .option('--renews <id>', 'the time stamp that it renews')
  .action(async (size: number, file: string, options) =>
    (await timestamps()).takeTimestamp(environment(), size, file, options),
  );
ofBook(timestamp.command('renew'))
  .description('verify all time stamps again and renew those that end soon')
  .option('--within-days <n>', 'how soon', whole, 365)
  .option('--folder <folder>', 'where request files go when no authority is configured', '.')
  .action(async (options) => (await timestamps()).renewTimestamps(environment(), options));

ofBook(program.command('erase'))
  .description('erase a data subject: person, party, claim, contract, attachment, sanction, organisation')
  .argument('<kind>', 'kind of subject')
  .argument('<id or name>', 'its id; of a party the name')
  .requiredOption('--document <number>', 'document that orders or approves it')
  .requiredOption('--reason <text>', 'why')
  .action(async (kind: string, subject: string, options) =>
    (await keys()).erase(environment(), kind, subject, options),
  );

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
