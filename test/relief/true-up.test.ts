import { t as root } from 'tap';
import { createClaim, rejectClaim, reversePayment, submitClaim } from '../../src/claims/index.js';
import { closeContract, prepareContract } from '../../src/contracts/index.js';
import { decide, reviveFacts } from '../../src/policy/index.js';
import { recordTrueUp, resolveOverrun } from '../../src/relief/index.js';
import {
  by,
  claimInput,
  contractInput,
  type LineGiven,
  openClaim,
  openContract,
  openFund,
  paymentInput,
  RELIEF,
  refused,
  TODAY,
  verifyClean,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { FINAL, scene } from './scene.js';

root.setTimeout(900_000);

const LATER = '2023-03-01T02:00:00.000Z';
const TERM = { signedDate: TODAY, startDate: TODAY, endDate: '2023-07-30' };

forEachEngine(
  'a final base below what is promised: new cases stop, old ones are reviewed, the overrun is settled by postings',
  async (t, store) => {
    const world = await scene(t, store);
    const { county, packs, fundId, declare, cap, provider } = world;
    const { bookId, finance } = county;
    const line = (amount: string, of = fundId): LineGiven => ({
      fundId: of,
      amount,
      serviceItem: 'relief_care',
    });
    const at = { at: LATER };
    const later = by(finance, at);
    const trueUp = () =>
      recordTrueUp(store, packs, by(finance, at), bookId, 2022, { date: '2023-03-01', note: '决算低于预计' });
    const resolve = (lines: Parameters<typeof resolveOverrun>[4]['lines']) =>
      resolveOverrun(store, by(finance, at), bookId, 2022, { lines });

    await declare({ amount: '1000.00', declaredDate: '2022-01-20' });
    const contractId = await openContract(world, [line('30.00')], TERM);
    const paid = await openClaim(world, 'paid', [line('20.00')]);
    const earlier = await store.read
      .selectFrom('logEntry')
      .selectAll()
      .where('bookId', '=', bookId)
      .where('outcome', 'in', ['allow', 'review'])
      .orderBy('logIndex')
      .execute();
    await refused(t, trueUp(), 'final_base_missing');
    await refused(
      t,
      resolve([{ kind: 'give_back', amount: '1.00', entryId: 'x', target: null, documentNo: '一' }]),
      'true_up_missing',
    );
    t.equal((await cap(2022, TODAY)).trueUpState, 'not_due');

    await declare({ amount: '600.00', ...FINAL });
    t.match(await cap(2022, '2023-03-01'), {
      cap: '30.00',
      headroom: '0.00',
      utilisation: '166.67%',
      trueUpState: 'due',
    });
    const dated = { businessDate: '2023-03-01' };
    const onContract = { ...dated, contractId, payeeType: 'provider' as const, payeeId: provider.id };
    const attempt = async (given: object) => {
      const caller = by(world.stationOperator, at);
      const claim = await createClaim(
        store,
        caller,
        bookId,
        claimInput(world.station.id, [line('0.01')], given),
      );
      return submitClaim(store, packs, by(world.stationOperator, at), bookId, claim.id, null);
    };
    await refused(t, attempt(dated), 'policy_blocked', 'a new case');
    const old = await attempt(onContract);
    t.equal(old.decision.outcome, 'review', 'what was promised while it was within');
    await rejectClaim(store, later, bookId, old.claim.id, null, { note: '暂缓' });

    for (const entry of earlier) {
      const body = JSON.parse(entry.body);
      t.strictSame(
        JSON.parse(
          JSON.stringify(decide(packs, reviveFacts(body.facts)), (_, value) =>
            typeof value === 'bigint' ? `${value}` : value,
          ),
        ),
        body.decision,
        `decision ${entry.logIndex} is made again as it was`,
      );
    }
    t.ok(earlier.length >= 3, 'decisions were compared');

    await refused(
      t,
      recordTrueUp(store, packs, by(county.auditor, at), bookId, 2022, { date: '2023-03-01', note: 'x' }),
      'forbidden',
    );
    for (const date of ['2023-01-31', '2023-03-02'])
      await refused(
        t,
        recordTrueUp(store, packs, by(finance, at), bookId, 2022, { date, note: 'x' }),
        'true_up_date_invalid',
        date,
      );
    t.match(await trueUp(), {
      cap: '30.00',
      paid: '20.00',
      committed: '30.00',
      overrun: '20.00',
      open: '20.00',
      resolved: '0.00',
    });
    await refused(t, trueUp(), 'already_exists');
    t.match(await cap(2022, '2023-03-01'), { trueUpState: 'open', trueUps: [{ open: '20.00' }] });

    // 冲红 of the claim, whose money 本级财政 bears now.
    const payment = await store.read
      .selectFrom('payment')
      .selectAll()
      .where('claimId', '=', paid.id)
      .executeTakeFirstOrThrow();
    const step = { ...paymentInput({ effectiveDate: '2023-03-01' }), paymentId: payment.id };
    await reversePayment(store, later, bookId, paid.id, step);
    await rejectClaim(store, by(finance, at), bookId, paid.id, null, {
      note: '改由本级财政列支',
      effectiveDate: '2023-03-01',
    });
    const local = await openFund(world, { granted: '100.00' });
    const moved = await openClaim(world, 'submitted', [line('15.00', local)]);
    const entryOf = async (kind: string, subjectId: string) =>
      (
        await store.read
          .selectFrom('ledgerEntry')
          .select('id')
          .where('kind', '=', kind)
          .where('subjectId', '=', subjectId)
          .executeTakeFirstOrThrow()
      ).id;
    const out = await entryOf('claim.reject', paid.id);
    const borne = { fundId: local, entryId: await entryOf('claim.submit', moved.id) };
    t.match(
      await cap(2022, '2023-03-01'),
      { trueUpState: 'unexplained', trueUps: [{ open: '0.00', resolved: '0.00' }] },
      'no longer over, but nothing says how',
    );

    const faultsOf = async (...lines: Parameters<typeof resolve>[0]) =>
      (await refused(t, resolve(lines), 'relief_resolution_invalid'))?.options.details?.['faults'];
    const back = { kind: 'give_back', target: null, documentNo: '泸县民政〔2023〕5号' } as const;
    const move = { kind: 'move_to_source', target: borne, documentNo: '泸县民政〔2023〕6号' } as const;
    t.same(
      await faultsOf({ ...back, amount: '1.00', entryId: await entryOf('claim.submit', paid.id) }),
      ['第 1 行所列分录在校准之后移出额度的金额中只有 0.00 元可用，不足 1.00 元'],
      'a posting from before, and one that adds',
    );
    t.same(await faultsOf({ ...move, amount: '15.01', entryId: out }), [
      '第 1 行改由的资金在所列分录中只有 15.00 元可用，不足 15.01 元',
    ]);
    t.same(
      await faultsOf({ ...move, amount: '15.00', entryId: out }, { ...back, amount: '5.01', entryId: out }),
      [
        '第 2 行所列分录在校准之后移出额度的金额中只有 5.00 元可用，不足 5.01 元',
        '处理金额合计 20.01 元，超过校准时的超支 20.00 元',
      ],
    );
    t.same(
      await faultsOf(
        { ...move, amount: '1.00', entryId: out, target: null },
        { ...back, amount: '1.00', entryId: out, target: { ...borne, fundId } },
      ),
      [
        '第 1 行：“改由其他资金列支”须写明改由哪笔资金、哪笔分录列支，“退回或解除占用”不写',
        '第 2 行：“改由其他资金列支”须写明改由哪笔资金、哪笔分录列支，“退回或解除占用”不写',
        '第 2 行改由的资金仍是受 5% 限制的救助资金',
        '第 2 行改由的资金在所列分录中只有 0.00 元可用，不足 1.00 元',
      ],
    );
    const upper = await openFund(world, { bureau: world.neighbour });
    t.same(
      await faultsOf({ ...move, amount: '1.00', entryId: out, target: { fundId: upper, entryId: out } }),
      ['第 1 行的资金不在本账套'],
    );

    await refused(
      t,
      resolveOverrun(store, by(county.payer, at), bookId, 2022, {
        lines: [{ ...back, amount: '1.00', entryId: out }],
      }),
      'forbidden',
    );
    t.match(await resolve([{ ...move, amount: '15.00', entryId: out }]), { resolved: '15.00', open: '0.00' });
    t.match(
      await faultsOf({ ...move, amount: '0.01', entryId: out }),
      ['第 1 行改由的资金在所列分录中只有 0.00 元可用，不足 0.01 元'],
      'not twice',
    );
    t.match(await resolve([{ ...back, amount: '5.00', entryId: out }]), {
      resolved: '20.00',
      resolutions: [
        { kind: 'move_to_source', target: borne, subjectId: paid.id },
        { kind: 'give_back', target: null },
      ],
    });
    t.match(await cap(2022, '2023-03-01'), {
      trueUpState: 'settled',
      headroom: '0.00',
      months: [{ month: '2022-07' }, { month: '2023-03' }],
    });

    // A corrected 决算 is a new base, trued up on its own.
    await declare({ amount: '200.00', ...FINAL, declaredDate: '2023-03-01' });
    t.equal((await cap(2022, '2023-03-01')).trueUpState, 'due');
    t.match(await trueUp(), { overrun: '20.00', open: '20.00' });
    await closeContract(store, by(finance, at), bookId, contractId, {
      effectiveDate: '2023-03-01',
      version: null,
    });
    await resolve([{ ...back, amount: '20.00', entryId: await entryOf('contract.close', contractId) }]);
    t.match(await cap(2022, '2023-03-01'), { trueUpState: 'settled', paid: '0.00', committed: '0.00' });
    await verifyClean(t, world);
  },
);

forEachEngine(
  'January: no base is no limit and no freeze; last year’s final shows a size; old money keeps its year',
  async (t, store) => {
    const world = await scene(t, store);
    const { county, packs, declare, cap } = world;
    const fresh = await openFund(world, { granted: '1000.00', fund: { terms: RELIEF, year: 2023 } });
    const prepare = async (fundId: string, on: string) => {
      const input = contractInput(world, [{ fundId, amount: '45.00', serviceItem: 'relief_care' }], {
        signedDate: on,
        startDate: on,
        endDate: '2023-12-31',
      });
      return (
        await prepareContract(
          store,
          packs,
          by(county.finance, { at: `${on}T02:00:00.000Z` }),
          county.bookId,
          input,
        )
      ).decision;
    };
    await declare({ amount: '1000.00', declaredDate: '2022-01-20' });
    const bare = await prepare(fresh, '2023-01-10');
    t.equal(bare.outcome, 'review');
    t.match(
      bare.reasons,
      [
        {
          message: '没有申报 2023 年困难群众救助补助资金支出基数，无法计算购买服务上限，须经复核',
          figures: [],
        },
      ],
      'an estimate of last year shows nothing',
    );
    t.match(JSON.stringify(bare.reasons), /尚无决算时可申报预计数/, 'and says what to declare');
    t.equal((await cap(2023, '2023-01-10')).indication, null);
    t.equal(
      (await prepare(world.fundId, '2023-01-10')).outcome,
      'allow',
      'money of 2022 is held against 2022',
    );

    await declare({
      amount: '800.00',
      basis: 'final',
      documentDate: '2023-01-11',
      declaredDate: '2023-01-12',
    });
    t.match(await cap(2023, '2023-01-12'), {
      cap: null,
      indication: { year: 2022, base: '800.00', cap: '40.00', headroom: '40.00' },
    });
    const shown = await prepare(fresh, '2023-01-12');
    t.equal(shown.outcome, 'review', 'over the size it shows, and still not refused');
    t.match(
      shown.reasons[0]?.message,
      /；参考：2022 年决算基数 800.00 元的 5% 为 40.00 元，本年累计 45.00 元/,
    );
    await refused(
      t,
      prepare(world.fundId, '2023-01-12'),
      'policy_blocked',
      'money of 2022, over its final base',
    );
    await declare({ amount: '1000.00', year: 2023, declaredDate: '2023-01-13' });
    t.equal((await prepare(fresh, '2023-01-13')).outcome, 'allow');
    t.equal((await cap(2023, '2023-01-13')).indication, null);
    await verifyClean(t, world);
  },
);
