import { sql } from 'kysely';
import { t as root } from 'tap';
import { fill } from '../../migrations/0022_spending_months.js';
import {
  editClaim,
  getClaim,
  payClaim,
  refundClaim,
  returnClaim,
  reversePayment,
} from '../../src/claims/index.js';
import { addDays, daysBetween } from '../../src/core/dates.js';
import { formatYuan, sumFen } from '../../src/core/money.js';
import type { Store } from '../../src/db/store.js';
import { EXPENDITURE_LABELS, type ExpenditureDimension, expenditureBy } from '../../src/reports/index.js';
import { draws } from '../claims/list-scene.js';
import {
  by,
  claimInput,
  nextNo,
  openClaim,
  openContract,
  openFund,
  paymentInput,
  seedWorld,
  TODAY,
  verifyClean,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';

root.setTimeout(900_000);

/** Every share of every payment with its line and claim, one after another. */
async function sharesIn(store: Store) {
  const all = async <Name extends 'claim' | 'spendingLine' | 'contract'>(name: Name) =>
    new Map(
      (
        (await store.read
          .selectFrom(name as 'claim')
          .selectAll()
          .execute()) as { id: string }[]
      ).map((row) => [row.id, row as Record<string, unknown>]),
    );
  const [claims, lines, contracts] = [await all('claim'), await all('spendingLine'), await all('contract')];
  const shares = [];
  for (const payment of await store.read.selectFrom('payment').selectAll().execute())
    for (const [lineId, fen] of JSON.parse(payment.lines) as [string, string][]) {
      const [line, claim] = [lines.get(lineId), claims.get(payment.claimId)];
      if (!line || !claim) continue;
      const netFen = payment.kind === 'payment' ? BigInt(fen) : -BigInt(fen);
      const { providerId = null } = contracts.get(claim['contractId'] as string) ?? {};
      shares.push({ day: payment.effectiveDate, line, claim, providerId, netFen });
    }
  return shares;
}
type Share = Awaited<ReturnType<typeof sharesIn>>[number];

const KEYS: Readonly<Record<Exclude<ExpenditureDimension, 'month'>, (share: Share) => unknown>> = {
  economic_class: ({ line }) => (line['economicCode'] as string | null)?.slice(0, 3),
  economic_item: ({ line }) => line['economicCode'],
  station: ({ line }) => line['stationId'],
  unit: ({ claim }) => claim['organisationId'],
  provider: ({ claim, providerId }) =>
    claim['contractId'] ? providerId : claim['payeeType'] === 'provider' ? claim['payeeId'] : null,
  service_item: ({ line }) => line['serviceItem'],
};
const DIMENSIONS = Object.keys(EXPENDITURE_LABELS) as ExpenditureDimension[];
const keyOf = (dimension: ExpenditureDimension, share: Share) =>
  String((dimension === 'month' ? share.day.slice(0, 7) : KEYS[dimension](share)) ?? '');

function naive(shares: readonly Share[], dimension: ExpenditureDimension) {
  const amounts = new Map<string, bigint>();
  for (const share of shares) {
    const key = keyOf(dimension, share);
    amounts.set(key, (amounts.get(key) ?? 0n) + share.netFen);
  }
  const spent = [...amounts].filter(([, fen]) => fen !== 0n).map(([key, fen]) => [key, formatYuan(fen)]);
  return Object.fromEntries(spent);
}

const COLUMNS = ['organisationId', 'stationId', 'economicCode', 'serviceItem', 'contractId', 'payeeType'];

async function sumsOf(store: Store) {
  const sums: Record<string, [shares: number, netFen: bigint]> = {};
  for (const { line, claim, day, netFen } of await sharesIn(store)) {
    const joined: Record<string, unknown> = { ...line, ...claim, month: day.slice(0, 7) };
    const key = ['fundId', 'month', ...COLUMNS, 'payeeId'].map((name) => joined[name] ?? '').join('/');
    const [shares, fen] = sums[key] ?? [0, 0n];
    sums[key] = [shares + 1, fen + netFen];
  }
  return sums;
}

async function kept(store: Store) {
  const rows = await store.read.selectFrom('spendingMonth').selectAll().execute();
  const found = rows.map(({ shares, netFen, ...keys }) => {
    const joined: Record<string, unknown> = keys;
    return [
      ['fundId', 'month', ...COLUMNS, 'payeeId'].map((name) => joined[name]).join('/'),
      [shares, netFen],
    ];
  });
  return Object.fromEntries(found);
}

const [FIRST, LAST] = ['2020-06-01', TODAY] as const;

forEachEngine('支出 between any two days is that of the payments of these days', async (t, store) => {
  const world = await seedWorld(store);
  const { county, provider, station, office, packs } = world;
  const { bookId } = county;
  const { below: random, of: one } = draws(20220731);
  const funds: string[] = [];
  for (const year of [2022, 2022, 2021])
    funds.push(await openFund(world, { granted: '90000.00', received: '90000.00', fund: { year } }));
  const contractId = await openContract(world, [{ fundId: funds[0] as string, amount: '50000.00' }]);
  const anyDay = (after: string = FIRST) => addDays(after, random(daysBetween(after, LAST) + 1));
  const agrees = async (step: string) => t.strictSame(await kept(store), await sumsOf(store), step);
  const line = (fundId = one(funds)) => ({
    fundId,
    amount: `${1 + random(80)}.${10 + random(90)}`,
    stationId: one([station.id, office.id, undefined]),
    economicCode: one(['30201', '30227', '30299', null]),
    serviceItem: one(['office_running', 'station_service', null] as const),
  });

  for (let n = 0; n < 14; n += 1) {
    const payee = [
      { contractId, payeeType: 'provider', payeeId: provider.id } as const,
      { payeeType: 'individual', payeeId: null, payeeName: '张三' } as const,
      { payeeType: 'supplier', payeeId: null, payeeName: '某文具店' } as const,
    ][n % 3];
    const lines = Array.from({ length: 1 + (n % 3) }, () => line(n % 3 === 0 ? funds[0] : undefined));
    const businessDate = FIRST;
    const { id, lines: made } = await openClaim(world, 'approved', lines, { businessDate, ...payee });
    const day = anyDay();
    // In two parts, the second perhaps in another month.
    const part = { lines: [{ lineId: made[0]?.id as string, amount: '0.51' }], effectiveDate: day };
    await payClaim(store, packs, by(county.payer), bookId, id, paymentInput(part));
    const rest = paymentInput({ effectiveDate: one([day, anyDay(day)]) });
    const { claim } = await payClaim(store, packs, by(county.payer), bookId, id, rest);
    const later = one([rest.effectiveDate, anyDay(rest.effectiveDate)]);
    if (n % 3 === 1)
      await refundClaim(store, by(county.payer), bookId, id, {
        voucherNo: nextNo('退字'),
        effectiveDate: later,
        note: null,
        amount: '0.77',
      });
    if (n % 3 === 2) {
      const paymentId = claim.payments.at(-1)?.id as string;
      const reversal = { ...paymentInput({ effectiveDate: later }), paymentId };
      await reversePayment(store, by(county.finance), bookId, id, reversal);
    }
    await agrees(`claim ${n}`);
  }

  const shares = await sharesIn(store);
  const months = new Set(shares.map(({ day }) => day.slice(0, 7)));
  t.ok(
    months.size > 8 && shares.some(({ netFen }) => netFen < 0n),
    'spread over many months, some of it given back',
  );
  const ofFunds = (period: { from?: string; until?: string }, fundId?: string) =>
    shares.filter(
      ({ day, line: { fundId: own } }) =>
        day >= (period.from ?? FIRST) && day <= (period.until ?? '9999') && (!fundId || own === fundId),
    );
  const compare = async (dimension: ExpenditureDimension, period: { from?: string; until?: string }) => {
    const fundId = one([undefined, undefined, ...funds]);
    const asked = { by: dimension, ...period, fundId };
    const report = await expenditureBy(store, county.auditor, bookId, asked);
    const own = ofFunds(period, fundId);
    const name = `${dimension} ${period.from ?? ''}…${period.until ?? ''}`;
    t.strictSame(
      Object.fromEntries(report.rows.map(({ key, amount }) => [key, amount])),
      naive(own, dimension),
      name,
    );
    t.equal(report.total, formatYuan(sumFen(own.map(({ netFen }) => netFen))), name);
    t.ok(
      report.checks.every(({ isHeld }) => isHeld),
      name,
    );
  };
  // The days at which something moved are those where a span is easily wrong by one.
  const edges = shares.flatMap(({ day }) => [
    day,
    addDays(day, 1),
    addDays(day, -1),
    `${day.slice(0, 7)}-01`,
  ]);
  for (let n = 0; n < 90; n += 1) {
    const [a, b] = [one(edges), one(edges)].sort() as [string, string];
    const within = one(edges);
    const end = addDays(`${within.slice(0, 7)}-01`, 15 + random(13));
    const periods = [
      { from: a, until: b },
      { from: a },
      { until: b },
      { from: within, until: within },
      { from: `${within.slice(0, 7)}-0${1 + random(4)}`, until: end },
      { from: b, until: a },
    ];
    await compare(DIMENSIONS[n % DIMENSIONS.length] as ExpenditureDimension, one(periods));
  }
  for (const dimension of DIMENSIONS) {
    await compare(dimension, { from: '2021-01-01', until: '2021-12-31' });
    await compare(dimension, { from: '2020-07-02', until: '2022-03-29' });
    await compare(dimension, { from: '0001-01-01', until: '9999-12-31' });
  }

  // Paid by mistake, reversed in a later month, returned and filled in anew: its payments have no lines any more.
  const wrong = await openClaim(world, 'approved', [line(), line()], {
    payeeType: 'individual',
    payeeId: null,
    payeeName: '张三',
    businessDate: FIRST,
  });
  const paid = paymentInput({ effectiveDate: '2022-03-20' });
  const { claim } = await payClaim(store, packs, by(county.payer), bookId, wrong.id, paid);
  const reversal = {
    ...paymentInput({ effectiveDate: '2022-06-02' }),
    paymentId: claim.payments[0]?.id as string,
  };
  await reversePayment(store, by(county.finance), bookId, wrong.id, reversal);
  await agrees('reversed in a later month');
  const before = Object.keys(await kept(store)).length;
  await returnClaim(store, by(world.stationReviewer), bookId, wrong.id, null, { note: '不符' });
  await agrees('returned');
  const { version } = await getClaim(store, county.auditor, bookId, wrong.id);
  const anew = claimInput(station.id, [line()]);
  await editClaim(store, by(world.stationOperator), bookId, wrong.id, version, anew);
  await agrees('filled in anew');
  t.ok(Object.keys(await kept(store)).length < before, 'and leaves no row behind');
  await verifyClean(t, world);

  const rows = await kept(store);
  await sql`delete from "spendingMonth"`.execute(store.admin);
  await sql.raw(fill(store.engine)).execute(store.admin);
  t.strictSame(await kept(store), rows, 'what is there already is summed as what comes later');
});
