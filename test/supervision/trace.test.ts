import type { Test } from 'tap';
import { disburse, issueAllotment, takeIn } from '../../src/allotments/index.js';
import { applyToClaim, payClaim } from '../../src/claims/index.js';
import { signGrown } from '../../src/evidence/index.js';
import type { Actor } from '../../src/organisations/index.js';
import { clauseStatistics, type RefusalQuery, refusals, traceOf } from '../../src/supervision/index.js';
import { signing } from '../evidence/outside.js';
import {
  by,
  openClaim,
  openContract,
  openFund,
  paymentInput,
  refused,
  seedWorld,
  TODAY,
  type World,
} from '../fixture.js';
import { forEachEngine, shown } from '../helper.js';
import { serve } from '../http/service.js';
import { BOTH, claimsOf, equipment, openWaiver, type Scene, scene } from '../waivers/scene.js';

const NOW = new Date(`${TODAY}T02:00:00.000Z`);
const page = ({ store, county }: World, given: Partial<RefusalQuery> = {}, actor: Actor = county.auditor) =>
  refusals(store, actor, county.bookId, { year: 2022, limit: 50, ...given });

/** Three refusals (one for two clauses), one case waived, one reviewed, one that simply passed. */
async function cases(t: Test, stage: Scene): Promise<{ waived: string; blocked: string; both: string }> {
  const { world, fundId, otherFundId } = stage;
  const steps = claimsOf(stage);
  const waived = await steps.draft([equipment(fundId, '10.00'), equipment(fundId, '0.01', '30227')]);
  await refused(t, steps.submit(waived), 'policy_blocked');
  const waiver = await openWaiver(stage);
  await applyToClaim(world.store, by(world.stationOperator), world.county.bookId, waived, null, [waiver]);
  await steps.submit(waived);
  const blocked = await steps.draft([equipment(otherFundId, '20.00')]);
  await refused(t, steps.submit(blocked), 'policy_blocked');
  const both = await steps.draft([
    equipment(otherFundId, '30.00', BOTH),
    equipment(otherFundId, '1.00', '31101'),
  ]);
  await refused(t, steps.submit(both), 'policy_blocked');
  const reviewed = await steps.draft([equipment(fundId, '5.00', '39999')]);
  await steps.submit(reviewed);
  const plain = await steps.draft([equipment(fundId, '5.00', '30227')]);
  await steps.submit(plain);
  return { waived, blocked, both };
}

