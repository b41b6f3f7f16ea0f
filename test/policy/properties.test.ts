import fc from 'fast-check';
import t from 'tap';
import { decide, type Effect, type Facts, loadPacks, reviveFacts, sourceOf } from '../../src/policy/index.js';
import { buildFacts } from '../../src/policy/packTests.js';
import { anyFacts, throughLog } from './arbitrary.js';

const packs = loadPacks();
const WEIGHT: Record<Effect, number> = { block: 0, review: 1, warn: 2, pass: 3 };

t.test(
  'a decision is the same when made again, from the log, and with evidence in another order',
  async (t) => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decision = decide(packs, facts);
        const turned: Facts = {
          ...facts,
          contract: facts.contract && {
            ...facts.contract,
            evidence: [...facts.contract.evidence].reverse(),
            evaluations: [...facts.contract.evaluations].reverse(),
          },
          payee: facts.payee && { ...facts.payee, blacklistings: [...facts.payee.blacklistings].reverse() },
          lines: facts.lines.map((line) => ({
            ...line,
            evidence: [...line.evidence].reverse(),
            matchedTerms: [...line.matchedTerms].reverse(),
            beneficiaryGroups: line.beneficiaryGroups && [...line.beneficiaryGroups].reverse(),
          })),
        };
        t.strictSame(decide(packs, facts), decision);
        t.strictSame(decide(packs, turned), decision);
        t.strictSame(decide(packs, reviveFacts(throughLog(facts))), decision);
      }),
      { numRuns: 300 },
    );
  },
);

t.test('what stops a case says why, in whose words, and what would let it pass', async (t) => {
  const quotations = new Set(packs.packs.flatMap((pack) => pack.clauses.map(({ quotation }) => quotation)));
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { outcome, reasons } = decide(packs, facts);
      for (const reason of reasons) {
        if (!quotations.has(reason.quotation)) t.fail(`${reason.rule} quotes what no pack has`);
        if (!/[\u4e00-\u9fff]/.test(reason.message) || /undefined|null|NaN|\[object/.test(reason.message)) {
          t.fail(`${reason.rule}: ${reason.message}`);
        }
        if (WEIGHT[reason.effect] <= WEIGHT.review && reason.remedies.length === 0) {
          t.fail(`${reason.rule} offers no remedy`);
        }
        if (!reason.isSourceVerified && WEIGHT[reason.effect] < WEIGHT.warn) {
          t.fail(`${reason.rule} stops a case on an unverified source`);
        }
      }
      const weights = reasons.map(({ effect }) => WEIGHT[effect]);
      t.same(weights, [...weights].sort());
      const strongest = weights[0] ?? WEIGHT.pass;
      t.equal(outcome, strongest === 0 ? 'block' : strongest === 1 ? 'review' : 'allow');
    }),
    { numRuns: 500 },
  );
  t.pass('held');
});

t.test('a clause that was only remembered never does more than warn', async (t) => {
  const remembered = packs.packs.flatMap((pack) =>
    pack.rules.filter((rule) => {
      const clause = pack.clauses.find(({ id }) => id === rule.clause)!;
      return sourceOf(pack, clause).grade === 'remembered';
    }),
  );
  t.ok(remembered.length > 0);
  const facts = buildFacts({
    stage: 'contract',
    divisionCode: '430102',
    contract: {},
    fund: { type: 'social_relief' },
    line: { serviceItem: 'other', matchedTerms: ['转包'], beneficiaryGroups: ['extreme_poverty'] },
  });
  const reasons = decide(packs, facts).reasons.filter(({ isSourceVerified }) => !isSourceVerified);
  t.same(reasons.map(({ rule }) => rule).sort(), remembered.map(({ id }) => id).sort());
  for (const reason of reasons) {
    t.match(reason, { effect: 'warn', severity: 'warn' });
    t.match(reason.message, /依据待核/);
  }
});

/** Facts that may be null because they are unknown; a null contract is known: there is none. */
const UNKNOWABLE = {
  line: [
    'economicCode',
    'serviceItem',
    'beneficiaryGroups',
    'stationId',
    'stationIsDeclared',
    'endUser',
    'rosterCoverage',
  ],
  contract: ['pricing', 'earlierGrades'],
  payee: ['providerKind', 'hasUnsettledExit'],
  fund: ['programme', 'declarationConfirmed', 'charity', 'reliefCap'],
  allotment: ['documentTotalFen', 'documentRecipients', 'documentParts'],
};

t.test('forgetting a fact never lets a refused case pass', async (t) => {
  let tried = 0;
  for (const pack of packs.packs) {
    for (const test of pack.tests) {
      if (test.expect.outcome !== 'block') continue;
      const facts = buildFacts(pack.testBase, test.facts);
      const forgetting: [string, Facts][] = [
        ...UNKNOWABLE.line.map((key): [string, Facts] => [
          key,
          { ...facts, lines: facts.lines.map((line) => ({ ...line, [key]: null })) },
        ]),
        ...UNKNOWABLE.fund.map((key): [string, Facts] => [
          key,
          {
            ...facts,
            funds: Object.fromEntries(
              Object.entries(facts.funds).map(([id, fund]) => [id, { ...fund, [key]: null }]),
            ),
          },
        ]),
        ...UNKNOWABLE.payee.map((key): [string, Facts] => [
          key,
          { ...facts, payee: facts.payee && { ...facts.payee, [key]: null } },
        ]),
        ...UNKNOWABLE.contract.map((key): [string, Facts] => [
          key,
          { ...facts, contract: facts.contract && { ...facts.contract, [key]: null } },
        ]),
        ...UNKNOWABLE.allotment.map((key): [string, Facts] => [
          key,
          { ...facts, allotment: facts.allotment && { ...facts.allotment, [key]: null } },
        ]),
        ['payee', { ...facts, payee: null }],
      ];
      for (const [key, forgotten] of forgetting) {
        tried += 1;
        const { outcome } = decide(packs, forgotten);
        if (outcome === 'allow') t.fail(`${pack.document.id} ${test.name}: allowed once ${key} is unknown`);
      }
    }
  }
  t.ok(tried > 500, `${tried} forgotten facts`);
});

t.test('the more is unknown, the less is passed over: nothing known asks for everything', async (t) => {
  const facts = buildFacts({
    divisionCode: '530102',
    fund: { type: 'welfare_lottery' },
    line: { economicCode: null, serviceItem: null, beneficiaryGroups: null, endUser: null },
  });
  const { outcome, reasons } = decide(packs, facts);
  t.equal(outcome, 'review');
  const rules = reasons.map(({ rule }) => rule);
  for (const rule of ['YN-01.stated', 'YN-03.bureau', 'YN-03.purpose', 'YN-03.running']) {
    t.ok(rules.includes(rule), rule);
  }
});
