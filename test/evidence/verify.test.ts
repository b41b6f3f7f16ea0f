import { sql } from 'kysely';
import { canonicalJson } from '../../src/core/canonical-json.js';
import { appendLeaf, type Frontier, frontierToText, leafHash, rootOf } from '../../src/core/merkle.js';
import type { Row } from '../../src/db/database.js';
import type { Store, Trx } from '../../src/db/store.js';
import { type BookVerification, verifyAll, verifyBook } from '../../src/evidence/index.js';
import { loadPacks } from '../../src/policy/index.js';
import { NO_PACKS, openClaim, openContract, openFund, seedWorld, type World } from '../fixture.js';
import { forEachEngine } from '../helper.js';

class Undo extends Error {}

/** Past every guard: triggers are taken away, the tables changed, the book verified, and all of it undone. */
async function tampered(
  store: Store,
  world: World,
  change: (trx: Trx) => Promise<unknown>,
): Promise<BookVerification> {
  let result: BookVerification | undefined;
  await store.admin
    .transaction()
    .execute(async (trx) => {
      await disableTriggers(store, trx);
      await change(trx);
      result = await verifyBook(trx, world.packs, world.county.bookId);
      throw new Undo();
    })
    .catch((error) => {
      if (!(error instanceof Undo)) throw error;
    });
  return result as BookVerification;
}

