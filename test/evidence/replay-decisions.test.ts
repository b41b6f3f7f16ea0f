import { DecisionReplayer, keepPacks, loggedDecisions, readPolicyHistory } from '../../src/evidence/index.js';
import {
  Backtest,
  type Facts,
  loadPacks,
  parsePack,
  type RecordedCase,
  withPack,
} from '../../src/policy/index.js';
import { openClaim, openFund, refused, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { serve } from '../http/service.js';
import { packText } from '../policy/pack-text.js';

const NOW = new Date('2022-07-01T00:00:00.000Z');
const packs = loadPacks();
const REVIEWED = `  - { id: AA-01.look, clause: AA-01, kind: manual_review, severity: review,
      scope: { sources: any, stages: [submission] }, codes: ["301", "302", "303", "399"], because: 新文件要求逐笔复核 }`;
const after = withPack(packs, parsePack('stricter.yaml', Buffer.from(packText([REVIEWED]))));

forEachEngine('decisions on record, made again and judged by other packs', async (t, store) => {
  const world = await seedWorld(store, { packs });
  await keepPacks(store, packs, NOW);
  const fundId = await openFund(world, { granted: '100.00' });
  for (const amount of ['20.00', '30.00']) await openClaim(world, 'submitted', [{ fundId, amount }]);
  await refused(t, openClaim(world, 'submitted', [{ fundId, amount: '9999.00' }]), 'insufficient_balance');
  const { bookId } = world.county;
  const cases: RecordedCase[] = [];
  for await (const one of loggedDecisions(store.read, bookId)) cases.push(one);
  t.ok(cases.length >= 2);
  const part: RecordedCase[] = [];
  const until = cases[1]!.logIndex;
  for await (const one of loggedDecisions(store.read, bookId, { from: 1, until })) part.push(one);
  t.same(part, cases.slice(0, 1), 'from one place up to and without another');

  const history = await readPolicyHistory(store.read, after);
  const replayed = (given: readonly RecordedCase[]) => {
    const replayer = new DecisionReplayer(history);
    for (const one of given) replayer.add(one);
    return replayer.result();
  };
  t.same(replayed(cases), {
    decisions: cases.length,
    same: cases.length,
    different: 0,
    unjudged: [],
    differences: [],
  });
  const [first, second] = cases as [RecordedCase, RecordedCase];
  const forged = { ...first, decision: { ...first.decision, outcome: 'block' as const } };
  const contrary = { ...second, facts: { ...second.facts, funds: {} } as Facts };
  const old = { ...second, decision: { ...second.decision, engine: 'policy/1' } };
  t.match(replayed([forged, contrary, old, second]), {
    decisions: 4,
    same: 1,
    different: 2,
    unjudged: [{ reason: 'engine_unknown', what: 'policy/1', count: 1 }],
    differences: [
      { bookId, logIndex: first.logIndex, action: 'claim.submit', paths: ['outcome'] },
      { logIndex: second.logIndex, paths: [/^facts: /] },
    ],
  });

  const backtest = new Backtest(after, history);
  for (const one of cases) backtest.add(one);
  const { flips, rules, samples } = backtest.result();
  t.match(rules, [{ rule: 'AA-01.look' }]);
  t.match(flips, [{ stage: 'submission', after: 'review' }]);
  t.match(samples[0], { bookId, logIndex: first.logIndex, subjectId: first.subjectId });

  const { ask } = await serve(t, store, { packs });
  const path = `/books/${bookId}/policy/replay`;
  const whole = await ask(world.county.auditor, 'GET', path);
  t.match(whole.body, { decisions: cases.length, same: cases.length, different: 0, nextFrom: null });
  const one = await ask(world.county.auditor, 'GET', `${path}?from=0&to=${first.logIndex}`);
  t.match(one, { status: 200, body: { decisions: 1, same: 1 } });
  t.equal((await ask(world.county.payer, 'GET', path)).status, 403);
  t.equal((await ask(world.neighbour.auditor, 'GET', path)).status, 404);
  t.equal((await ask(world.county.auditor, 'GET', `${path}?from=-1`)).status, 400);
});
