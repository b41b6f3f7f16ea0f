import { t as root, test } from 'tap';
import { verifyAll, OutsideFile } from '../../src/evidence/index.js';
import { engines, testDatabaseUrl, prepare } from '../helper.js';
import { openAt } from '../keys.js';
import { signing } from './outside.js';
import { forgeries, logOf, rewriteLog } from './tamper-log.js';
import { tablesOf, undone, unguarded } from './tamper-guards.js';
import { populate } from './tamper-world.js';
root.setTimeout(240_000);
for (const engine of engines.slice(0, 1)) void test(engine, async (t) => {
  const url = await testDatabaseUrl(t, engine);
  const store = await openAt(url);
  t.teardown(() => store.close());
  await prepare(store);
  const { checkpoints, file } = signing(t, store);
  let at = Date.now();
  const world = await populate(t, store, checkpoints);
  t.comment(`populated ${Date.now() - at} ms`);
  const outside = OutsideFile.open(file);
  const rows = await logOf(store.admin as never, world.county.bookId);
  const f = forgeries(rows);
  t.comment(f.length, f.map((x) => x.name));
  const tables = await tablesOf(store);
  let found = 0, bare = 0; const odd: string[] = [];
  at = Date.now();
  await unguarded(store, tables, async (trx) => {
    for (const each of f) {
      try {
      await undone(trx, async () => {
        await rewriteLog(trx, rows, (row) => row.logIndex === each.logIndex ? each.body : row.body);
        await trx.deleteFrom('checkpoint').execute(); await trx.deleteFrom('logBlock').execute();
        const [r] = await verifyAll(trx, store.keys, world.packs, { bookId: world.county.bookId });
        if (r?.difference) { found += 1; if (!/^checkpoint/.test(r.difference.place)) bare += 1; if (/checkpoint/.test(r.difference.place)) odd.push(each.name + ': ' + r.difference.place);}
        else odd.push(each.name);
      }); } catch (e) { t.fail(each.name + ' ' + (e as Error).stack); }
    }
  });
  t.comment(found, bare, Date.now() - at, odd);
});
