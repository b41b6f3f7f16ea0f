import Sqlite from 'better-sqlite3';
import { type RawBuilder, sql } from 'kysely';
import { type Test, test } from 'tap';
import { acknowledge, disburse, issueAllotment, takeIn } from '../../src/allotments/index.js';
import { reportSpending } from '../../src/claims/index.js';
import type { Store } from '../../src/db/store.js';
import { addConsent, closePeriod, createFund, explainFigures, recordFigure } from '../../src/ledger/index.js';
import { noteDifference } from '../../src/reconciliation/index.js';
import { declareBase } from '../../src/relief/index.js';
import {
  baseInput,
  by,
  fundInput,
  lineInput,
  nextNo,
  openClaim,
  openContract,
  openFund,
  seedWorld,
  TODAY,
  tell,
  tellTrueUp,
  verifyClean,
  type World,
} from '../fixture.js';
import { engines, forEachEngine, prepare, testDatabaseUrl } from '../helper.js';
import { openAt } from '../keys.js';

/** Tables that only grow. */
const APPEND_ONLY = [
  'logEntry',
  'period',
  'ledgerEntry',
  'posting',
  'fundDocument',
  'consent',
  'expenditureBase',
  'reliefTrueUp',
  'reliefResolution',
  'allotment',
  'allotmentItem',
  'disbursement',
  'intake',
  'acknowledgement',
  'statedFigure',
  'figureExplanation',
  'differenceNote',
  'attachment',
  'payment',
  'providerReport',
] as const;

