import { sql } from 'kysely';
import { t as root } from 'tap';
import { FILL } from '../../migrations/0021_spending_sums.js';
import {
  closeClaim,
  editClaim,
  getClaim,
  payClaim,
  refundClaim,
  rejectClaim,
  returnClaim,
  reversePayment,
  submitClaim,
} from '../../src/claims/index.js';
import type { Store } from '../../src/db/store.js';
import { moneyFlow } from '../../src/reports/index.js';
import { bookOverview } from '../../src/supervision/index.js';
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

const KEYS = [
  'organisationId',
  'stationId',
  'economicCode',
  'serviceItem',
  'contractId',
  'payeeType',
  'payeeId',
];
const HOLDING = ['submitted', 'reviewed', 'approved', 'partly_paid'];

/** Every line of every claim, one after another. */
async function naive(store: Store) {
  const lines = await store.read
    .selectFrom('spendingLine')
    .selectAll()
    .orderBy('ownerId')
    .orderBy('seq')
    .execute();
  const claims = new Map(
    (await store.read.selectFrom('claim').selectAll().execute()).map((one) => [one.id, one]),
  );
  const funds = new Map(
    (await store.read.selectFrom('fund').selectAll().execute()).map((one) => [one.id, one]),
  );
  const seen = new Set<string>();
  const sums = new Map<string, { lines: number; claims: number; heldFen: bigint; spentFen: bigint }>();
  const units = new Map<string, { heldFen: bigint; spentFen: bigint; claims: Set<string> }>();
  for (const line of lines) {
    const claim = claims.get(line.ownerId);
    if (line.ownerType !== 'claim' || !claim) continue;
    if (['draft', 'returned', 'rejected'].includes(claim.status)) continue;
    const joined: Record<string, unknown> = { ...line, ...claim };
    const key = [line.fundId, ...KEYS.map((name) => joined[name] ?? '')].join('/');
    const { year } = funds.get(line.fundId) as { year: number };
    const unit = line.stationId ?? claim.organisationId;
    const first = `${claim.id}/${unit}/${year}`;
    const sum = sums.get(key) ?? { lines: 0, claims: 0, heldFen: 0n, spentFen: 0n };
    const heldFen = HOLDING.includes(claim.status) ? line.amountFen - line.paidFen : 0n;
    sums.set(key, {
      lines: sum.lines + 1,
      claims: sum.claims + (seen.has(first) ? 0 : 1),
      heldFen: sum.heldFen + heldFen,
      spentFen: sum.spentFen + line.paidFen - line.refundedFen,
    });
    seen.add(first);
    const of = units.get(`${unit}/${year}`) ?? { heldFen: 0n, spentFen: 0n, claims: new Set<string>() };
    units.set(`${unit}/${year}`, {
      heldFen: of.heldFen + heldFen,
      spentFen: of.spentFen + line.paidFen - line.refundedFen,
      claims: of.claims.add(claim.id),
    });
  }
  return { sums: Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1))), units };
}

