import { t as root } from 'tap';
import { listLog } from '../../src/evidence/index.js';
import { openClaim, openFund, refused, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { serve } from '../http/service.js';

root.setTimeout(900_000);

forEachEngine('the log by every filter, in both directions and both orders', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const fundId = await openFund(world);
  const claim = await openClaim(world, 'paid', [{ fundId, amount: '10.00' }]);
  for (let n = 0; n < 4; n += 1) await openClaim(world, 'submitted', [{ fundId, amount: '1.00' }]);
  const rows = await store.read
    .selectFrom('logEntry')
    .selectAll()
    .where('bookId', '=', county.bookId)
    .orderBy('logIndex')
    .execute();
  for (const row of rows) t.equal(row.actorId, JSON.parse(row.body).actor);
  const actorId = world.stationOperator.personId;
  const instants = [...new Set(rows.map(({ recordedAt }) => recordedAt))].sort();
  const [recordedFrom, recordedUntil] = [instants[0] as string, `${instants.at(-1)?.slice(0, 23)}Z`];
  const filters: readonly [object, (row: (typeof rows)[number]) => boolean][] = [
    [{}, () => true],
    [{ action: 'claim.' }, ({ action }) => action.startsWith('claim.')],
    [{ action: 'claim' }, ({ action }) => action.startsWith('claim')],
    [{ action: 'claim.submit' }, ({ action }) => action === 'claim.submit'],
    [{ action: 'waiver.' }, () => false],
    [{ subjectType: 'claim' }, ({ subjectType }) => subjectType === 'claim'],
    [{ subjectId: claim.id }, ({ subjectId }) => subjectId === claim.id],
    [
      { subjectId: claim.id, action: 'claim.', subjectType: 'claim', outcome: 'allow' },
      ({ subjectId, outcome }) => subjectId === claim.id && outcome === 'allow',
    ],
    [{ actorId }, (row) => row.actorId === actorId],
    [{ outcome: 'allow' }, ({ outcome }) => outcome === 'allow'],
    [{ recordedFrom }, (row) => row.recordedAt >= recordedFrom],
    [
      { recordedFrom, recordedUntil, action: 'claim.' },
      (row) => row.recordedAt < recordedUntil && row.action.startsWith('claim.'),
    ],
  ];
  for (const [filter, fits] of filters) {
    const isOfTime = 'recordedFrom' in filter;
    const wanted = rows
      .filter(fits)
      .sort((a, b) =>
        isOfTime && a.recordedAt !== b.recordedAt ? (a.recordedAt < b.recordedAt ? -1 : 1) : 0,
      )
      .map(({ logIndex }) => logIndex);
    for (const order of ['asc', 'desc'] as const) {
      const ask = (cursor: string | null) =>
        listLog(store, county.auditor, county.bookId, {
          ...filter,
          order,
          limit: 3,
          count: true,
          cursor: cursor ?? undefined,
        });
      const pages = [await ask(null)];
      while (pages.at(-1)?.nextCursor) pages.push(await ask(pages.at(-1)?.nextCursor ?? null));
      const back = [pages.at(-1) as (typeof pages)[number]];
      while (back[0]?.prevCursor) back.unshift(await ask(back[0].prevCursor));
      const expected = order === 'asc' ? wanted : [...wanted].reverse();
      for (const [way, read] of [
        ['forwards', pages],
        ['backwards', back],
      ] as const) {
        const found = read.flatMap(({ items }) => items.map(({ logIndex }) => logIndex));
        t.same(found, expected, `${JSON.stringify(filter)} ${order} ${way}`);
      }
      t.same(pages[0]?.total, { count: wanted.length, isCapped: false });
    }
  }
  await refused(t, listLog(store, world.neighbour.auditor, county.bookId, { limit: 3 }), 'not_found');
  await refused(
    t,
    listLog(store, world.stationOperator, county.bookId, { limit: 3, subjectId: claim.id }),
    'not_found',
  );
  const { ask } = await serve(t, store);
  const bad = [
    'action=%25',
    'action=a.b.c',
    'recordedFrom=2022-01-01',
    'order=up',
    'cursor=12',
    'subjectType=a%20b',
  ];
  for (const query of bad)
    t.equal((await ask(county.auditor, 'GET', `/books/${county.bookId}/log?${query}`)).status, 400, query);
});
