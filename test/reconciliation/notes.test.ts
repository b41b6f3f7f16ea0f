import {
  listDifferenceNotes,
  type NewDifferenceNote,
  noteDifference,
  upperComparison,
} from '../../src/reconciliation/index.js';
import { by, outcomesOf, refused, seedActor, seedWorld, TODAY, tell, verifyClean } from '../fixture.js';
import { forEachEngine, shown } from '../helper.js';
import { serve } from '../http/service.js';
import { allot, provincialFund, take } from './scene.js';

const SPAN = { year: 2022, asOf: TODAY };
const said = (key: string, given: Partial<NewDifferenceNote> = {}): NewDifferenceNote => ({
  key,
  ownerId: null,
  explanation: null,
  expectedDate: null,
  ...given,
});

forEachEngine('a difference has an owner and a history, and outlives neither its cause', async (t, store) => {
  const world = await seedWorld(store);
  const { county, province, neighbour } = world;
  const item = await allot(world, await provincialFund(world), county, '500.00');
  const key = `not_taken_in:${item}:`;
  const state = async (asOf = TODAY) => {
    const { differences, unowned } = await upperComparison(store, county.auditor, county.bookId, {
      year: 2022,
      asOf,
    });
    return shown(store, { unowned, ...differences.find((difference) => difference.key === key) });
  };
  t.match(await state(), { unowned: 1, ownerId: null, notes: 0, isOverdue: false });
  const first = said(key, { ownerId: county.finance.personId, expectedDate: '2022-07-31' });
  await noteDifference(store, by(county.finance), county.bookId, first);
  const above = said(key, { explanation: '文件七月才寄出' });
  const note = await noteDifference(store, by(province.finance), county.bookId, above);
  t.match(await shown(store, note), { recordedBy: province.finance.personId, explanation: '文件七月才寄出' });
  t.match(await state(), {
    unowned: 0,
    ownerId: county.finance.personId,
    ownerName: 'bureau_county finance',
    explanation: '文件七月才寄出',
    expectedDate: '2022-07-31',
    isOverdue: false,
    notes: 2,
  });
  t.match(await state('2022-08-01'), { isOverdue: true }, 'the day after');
  await noteDifference(
    store,
    by(county.finance2),
    county.bookId,
    said(key, { ownerId: province.finance.personId, explanation: '请省厅补寄' }),
  );
  t.match(await state(), {
    ownerId: province.finance.personId,
    explanation: '请省厅补寄',
    expectedDate: '2022-07-31',
    notes: 3,
  });

  await take(world, county, 'allotment', item, '2022-02-03');
  t.same((await upperComparison(store, county.auditor, county.bookId, SPAN)).differences, [], 'resolved');
  const again = said(key, { explanation: '迟到的说明' });
  await refused(t, noteDifference(store, by(county.finance), county.bookId, again), 'difference_not_open');
  const page = await listDifferenceNotes(store, county.auditor, county.bookId, { limit: 2, key });
  const rest = await listDifferenceNotes(store, province.auditor, county.bookId, {
    limit: 2,
    cursor: page.nextCursor as string,
  });
  const texts = [...page.items, ...rest.items].map((one) => one.explanation);
  t.same(await shown(store, texts), ['请省厅补寄', '文件七月才寄出', null], 'what was said is kept');
  t.equal(rest.nextCursor, null);
  const none = { limit: 5, key: 'in_transit:x:' };
  t.same((await listDifferenceNotes(store, county.auditor, county.bookId, none)).items, []);
  await refused(t, listDifferenceNotes(store, neighbour.auditor, county.bookId, { limit: 5 }), 'not_found');
  t.same((await outcomesOf(world, county.bookId)).slice(-1), ['difference.note refused:difference_not_open']);
  await verifyClean(t, world);
});