forEachEngine('refused and waived cases lead to their decisions, page by page', async (t, store) => {
  t.setTimeout(900_000);
  const stage = await scene(t, store);
  const { world } = stage;
  const { county, station } = world;
  const { waived, blocked, both } = await cases(t, stage);
  const { items, nextCursor } = await page(world);
  t.equal(nextCursor, null);
  t.match(items, [
    { kind: 'refused', subjectId: both, amount: '31.00', unitId: station.id, action: 'claim.submit' },
    { kind: 'refused', subjectId: blocked, amount: '20.00', clauses: ['AA-01'], waivers: [] },
    {
      kind: 'waived',
      subjectId: waived,
      amount: '10.01',
      clauses: ['AA-01'],
      waivers: [{ clause: 'AA-01' }],
    },
    { kind: 'refused', subjectId: waived, amount: '10.01', messages: [/./] },
  ]);
  t.equal(items.length, 4, 'what was reviewed or passed is not among them');
  t.same([...(items[0]?.clauses ?? [])].sort(), ['AA-01', 'AA-02']);
  for (const { logIndex, subjectId, kind } of items) {
    const trace = await traceOf(store, county.auditor, county.bookId, { logIndex });
    const decision = trace.decisions.find((one) => one.logIndex === logIndex);
    t.match(
      decision,
      { subjectId, decision: { outcome: kind === 'refused' ? 'block' : 'allow' } },
      'its decision',
    );
  }
  const walked: unknown[] = [];
  let cursor: string | null | undefined;
  for (let pages = 0; cursor !== null; pages += 1) {
    const next = await page(world, { limit: 1, ...(cursor ? { cursor } : {}) });
    walked.push(...next.items);
    cursor = next.nextCursor;
    t.ok(pages < 6 && next.items.length <= 1, 'it ends');
  }
  t.same(walked, items, 'page by page the same, nothing twice');
  t.same((await page(world, { clause: 'AA-02' })).items, items.slice(0, 1));
  t.same((await page(world, { clause: 'ZZ-99' })).items, []);
  t.same((await page(world, { year: 2021 })).items, []);
  await refused(t, page(world, {}, world.neighbour.auditor), 'not_found');
  await refused(t, page(world, {}, world.stationOperator), 'not_found');

  const statistics = (actor: Actor, year = 2022) =>
    clauseStatistics(store, world.packs, actor, county.bookId, { year });
  const said = await statistics(county.auditor);
  t.match(said, { decisionsCounted: 4, isCountComplete: true });
  t.match(said.items, [
    { clause: 'AA-01', blocked: 3, reviewed: 0, waived: 1, quotation: /./ },
    { clause: 'AA-02', blocked: 1, reviewed: 0, waived: 0 },
    { clause: 'AA-06', blocked: 0, reviewed: 1, waived: 0 },
  ]);
  t.same((await statistics(county.auditor, 2021)).items, []);
  await refused(t, statistics(world.neighbour.auditor), 'not_found');

  const { ask } = await serve(t, store, { packs: world.packs });
  const answer = await ask(county.auditor, 'GET', `/books/${county.bookId}/refusals?year=2022`);
  t.match(
    answer,
    { status: 200, body: { items: [{ title: '社工站服务费' }, {}, {}, {}] } },
    'titles are opened',
  );
  const counted = await ask(county.auditor, 'GET', `/books/${county.bookId}/clause-statistics?year=2022`);
  t.same(counted.body, said);
  t.equal(
    (await ask(county.auditor, 'GET', `/books/${county.bookId}/refusals?year=2022&cursor=x`)).status,
    400,
  );
});

