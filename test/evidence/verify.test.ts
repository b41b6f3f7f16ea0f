import { sql } from 'kysely';
import { sealOf, Unit } from '../../src/audit/index.js';
import { canonicalJson } from '../../src/core/canonical-json.js';
import { KeyRing } from '../../src/core/keys.js';
import { appendLeaf, type Frontier, frontierToText, leafHash, rootOf } from '../../src/core/merkle.js';
import type { Row } from '../../src/db/database.js';
import type { Store, Trx } from '../../src/db/store.js';
import { type Difference, verifyAll, verifyBook, verifyInstallation } from '../../src/evidence/index.js';
import { type Actor, signIn } from '../../src/organisations/index.js';
import { hashPassword } from '../../src/organisations/passwords.js';
import { loadPacks } from '../../src/policy/index.js';
import {
  invoiceOf,
  NO_PACKS,
  nextNo,
  openClaim,
  openContract,
  openFund,
  seedWorld,
  tell,
  type World,
} from '../fixture.js';
import { forEachEngine, testContext } from '../helper.js';

class Undo extends Error {}

/**
 * Past every guard: triggers are taken away, the tables changed, the book and what belongs to none verified, and all
 * of it undone.
 */
async function tampered(
  store: Store,
  world: World,
  change: (trx: Trx) => Promise<unknown>,
): Promise<{ book: Difference | null; installation: Difference | null }> {
  let found: { book: Difference | null; installation: Difference | null } | undefined;
  await store.admin
    .transaction()
    .execute(async (trx) => {
      await disableTriggers(store, trx);
      await change(trx);
      const { difference } = await verifyBook(trx, store.keys, world.packs, world.county.bookId);
      found = { book: difference, installation: await verifyInstallation(trx, store.keys) };
      throw new Undo();
    })
    .catch((error) => {
      if (!(error instanceof Undo)) throw error;
    });
  if (!found) throw new Error('nothing was verified');
  return found;
}

