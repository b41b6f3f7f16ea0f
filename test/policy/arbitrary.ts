import fc from 'fast-check';
import {
  BENEFICIARY_GROUP_CODES,
  END_USERS,
  EVIDENCE_KINDS,
  GRADES,
  LEVELS,
  ORGANISATION_KINDS,
  PAYEE_TYPES,
  PRICINGS,
  PROVIDER_KINDS,
  PURPOSES,
  SERVICE_ITEM_CODES,
  SOURCE_TYPES,
} from '../../src/core/vocabulary.js';
import {
  BASE_CHARITY,
  BASE_CONTRACT,
  BASE_FUND,
  BASE_LINE,
  BASE_PAYEE,
  BASE_RELIEF_CAP,
  BASE_WAIVER,
} from '../../src/policy/baseCase.js';
import type { Facts, LineFacts } from '../../src/policy/index.js';

/** Cases of every kind, unknown facts included, at places with and without packs of their own. */
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const some = <T>(values: readonly T[], maxLength = 3) =>
  fc.uniqueArray(fc.constantFrom(...values), { maxLength });
const date = fc.constantFrom(
  '2020-02-29',
  '2020-03-01',
  '2022-07-15',
  '2023-02-07',
  '2023-02-08',
  '2024-09-05',
);
const fen = fc.bigInt({ min: 0n, max: 10_000_000_00n });

const fund = (fundId: string) =>
  fc
    .record({
      type: fc.constantFrom(...SOURCE_TYPES),
      level: fc.constantFrom(...LEVELS),
      year: fc.constantFrom(2022, 2023),
      programme: orNull(fc.constantFrom('城乡社区综合服务提能力工程', '社会工作服务体系建设试点', '其他')),
      holderKind: fc.constantFrom(...ORGANISATION_KINDS),
      declarationConfirmed: orNull(fc.boolean()),
      namedPurposes: some(PURPOSES),
      fromSurplus: fc.boolean(),
      isReliefWorkFund: fc.boolean(),
      charity: orNull(
        fc
          .record({
            raisedByQualified: orNull(fc.boolean()),
            isPublicRaising: fc.boolean(),
            serviceItems: some(SERVICE_ITEM_CODES),
            until: date,
          })
          .map((patch) => ({ ...BASE_CHARITY, ...patch })),
      ),
      reliefCap: orNull(
        fc
          .record({
            paidFen: fen,
            committedFen: fen,
            addsFen: fen,
            base: orNull(fc.constant(BASE_RELIEF_CAP.base)),
          })
          .map((patch) => ({ ...BASE_RELIEF_CAP, ...patch })),
      ),
    })
    .map((patch) => ({ ...BASE_FUND, fundId, ...patch }));

const line: fc.Arbitrary<LineFacts> = fc
  .record({
    fundId: fc.constantFrom('F1', 'F2'),
    amountFen: fen,
    economicCode: orNull(
      fc.constantFrom('301', '302', '30107', '30213', '30217', '30227', '31002', '31013', '30309'),
    ),
    serviceItem: orNull(fc.constantFrom(...SERVICE_ITEM_CODES)),
    beneficiaryGroups: orNull(some(BENEFICIARY_GROUP_CODES)),
    stationId: orNull(fc.constant('S1')),
    stationIsDeclared: orNull(fc.boolean()),
    endUser: orNull(fc.constantFrom(...END_USERS)),
    rosterCoverage: orNull(fc.constantFrom('all' as const, 'some' as const, 'none' as const)),
    evidence: some(EVIDENCE_KINDS, 6),
    matchedTerms: some(['电脑', '派遣', '装修', '转包', '审批']),
  })
  .map((patch) => ({ ...BASE_LINE, ...patch }));

const contract = fc
  .record({
    signedDate: date,
    startDate: date,
    endDate: date,
    buyerKind: fc.constantFrom(...ORGANISATION_KINDS),
    pricing: orNull(fc.constantFrom(...PRICINGS)),
    budgetCode: orNull(fc.constant('B')),
    isRenewal: fc.boolean(),
    earlierGrades: orNull(some(GRADES)),
    evidence: fc.array(fc.record({ kind: fc.constantFrom(...EVIDENCE_KINDS), date }), { maxLength: 8 }),
    evaluations: fc.array(
      fc.record({
        kind: fc.constantFrom('interim' as const, 'final' as const),
        executionYear: fc.constantFrom(1, 2, 3),
        date,
        grade: fc.constantFrom(...GRADES),
        evaluatorCreditCode: fc.constantFrom(BASE_CONTRACT.providerCreditCode, '91420100MA0000002B'),
      }),
      { maxLength: 3 },
    ),
    paidFen: fen,
    fulltimeWorkersPerStation: orNull(fc.constantFrom(1, 2, 3)),
  })
  .map((patch) => ({ ...BASE_CONTRACT, ...patch }));

const payee = fc
  .record({
    type: fc.constantFrom(...PAYEE_TYPES),
    providerKind: orNull(fc.constantFrom(...PROVIDER_KINDS)),
    hasUnsettledExit: orNull(fc.boolean()),
    blacklistings: fc.array(
      fc.record({ from: date, until: orNull(date), documentNo: fc.constant('名单1号') }),
      {
        maxLength: 2,
      },
    ),
  })
  .map((patch) => ({ ...BASE_PAYEE, ...patch }));

const waiver = fc
  .record({
    clause: fc.constantFrom('SC-03', 'YN-03', 'YN-13', 'YN-22', 'WH-04', 'SN-03', 'SC-02'),
    fundId: orNull(fc.constantFrom('F1', 'F2')),
    from: date,
    until: date,
    isRevoked: fc.boolean(),
    limitFen: orNull(fen),
  })
  .map((patch) => ({ ...BASE_WAIVER, ...patch }));

export const anyFacts: fc.Arbitrary<Facts> = fc
  .record({
    stage: fc.constantFrom(
      'contract' as const,
      'submission' as const,
      'payment' as const,
      'provider_report' as const,
    ),
    businessDate: date,
    divisionCode: fc.constantFrom('510105', '530102', '420106', '420116', '110101'),
    first: fund('F1'),
    second: fund('F2'),
    contract: orNull(contract),
    payee: orNull(payee),
    lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    waivers: fc.array(waiver, { maxLength: 2 }),
  })
  .filter(({ stage, contract }) => stage !== 'contract' || contract !== null)
  .map(({ first, second, lines, ...rest }) => ({
    ...rest,
    funds: { F1: first, F2: second },
    lines: lines.map((each, index) => ({ ...each, lineId: `L${index + 1}` })),
    allotment: null,
  }));

/** What the audit log stores and gives back: Fen as text, keys in another order. */
export const throughLog = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, part: unknown) => {
      if (typeof part === 'bigint') return part.toString();
      if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
      return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? 1 : -1)));
    }),
  );
