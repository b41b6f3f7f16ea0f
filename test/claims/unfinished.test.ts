import {
  createUnfinished,
  type FormValues,
  formValues,
  listUnfinished,
  MAX_UNFINISHED,
} from '../../src/claims/index.js';
import { verifyInstallation } from '../../src/evidence/index.js';
import { eraseSubject } from '../../src/privacy/index.js';
import { by, openClaim, openFund, refused, seedActor, seedWorld, tell, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { NOW, serve } from '../http/service.js';

const CONTENT: FormValues = {
  title: '慰问张某某',
  lines: [{ amount: '12,0', description: '', beneficiaryGroups: ['elderly'], invoice: { number: '245' } }],
};
const at = new Date(NOW);

forEachEngine('a form is kept as it stands, for its maker alone, and in no log', async (t, store) => {
  const world = await seedWorld(store);
  const { county, stationOperator, stationReviewer, neighbourOperator } = world;
  const { ask } = await serve(t, store);
  const path = `/books/${county.bookId}/unfinished-claims`;
  const colleague = await seedActor(store, world.station, 'operator');
  const fundId = await openFund(world);
  const draft = await openClaim(world, 'draft', [{ fundId, amount: '10.00' }]);
  const submitted = await openClaim(world, 'submitted', [{ fundId, amount: '10.00' }]);
  const sizes = () =>
    store.read.selectFrom('book').select('logSize').where('id', '=', county.bookId).execute();
  const before = await sizes();
  const save = (who: typeof colleague, body: unknown, headers = {}) =>
    ask(who, 'POST', path, { body, headers });

  const first = await save(stationOperator, { content: CONTENT });
  t.match(first, {
    status: 201,
    headers: { etag: '"1"' },
    body: { content: CONTENT, claimId: null, version: 1 },
  });
  const one = `${path}/${first.body.id}`;
  t.match((await ask(stationOperator, 'GET', path)).body.items, [{ id: first.body.id, title: '慰问张某某' }]);
  t.strictSame((await ask(stationOperator, 'GET', one)).body, first.body);
  const row = await store.read.selectFrom('unfinishedClaim').selectAll().executeTakeFirstOrThrow();
  t.notMatch(JSON.stringify(row), /慰问|张某某|title/, 'nothing of it lies in clear');

  for (const [who, other] of Object.entries({ colleague, stationReviewer, finance: county.finance })) {
    t.strictSame((await ask(other, 'GET', path)).body.items, [], `${who} finds nothing`);
    t.equal((await ask(other, 'GET', one)).status, 404);
    t.equal((await ask(other, 'PUT', one, { body: { content: {} } })).status, 404);
    t.equal((await ask(other, 'DELETE', one)).status, 200, 'and drops nothing');
  }
  t.equal((await ask(neighbourOperator, 'GET', one)).status, 404);
  t.equal((await save(county.auditor, { content: CONTENT })).status, 403, 'who makes no claims keeps none');

  const changed = { content: { ...CONTENT, title: '' } };
  const put = (version: string) =>
    ask(stationOperator, 'PUT', one, { body: changed, headers: { 'if-match': version } });
  t.match(await put('"1"'), {
    status: 200,
    headers: { etag: '"2"' },
    body: { content: { title: '' }, version: 2 },
  });
  t.match(await put('"1"'), { status: 412, body: { code: 'stale_version' } }, 'saved in two windows');

  const editing = await save(stationOperator, { claimId: draft.id, content: {} });
  t.match(editing, { status: 201, body: { claimId: draft.id } });
  for (const [what, who, claimId] of [
    ['submitted', stationOperator, submitted.id],
    ['of another', colleague, draft.id],
    ['of nobody', stationOperator, 'x'],
  ] as const)
    t.equal((await save(who, { claimId, content: {} })).status, 404, `a draft ${what}`);

  const keyed = { 'idempotency-key': 'k-1' };
  const again = [
    await save(stationOperator, { content: {} }, keyed),
    await save(stationOperator, { content: {} }, keyed),
  ];
  t.equal(again[0]?.body.id, again[1]?.body.id, 'sent twice, kept once');
  t.match(await save(stationOperator, { content: CONTENT }, keyed), { status: 409 });
  t.match(
    await save(colleague, { content: CONTENT }, keyed),
    { status: 201 },
    'another person’s key is another',
  );

  t.equal((await ask(stationOperator, 'DELETE', one)).status, 200);
  t.equal((await ask(stationOperator, 'GET', one)).status, 404);
  t.strictSame(await sizes(), before, 'the log of the book tells nothing of it');
  await verifyClean(t, world);
  await store.admin.updateTable('unfinishedClaim').set({ personId: colleague.personId }).execute();
  t.match(await verifyInstallation(store.read, store.keys), { place: /^unfinishedClaim \S+ seal$/ });
});

forEachEngine('fifty of a person, ninety days, and nothing after an erasure', async (t, store) => {
  const world = await seedWorld(store);
  const { county, stationOperator } = world;
  const { bookId } = county;
  const input = { claimId: null, content: CONTENT };
  for (let count = 0; count < MAX_UNFINISHED; count += 1)
    await createUnfinished(store, by(stationOperator, { at: NOW }), bookId, input);
  await refused(
    t,
    createUnfinished(store, by(stationOperator, { at: NOW }), bookId, input),
    'too_many_unfinished',
  );
  const colleague = await seedActor(store, world.station, 'operator');
  await createUnfinished(store, by(colleague, { at: NOW }), bookId, input);

  const lastDay = new Date('2022-10-29T02:00:00.000Z');
  const after = new Date('2022-10-29T02:00:00.001Z');
  t.equal((await listUnfinished(store, stationOperator, bookId, lastDay)).items.length, MAX_UNFINISHED);
  t.equal((await listUnfinished(store, stationOperator, bookId, after)).items.length, 0);
  await createUnfinished(store, by(stationOperator, { at: after.toISOString() }), bookId, input);
  const { length } = await store.read.selectFrom('unfinishedClaim').select('id').execute();
  t.equal(length, 1, 'the next save removes what is over');

  await createUnfinished(store, by(colleague, { at: after.toISOString() }), bookId, input);
  const admin = await seedActor(store, world.province, 'admin');
  const person = await store.read
    .selectFrom('person')
    .selectAll()
    .where('id', '=', stationOperator.personId)
    .executeTakeFirstOrThrow();
  await tell(store, person.bookId, (unit) => unit.update('person', person, { isActive: 0 }));
  await eraseSubject(store, by(admin), world.province.bookId, {
    kind: 'person',
    id: stationOperator.personId,
    name: null,
    documentNo: '信〔2022〕1号',
    reason: '本人申请',
  });
  const left = await store.read.selectFrom('unfinishedClaim').select('personId').execute();
  t.strictSame(left, [{ personId: colleague.personId }], 'theirs is gone, the other’s stays');
  t.equal((await listUnfinished(store, colleague, bookId, at)).items.length, 1);
  await verifyClean(t, world);
});

forEachEngine('what is no form is refused with every fault', async (t, store) => {
  const world = await seedWorld(store);
  const { ask } = await serve(t, store);
  const path = `/books/${world.county.bookId}/unfinished-claims`;
  const line = { amount: '1' };
  const wide = 'x'.repeat(4000);
  for (const [what, content] of Object.entries({
    'a number': { amount: 12 },
    null: null,
    'a list': [],
    'too deep': { a: { b: { c: { d: 'x' } } } },
    'too many lines': { lines: Array.from({ length: 501 }, () => line) },
    'too long': { title: `${wide}x` },
    'too much': { lines: Array.from({ length: 132 }, () => ({ description: wide })) },
    'a name of JavaScript': JSON.parse('{"__proto__":{"a":"b"}}'),
    'a commitment': { title: `sealed:${'0'.repeat(64)}` },
    NUL: { title: '\0' },
  })) {
    const answer = await ask(world.stationOperator, 'POST', path, { body: { content } });
    t.match(
      answer,
      { status: 400 },
      `${what}: ${JSON.stringify(answer.body.errors ?? answer.body).slice(0, 200)}`,
    );
  }
  t.ok(formValues.safeParse({ lines: Array.from({ length: 500 }, () => line) }).success);
  t.equal((await store.read.selectFrom('unfinishedClaim').select('id').execute()).length, 0);
});
