import fc from 'fast-check';
import t from 'tap';
import { decide, explainDecision, isBetter, loadPacks, tryWays } from '../../src/policy/index.js';
import { buildFacts } from '../../src/policy/packTests.js';
import { anyFacts } from './arbitrary.js';

const packs = loadPacks();
const trialsOf = (...patches: readonly Readonly<Record<string, unknown>>[]) => {
  const facts = buildFacts(...patches);
  return tryWays(packs, facts, decide(packs, facts));
};
const YUNNAN = { divisionCode: '530102' };
const relief = {
  ...YUNNAN,
  stage: 'contract',
  contract: {},
  line: { serviceItem: 'relief_care', beneficiaryGroups: ['subsistence_allowance'], rosterCoverage: 'all' },
};

t.test('a smaller amount is the room under the cap, to the 分', async (t) => {
  const fund = (paidYuan: string) => ({
    type: 'social_relief',
    reliefCap: {
      base: { amountYuan: '1000000', basis: 'estimate', documentNo: '测1' },
      paidYuan,
      addsYuan: '10000',
    },
  });
  const over = trialsOf(relief, { fund: fund('49999.99') });
  t.match(over, [{ kind: 'smaller_amount', fundId: 'F1', amountFen: 1n }]);
  t.notOk(
    trialsOf(relief, { fund: fund('50000') }).some(({ kind }) => kind === 'smaller_amount'),
    'no room, no smaller amount',
  );
});

t.test('lines at fault may be left out, unless nothing would be left', async (t) => {
  const lottery = { ...YUNNAN, fund: { type: 'welfare_lottery', level: 'county' } };
  const bad = { beneficiaryGroups: ['general_public'] };
  t.match(trialsOf(lottery, { lines: [{}, bad] }), [
    { kind: 'without_lines', lineIds: ['L2'], outcome: 'allow' },
  ]);
  t.notOk(trialsOf(lottery, { lines: [bad] }).some(({ kind }) => kind === 'without_lines'));
});

t.test('documents are tried where they are asked for', async (t) => {
  const equipment = {
    economicCode: '31002',
    serviceItem: 'equipment',
    endUser: 'station',
    evidence: ['invoice'],
  };
  const trials = trialsOf(
    { ...YUNNAN, stage: 'payment', fund: { type: 'welfare_lottery', level: 'county' } },
    { lines: [equipment] },
  );
  t.ok(trials.some((trial) => trial.kind === 'evidence' && trial.evidence.includes('asset_card')));
});

t.test(
  'every way told betters the outcome, none is told where nothing stops, and all is explained',
  async (t) => {
    let told = 0;
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decision = decide(packs, facts);
        const trials = tryWays(packs, facts, decision);
        told += trials.length;
        if (decision.outcome === 'allow' && trials.length > 0) return false;
        const paragraphs = explainDecision(packs, facts, decision);
        if (paragraphs.length !== decision.reasons.length + 1) return false;
        if (paragraphs.some((text) => /undefined|null|NaN|第 0 行/.test(text))) return false;
        return trials.every(({ outcome }) => isBetter(outcome, decision.outcome));
      }),
      { numRuns: 500 },
    );
    t.ok(told > 50, `${told} ways`);
  },
);
