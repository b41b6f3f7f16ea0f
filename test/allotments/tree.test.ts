import fc from 'fast-check';
import { t as root, type Test } from 'tap';
import {
  type AllotmentTreeView,
  allotmentTree,
  disburse,
  issueAllotment,
  listAllotments,
  PASSED_ON_WITHIN_DAYS,
  type TreeNodeView,
  type TreeQuery,
  takeIn,
} from '../../src/allotments/index.js';
import { groupBy } from '../../src/core/collections.js';
import { addDays } from '../../src/core/dates.js';
import { newId } from '../../src/core/ids.js';
import { formatYuan, parseYuan, sumFen } from '../../src/core/money.js';
import type { Actor } from '../../src/organisations/index.js';
import {
  type Bureau,
  by,
  nextNo,
  openFund,
  refused,
  seedActor,
  seedWorld,
  TODAY,
  tell,
  type World,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';

root.setTimeout(900_000);

type Place = Pick<Bureau, 'id' | 'path' | 'bookId' | 'finance' | 'payer'>;
interface Chain extends World {
  readonly prefecture: Place;
  /** Below the prefecture, with a township of its own. */
  readonly district: Place;
  readonly street: string;
}

/** A prefecture with a district and its street beside the two counties of the world. */
async function seedChain(world: World): Promise<Chain> {
  const organisation = async (
    kind: string,
    name: string,
    divisionCode: string,
    parent: { id: string; path: string },
  ) => {
    const id = newId();
    const path = `${parent.path}${id}/`;
    await tell(world.store, world.province.bookId, (unit) =>
      unit.insert('organisation', {
        id,
        kind,
        name,
        parentId: parent.id,
        path,
        divisionCode,
        creditCode: null,
        providerKind: null,
        districtClass: null,
        openedDate: '2020-01-01',
        closedDate: null,
        createdAt: 'x',
        version: 1,
      }),
    );
    return { id, path };
  };
  const bureau = async (
    kind: 'bureau_prefecture' | 'bureau_county',
    name: string,
    code: string,
    parent: { id: string; path: string },
  ) => {
    const place = await organisation(kind, name, code, parent);
    const bookId = newId();
    await tell(world.store, world.province.bookId, (unit) =>
      unit.insert('book', {
        id: bookId,
        bureauId: place.id,
        name,
        createdAt: 'x',
        logSize: 0,
        logFrontier: '',
      }),
    );
    const actor = (role: 'finance' | 'payer') => seedActor(world.store, { ...place, kind }, role);
    return { ...place, bookId, finance: await actor('finance'), payer: await actor('payer') };
  };
  const prefecture = await bureau('bureau_prefecture', '泸州市民政局', '510500', world.province);
  const district = await bureau('bureau_county', '江阳区民政局', '510502', prefecture);
  const street = await organisation('township', '南城街道', '510502', district);
  return { ...world, prefecture, district, street: street.id };
}

const treeOf = (world: World, actor: Actor, bookId: string, query: TreeQuery = {}, today = TODAY) =>
  allotmentTree(world.store, actor, bookId, query, today);

interface Item {
  readonly to: string;
  readonly fen: bigint;
  readonly parts?: readonly (readonly [string, bigint])[];
}
const issue = async (
  world: World,
  from: Place,
  fundId: string,
  documentNo: string,
  items: readonly Item[],
  effectiveDate = '2022-02-01',
) =>
  issueAllotment(world.store, world.packs, by(from.finance), from.bookId, {
    fundId,
    documentNo,
    effectiveDate,
    documentTotal: null,
    documentRecipients: null,
    documentParts: null,
    items: items.map(({ to, fen, parts = [] }) => ({
      recipientId: to,
      amount: formatYuan(fen),
      parts: parts.map(([organisationId, part]) => ({ organisationId, amount: formatYuan(part) })),
    })),
  });
const take = (world: World, into: Place, issueId: string, effectiveDate = '2022-02-10') =>
  takeIn(world.store, by(into.finance), into.bookId, {
    kind: 'allotment',
    issueId,
    documentNo: nextNo('收文'),
    effectiveDate,
  });

const fen = (yuan: string | null) => (yuan === null ? null : parseYuan(yuan));
const childrenOf = (tree: AllotmentTreeView, node: TreeNodeView) =>
  tree.nodes.filter(({ parentId }) => parentId === node.id);

/** What must hold of every tree, whatever happened, and however little of it is shown. */
async function checkSums(t: Test, world: World, tree: AllotmentTreeView, name: string): Promise<void> {
  t.equal(new Set(tree.nodes.map(({ id }) => id)).size, tree.nodes.length, `${name}: ids are unlike`);
  const funds = tree.nodes.flatMap(({ fundIds }) => fundIds);
  t.equal(new Set(funds).size, funds.length, `${name}: no fund counts twice`);
  for (const node of tree.nodes) {
    const children = childrenOf(tree, node);
    const below = sumFen(children.map(({ issued }) => parseYuan(issued)));
    if (children.length > 0)
      t.equal(node.passedOn, formatYuan(below), `${name}: ${node.name} passed on its children`);
    if (node.kept === null || node.kind === 'rest') continue;
    const [issued, other, passedOn, kept, returned, merged] = [
      node.issued,
      node.other,
      node.passedOn,
      node.kept,
      node.returned,
      node.merged,
    ].map((amount) => fen(amount) as bigint) as [bigint, bigint, bigint, bigint, bigint, bigint];
    t.equal(issued + other, passedOn + kept + returned + merged, `${name}: ${node.name} adds up`);
    // The ledger's own balances say the same: what is kept lies in the common pool, or has not been taken in.
    const pools = await world.store.read
      .selectFrom('account')
      .select('balanceFen')
      .where('fundId', 'in', ['', ...node.fundIds])
      .where('layer', '=', 'available')
      .where('subject', '=', '')
      .execute();
    const waiting = node.issues
      .filter(({ takenIn }) => takenIn === null)
      .map(({ amount }) => parseYuan(amount));
    const split = children
      .filter(({ via, taken }) => via === 'split' && taken === '0.00')
      .map((each) => parseYuan(each.issued));
    if (node.kind !== 'fund' && children.some(({ kind }) => kind === 'rest')) continue;
    const untaken = node.kind === 'fund' ? 0n : sumFen(waiting) - sumFen(split);
    t.equal(
      kept,
      sumFen(pools.map(({ balanceFen }) => balanceFen)) + untaken,
      `${name}: ${node.name} by its accounts`,
    );
  }
}

const share = fc.bigInt(1n, 40_000n);
const history = fc.record({
  items: fc.array(
    fc.record({
      to: fc.constantFrom('county', 'neighbour', 'prefecture', 'district', 'township'),
      fund: fc.nat(1),
      number: fc.nat(1),
      fen: share,
      isSplit: fc.boolean(),
      isTaken: fc.boolean(),
      cash: fc.nat(100),
    }),
    { minLength: 1, maxLength: 7 },
  ),
  onward: fc.array(
    fc.record({
      to: fc.constantFrom('district', 'street'),
      number: fc.nat(1),
      part: fc.integer({ min: 1, max: 60 }),
      isTaken: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
});

forEachEngine('in every tree each level adds up, and nothing counts twice', async (t, store) => {
  const world = await seedChain(await seedWorld(store));
  const { province, prefecture, district } = world;
  const places: Readonly<Record<string, Place>> = {
    county: world.county,
    neighbour: world.neighbour,
    prefecture,
    district,
  };
  await fc.assert(
    fc.asyncProperty(history, async ({ items, onward }) => {
      const run = newId().slice(-8);
      const number = (n: number) => `川财社〔2022〕${run}-${n}`;
      const grant = { level: 'provincial', name: run } as const;
      const opened = async () => openFund(world, { bureau: province, granted: '5000.00', fund: grant });
      // Two grants of one name: what both issue under one number comes to one fund of the lower book.
      const funds = [await opened(), await opened()] as const;
      const documents = groupBy(items, ({ fund, number: n }) => `${fund} ${n}`);
      const arrived: string[] = [];
      for (const [first, ...others] of [...documents.values()] as [
        (typeof items)[number],
        ...typeof items,
      ][]) {
        const recipients = [...new Map([first, ...others].map((each) => [each.to, each])).values()];
        const { items: made } = await issue(
          world,
          province,
          funds[first.fund] as string,
          number(first.number),
          recipients.map(({ to, fen: amount, isSplit }) => ({
            to: places[to]?.id ?? world.township.id,
            fen: amount,
            parts: isSplit && to === 'county' ? [[world.township.id, amount]] : [],
          })),
        );
        for (const [index, { to, fen: amount, cash, isTaken }] of recipients.entries()) {
          const itemId = (made[index] as { id: string }).id;
          const place = places[to];
          const paid = (amount * BigInt(cash)) / 100n;
          if (place && paid > 0n)
            await disburse(store, by(province.payer), province.bookId, {
              allotmentItemId: itemId,
              voucherNo: nextNo('拨付'),
              effectiveDate: '2022-02-05',
              amount: formatYuan(paid),
            });
          if (!place || !isTaken) continue;
          const { fundId: taken } = await take(world, place, itemId);
          if (to === 'prefecture') arrived.push(taken);
        }
      }
      const used = new Set<number>();
      for (const { to, number: n, part, isTaken } of onward) {
        const from = arrived[0];
        if (!from || used.has(n)) continue;
        used.add(n);
        const { balanceFen } = await store.read
          .selectFrom('account')
          .select('balanceFen')
          .where('fundId', '=', from)
          .where('layer', '=', 'available')
          .where('subject', '=', '')
          .executeTakeFirstOrThrow();
        const amount = (balanceFen * BigInt(part)) / 100n;
        if (amount === 0n) continue;
        const { items: made } = await issue(world, prefecture, from, number(n), [
          { to: to === 'district' ? district.id : world.street, fen: amount },
        ]);
        if (to === 'district' && isTaken) await take(world, district, (made[0] as { id: string }).id);
      }
      const [fundId] = funds;
      const whole = await treeOf(world, province.finance, province.bookId, { fundId });
      await checkSums(t, world, whole, 'whole');
      const { items: listed } = await listAllotments(
        store,
        province.finance,
        province.bookId,
        { fundId, limit: 200 },
        TODAY,
      );
      t.equal(
        whole.total.allotments,
        formatYuan(sumFen(listed.map(({ amount }) => parseYuan(amount)))),
        'the tree holds the allotments that are listed',
      );
      for (const limit of [1, 2]) {
        const part = await treeOf(world, province.finance, province.bookId, { fundId, limit });
        t.ok(part.nodes.filter(({ kind }) => kind === 'bureau' || kind === 'unit').length <= limit);
        t.same(part.total, whole.total, `the sums do not depend on what is shown (${limit})`);
        await checkSums(t, world, part, `at most ${limit}`);
      }
      await checkSums(t, world, await treeOf(world, prefecture.finance, prefecture.bookId), 'prefecture');
    }),
    { numRuns: 12, endOnFailure: true },
  );
  const grant = { level: 'provincial', name: '同名资金' } as const;
  for (const amount of [300n, 200n]) {
    const fundId = await openFund(world, { bureau: province, fund: grant });
    const { items } = await issue(world, province, fundId, '川财社〔2022〕同号', [
      { to: district.id, fen: amount },
    ]);
    await take(world, district, (items[0] as { id: string }).id);
  }
  const all = await treeOf(world, province.finance, province.bookId);
  await checkSums(t, world, all, 'all funds');
  const met = all.nodes.filter(
    ({ name, issues }) => name === '江阳区民政局' && issues[0]?.documentNo.endsWith('同号'),
  );
  t.same(
    met.map(({ fundIds, other, merged }) => [fundIds.length, other, merged]).sort(),
    [
      [0, '0.00', met[0]?.fundIds.length === 1 ? met[1]?.issued : met[0]?.issued],
      [1, met[0]?.fundIds.length === 1 ? met[1]?.issued : met[0]?.issued, '0.00'],
    ],
    'one fund of the lower book that two grants came to stands under one of them',
  );
});

forEachEngine(
  'a chain is told from the 文号 down to the street, and upward as far as one may look',
  async (t, store) => {
    const world = await seedChain(await seedWorld(store));
    const { province, prefecture, district, county, neighbour } = world;
    const fundId = await openFund(world, {
      bureau: province,
      granted: '1000.00',
      fund: { level: 'provincial' },
    });
    const { items } = await issue(world, province, fundId, '川财社〔2022〕1号', [
      { to: prefecture.id, fen: 60_000n },
      { to: county.id, fen: 30_000n, parts: [[world.township.id, 30_000n]] },
      { to: neighbour.id, fen: 10_000n },
    ]);
    const idOf = (place: Place) =>
      (items.find(({ recipientId }) => recipientId === place.id) as { id: string }).id;
    const { fundId: middle } = await take(world, prefecture, idOf(prefecture));
    await take(world, county, idOf(county));
    const { items: onward } = await issue(world, prefecture, middle, '泸财社〔2022〕2号', [
      { to: district.id, fen: 45_000n },
    ]);
    const { fundId: low } = await take(world, district, (onward[0] as { id: string }).id, '2022-03-01');
    await issue(
      world,
      district,
      low,
      '江财社〔2022〕3号',
      [{ to: world.street, fen: 40_000n }],
      '2022-03-05',
    );

    const top = await treeOf(world, province.finance, province.bookId);
    t.same(
      top.nodes.map(({ depth, name, issued, taken, passedOn, kept }) => [
        depth,
        name.slice(-5),
        issued,
        taken,
        passedOn,
        kept,
      ]),
      [
        [0, '社工站经费', '1000.00', '1000.00', '1000.00', '0.00'],
        [1, '州市民政局', '600.00', '600.00', '450.00', '150.00'],
        [2, '阳区民政局', '450.00', '450.00', '400.00', '50.00'],
        [3, '南城街道', '400.00', '400.00', null, null],
        [1, '泸县民政局', '300.00', '300.00', '300.00', '0.00'],
        [2, '玉蟾街道', '300.00', '300.00', null, null],
        [1, '江县民政局', '100.00', '0.00', '0.00', '100.00'],
      ],
    );
    const named = await treeOf(world, province.finance, province.bookId, { recipient: '合江' });
    t.same(
      named.nodes.map(({ kind, count, issued }) => [kind, count, issued]),
      [
        ['fund', 1, '1000.00'],
        ['bureau', 1, '100.00'],
        ['rest', 2, '900.00'],
      ],
      'the others stay in the sum',
    );

    const own = await treeOf(world, county.finance, county.bookId);
    t.match(own.nodes[0]?.above, [
      { bureauName: '省民政厅', bookId: null, fundId: null, amount: '300.00', logIndex: null },
    ]);
    for (const hidden of [fundId, province.bookId, neighbour.bookId, '合江县', '泸州市', '1000.00', '600.00'])
      t.notOk(JSON.stringify(own).includes(hidden), `the county does not learn ${hidden}`);
    const lower = await treeOf(world, district.finance, district.bookId);
    t.match(lower.nodes[0]?.above, [{ bureauName: '泸州市民政局', bookId: null, amount: '450.00' }]);
    t.equal(lower.nodes[0]?.above.length, 1, 'the way ends at the first book that one may not read');
    const overseen = await treeOf(world, province.auditor, district.bookId, { fundId: low });
    t.match(overseen.nodes[0]?.above, [
      { bureauName: '省民政厅', bookId: province.bookId, fundId, amount: '600.00' },
      { bureauName: '泸州市民政局', bookId: prefecture.bookId, fundId: middle, amount: '450.00' },
    ]);
    t.notOk(JSON.stringify(await treeOf(world, prefecture.finance, prefecture.bookId)).includes('合江县'));

    const strangers: [Actor, string][] = [
      [neighbour.finance, county.bookId],
      [county.finance, province.bookId],
      [district.finance, prefecture.bookId],
      [world.stationOperator, county.bookId],
      [world.providerOperator, county.bookId],
    ];
    for (const [actor, bookId] of strangers)
      await refused(t, treeOf(world, actor, bookId), 'not_found', actor.displayName);
    await refused(
      t,
      treeOf(world, county.finance, county.bookId, { fundId }),
      'not_found',
      'a fund of the upper book',
    );
  },
);

forEachEngine('what is held back longer than the term is marked, and not a day before', async (t, store) => {
  const world = await seedChain(await seedWorld(store));
  const { province, prefecture, district } = world;
  const fundId = await openFund(world, {
    bureau: province,
    granted: '1000.00',
    fund: { level: 'provincial' },
  });
  const { items } = await issue(world, province, fundId, '川财社〔2022〕9号', [
    { to: prefecture.id, fen: 60_000n },
  ]);
  const itemId = (items[0] as { id: string }).id;
  const delays = async (today: string) =>
    (await treeOf(world, province.finance, province.bookId, {}, today)).nodes
      .filter(({ delays: found }) => found.length > 0)
      .map(({ name, delays: found }) => [name, found]);
  const issuedLast = addDays('2022-02-01', PASSED_ON_WITHIN_DAYS);
  t.same(await delays(issuedLast), []);
  t.same(await delays(addDays(issuedLast, 1)), [
    ['泸州市民政局', [{ kind: 'not_taken_in', amount: '600.00', days: PASSED_ON_WITHIN_DAYS + 1 }]],
  ]);
  await disburse(store, by(province.payer), province.bookId, {
    allotmentItemId: itemId,
    voucherNo: '拨付2022-1',
    effectiveDate: '2022-02-01',
    amount: '100.00',
  });
  const { fundId: middle } = await take(world, prefecture, itemId, '2022-03-01');
  t.match(await delays('2022-03-31'), [['泸州市民政局', [{ kind: 'cash_not_taken_in', amount: '100.00' }]]]);
  const late = await delays('2022-04-01');
  t.same(late, [
    [
      '泸州市民政局',
      [
        { kind: 'cash_not_taken_in', amount: '100.00', days: 59 },
        { kind: 'not_passed_on', amount: '600.00', days: 31 },
      ],
    ],
  ]);
  await issue(
    world,
    prefecture,
    middle,
    '泸财社〔2022〕9号',
    [{ to: district.id, fen: 59_999n }],
    '2022-03-20',
  );
  t.match(
    await delays('2022-04-01'),
    [['泸州市民政局', [{}, { kind: 'not_passed_on', amount: '0.01', days: 31 }]]],
    'one 分 that stays behind',
  );
  const own = await treeOf(world, prefecture.finance, prefecture.bookId, {}, '2022-04-01');
  t.match(own.nodes[0]?.delays, [{ kind: 'not_passed_on', amount: '0.01' }], 'the bureau sees it of itself');
  const province2 = await treeOf(world, province.finance, province.bookId, {}, '2023-01-01');
  t.same(province2.nodes[0]?.delays, [], 'money that came from no upper book is not held against it');
});
