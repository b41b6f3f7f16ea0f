import { BENEFICIARY_GROUP_CODES, EVIDENCE_KINDS, SERVICE_ITEM_CODES } from '../src/core/vocabulary.js';
import { BASE_CASE, BASE_FUND, BASE_LINE, BASE_RELIEF_CAP } from '../src/policy/baseCase.js';
import {
  Backtest,
  decide,
  type Facts,
  loadPacks,
  PolicyHistory,
  parsePack,
  type RecordedCase,
  withPack,
} from '../src/policy/index.js';
import { report } from './report.js';

const CLAIMS = 1_000_000;
/** Claims are drawn from so many, each with places, dates, amounts, codes, groups and evidence of its own. */
const DIFFERENT = 20_000;

const PLACES = ['510105', '510525', '530102', '532600', '420106', '110101'];
const CODES = ['30227', '30213', '30217', '31002', '30309', '302', null];
const TYPES = ['provincial_subsidy', 'welfare_lottery', 'social_relief', 'local_budget'] as const;

const RULE = `document:
  id: new-rule
  title: 回测用的新文件
  documentNo: 测〔2024〕1号
  issuer: 测试局
  date: 2020-01-01
  jurisdiction: []
  effectiveFrom: 2020-01-01
  effectiveUntil: null
  sourceSha256: null
  grade: seed
clauses:
  - { id: ZZ-01, section: 一, force: M, text: 不得列支培训费, quotation: 不得列支培训费, status: enforced }
rules:
  - id: ZZ-01.training
    clause: ZZ-01
    kind: expenditure
    scope: { sources: [provincial_subsidy], stages: [submission, payment] }
    severity: block
    verdict: denied
    codes: ["30213"]
    as: 维修
`;

/** A million recorded claims, in memory, judged by the packs with a new rule, against an empty loop over the same facts. */
export async function backtest(): Promise<void> {
  const packs = loadPacks();
  const cases = claims(packs);
  const after = withPack(packs, parsePack('new-rule.yaml', Buffer.from(RULE, 'utf8')));
  const history = new PolicyHistory(packs, { texts: new Map(), sets: [] });

  let started = performance.now();
  let lines = 0;
  for (let n = 0; n < CLAIMS; n += 1) lines += cases[n % DIFFERENT]!.facts.lines.length;
  const empty = (performance.now() - started) / 1000;
  if (lines < CLAIMS) throw new Error('no claims');

  const run = new Backtest(after, history, { revive: (facts) => facts as Facts });
  started = performance.now();
  for (let n = 0; n < CLAIMS; n += 1) run.add(cases[n % DIFFERENT]!);
  const result = run.result();
  const ours = (performance.now() - started) / 1000;
  if (result.cases !== CLAIMS || result.flipped === 0 || result.unjudged.length > 0)
    throw new Error('not what was asked');
  report(
    `backtest of a new rule (${CLAIMS} claims, ${result.flipped} flips)`,
    `${ours.toFixed(2)} s, ${Math.round(CLAIMS / ours)}/s`,
    'an empty loop over the same facts',
    `${empty.toFixed(3)} s`,
    ours / empty,
  );

  started = performance.now();
  for (let n = 0; n < CLAIMS / 10; n += 1) decide(after, cases[n % DIFFERENT]!.facts);
  const whole = ((performance.now() - started) / 1000) * 10;
  report(
    'backtest of a new rule',
    `${ours.toFixed(2)} s`,
    'decide, every rule',
    `${whole.toFixed(2)} s`,
    ours / whole,
  );
}

/** Claims as a province has them: mostly sound, some refused; seeded, so that every run has the same. */
function claims(packs: ReturnType<typeof loadPacks>): RecordedCase[] {
  let state = 42;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const of = <T>(values: readonly T[]): T => values[draw(values.length)]!;
  return Array.from({ length: DIFFERENT }, (_, n) => {
    const type = of(TYPES);
    const fund = {
      ...BASE_FUND,
      type,
      level: type === 'provincial_subsidy' ? ('provincial' as const) : ('county' as const),
      year: 2023,
      documentNo: `测财〔2023〕${draw(500)}号`,
      declarationConfirmed: draw(5) > 0,
      reliefCap: type === 'social_relief' ? { ...BASE_RELIEF_CAP, paidFen: BigInt(draw(500_000_000)) } : null,
    };
    const facts: Facts = {
      ...BASE_CASE,
      stage: draw(3) === 0 ? 'payment' : 'submission',
      businessDate: `2023-${String(1 + draw(12)).padStart(2, '0')}-${String(1 + draw(28)).padStart(2, '0')}`,
      divisionCode: of(PLACES),
      funds: { F1: fund },
      lines: Array.from({ length: 1 + draw(3) }, (_, line) => ({
        ...BASE_LINE,
        lineId: `L${line + 1}`,
        amountFen: BigInt(1 + draw(5_000_000)),
        economicCode: of(CODES),
        serviceItem: of(SERVICE_ITEM_CODES),
        beneficiaryGroups: [of(BENEFICIARY_GROUP_CODES)],
        stationIsDeclared: draw(10) > 0,
        rosterCoverage: 'all' as const,
        evidence: EVIDENCE_KINDS.filter(() => draw(2) === 0),
      })),
    };
    return {
      bookId: `book-${facts.divisionCode}`,
      logIndex: n,
      action: 'claim.submit',
      subjectId: `claim-${n}`,
      decision: decide(packs, facts),
      facts,
    };
  });
}