async function kept(store: Store) {
  const rows = await store.read.selectFrom('spendingSum').selectAll().execute();
  const found = rows.map(({ lines, claims, heldFen, spentFen, ...keys }) => {
    const joined: Record<string, unknown> = keys;
    const key = ['fundId', ...KEYS].map((name) => joined[name]).join('/');
    return [key, { lines, claims, heldFen, spentFen }] as const;
  });
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

forEachEngine('the sums of spending are those of the lines after every step of a claim', async (t, store) => {
  const world = await seedWorld(store);
  const { county, provider, station, office, packs } = world;
  const { bookId } = county;
  const fundId = await openFund(world, { granted: '90000.00', received: '90000.00' });
  const beside = await openFund(world, { granted: '9000.00', received: '9000.00' });
  const older = await openFund(world, { granted: '9000.00', received: '9000.00', fund: { year: 2021 } });
  const contractId = await openContract(world, [{ fundId, amount: '5000.00' }]);
  const agrees = async (step: string) => t.strictSame(await kept(store), (await naive(store)).sums, step);
  const note = { note: '不符' };

  const draft = await openClaim(world, 'draft', [{ fundId, amount: '5.00' }]);
  t.strictSame(await kept(store), {}, 'a draft is in no sum');
  // Two funds of a year and one of another, and lines that agree in everything.
  const many = await openClaim(world, 'submitted', [
    { fundId, amount: '10.00', stationId: station.id },
    { fundId, amount: '10.01', stationId: station.id },
    { fundId: beside, amount: '20.00', stationId: station.id },
    { fundId: older, amount: '30.00', stationId: station.id },
    { fundId: beside, amount: '40.00', stationId: office.id, economicCode: null, serviceItem: null },
    { fundId, amount: '0.01' },
  ]);
  await agrees('submitted');
  await returnClaim(store, by(world.stationReviewer), bookId, many.id, null, note);
  await agrees('returned');
  t.strictSame(await kept(store), {}, 'and leaves no row behind');
  const changed = claimInput(station.id, [
    { fundId, amount: '11.00', stationId: office.id },
    { fundId: beside, amount: '0.02' },
  ]);
  await editClaim(
    store,
    by(world.stationOperator),
    bookId,
    many.id,
    (await getClaim(store, county.auditor, bookId, many.id)).version,
    changed,
  );
  await submitClaim(store, packs, by(world.stationOperator), bookId, many.id, null);
  await agrees('changed and submitted again');
  await rejectClaim(store, by(world.stationReviewer), bookId, many.id, null, note);
  await agrees('rejected');

  const partly = await openClaim(
    world,
    'approved',
    [
      { fundId, amount: '100.00', stationId: station.id },
      { fundId, amount: '50.00' },
    ],
    { contractId, payeeType: 'provider', payeeId: provider.id },
  );
  const [line] = partly.lines as [(typeof partly.lines)[number]];
  const part = paymentInput({ lines: [{ lineId: line.id, amount: '60.00' }] });
  await payClaim(store, packs, by(county.payer), bookId, partly.id, part);
  await agrees('paid in part');
  const refund = { voucherNo: nextNo('退字'), effectiveDate: TODAY, note: null, amount: '7.00' };
  await refundClaim(store, by(county.payer), bookId, partly.id, refund);
  await agrees('given back in part');
  await closeClaim(store, by(county.finance), bookId, partly.id, null, note);
  await agrees('closed');

  const wrong = await openClaim(world, 'paid', [{ fundId: older, amount: '3.00' }], {
    payeeType: 'individual',
    payeeId: null,
    payeeName: '张三',
  });
  await agrees('paid');
  const reversal = { ...paymentInput(), paymentId: wrong.payments[0]?.id as string };
  await reversePayment(store, by(county.finance), bookId, wrong.id, reversal);
  await agrees('reversed');
  await openClaim(world, 'paid', [
    { fundId, amount: '8.00', stationId: station.id },
    { fundId: beside, amount: '9.00', stationId: station.id },
  ]);
  await submitClaim(store, packs, by(world.stationOperator), bookId, draft.id, null);
  await agrees('a draft submitted');

  const { units } = await naive(store);
  for (const year of [2021, 2022]) {
    const asked = { year, idleDays: 90, now: new Date(`${TODAY}T02:00:00.000Z`) };
    const shown = await bookOverview(store, packs, county.auditor, bookId, asked);
    const own = [...units].filter(([key]) => key.endsWith(`/${year}`));
    t.ok(own.length > 0, `${year} has units`);
    for (const [key, { heldFen, spentFen, claims }] of own) {
      const found = shown.units.find(({ organisationId }) => key === `${organisationId}/${year}`);
      const fen = (yuan = '') => BigInt(yuan.replace('.', ''));
      t.equal(
        found?.claims,
        claims.size,
        'a claim counts once for a unit, whichever funds of the year it draws on',
      );
      t.equal(fen(found?.held), heldFen);
      t.equal(fen(found?.spent), spentFen);
    }
  }
  t.ok((await moneyFlow(store, county.auditor, bookId)).checks.every(({ isHeld }) => isHeld));
  await verifyClean(t, world);

  const before = await kept(store);
  await sql`delete from "spendingSum"`.execute(store.admin);
  await sql.raw(FILL).execute(store.admin);
  t.strictSame(await kept(store), before, 'what is there already is summed as what comes later');
});