async function disableTriggers(store: Store, trx: Trx): Promise<void> {
  if (store.engine === 'postgres') {
    for (const table of ['logEntry', 'ledgerEntry', 'posting']) {
      await sql`alter table ${sql.table(table)} disable trigger user`.execute(trx);
    }
    return;
  }
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'trigger'`.execute(
    trx,
  );
  for (const { name } of rows) await sql`drop trigger ${sql.id(name)}`.execute(trx);
}

/** A county's book with a contract, claims in several states, a refusal and a second fund. */
async function busyBook(store: Store, packs = NO_PACKS): Promise<World> {
  const world = await seedWorld(store, { packs });
  const fundId = await openFund(world, { granted: '1000.00' });
  const contractId = await openContract(world, [{ fundId, amount: '300.00' }]);
  await openClaim(world, 'paid', [{ fundId, amount: '100.00' }], {
    contractId,
    payeeId: world.provider.id,
    payeeType: 'provider',
  });
  await openClaim(world, 'approved', [{ fundId, amount: '20.00' }]);
  await openClaim(world, 'submitted', [{ fundId, amount: '9999.00' }]).catch(() => {});
  return world;
}

const entriesOf = (trx: Trx | Store['read'], world: World) =>
  trx
    .selectFrom('logEntry')
    .selectAll()
    .where('bookId', '=', world.county.bookId)
    .orderBy('logIndex')
    .execute();

/** Makes hashes and tree head of the whole log fit its bodies again, as a careful forger would. */
async function rehash(trx: Trx, world: World): Promise<void> {
  let frontier: Frontier = [];
  const rows = await entriesOf(trx, world);
  for (const [index, row] of rows.entries()) {
    const leaf = leafHash(row.body);
    await at(trx, world, row.logIndex).set({ leafHash: leaf }).execute();
    frontier = appendLeaf(frontier, index, leaf);
  }
  await trx
    .updateTable('book')
    .set({ logFrontier: frontierToText(frontier), logSize: rows.length })
    .where('id', '=', world.county.bookId)
    .execute();
}
const at = (trx: Trx, world: World, logIndex: number) =>
  trx.updateTable('logEntry').where('bookId', '=', world.county.bookId).where('logIndex', '=', logIndex);

forEachEngine('a clean book verifies, and its root is the tree head of its bodies', async (t, store) => {
  const world = await busyBook(store, loadPacks());
  const result = await verifyBook(store.read, world.packs, world.county.bookId);
  const rows = await entriesOf(store.read, world);
  let frontier: Frontier = [];
  rows.forEach((row, index) => {
    frontier = appendLeaf(frontier, index, leafHash(row.body));
  });
  t.match(result, {
    difference: null,
    logEntries: rows.length,
    refusals: 1,
    decisionsUnchecked: 0,
    root: rootOf(frontier),
  });
  t.equal(result.decisions, rows.filter((row) => JSON.parse(row.body).decision).length);
  t.equal(result.postings, Number((await store.read.selectFrom('posting').select('seq').execute()).length));
  const all = await verifyAll(store.read, world.packs);
  t.equal(all.length, 3);
  t.ok(all.every((book) => book.difference === null));
  const without = await verifyBook(store.read, NO_PACKS, world.county.bookId);
  t.equal(
    without.decisionsUnchecked,
    without.decisions,
    'without its packs a decision counts as unchecked, not as right',
  );
});

forEachEngine('more entries than one page', async (t, store) => {
  const world = await busyBook(store);
  const fundId = await openFund(world);
  for (let i = 0; i < 17; i += 1) {
    await Promise.all(
      Array.from({ length: 30 }, () => openClaim(world, 'draft', [{ fundId, amount: '0.01' }])),
    );
  }
  const result = await verifyBook(store.read, world.packs, world.county.bookId);
  t.ok(result.logEntries > 500);
  t.equal(result.difference, null);
  const cut = await tampered(store, world, (trx) =>
    trx
      .deleteFrom('logEntry')
      .where('bookId', '=', world.county.bookId)
      .where('logIndex', '=', 505)
      .execute(),
  );
  t.match(cut.difference, { place: /^logEntry 506 logIndex$/, expected: '505', got: '506' });
});

forEachEngine('every way of tampering is found, and the place named', async (t, store) => {
  const world = await busyBook(store);
  const rows = await entriesOf(store.read, world);
  const last = rows.length - 1;
  const middle = rows.findIndex((row) => row.action === 'contract.sign');
  const decided = rows.findIndex((row) => row.action === 'claim.submit' && row.outcome === 'allow');
  const refusal = rows.findIndex((row) => row.outcome?.startsWith('refused'));
  const entry = await store.read
    .selectFrom('ledgerEntry')
    .selectAll()
    .where('kind', '=', 'claim.pay')
    .executeTakeFirstOrThrow();
  const account = await store.read
    .selectFrom('account')
    .selectAll()
    .where('layer', '=', 'spent')
    .executeTakeFirstOrThrow();
  const commitment = await store.read.selectFrom('commitment').selectAll().executeTakeFirstOrThrow();
  const bodyAt = (index: number) => rows[index]?.body as string;
  const edited = (index: number, change: (body: Record<string, never>) => object) =>
    canonicalJson(change(JSON.parse(bodyAt(index))));
  const book = (trx: Trx) => trx.updateTable('book').where('id', '=', world.county.bookId);
  const drop = (trx: Trx, logIndex: number) =>
    trx
      .deleteFrom('logEntry')
      .where('bookId', '=', world.county.bookId)
      .where('logIndex', '=', logIndex)
      .execute();
  const own = (trx: Trx) => trx.updateTable('ledgerEntry').where('id', '=', entry.id);
  const posting = (trx: Trx) =>
    trx.updateTable('posting').where('entryId', '=', entry.id).where('seq', '=', 0);
  const forged: Row<'ledgerEntry'> = { ...entry, id: 'forged', logIndex: middle };
  const swap = async (trx: Trx, a: number, b: number) => {
    const [one, two] = [rows[a], rows[b]] as [Row<'logEntry'>, Row<'logEntry'>];
    const { bookId: _1, logIndex: _2, ...first } = one;
    const { bookId: _3, logIndex: _4, ...second } = two;
    await at(trx, world, a).set(second).execute();
    await at(trx, world, b).set(first).execute();
  };
  const cases: readonly [string, (trx: Trx) => Promise<unknown>, RegExp][] = [
    [
      'a byte of a body',
      (trx) =>
        at(trx, world, middle)
          .set({ body: bodyAt(middle).replace('"v":1', '"v":2') })
          .execute(),
      new RegExp(`^logEntry ${middle} leafHash$`),
    ],
    [
      'a space in a body',
      (trx) =>
        at(trx, world, middle)
          .set({ body: `${bodyAt(middle)} ` })
          .execute(),
      new RegExp(`^logEntry ${middle} leafHash$`),
    ],
    [
      'a leaf hash',
      (trx) =>
        at(trx, world, middle)
          .set({ leafHash: '0'.repeat(64) })
          .execute(),
      new RegExp(`^logEntry ${middle} leafHash$`),
    ],
    [
      'a body and its leaf hash',
      async (trx) => {
        const body = edited(middle, (value) => ({ ...value, actor: 'somebody' }));
        await at(trx, world, middle)
          .set({ body, leafHash: leafHash(body) })
          .execute();
      },
      /^book logFrontier$/,
    ],
    ['the first entry deleted', (trx) => drop(trx, 0), /^logEntry 1 logIndex$/],
    ['a middle entry deleted', (trx) => drop(trx, middle), new RegExp(`^logEntry ${middle + 1} logIndex$`)],
    ['the last entry deleted', (trx) => drop(trx, last), /^book logSize$/],
    [
      'the payment deleted and the log mended',
      async (trx) => {
        const pay = rows.findIndex((row) => row.action === 'claim.pay');
        await trx
          .deleteFrom('logEntry')
          .where('bookId', '=', world.county.bookId)
          .where('logIndex', '>=', pay)
          .execute();
        await rehash(trx, world);
      },
      new RegExp(`^ledgerEntry ${entry.id}$`),
    ],
    ['two entries swapped', (trx) => swap(trx, 2, 3), /^logEntry 2 index$/],
    [
      'recordedAt of a row',
      (trx) => at(trx, world, middle).set({ recordedAt: '2022-01-01T00:00:00.000Z' }).execute(),
      new RegExp(`^logEntry ${middle} recordedAt$`),
    ],
    [
      'action of a row',
      (trx) => at(trx, world, middle).set({ action: 'x' }).execute(),
      new RegExp(`^logEntry ${middle} action$`),
    ],
    [
      'subjectType of a row',
      (trx) => at(trx, world, middle).set({ subjectType: 'x' }).execute(),
      new RegExp(`^logEntry ${middle} subjectType$`),
    ],
    [
      'subjectId of a row',
      (trx) => at(trx, world, middle).set({ subjectId: 'x' }).execute(),
      new RegExp(`^logEntry ${middle} subjectId$`),
    ],
    [
      'outcome of a row',
      (trx) => at(trx, world, decided).set({ outcome: 'block' }).execute(),
      new RegExp(`^logEntry ${decided} outcome$`),
    ],
    [
      'a refusal made to look like nothing',
      (trx) => at(trx, world, refusal).set({ outcome: null }).execute(),
      new RegExp(`^logEntry ${refusal} outcome$`),
    ],
    [
      'a decision, with all hashes made to fit',
      async (trx) => {
        const body = edited(decided, (value) => ({
          ...value,
          decision: { ...(value['decision'] as unknown as object), outcome: 'review' },
        }));
        await at(trx, world, decided).set({ body, outcome: 'review' }).execute();
        await rehash(trx, world);
      },
      new RegExp(`^logEntry ${decided} decision$`),
    ],
    [
      'an amount in the log, with all hashes made to fit',
      async (trx) => {
        await at(trx, world, decided)
          .set({
            body: bodyAt(decided)
              .replace('"available","","reserved","","2000"', '"available","","reserved","","1999"')
              .replace('"encumbered"', '"available"'),
          })
          .execute();
        await rehash(trx, world);
      },
      /^(posting|ledgerEntry|account|logEntry \d+ account) /,
    ],
    [
      'a body that is no canonical JSON, with all hashes made to fit',
      async (trx) => {
        await at(trx, world, middle)
          .set({ body: bodyAt(middle).replace('{', '{ ') })
          .execute();
        await rehash(trx, world);
      },
      new RegExp(`^logEntry ${middle} canonical form$`),
    ],
    [
      'a body that is no JSON, with all hashes made to fit',
      async (trx) => {
        await at(trx, world, middle).set({ body: 'nothing' }).execute();
        await rehash(trx, world);
      },
      new RegExp(`^logEntry ${middle} `),
    ],
    [
      'a body that is another JSON, with all hashes made to fit',
      async (trx) => {
        await at(trx, world, middle).set({ body: '{}' }).execute();
        await rehash(trx, world);
      },
      new RegExp(`^logEntry ${middle} `),
    ],
    [
      'facts that contradict themselves, with all hashes made to fit',
      async (trx) => {
        const body = edited(decided, (value) => ({
          ...value,
          facts: { ...(value['facts'] as unknown as object), funds: {} },
        }));
        await at(trx, world, decided).set({ body }).execute();
        await rehash(trx, world);
      },
      new RegExp(`^logEntry ${decided} `),
    ],
    [
      'a log entry added far past the end',
      async (trx) => {
        const { ...row } = rows[last] as Row<'logEntry'>;
        await trx
          .insertInto('logEntry')
          .values({ ...row, logIndex: 1_000_000 })
          .execute();
      },
      /^logEntry 1000000$/,
    ],
    [
      'the amount of a posting',
      (trx) => posting(trx).set({ amountFen: 9_999n }).execute(),
      new RegExp(`^posting ${entry.id}/0$`),
    ],
    [
      'the layer of a posting',
      (trx) => posting(trx).set({ toLayer: 'returned' }).execute(),
      new RegExp(`^posting ${entry.id}/0$`),
    ],
    [
      'the subject of a posting',
      (trx) => posting(trx).set({ fromSubject: 'x' }).execute(),
      new RegExp(`^posting ${entry.id}/0$`),
    ],
    [
      'the order of postings',
      (trx) => posting(trx).set({ seq: 99 }).execute(),
      new RegExp(`^posting ${entry.id}/0 seq$`),
    ],
    [
      'a posting deleted',
      (trx) => trx.deleteFrom('posting').where('entryId', '=', entry.id).where('seq', '=', 2).execute(),
      new RegExp(`^posting ${entry.id}/2$`),
    ],
    [
      'a posting added',
      (trx) =>
        trx
          .insertInto('posting')
          .values({
            entryId: entry.id,
            seq: 3,
            fundId: account.fundId,
            fromLayer: 'available',
            fromSubject: '',
            toLayer: 'spent',
            toSubject: '',
            amountFen: 1n,
          })
          .execute(),
      new RegExp(`^posting ${entry.id}/3$`),
    ],
    [
      'the date of an entry',
      (trx) => own(trx).set({ effectiveDate: '2022-06-30' }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}$`),
    ],
    [
      'when an entry was recorded',
      (trx) => own(trx).set({ recordedAt: '2022-06-30T00:00:00.000Z' }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}$`),
    ],
    [
      'the kind of an entry',
      (trx) => own(trx).set({ kind: 'x' }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}$`),
    ],
    [
      'the subject of an entry',
      (trx) => own(trx).set({ subjectId: 'x' }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}$`),
    ],
    [
      'what an entry reverses',
      (trx) => own(trx).set({ reversesId: entry.id }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}$`),
    ],
    ['the place of an entry', (trx) => own(trx).set({ logIndex: 0 }).execute(), /^ledgerEntry /],
    [
      'an entry moved past the log',
      (trx) => own(trx).set({ logIndex: 1_000_000 }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}$`),
    ],
    [
      'the book of an entry',
      (trx) => own(trx).set({ bookId: world.neighbour.bookId }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}$`),
    ],
    [
      'an entry added',
      (trx) => trx.insertInto('ledgerEntry').values(forged).execute(),
      /^ledgerEntry forged$/,
    ],
    [
      'an entry added past the log',
      (trx) =>
        trx
          .insertInto('ledgerEntry')
          .values({ ...forged, logIndex: 1_000_000 })
          .execute(),
      /^ledgerEntry forged$/,
    ],
    [
      'an entry added before the log',
      (trx) =>
        trx
          .insertInto('ledgerEntry')
          .values({ ...forged, logIndex: -1 })
          .execute(),
      /^ledgerEntry forged$/,
    ],
    [
      'a balance',
      (trx) =>
        trx
          .updateTable('account')
          .set({ balanceFen: account.balanceFen + 1n })
          .where('fundId', '=', account.fundId)
          .where('layer', '=', 'spent')
          .execute(),
      /^account .*\/spent\/ balanceFen$/,
    ],
    [
      'an account deleted',
      (trx) =>
        trx.deleteFrom('account').where('fundId', '=', account.fundId).where('layer', '=', 'spent').execute(),
      /^account .*\/spent\/$/,
    ],
    [
      'an account added',
      (trx) =>
        trx
          .insertInto('account')
          .values({ ...account, layer: 'returned', balanceFen: 1n })
          .execute(),
      /^account .*\/returned\/ balanceFen$/,
    ],
    [
      'the tree head of the book',
      (trx) =>
        book(trx)
          .set({ logFrontier: '0'.repeat(64) })
          .execute(),
      /^book logFrontier$/,
    ],
    [
      'the size of the book',
      (trx) =>
        book(trx)
          .set({ logSize: rows.length + 1 })
          .execute(),
      /^book logSize$/,
    ],
    [
      'the size of the book, made smaller',
      (trx) => book(trx).set({ logSize: 0 }).execute(),
      /^book logSize$/,
    ],
    [
      'a committed value',
      (trx) =>
        trx
          .updateTable('commitment')
          .set({ value: '别的' })
          .where('digest', '=', commitment.digest)
          .execute(),
      new RegExp(`^commitment ${commitment.digest}$`),
    ],
    [
      'a salt',
      (trx) =>
        trx.updateTable('commitment').set({ salt: '00' }).where('digest', '=', commitment.digest).execute(),
      new RegExp(`^commitment ${commitment.digest}$`),
    ],
  ];
  for (const [name, change, place] of cases) {
    const { difference } = await tampered(store, world, change);
    if (difference === null) t.fail(`${name}: not found`);
    else t.match(difference.place, place, `${name}: ${difference.place}`);
  }
  const clean = await verifyBook(store.read, world.packs, world.county.bookId);
  t.equal(clean.difference, null, 'and all was undone');
  const erased = await tampered(store, world, (trx) => trx.deleteFrom('commitment').execute());
  t.equal(erased.difference, null, 'erasing personal data breaks nothing');
});