forEachEngine('who may not note, and what is no note', async (t, store) => {
  const world = await seedWorld(store);
  const { county, province, neighbour } = world;
  const fundId = await provincialFund(world);
  const item = await allot(world, fundId, county, '500.00');
  const far = await allot(world, fundId, neighbour, '70.00');
  const key = `not_taken_in:${item}:`;
  const text = said(key, { explanation: '在途' });
  for (const actor of [county.payer, county.auditor, county.reviewer, province.payer, world.stationOperator])
    await refused(t, noteDifference(store, by(actor), county.bookId, text), 'forbidden');
  await refused(t, noteDifference(store, by(neighbour.finance), county.bookId, text), 'forbidden');
  for (const other of [`not_taken_in:${far}:`, `in_transit:${item}:`, 'not_taken_in::'])
    await refused(
      t,
      noteDifference(store, by(county.finance), county.bookId, { ...text, key: other }),
      'difference_not_open',
      other,
    );
  const gone = await seedActor(store, county, 'finance');
  const left = await store.read
    .selectFrom('person')
    .selectAll()
    .where('id', '=', gone.personId)
    .executeTakeFirstOrThrow();
  await tell(store, left.bookId, (unit) => unit.update('person', left, { isActive: 0 }));
  for (const ownerId of [
    'nobody',
    neighbour.finance.personId,
    world.stationOperator.personId,
    gone.personId,
  ]) {
    const fault = await refused(
      t,
      noteDifference(
        store,
        by(county.finance),
        county.bookId,
        said(key, { ownerId, expectedDate: '2022-07-30' }),
      ),
      'difference_note_invalid',
    );
    t.match(fault?.options.details, { faults: [/已经过去/, /责任人/] }, 'both faults at once');
  }
  t.same((await listDifferenceNotes(store, county.auditor, county.bookId, { limit: 5 })).items, []);
});

forEachEngine('comparisons and notes over HTTP', async (t, store) => {
  const world = await seedWorld(store);
  const { county, province, neighbour } = world;
  const { ask } = await serve(t, store);
  const item = await allot(world, await provincialFund(world), county, '500.00');
  const lower = `/books/${county.bookId}`;
  const read = await ask(county.finance, 'GET', `${lower}/upper-comparison?year=2022`);
  t.match(read, {
    status: 200,
    body: { asOf: TODAY, differences: [{ kind: 'not_taken_in', ageDays: 180 }] },
  });
  const { key } = read.body.differences[0];
  const body = { key, ownerId: county.finance.personId, explanation: '文件在途' };
  const headers = { 'idempotency-key': 'note-1' };
  const first = await ask(county.finance, 'POST', `${lower}/difference-notes`, { body, headers });
  const again = await ask(county.finance, 'POST', `${lower}/difference-notes`, { body, headers });
  t.match(first, { status: 201, body: { explanation: '文件在途', ownerName: 'bureau_county finance' } });
  t.same(again.body, first.body, 'sent again, it is said once');
  const notes = await ask(county.auditor, 'GET', `${lower}/difference-notes?key=${encodeURIComponent(key)}`);
  t.match(notes.body, { items: [{ explanation: '文件在途' }], nextCursor: null });
  t.equal(notes.body.items.length, 1);
  const above = await ask(province.auditor, 'GET', `/books/${province.bookId}/lower-comparison?year=2022`);
  t.match(above.body.items, [
    { bookId: county.bookId, differences: [{ key, explanation: '文件在途', upper: { id: item } }] },
  ]);
  for (const wrong of [
    { key },
    { ...body, key: 'lost:x:y' },
    { ...body, key: `not_taken_in:${item}` },
    { ...body, explanation: '' },
    { ...body, expectedDate: '2022-02-30' },
    { ...body, more: 1 },
  ])
    t.match(
      await ask(county.finance, 'POST', `${lower}/difference-notes`, { body: wrong }),
      { status: 400, body: { code: 'validation_failed' } },
      JSON.stringify(wrong),
    );
  t.equal((await ask(county.finance, 'GET', `${lower}/upper-comparison`)).status, 400, 'no year');
  t.equal((await ask(county.finance, 'GET', `${lower}/upper-comparison?year=1999`)).status, 400);
  t.match(await ask(county.payer, 'POST', `${lower}/difference-notes`, { body }), { status: 403 });
  t.match(await ask(neighbour.finance, 'POST', `${lower}/difference-notes`, { body }), { status: 404 });
  await verifyClean(t, world);
});