async function disableTriggers(store: Store, trx: Trx): Promise<void> {
  if (store.engine === 'postgres') {
    for (const table of ['logEntry', 'ledgerEntry', 'posting', 'fundDocument', 'consent']) {
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
  const invoice = invoiceOf('24512000000012345678', '100.00');
  await openClaim(world, 'approved', [{ fundId, amount: '20.00', invoice }]);
  await openClaim(world, 'submitted', [{ fundId, amount: '9999.00' }]).catch(() => {});
  return world;
}

/** A sign-in of the county's first 财务, told by a log and a sealed row. */
async function signedIn(store: Store, { personId }: Actor): Promise<void> {
  const person = await store.read
    .selectFrom('person')
    .selectAll()
    .where('id', '=', personId)
    .executeTakeFirstOrThrow();
  const password = '红河社工站二〇二二春天';
  const hash = await hashPassword(password);
  await tell(store, person.bookId, async (unit) =>
    unit.update('person', person, { passwordHash: await unit.seal(hash, `person/${personId}`) }),
  );
  await signIn(store, testContext(), { loginName: personId, password }, 12);
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
  const result = await verifyBook(store.read, store.keys, world.packs, world.county.bookId);
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
  const all = await verifyAll(store.read, store.keys, world.packs);
  t.equal(all.length, 3);
  t.ok(all.every((book) => book.difference === null));
  t.equal(await verifyInstallation(store.read, store.keys), null);
  const without = await verifyBook(store.read, store.keys, NO_PACKS, world.county.bookId);
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
  const result = await verifyBook(store.read, store.keys, world.packs, world.county.bookId);
  t.ok(result.logEntries > 500);
  t.equal(result.difference, null);
  const cut = await tampered(store, world, (trx) =>
    trx
      .deleteFrom('logEntry')
      .where('bookId', '=', world.county.bookId)
      .where('logIndex', '=', 505)
      .execute(),
  );
  t.match(cut.book, { place: /^logEntry 506 logIndex$/, expected: '505', got: '506' });
});

forEachEngine('every way of tampering is found, and the place named', async (t, store) => {
  const world = await busyBook(store);
  await signedIn(store, world.county.finance);
  const rows = await entriesOf(store.read, world);
  const last = rows.length - 1;
  const middle = rows.findIndex((row) => row.action === 'contract.sign');
  const decided = rows.findIndex((row) => row.action === 'claim.submit' && row.outcome === 'allow');
  const refusal = rows.findIndex((row) => row.outcome?.startsWith('refused'));
  const paid = rows.findIndex((row) => row.action === 'claim.pay');
  const entry = await store.read
    .selectFrom('ledgerEntry')
    .selectAll()
    .where('kind', '=', 'claim.pay')
    .orderBy('logIndex')
    .limit(1)
    .executeTakeFirstOrThrow();
  const account = await store.read
    .selectFrom('account')
    .selectAll()
    .where('layer', '=', 'spent')
    .executeTakeFirstOrThrow();
  const claim = await store.read
    .selectFrom('claim')
    .selectAll()
    .where('status', '=', 'approved')
    .executeTakeFirstOrThrow();
  const [line] = await store.read
    .selectFrom('spendingLine')
    .selectAll()
    .where('ownerId', '=', claim.id)
    .execute();
  const document = await store.read.selectFrom('fundDocument').selectAll().executeTakeFirstOrThrow();
  const title = claim.title.slice('sealed:'.length);
  const payee = claim.payeeName.slice('sealed:'.length);
  const keptAs = (db: Trx | Store['read'], digest: string) =>
    db.selectFrom('vaultValue').selectAll().where('digest', '=', digest).executeTakeFirstOrThrow();
  const titleKept = await keptAs(store.read, title);
  const payeeKept = await keptAs(store.read, payee);
  const ofSubject = await store.read
    .selectFrom('vaultValue')
    .select('digest')
    .where('subject', '=', titleKept.subject)
    .execute();
  const anyOfSubject = `(${ofSubject.map(({ digest }) => digest).join('|')})`;
  const session = await store.read.selectFrom('session').selectAll().executeTakeFirstOrThrow();
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
          .set({ body: bodyAt(middle).replace('"v":2', '"v":1') })
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
        const actorId = 'somebody';
        const body = edited(middle, (value) => ({ ...value, actor: actorId }));
        await at(trx, world, middle)
          .set({ body, leafHash: leafHash(body), actorId })
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
        await trx
          .deleteFrom('logEntry')
          .where('bookId', '=', world.county.bookId)
          .where('logIndex', '>=', paid)
          .execute();
        await rehash(trx, world);
      },
      new RegExp(`^ledgerEntry ${entry.id}( \\w+)?$`),
    ],
    ['two entries swapped', (trx) => swap(trx, 2, 3), /^logEntry 2 index$/],
    [
      'recordedAt of a row',
      (trx) => at(trx, world, middle).set({ recordedAt: '2022-01-01T00:00:00.000Z' }).execute(),
      new RegExp(`^logEntry ${middle} recordedAt$`),
    ],
    [
      'actorId of a row',
      (trx) => at(trx, world, middle).set({ actorId: 'somebody' }).execute(),
      new RegExp(`^logEntry ${middle} actorId$`),
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
      new RegExp(`^posting ${entry.id}/0( \\w+)?$`),
    ],
    [
      'the layer of a posting',
      (trx) => posting(trx).set({ toLayer: 'returned' }).execute(),
      new RegExp(`^posting ${entry.id}/0( \\w+)?$`),
    ],
    [
      'the subject of a posting',
      (trx) => posting(trx).set({ fromSubject: 'x' }).execute(),
      new RegExp(`^posting ${entry.id}/0( \\w+)?$`),
    ],
    [
      'the order of postings',
      (trx) => posting(trx).set({ seq: 99 }).execute(),
      new RegExp(`^posting ${entry.id}/0 seq( \\w+)?$`),
    ],
    [
      'a posting deleted',
      (trx) => trx.deleteFrom('posting').where('entryId', '=', entry.id).where('seq', '=', 2).execute(),
      new RegExp(`^posting ${entry.id}/2( \\w+)?$`),
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
      new RegExp(`^posting ${entry.id}/3( \\w+)?$`),
    ],
    [
      'the date of an entry',
      (trx) => own(trx).set({ effectiveDate: '2022-06-30' }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}( \\w+)?$`),
    ],
    [
      'when an entry was recorded',
      (trx) => own(trx).set({ recordedAt: '2022-06-30T00:00:00.000Z' }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}( \\w+)?$`),
    ],
    [
      'the kind of an entry',
      (trx) => own(trx).set({ kind: 'x' }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}( \\w+)?$`),
    ],
    [
      'the subject of an entry',
      (trx) => own(trx).set({ subjectId: 'x' }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}( \\w+)?$`),
    ],
    [
      'what an entry reverses',
      (trx) => own(trx).set({ reversesId: entry.id }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}( \\w+)?$`),
    ],
    ['the place of an entry', (trx) => own(trx).set({ logIndex: 0 }).execute(), /^ledgerEntry /],
    [
      'an entry moved past the log',
      (trx) => own(trx).set({ logIndex: 1_000_000 }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}( \\w+)?$`),
    ],
    [
      'the book of an entry',
      (trx) => own(trx).set({ bookId: world.neighbour.bookId }).execute(),
      new RegExp(`^ledgerEntry ${entry.id}( \\w+)?$`),
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
      /^account .*\/returned\/$/,
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
      'a column of a row',
      (trx) => trx.updateTable('claim').set({ isFinalPayment: 1 }).where('id', '=', claim.id).execute(),
      new RegExp(`^claim ${claim.id} isFinalPayment$`),
    ],
    [
      'a row whose balances and postings all stay',
      (trx) => trx.updateTable('fundDocument').set({ amountFen: 1n }).where('id', '=', document.id).execute(),
      new RegExp(`^fundDocument ${document.id} amountFen$`),
    ],
    [
      'a row added',
      (trx) =>
        trx
          .insertInto('fundDocument')
          .values({ ...document, id: 'forged', documentNo: nextNo('下达') })
          .execute(),
      /^fundDocument forged$/,
    ],
    [
      'a row removed',
      (trx) =>
        trx
          .deleteFrom('spendingLine')
          .where('id', '=', line?.id as string)
          .execute(),
      new RegExp(`^spendingLine ${line?.id}$`),
    ],
    [
      'a row given to another book',
      (trx) =>
        trx
          .updateTable('spendingLine')
          .set({ bookId: world.neighbour.bookId })
          .where('id', '=', line?.id as string)
          .execute(),
      new RegExp(`^spendingLine ${line?.id}$`),
    ],
    [
      'a row that the log tells, with all hashes made to fit',
      async (trx) => {
        await at(trx, world, paid)
          .set({ body: bodyAt(paid).replace('"status":"paid"', '"status":"closed"') })
          .execute();
        await rehash(trx, world);
      },
      /^claim .* status$/,
    ],
    [
      'a sealed value',
      (trx) =>
        kept(trx, title)
          .set({ ciphertext: flipped(titleKept.ciphertext) })
          .execute(),
      new RegExp(`^vaultValue ${title} ciphertext$`),
    ],
    [
      'a sealed value put in the place of another',
      (trx) => kept(trx, title).set({ ciphertext: payeeKept.ciphertext }).execute(),
      new RegExp(`^vaultValue ${title} ciphertext$`),
    ],
    [
      'a sealed value sealed anew, with another text',
      async (trx) => {
        const unit = new Unit(store.keys, trx, await bookRow(trx), testContext());
        const forged = (await unit.seal('别的', titleKept.subject)).slice('sealed:'.length);
        const { ciphertext } = await keptAs(trx, forged);
        await trx.deleteFrom('vaultValue').where('digest', '=', forged).execute();
        await kept(trx, title).set({ ciphertext }).execute();
      },
      new RegExp(`^vaultValue ${title} ciphertext$`),
    ],
    [
      'a sealed value removed',
      (trx) => trx.deleteFrom('vaultValue').where('digest', '=', title).execute(),
      new RegExp(`^vaultValue ${title}$`),
    ],
    [
      'a sealed value added',
      (trx) =>
        trx
          .insertInto('vaultValue')
          .values({ ...titleKept, digest: 'f'.repeat(64) })
          .execute(),
      new RegExp(`^vaultValue ${'f'.repeat(64)}$`),
    ],
    [
      'the subject of a sealed value',
      (trx) => kept(trx, title).set({ subject: 'x' }).execute(),
      new RegExp(`^vaultValue ${title}$`),
    ],
    [
      'a key of the vault',
      (trx) =>
        trx
          .updateTable('vaultKey')
          .set({ wrappedKey: store.keys.newSubjectKey(`key ${world.county.bookId} ${titleKept.subject}`) })
          .where('bookId', '=', world.county.bookId)
          .where('subject', '=', titleKept.subject)
          .execute(),
      new RegExp(`^vaultValue ${anyOfSubject} ciphertext$`),
    ],
    [
      'a key of the vault removed',
      (trx) =>
        trx
          .deleteFrom('vaultKey')
          .where('bookId', '=', world.county.bookId)
          .where('subject', '=', titleKept.subject)
          .execute(),
      new RegExp(`^vaultValue ${anyOfSubject}$`),
    ],
    [
      'a key of the vault added',
      (trx) =>
        trx
          .insertInto('vaultKey')
          .values({
            bookId: world.county.bookId,
            subject: 'person/forged',
            wrappedKey: store.keys.newSubjectKey(`key ${world.county.bookId} person/forged`),
          })
          .execute(),
      /^vaultKey person\/forged$/,
    ],
    [
      'personal data erased, and the log says so, but the key is still there',
      async (trx) => {
        await erase(trx, titleKept.subject);
        await trx
          .insertInto('vaultKey')
          .values({ bookId: world.county.bookId, subject: titleKept.subject, wrappedKey: 'x' })
          .execute();
      },
      new RegExp(`^vaultKey ${titleKept.subject}$`),
    ],
  ];
  const kept = (trx: Trx, digest: string) => trx.updateTable('vaultValue').where('digest', '=', digest);
  const bookRow = (trx: Trx) =>
    trx.selectFrom('book').selectAll().where('id', '=', world.county.bookId).executeTakeFirstOrThrow();
  const erase = async (trx: Trx, subject: string) => {
    for (const table of ['vaultValue', 'vaultKey'] as const) {
      const owned = trx.deleteFrom(table as 'vaultKey').where('bookId', '=', world.county.bookId);
      await owned.where('subject', '=', subject).execute();
    }
    const unit = new Unit(store.keys, trx, await bookRow(trx), testContext());
    await unit.append({ action: 'data.erase', subject: { type: 'dataSubject', id: subject } });
  };
  for (const [name, change, place] of cases) {
    const { book: difference } = await tampered(store, world, change);
    if (difference === null) t.fail(`${name}: not found`);
    else t.match(difference.place, place, `${name}: ${difference.place}`);
  }
  const ofNoBook: readonly [string, (trx: Trx) => Promise<unknown>, RegExp][] = [
    [
      'the used amount of an invoice',
      (trx) => trx.updateTable('invoice').set({ usedFen: 1n }).execute(),
      /^invoice 24512000000012345678 usedFen$/,
    ],
    [
      'the face value of an invoice',
      (trx) => trx.updateTable('invoice').set({ faceFen: 99_999n }).execute(),
      /^invoice 24512000000012345678 faceFen$/,
    ],
    ['an invoice removed', (trx) => trx.deleteFrom('invoice').execute(), /^invoice 24512000000012345678$/],
    [
      'an invoice that nothing uses',
      (trx) =>
        trx
          .insertInto('invoice')
          .values({ number: '24512000000099999999', identity: 'x', faceFen: 1n, usedFen: 0n })
          .execute(),
      /^invoice 24512000000099999999$/,
    ],
    [
      'when a session ends',
      (trx) => trx.updateTable('session').set({ expiresAt: '2099-01-01T00:00:00.000Z' }).execute(),
      new RegExp(`^session ${session.tokenHash} seal$`),
    ],
    [
      'whose session it is',
      (trx) => trx.updateTable('session').set({ personId: world.county.payer.personId }).execute(),
      new RegExp(`^session ${session.tokenHash} seal$`),
    ],
    [
      'a session slipped in under a seal of another master key',
      (trx) => {
        const forged = { ...session, tokenHash: 'f'.repeat(64) };
        const seal = sealOf(new KeyRing(Buffer.alloc(32, 8)), 'session', forged);
        return trx
          .insertInto('session')
          .values({ ...forged, seal })
          .execute();
      },
      /^session f{64} seal$/,
    ],
    [
      'the master key that the database says it belongs to',
      (trx) =>
        trx
          .updateTable('installation')
          .set({ masterKeyId: '0'.repeat(16) })
          .execute(),
      /^installation 1 masterKeyId$/,
    ],
    ['no word of a master key', (trx) => trx.deleteFrom('installation').execute(), /^installation$/],
    [
      'an organisation that names no book',
      (trx) =>
        trx
          .updateTable('organisation')
          .set({ registeredIn: 'nowhere' })
          .where('id', '=', world.office.id)
          .execute(),
      new RegExp(`^organisation ${world.office.id} registeredIn$`),
    ],
  ];
  for (const [name, change, place] of ofNoBook) {
    const { installation: difference } = await tampered(store, world, change);
    if (difference === null) t.fail(`${name}: not found`);
    else t.match(difference.place, place, `${name}: ${difference.place}`);
  }
  const clean = await verifyBook(store.read, store.keys, world.packs, world.county.bookId);
  t.equal(clean.difference, null, 'and all was undone');
  t.equal(await verifyInstallation(store.read, store.keys), null);
  const erased = await tampered(store, world, (trx) => erase(trx, titleKept.subject));
  t.equal(erased.book, null, 'erasing personal data breaks nothing');
  const wrongKey = await verifyBook(
    store.read,
    new KeyRing(Buffer.alloc(32, 8)),
    world.packs,
    world.county.bookId,
  );
  t.match(wrongKey.difference?.place, /^vaultValue .* ciphertext$/, 'under another master key nothing opens');
});

/** The same bytes with one bit of them changed. */
function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[20] = (bytes[20] as number) ^ 1;
  return bytes.toString('base64');
}