for (const engine of engines) {
  test(`what is recorded can only be added to (${engine})`, async (t) => {
    const url = await testDatabaseUrl(t, engine);
    const store = await openAt(url);
    t.teardown(() => store.close());
    await prepare(store);
    const world = await seedWorld(store);
    await oneOfEach(world);
    const before = await everything(store);
    for (const table of APPEND_ONLY) {
      const row = before[table]?.[0] as Record<string, unknown>;
      if (!row) {
        t.fail(`${table} has no row`);
        continue;
      }
      const column = Object.keys(row).find((name) => typeof row[name] === 'string') as string;
      const refuses = (statement: RawBuilder<unknown>, what: string, code = 'append_only') =>
        t.rejects(
          store.write('hostile', (trx) => statement.execute(trx)),
          { code },
          `${table}: ${what}`,
        );
      await refuses(sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sql.ref(column)}`, 'UPDATE');
      await refuses(sql`delete from ${sql.table(table)}`, 'DELETE');
      if (engine === 'postgres') {
        await refuses(sql`truncate ${sql.table(table)} cascade`, 'TRUNCATE CASCADE');
        await t.rejects(
          store.write('hostile', (trx) => sql`truncate ${sql.table(table)}`.execute(trx)),
          `${table}: TRUNCATE`,
        );
      } else {
        const replace = sql.raw(`insert or replace into "${table}" select * from "${table}"`);
        await refuses(replace, 'INSERT OR REPLACE', 'already_exists');
      }
    }
    if (engine === 'postgres') {
      for (const root of ['book', 'fund', 'organisation']) {
        await t.rejects(
          store.write('hostile', (trx) => sql`truncate ${sql.table(root)} cascade`.execute(trx)),
          { code: 'append_only' },
          `TRUNCATE ${root} CASCADE`,
        );
      }
    } else {
      hostileConnection(t, url.slice('sqlite:'.length), before);
    }
    t.strictSame(await everything(store), before, 'nothing changed');
    await verifyClean(t, world);
  });
}

/** Another program on the same file, with SQLite's defaults: no recursive triggers, no foreign keys. */
function hostileConnection(t: Test, file: string, before: Record<string, readonly object[]>): void {
  const other = new Sqlite(file);
  t.teardown(() => other.close());
  other.pragma('recursive_triggers = OFF');
  other.pragma('foreign_keys = OFF');
  other.defaultSafeIntegers();
  for (const table of APPEND_ONLY) {
    const refuses = (statement: string, what: string) =>
      t.throws(
        () => other.prepare(statement).run(),
        /append_only|already_exists/,
        `${table} from outside: ${what}`,
      );
    refuses(`insert or replace into "${table}" select * from "${table}"`, 'INSERT OR REPLACE');
    refuses(`update or replace "${table}" set rowid = rowid + 1`, 'UPDATE');
    refuses(`delete from "${table}"`, 'DELETE');
    const row = before[table]?.[0] as Record<string, unknown>;
    for (const key of uniqueKeys(other, table)) {
      // The same row under a new identity: it meets only the key under test.
      const changed = { ...row };
      for (const column of Object.keys(row)) {
        if (!key.includes(column) && typeof row[column] === 'string' && !column.endsWith('Id'))
          changed[column] = `${row[column]}x`;
      }
      const columns = Object.keys(changed);
      const replace = other.prepare(
        `insert or replace into "${table}" (${columns.map((c) => `"${c}"`).join()}) values (${columns.map(() => '?').join()})`,
      );
      t.throws(
        () => replace.run(Object.values(changed)),
        /append_only|already_exists/,
        `${table} from outside: replaced by (${key.join()})`,
      );
    }
    refuses(
      `insert or replace into "${table}" ("rowid", ${COLUMNS(row)}) select rowid, ${RENAMED(row)} from "${table}" limit 1`,
      'replaced by rowid',
    );
  }
}

const COLUMNS = (row: object) =>
  Object.keys(row)
    .map((column) => `"${column}"`)
    .join();
/** The same row with every text changed, so that it meets no key but the hidden one. */
const RENAMED = (row: Record<string, unknown>) =>
  Object.entries(row)
    .map(([column, value]) =>
      typeof value === 'string' && column !== 'kind' ? `"${column}" || 'x'` : `"${column}"`,
    )
    .join();

function uniqueKeys(other: Sqlite.Database, table: string): string[][] {
  const indexes = other.prepare('select name from pragma_index_list(?) where "unique" = 1').all(table) as {
    name: string;
  }[];
  return indexes.map(({ name }) =>
    (other.prepare('select name from pragma_index_info(?)').all(name) as { name: string }[]).map(
      (column) => column.name,
    ),
  );
}

async function everything(store: Store): Promise<Record<string, readonly object[]>> {
  const all: Record<string, readonly object[]> = {};
  for (const table of APPEND_ONLY) {
    const rows = await store.read.selectFrom(table).selectAll().execute();
    all[table] = rows.sort((a, b) =>
      JSON.stringify(Object.values(a), text) < JSON.stringify(Object.values(b), text) ? -1 : 1,
    );
  }
  return all;
}
const text = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);

/** At least one row in every append-only table. */
async function oneOfEach(world: World): Promise<void> {
  const { store, packs, province, county } = world;
  const terms = { type: 'charity', form: 'cash', donorId: null, agreementNo: null, filingNo: null } as const;
  const charity = await createFund(
    store,
    by(county.finance),
    county.bookId,
    fundInput({
      terms: {
        ...terms,
        isPublicRaising: false,
        raisedByQualified: null,
        serviceItems: [],
        beneficiaryGroups: [],
        areas: [],
        from: '2022-01-01',
        until: '2022-12-31',
      },
    }),
  );
  await addConsent(store, by(county.finance), county.bookId, charity.id, {
    fromDate: TODAY,
    documentNo: '同意书',
    serviceItems: [],
    beneficiaryGroups: [],
    areas: [],
    extendsUntil: null,
  });
  const base = await declareBase(store, by(county.finance), county.bookId, baseInput({ amount: '1.00' }));
  await tellTrueUp(world, base.id, await openFund(world, { date: '2022-06-01' }));
  const upper = await openFund(world, { bureau: province, fund: { level: 'provincial' } });
  const allotment = await issueAllotment(store, packs, by(province.finance), province.bookId, {
    fundId: upper,
    documentNo: nextNo('川财社'),
    effectiveDate: '2022-02-01',
    documentTotal: null,
    documentRecipients: null,
    documentParts: null,
    items: [{ recipientId: county.id, amount: '500.00', parts: [] }],
  });
  const item = allotment.items[0]?.id as string;
  const date = { effectiveDate: '2022-02-02', documentNo: '收文1' };
  await takeIn(store, by(county.finance), county.bookId, { ...date, kind: 'allotment', issueId: item });
  const cash = {
    allotmentItemId: item,
    voucherNo: nextNo('拨付'),
    effectiveDate: '2022-02-02',
    amount: '500.00',
  };
  const { id } = await disburse(store, by(province.payer), province.bookId, cash);
  await takeIn(store, by(county.finance), county.bookId, { ...date, kind: 'disbursement', issueId: id });
  await acknowledge(store, by(province.finance), province.bookId, id, '2022-02-03');
  const note = { ownerId: null, explanation: '跨月', expectedDate: null };
  const second = await issueAllotment(store, packs, by(province.finance), province.bookId, {
    fundId: upper,
    documentNo: nextNo('川财社'),
    effectiveDate: '2022-02-01',
    documentTotal: null,
    documentRecipients: null,
    documentParts: null,
    items: [{ recipientId: county.id, amount: '1.00', parts: [] }],
  });
  const key = `not_taken_in:${second.items[0]?.id}:`;
  await noteDifference(store, by(county.finance), county.bookId, { ...note, key });
  const figure = {
    topic: '福彩',
    basis: 'spent',
    sourceType: null,
    qualifier: 'exact',
    asOf: '2022-06',
    sourceName: '材料一',
    sourceSection: '二',
  } as const;
  await recordFigure(store, by(county.finance), county.bookId, { ...figure, amount: '100.00' });
  await explainFigures(store, by(county.finance), county.bookId, { topic: '福彩', text: '口径不同' });
  const fundId = await openFund(world);
  const contractId = await openContract(world, [{ fundId, amount: '1000.00' }]);
  const given = { contractId, payeeId: world.provider.id, payeeType: 'provider' } as const;
  await openClaim(world, 'paid', [{ fundId, amount: '600.00' }], given);
  await reportSpending(store, packs, by(world.providerOperator), county.bookId, {
    contractId,
    businessDate: TODAY,
    lines: [lineInput({ fundId, amount: '100.00' })],
  });
  await closePeriod(store, by(county.finance), county.bookId, '2022-01');
  await tell(store, county.bookId, async (unit) => {
    await unit.insert('attachment', {
      id: 'a1',
      contentSha256: 'x',
      plainCommitment: 'y',
      fileName: await unit.seal('x.pdf', 'attachment/a1'),
      mediaType: 'application/pdf',
      sizeBytes: 1,
      uploadedBy: 'x',
      createdAt: 'x',
      logIndex: unit.logIndex,
    });
  });
}

forEachEngine('the database itself refuses a wrong sign', async (t, store) => {
  const world = await seedWorld(store);
  const fundId = await openFund(world, { granted: '100.00' });
  const move = (fromLayer: string, toLayer: string, amountFen: bigint) =>
    rawEntry(store, world.county.bookId, [
      { fundId, fromLayer, fromSubject: '', toLayer, toSubject: '', amountFen },
    ]);
  await t.rejects(move('available', 'spent', 10_001n), { code: 'insufficient_balance' }, 'one 分 too many');
  await t.rejects(
    move('available', 'allotted', 10_001n),
    { code: 'insufficient_balance' },
    'a source above zero',
  );
  await t.rejects(move('available', 'spent', 0n), 'an amount of nothing');
  await t.rejects(move('available', 'spent', -1n), 'an amount below zero');
  await move('available', 'spent', 10_000n);
  await t.rejects(move('available', 'spent', 1n), { code: 'insufficient_balance' });
});

forEachEngine('no entry moves the money of another book', async (t, store) => {
  const world = await seedWorld(store);
  const fundId = await openFund(world, { granted: '100.00' });
  const posting = {
    fundId,
    fromLayer: 'available',
    fromSubject: '',
    toLayer: 'spent',
    toSubject: '',
    amountFen: 1n,
  };
  await t.rejects(rawEntry(store, world.neighbour.bookId, [posting]), /posting_foreign_fund/);
  await t.rejects(rawEntry(store, world.county.bookId, [{ ...posting, fundId: 'no-such-fund' }]));
  await rawEntry(store, world.county.bookId, [posting]);
});

forEachEngine('the database itself refuses a closed period', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour } = world;
  const fundId = await openFund(world, { granted: '100.00' });
  await closePeriod(store, by(county.finance), county.bookId, '2022-06');
  const posting = {
    fundId,
    fromLayer: 'available',
    fromSubject: '',
    toLayer: 'spent',
    toSubject: '',
    amountFen: 1n,
  };
  for (const date of ['2022-06-01', '2022-06-30', '2022-05-31', '2021-12-31']) {
    await t.rejects(rawEntry(store, county.bookId, [posting], date), { code: 'period_closed' }, date);
  }
  await rawEntry(store, county.bookId, [posting], '2022-07-01');
  await rawEntry(store, neighbour.bookId, [], '2022-06-15');
});

let serial = 0;
/** Past every use case, straight into the tables. */
function rawEntry(
  store: Store,
  bookId: string,
  postings: readonly object[],
  effectiveDate = TODAY,
): Promise<void> {
  serial += 1;
  const id = `raw-${serial}`;
  return store.write(bookId, async (trx) => {
    await trx
      .insertInto('ledgerEntry')
      .values({
        id,
        bookId,
        logIndex: 0,
        kind: 'raw',
        effectiveDate,
        recordedAt: 'x',
        subjectType: 'x',
        subjectId: 'x',
        reversesId: null,
      })
      .execute();
    for (const [seq, posting] of postings.entries()) {
      await trx
        .insertInto('posting')
        .values({ entryId: id, seq, ...(posting as never as object) } as never)
        .execute();
    }
  });
}
