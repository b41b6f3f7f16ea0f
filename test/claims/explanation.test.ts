import { createClaim, explainClaim, previewClaim, submitClaim } from '../../src/claims/index.js';
import { loadPacks } from '../../src/policy/index.js';
import { by, claimInput, openClaim, openFund, refused, seedWorld, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';

const LOTTERY = {
  type: 'welfare_lottery' as const,
  namedPurposes: ['elderly' as const],
  announcementDue: null,
};

forEachEngine('a refusal is explained, and what is said to pass does pass', async (t, store) => {
  const packs = loadPacks();
  const world = await seedWorld(store, { packs, province: '53' });
  const { county, station, stationOperator } = world;
  const lottery = await openFund(world, { fund: { level: 'county', terms: LOTTERY } });
  const local = await openFund(world, { fund: { name: '社工站运行经费' }, granted: '5000.00' });
  await openFund(world, { fund: { name: '零钱' }, granted: '299.99' });
  const given = claimInput(station.id, [
    { fundId: lottery, amount: '100.00' },
    { fundId: lottery, amount: '300.00' },
  ]);
  const input = {
    ...given,
    lines: given.lines.map((line, index) =>
      index === 1 ? { ...line, beneficiaryGroups: ['general_public' as const] } : line,
    ),
  };
  const caller = by(stationOperator);
  const preview = await previewClaim(store, packs, caller, county.bookId, input);
  t.equal(preview.outcome, 'block');
  const { paragraphs, waysOut } = preview.explanation;
  t.match(paragraphs[0], /^结论：不能通过（禁止 1 项/);
  t.match(
    paragraphs.find((text) => text.startsWith('【禁止】')),
    /^【禁止】第 2 行：.*依据：《.+》（.+）材料一 二\(七\)，条款 YN-03“彩票公益金使用要紧扣其发行宗旨”/,
  );
  t.same(
    waysOut
      .filter(({ kind }) => kind === 'other_fund')
      .map(({ fundId, amount, outcome }) => [fundId, amount, outcome]),
    [[local, '5000.00', 'allow']],
    'the fund with room; not the one that is a 分 short',
  );
  const [way] = waysOut;
  t.match(way?.text, /第 2 行改由“社工站运行经费”（.+，本级财政.*可用 5,000\.00 元）支付：试算可以通过/);
  t.ok(waysOut.some(({ kind, outcome }) => kind === 'without_lines' && outcome === 'allow'));

  const draft = await createClaim(store, caller, county.bookId, input);
  const again = await explainClaim(store, packs, caller, county.bookId, draft.id);
  t.same(again.explanation.paragraphs, paragraphs, 'the draft is explained as its preview was');
  await refused(t, submitClaim(store, packs, caller, county.bookId, draft.id, null), 'policy_blocked');

  const moved = {
    ...input,
    lines: input.lines.map((line, index) => (index === 1 ? { ...line, fundId: local } : line)),
  };
  const second = await createClaim(store, caller, county.bookId, moved);
  const { decision } = await submitClaim(store, packs, caller, county.bookId, second.id, null);
  t.equal(decision.outcome, 'allow', 'as was promised');
  const told = await explainClaim(store, packs, caller, county.bookId, second.id);
  t.match(told.explanation.paragraphs[0], /^结论：可以通过/);
  t.same(told.explanation.waysOut, [], 'it was judged; nothing is tried any more');

  await refused(
    t,
    explainClaim(store, packs, by(world.neighbourOperator), county.bookId, draft.id),
    'not_found',
  );
  await verifyClean(t, world);
});

forEachEngine('what only asks for a look is explained too', async (t, store) => {
  const packs = loadPacks();
  const world = await seedWorld(store, { packs, province: '53' });
  const fundId = await openFund(world);
  const claim = await openClaim(world, 'draft', [{ fundId, amount: '100.00', serviceItem: null }]);
  const { explanation, outcome } = await explainClaim(
    store,
    packs,
    by(world.stationOperator),
    world.county.bookId,
    claim.id,
  );
  t.equal(outcome, 'review');
  t.match(explanation.paragraphs[0], /^结论：须经人工复核/);
  t.ok(explanation.paragraphs.some((text) => text.includes('补填服务项目')));
  t.same(
    explanation.waysOut,
    [],
    'what is missing only its maker can say; no change of the case stands for it',
  );
});
