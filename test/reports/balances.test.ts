import fc from 'fast-check';
import { t as root } from 'tap';
import { formatYuan, parseYuan, showPercent, sumFen } from '../../src/core/money.js';
import { createFund, LAYER_LABELS, type Layer } from '../../src/ledger/index.js';
import { ledgerDetail, trialBalance, type UsageTotal, usageReport } from '../../src/reports/index.js';
import { by, fundInput, openFund, RELIEF, refused, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { DAYS, makeMoves, move, naive, type Posted } from './postings.js';

root.setTimeout(900_000);
const RUNS = { sqlite: 12, postgres: 5 };

const COLUMNS = {
  planned: 'planned',
  allotted: 'allotted',
  received: 'received',
  encumbered: 'encumbered',
  reserved: 'reserved',
  spent: 'spent',
  passedDown: 'passed_down',
  returned: 'returned',
  available: 'available',
} as const satisfies Readonly<Record<string, Layer>>;
type Amounts = Pick<UsageTotal, keyof typeof COLUMNS | 'executionRate'>;

/** The amounts of the report, added up naively over some funds. */
function expected(posted: readonly Posted[], fundIds: readonly string[]): Amounts {
  const total = (layer: Layer) => sumFen(fundIds.map((id) => naive(posted, id, layer)));
  return {
    ...(Object.fromEntries(
      Object.entries(COLUMNS).map(([key, layer]) => [key, formatYuan(total(layer))]),
    ) as Record<keyof typeof COLUMNS, string>),
    executionRate: showPercent(total('spent'), total('received')),
  };
}
const amountsOf = (row: Amounts): Amounts => ({
  ...(Object.fromEntries(
    Object.keys(COLUMNS).map((key) => [key, row[key as keyof typeof COLUMNS]]),
  ) as Record<keyof typeof COLUMNS, string>),
  executionRate: row.executionRate,
});

forEachEngine(
  'whatever was posted, the reports say what adding it up says, at every point in time',
  async (t, store) => {
    t.setTimeout(900_000);
    const world = await seedWorld(store);
    const { county, station, provider } = world;
    let run = 0;
    const reached = new Set<Layer>();
    const scene = async (moves: Parameters<typeof makeMoves>[4]) => {
      run += 1;
      const year = 2000 + run;
      const funds: string[] = [];
      for (const terms of [fundInput().terms, RELIEF, RELIEF])
        funds.push(
          (await createFund(store, by(county.finance), county.bookId, fundInput({ year, terms }))).id,
        );
      // Money first, so that there is some to spend.
      const opening = [0, 1, 2].flatMap((fund) =>
        [1, 3].map((kind) => ({ kind, fund, amount: 90_000, day: 0, subject: 0 })),
      );
      const all = [...opening, ...moves];
      const posted = await makeMoves(store, county.bookId, funds, [station.id, provider.id], all);
      for (const { to } of posted) reached.add(to.layer);
      return { year, funds, posted };
    };
    const points = fc.array(
      fc.record({ day: fc.option(fc.nat(DAYS.length - 1)), moves: fc.option(fc.nat(40)) }),
      { minLength: 2, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(move, { minLength: 5, maxLength: 45 }),
        points,
        fc.integer({ min: 1, max: 7 }),
        async (moves, asked, limit) => {
          const { year, funds, posted } = await scene(moves);
          const [first = '', ...relief] = funds;
          for (const { day, moves: known } of [{ day: null, moves: null }, ...asked]) {
            const asOf = day === null ? undefined : (DAYS[day] as string);
            const recordedUntil = known === null ? undefined : posted[known % posted.length]?.recordedAt;
            const seen = posted.filter(
              (each) =>
                (asOf === undefined || each.effectiveDate <= asOf) &&
                (recordedUntil === undefined || each.recordedAt <= recordedUntil),
            );
            const point = { asOf, recordedUntil };
            const usage = await usageReport(store, county.auditor, county.bookId, {
              years: [year],
              ...point,
            });
            t.equal(usage.rows.length, 3);
            for (const row of usage.rows) t.same(amountsOf(row), expected(seen, [row.fundId]), 'a fund');
            t.same(amountsOf(usage.total), expected(seen, funds), 'all funds');
            t.same(
              Object.fromEntries(usage.byType.map((row) => [row.key, amountsOf(row)])),
              { local_budget: expected(seen, [first]), social_relief: expected(seen, relief) },
              'by type',
            );
            t.ok(usage.checks.every((check) => check.isHeld));

            for (const detail of ['layer', 'subject'] as const)
              for (const from of [undefined, DAYS[2]]) {
                const query = { years: [year], ...point, from, detail };
                const trial = await trialBalance(store, county.auditor, county.bookId, query);
                const before = seen.filter((each) => from !== undefined && each.effectiveDate < from);
                for (const row of trial.rows) {
                  const subject = detail === 'subject' ? row.subject : undefined;
                  const layer = row.layer as Layer;
                  t.equal(row.opening, formatYuan(naive(before, row.fundId, layer, subject)), 'opening');
                  t.equal(row.closing, formatYuan(naive(seen, row.fundId, layer, subject)), 'closing');
                  t.equal(
                    parseYuan(row.opening) + parseYuan(row.in) - parseYuan(row.out),
                    parseYuan(row.closing),
                  );
                  t.ok(parseYuan(row.in) >= 0n && parseYuan(row.out) >= 0n);
                }
                t.ok(trial.funds.every((fund) => fund.isBalanced));
                t.ok(trial.checks.every((check) => check.isHeld));
                const isNow = asOf === undefined && recordedUntil === undefined;
                if (isNow) t.equal(trial.checks.length, 2, 'now: compared with the kept balances');
                const wanted = (Object.keys(LAYER_LABELS) as Layer[]).filter((layer) =>
                  seen.some(
                    ({ fundId, from: out, to }) => fundId === first && [out.layer, to.layer].includes(layer),
                  ),
                );
                t.same(
                  [...new Set(trial.rows.filter((row) => row.fundId === first).map((row) => row.layer))],
                  wanted,
                  'every layer that moved, in their order',
                );
              }

            for (const layer of [undefined, 'available', 'received', 'reserved'] as const) {
              const from = day === null ? undefined : DAYS[1];
              const manyPostings = limit % 2 === 0 ? 0 : 1000;
              const query = { layer, from, until: asOf, recordedUntil, limit, manyPostings, fundId: first };
              await agreesWithReplay({ ...query, seen });
            }
          }
        },
      ),
      { numRuns: RUNS[store.engine] },
    );

    /** All pages of a fund's ledger, against the postings in order of date and recording. */
    async function agreesWithReplay(given: {
      readonly layer: 'available' | 'received' | 'reserved' | undefined;
      readonly from: string | undefined;
      readonly until: string | undefined;
      readonly recordedUntil: string | undefined;
      readonly limit: number;
      readonly fundId: string;
      readonly seen: readonly Posted[];
    }) {
      const { seen, ...query } = given;
      const { fundId, from } = query;
      const layer = query.layer ?? 'available';
      const isBefore = ({ effectiveDate }: Posted) => from !== undefined && effectiveDate < from;
      const wanted = seen
        .filter(
          (each) =>
            each.fundId === fundId &&
            !isBefore(each) &&
            (query.layer === undefined || [each.from.layer, each.to.layer].includes(layer)),
        )
        .sort(
          (a, b) =>
            a.effectiveDate.localeCompare(b.effectiveDate) || a.logIndex - b.logIndex || a.seq - b.seq,
        );
      let balanceFen = naive(seen.filter(isBefore), fundId, layer);
      const rows = [];
      let cursor: string | undefined;
      do {
        const page = await ledgerDetail(store, county.auditor, county.bookId, { ...query, cursor });
        t.equal(page.opening, formatYuan(balanceFen), 'the page opens where the one before closed');
        for (const row of page.rows) {
          balanceFen += (row.in ? parseYuan(row.in) : 0n) - (row.out ? parseYuan(row.out) : 0n);
          t.equal(row.balance, formatYuan(balanceFen));
        }
        t.equal(page.closing, formatYuan(balanceFen));
        rows.push(...page.rows);
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      t.same(
        rows.map((row) => [row.effectiveDate, row.logIndex, row.amount]),
        wanted.map((each) => [each.effectiveDate, each.logIndex, formatYuan(each.amountFen)]),
        'every posting once, in order',
      );
      t.equal(balanceFen, naive(seen, fundId, layer), 'and the end is the balance');
    }
  },
);

forEachEngine(
  'pages of a ledger show one state, and a cursor is good for its query alone',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county, neighbour } = world;
    const fundId = await openFund(world, { granted: '100.00' });
    const other = await openFund(world, { granted: '7.00' });
    const grants = await makeMoves(
      store,
      county.bookId,
      [fundId],
      [county.id, county.id],
      [0, 1, 2, 3].map((day) => ({ kind: 1, fund: 0, amount: 100, day, subject: 0 })),
    );
    t.equal(grants.length, 4);
    const query = { fundId, layer: 'available', limit: 2 } as const;
    const first = await ledgerDetail(store, county.auditor, county.bookId, query);
    const cursor = first.nextCursor as string;
    // Dated into the first page, between the pages.
    await makeMoves(
      store,
      county.bookId,
      [fundId],
      [county.id, county.id],
      [{ kind: 1, fund: 0, amount: 55_500, day: 0, subject: 0 }],
    );
    const second = await ledgerDetail(store, county.auditor, county.bookId, { ...query, cursor });
    t.equal(second.opening, first.closing);
    t.equal(second.rows.length, 2);
    const third = await ledgerDetail(store, county.auditor, county.bookId, {
      ...query,
      cursor: second.nextCursor as string,
    });
    t.equal(third.closing, '104.00', 'what came later is not on these pages');
    t.equal(third.nextCursor, null);
    const again = await ledgerDetail(store, county.auditor, county.bookId, { ...query, limit: 200 });
    t.equal(again.closing, '659.00', 'but on a new one');
    for (const [name, asked] of [
      ['another fund', { ...query, fundId: other, cursor }],
      ['another layer', { ...query, layer: 'bank', cursor }],
      ['another period', { ...query, from: '2022-01-01', cursor }],
      ['another balance', { ...query, cursor: cursor.replace(/~(\d+)~(\d+)~/, '~$19~$2~') }],
      ['no cursor at all', { ...query, cursor: 'x' }],
    ] as const)
      await refused(t, ledgerDetail(store, county.auditor, county.bookId, asked), 'validation_failed', name);
    await refused(t, ledgerDetail(store, neighbour.auditor, county.bookId, query), 'not_found');
    await refused(t, ledgerDetail(store, neighbour.auditor, neighbour.bookId, query), 'not_found');
  },
);

forEachEngine('a kept balance that was changed is found by the checks', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const fundId = await openFund(world, { granted: '100.00' });
  await store.admin
    .updateTable('account')
    .set({ balanceFen: 9_999n })
    .where('fundId', '=', fundId)
    .where('layer', '=', 'available')
    .execute();
  const usage = await usageReport(store, county.auditor, county.bookId);
  t.match(usage.checks, [{ isHeld: false, difference: '0.01' }, { isHeld: true }, { isHeld: true }]);
  const trial = await trialBalance(store, county.auditor, county.bookId);
  t.match(trial.checks, [{ isHeld: true }, { isHeld: false, difference: '0.01' }]);
});
