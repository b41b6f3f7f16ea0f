import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openStore } from '../src/db/store.js';
import { Checkpoints, newExport, OutsideFile, prepareExport } from '../src/evidence/index.js';
import { actorOfPerson } from '../src/organisations/index.js';
import { loadPacks } from '../src/policy/index.js';
import { BENCH_KEYS, caller } from './world.js';

/** Exports one book and says on standard output how long it took and the most memory that it had. */
const [url, folder, bookId, personId, file] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const store = await openStore(url, { keys: BENCH_KEYS });
const checkpoints = new Checkpoints(store, OutsideFile.open(join(folder, 'checkpoints.log')));
const tools = { store, packs: loadPacks(), checkpoints, attachmentsFolder: folder };
const started = performance.now();
const actor = await actorOfPerson(store.read, personId);
const prepared = await prepareExport(tools, caller(actor), bookId, newExport.parse({ kind: 'book' }));
await prepared.write(createWriteStream(file));
const seconds = (performance.now() - started) / 1000;
const { logBytes } = await store.read
  .selectFrom('logEntry')
  .select(sql<number>`sum(length("body"))`.as('logBytes'))
  .where('bookId', '=', bookId)
  .executeTakeFirstOrThrow();
await store.close();
console.log(JSON.stringify({ seconds, logBytes, peakMb: process.resourceUsage().maxRSS / 1024 }));
