import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { uploadAttachment } from '../../src/attachments/index.js';
import type { Actor } from '../../src/organisations/index.js';
import { PROCEDURE_KINDS, PROCEDURES } from '../../src/policy/index.js';
import {
  getProcedure,
  listProcedures,
  type NewProcedureRecord,
  recordProcedure,
  withdrawProcedure,
} from '../../src/procedures/index.js';
import {
  type Bureau,
  by,
  openContract,
  openFund,
  outcomesOf,
  refused,
  seedActor,
  seedWorld,
  verifyClean,
  type World,
} from '../fixture.js';
import { forEachEngine, shown } from '../helper.js';

const TITLE = '欧阳老人家访后整改完毕';
const NOTE = '与欧阳老人家属核对无误';
const REASON = '欧阳老人一事登记重复';

export const recordInput = (given: Partial<NewProcedureRecord> = {}): NewProcedureRecord => ({
  kind: 'periodic_report',
  year: 2022,
  fundId: null,
  contractId: null,
  date: '2022-07-20',
  documentNo: '泸县民报〔2022〕3号',
  attachments: [],
  title: '2022年第二季度报送',
  note: null,
  ...given,
});

async function upload(t: Test, world: World, bureau: Bureau): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'station-funds-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const bytes = Buffer.from('%PDF-1.7\n1 0 obj');
  const file = { fileName: '整改报告.pdf', mediaType: 'application/pdf', bytes } as const;
  return (await uploadAttachment(world.store, folder, by(bureau.finance), bureau.bookId, file)).id;
}

forEachEngine(
  'a record of every kind is for what the kind is shown for, and nothing else',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county } = world;
    const fundId = await openFund(world);
    const contractId = await openContract(world, [{ fundId, amount: '10.00' }]);
    const record = (given: Partial<NewProcedureRecord>) =>
      recordProcedure(store, by(county.finance), county.bookId, recordInput(given));
    for (const kind of PROCEDURE_KINDS) {
      const { per, label } = PROCEDURES[kind];
      const right = {
        fundId: per === 'fund' ? fundId : null,
        contractId: per === 'contract' ? contractId : null,
      };
      t.match(await record({ kind, ...right }), { kind, kindLabel: label, ...right });
      const wrong = {
        fundId: per === 'fund' ? null : fundId,
        contractId: per === 'contract' ? null : contractId,
      };
      const error = await refused(
        t,
        record({ kind, ...wrong }),
        'procedure_record_invalid',
        `${kind} of the wrong`,
      );
      t.match(error?.options.details?.['faults'], [String, String], 'both said at once');
    }
    const page = await listProcedures(store, county.auditor, county.bookId, { limit: 200, state: 'all' });
    t.equal(page.items.length, PROCEDURE_KINDS.length, 'the refused ones left nothing');
    await verifyClean(t, world);
  },
);

forEachEngine('what shows nothing, or will be shown nowhere, is not recorded', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour } = world;
  const fundId = await openFund(world);
  const contractId = await openContract(world, [{ fundId, amount: '10.00' }]);
  const foreignFund = await openFund(world, { bureau: neighbour });
  const foreignFile = await upload(t, world, neighbour);
  const record = (given: Partial<NewProcedureRecord>) =>
    recordProcedure(store, by(county.finance), county.bookId, recordInput(given));
  const error = await refused(
    t,
    record({ documentNo: null, date: '2022-08-01', fundId }),
    'procedure_record_invalid',
  );
  t.same(error?.options.details?.['faults'], [
    '“定期报送记录”不按资金批次登记，请勿指明资金批次',
    '请填写文号或至少附一份材料',
    '办理日期 2022-08-01 还没有到',
  ]);
  await refused(t, record({ kind: 'announcement', fundId, year: 2021 }), 'procedure_record_invalid');
  await refused(t, record({ kind: 'supervision', contractId, year: 2024 }), 'procedure_record_invalid');
  t.match(await record({ kind: 'supervision', contractId, year: 2023 }), { year: 2023 });
  await refused(t, record({ kind: 'announcement', fundId: foreignFund }), 'not_found');
  await refused(t, record({ kind: 'supervision', contractId: 'nothing' }), 'not_found');
  await refused(t, record({ documentNo: null, attachments: [foreignFile] }), 'not_found');
  const own = await upload(t, world, county);
  t.match(await record({ documentNo: null, attachments: [own, own] }), { attachments: [own] });
});