forEachEngine(
  'an amount is followed from its 文号 to the checkpoint that covers its record',
  async (t, store) => {
    t.setTimeout(900_000);
    const world = await seedWorld(store);
    const { county, province, neighbour } = world;
    const upperFund = await openFund(world, { bureau: province, granted: '500.00' });
    const { items } = await issueAllotment(store, world.packs, by(province.finance), province.bookId, {
      fundId: upperFund,
      documentNo: '川财社〔2022〕1号',
      effectiveDate: '2022-02-01',
      documentTotal: null,
      documentRecipients: null,
      documentParts: null,
      items: [{ recipientId: county.id, amount: '400.00', parts: [] }],
    });
    const itemId = (items[0] as { id: string }).id;
    const taken = { documentNo: '收文1', effectiveDate: '2022-02-10' };
    const { fundId } = await takeIn(store, by(county.finance), county.bookId, {
      ...taken,
      kind: 'allotment',
      issueId: itemId,
    });
    const sent = await disburse(store, by(province.payer), province.bookId, {
      allotmentItemId: itemId,
      voucherNo: '拨字1',
      effectiveDate: '2022-02-11',
      amount: '400.00',
    });
    await takeIn(store, by(county.finance), county.bookId, {
      documentNo: '收款1',
      effectiveDate: '2022-02-12',
      kind: 'disbursement',
      issueId: sent.id,
    });
    const contractId = await openContract(world, [{ fundId, amount: '300.00' }]);
    const claim = await openClaim(world, 'approved', [{ fundId, amount: '120.34' }], {
      contractId,
      payeeType: 'provider',
      payeeId: world.provider.id,
      payeeName: '某社会工作服务中心',
    });
    await signGrown(store, signing(t, store).checkpoints, NOW);
    const paid = await payClaim(
      store,
      world.packs,
      by(county.payer),
      county.bookId,
      claim.id,
      paymentInput(),
    );
    const payment = paid.claim.payments[0] as { id: string; logIndex: number };

    const trace = await traceOf(store, county.auditor, county.bookId, { claimId: claim.id });
    t.match(trace.funds, [
      {
        fundId,
        bookId: county.bookId,
        documents: [],
        issues: [
          { kind: 'allotment', amount: '400.00', issueId: itemId, issueDocumentNo: '川财社〔2022〕1号' },
          { kind: 'disbursement', amount: '400.00', issueId: sent.id, issueDocumentNo: '拨字1' },
        ],
      },
    ]);
    t.equal(trace.funds.length, 1, 'the county does not read the book above');
    t.ok(trace.funds[0]?.issues.every((one) => one.isHashConfirmed && one.upperFundId === null));
    t.match(trace.contract, { id: contractId, amount: '300.00', providerName: '某社会工作服务中心' });
    t.match(trace.claim, {
      id: claim.id,
      amount: '120.34',
      paid: '120.34',
      lines: [{ fundId, amount: '120.34' }],
    });
    t.same(
      trace.decisions.map(({ action }) => action),
      ['contract.prepare', 'contract.sign', 'claim.submit', 'claim.approve', 'claim.pay'],
    );
    t.ok(trace.decisions.every(({ facts }) => Array.isArray(facts['lines'])));
    t.match(trace.payments, [
      {
        id: payment.id,
        amount: '120.34',
        postings: [{ fundId, from: 'reserved', to: 'spent', amount: '120.34' }],
      },
    ]);
    const { logSize } = await store.read
      .selectFrom('checkpoint')
      .select('size as logSize')
      .where('bookId', '=', county.bookId)
      .executeTakeFirstOrThrow();
    for (const { logIndex, checkpoint, leafHash } of trace.entries) {
      const stored = await store.read
        .selectFrom('logEntry')
        .select('leafHash')
        .where('bookId', '=', county.bookId)
        .where('logIndex', '=', logIndex)
        .executeTakeFirstOrThrow();
      t.equal(leafHash, stored.leafHash);
      t.equal(checkpoint?.size ?? null, logIndex < logSize ? logSize : null, `entry ${logIndex}`);
    }
    t.match(
      trace.entries.at(-1),
      { action: 'claim.pay', checkpoint: null },
      'not covered yet, and it says so',
    );
    const same = async (query: object) => {
      const { focus: _focus, ...rest } = await traceOf(store, county.auditor, county.bookId, query);
      return rest;
    };
    const { focus: _focus, ...rest } = trace;
    t.same(await same({ paymentId: payment.id }), rest, 'from the payment, the same trail');
    t.same(await same({ logIndex: payment.logIndex }), rest, 'from the log, the same trail');

    const fromTop = await traceOf(store, province.auditor, county.bookId, { claimId: claim.id });
    t.match(fromTop.funds, [
      { fundId: upperFund, bookId: province.bookId, documents: [{ kind: 'grant' }, { kind: 'arrival' }] },
      { fundId, issues: [{ upperFundId: upperFund }, { upperFundId: upperFund }] },
    ]);
    const intakeAt = trace.funds[0]?.issues[0]?.logIndex as number;
    const intake = await traceOf(store, county.auditor, county.bookId, { logIndex: intakeAt });
    t.match(intake, { focus: { type: 'intake' }, claim: null, contract: null, funds: [{ fundId }] });

    for (const actor of [neighbour.auditor, world.stationOperator])
      await refused(t, traceOf(store, actor, county.bookId, { claimId: claim.id }), 'not_found');
    const elsewhere = traceOf(store, neighbour.auditor, neighbour.bookId, { claimId: claim.id });
    await refused(t, elsewhere, 'not_found', 'through one’s own book neither');
    const otherPayment = traceOf(store, neighbour.auditor, neighbour.bookId, { paymentId: payment.id });
    await refused(t, otherPayment, 'not_found');
    await refused(t, traceOf(store, county.auditor, county.bookId, { logIndex: 99_999 }), 'not_found');

    const { ask } = await serve(t, store);
    const path = `/books/${county.bookId}/trace`;
    const answer = await ask(county.auditor, 'GET', `${path}?claimId=${claim.id}`);
    t.equal(answer.status, 200);
    t.same(answer.body, JSON.parse(JSON.stringify(await shown(store, trace))));
    t.equal((await ask(county.auditor, 'GET', path)).status, 400, 'one of the three');
    t.equal((await ask(county.auditor, 'GET', `${path}?claimId=${claim.id}&logIndex=1`)).status, 400);
  },
);