forEachEngine('withdrawn once, with a reason, and never edited', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour } = world;
  const { bookId } = county;
  const { id } = await recordProcedure(store, by(county.finance), bookId, recordInput());
  const stays = await recordProcedure(store, by(county.reviewer), bookId, recordInput());
  const withdraw = (actor: Actor, book = bookId) =>
    withdrawProcedure(store, by(actor), book, id, { reason: REASON });
  await refused(t, withdraw(county.auditor), 'forbidden');
  await refused(t, withdraw(neighbour.finance, neighbour.bookId), 'not_found', 'under another book');
  t.match(await withdraw(county.finance2), { withdrawnBy: county.finance2.personId, title: String });
  await refused(t, withdraw(county.finance), 'wrong_status');
  const listed = async (state: 'counting' | 'withdrawn' | 'all') =>
    (await listProcedures(store, county.auditor, bookId, { limit: 50, state })).items.map((item) => item.id);
  t.same(await listed('counting'), [stays.id]);
  t.same(await listed('withdrawn'), [id]);
  t.same(await listed('all'), [stays.id, id], 'and both stay readable');
  t.match(await shown(store, await getProcedure(store, county.auditor, bookId, id)), {
    withdrawnReason: REASON,
  });
  await verifyClean(t, world);
});

forEachEngine('who may record, and who may read', async (t, store) => {
  const world = await seedWorld(store);
  const { county, province, neighbour } = world;
  const record = (actor: Actor) => recordProcedure(store, by(actor), county.bookId, recordInput());
  const supervisor = await seedActor(store, province, 'supervisor');
  for (const actor of [county.finance, county.reviewer, supervisor])
    t.match(await record(actor), { id: String });
  const others = [county.payer, county.auditor, county.operator, province.finance, world.stationOperator];
  for (const actor of others) await refused(t, record(actor), 'forbidden', actor.displayName);
  const outcomes = await outcomesOf(world, county.bookId);
  t.equal(
    outcomes.filter((outcome) => outcome === 'procedure.record refused:forbidden').length,
    others.length,
  );
  const read = (actor: Actor) => listProcedures(store, actor, county.bookId, { limit: 50, state: 'all' });
  t.equal((await read(supervisor)).items.length, 3);
  for (const actor of [neighbour.auditor, world.stationOperator, world.providerOperator])
    await refused(t, read(actor), 'not_found', actor.displayName);
});

forEachEngine('pages and filters neither lose nor repeat a record', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const wanted: string[] = [];
  for (let n = 0; n < 7; n += 1) {
    const given = { kind: n % 2 ? 'finding' : 'inspection', year: n < 3 ? 2021 : 2022 } as const;
    wanted.unshift((await recordProcedure(store, by(county.finance), county.bookId, recordInput(given))).id);
  }
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 3, state: 'all' as const, ...(cursor ? { cursor } : {}) };
    const page = await listProcedures(store, county.auditor, county.bookId, query);
    found.push(...page.items.map((item) => item.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  t.same(found, wanted);
  const some = await listProcedures(store, county.auditor, county.bookId, {
    limit: 50,
    state: 'all',
    kind: 'inspection',
    year: 2022,
  });
  t.same(
    some.items.map((item) => item.id),
    wanted.filter((_, index) => [0, 2].includes(index)),
  );
});

forEachEngine('its words lie nowhere in clear, and are shown', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const given = recordInput({ title: TITLE, note: NOTE });
  const view = await recordProcedure(store, by(county.finance), county.bookId, given);
  await withdrawProcedure(store, by(county.finance), county.bookId, view.id, { reason: REASON });
  const kept = JSON.stringify([
    await store.read.selectFrom('procedureRecord').selectAll().execute(),
    await store.read.selectFrom('logEntry').select('body').execute(),
    await store.read.selectFrom('vaultValue').selectAll().execute(),
  ]);
  t.match(kept, view.id);
  t.notMatch(kept, /欧阳/);
  const read = await getProcedure(store, county.auditor, county.bookId, view.id);
  t.match(await shown(store, read), { title: TITLE, note: NOTE, withdrawnReason: REASON });
});
