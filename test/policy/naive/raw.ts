import fc from 'fast-check';
import {
  BASE_BASES,
  BASE_LEVELS,
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
} from '../../../src/core/vocabulary.js';
import { BASE_CONTRACT } from '../../../src/policy/baseCase.js';
import { STAGES } from '../../../src/policy/facts.js';
import type { Pools } from './pools.js';

const { boolean, constantFrom, integer, nat, record } = fc;
const oneOf = <T>(values: readonly T[]) => constantFrom(...values);
/** Null once in so many cases: at least two, as one leaves nothing else. */
const orNull = <T>(values: fc.Arbitrary<T>, freq = 5) => fc.option(values, { nil: null, freq });
const few = <T>(values: readonly T[], maxLength = 3) =>
  fc.array(oneOf(values), { maxLength }).map((list) => [...new Set(list)]);
/** True in so many of ten cases. */
const mostly = (often: number) => nat(9).map((digit) => digit < often);
const fen = fc
  .tuple(
    oneOf([1n, 100n, 2_000_000n, 123_457n, 5_000_000_000n, 10n ** 17n + 7n]),
    nat(4),
    integer({ min: -1, max: 1 }),
  )
  .map(([unit, times, off]) =>
    unit * BigInt(times) + BigInt(off) > 0n ? unit * BigInt(times) + BigInt(off) : 0n,
  );

/** The chance in a case: what it stands on the edge of is worked out from this in `cases.ts`. */
export function rawCases({ dates, lateDates, codes, terms, places, programmes, aims }: Pools) {
  const date = oneOf(dates);
  const day = record({
    from: oneOf(['business', 'signed', 'any'] as const),
    off: integer({ min: -1, max: 1 }),
    any: date,
  });

  const consent = record({
    from: day,
    serviceItems: few(SERVICE_ITEM_CODES, 2),
    beneficiaryGroups: few(BENEFICIARY_GROUP_CODES, 2),
    areas: few(['53', '5301', '42', '11'], 1),
    extendsUntil: orNull(day, 2),
  });
  const split = fc.uniqueArray(record({ level: oneOf(BASE_LEVELS), amountFen: fen }), {
    selector: (part) => part.level,
  });
  const base = record({ amountFen: fen, basis: oneOf(BASE_BASES), split: orNull(split, 2) });
  const fund = record({
    aimed: mostly(8),
    type: oneOf(SOURCE_TYPES),
    level: oneOf(LEVELS),
    year: oneOf([2022, 2023]),
    programme: orNull(oneOf(programmes)),
    holderKind: oneOf(ORGANISATION_KINDS),
    declarationConfirmed: orNull(boolean(), 3),
    namedPurposes: few(PURPOSES),
    fromSurplus: mostly(2),
    isReliefWorkFund: mostly(2),
    charity: orNull(
      record({
        agreementNo: orNull(oneOf(['捐协1号'])),
        filingNo: orNull(oneOf(['备案1号']), 2),
        raisedByQualified: orNull(boolean(), 2),
        isPublicRaising: boolean(),
        isWide: mostly(6),
        serviceItems: few(SERVICE_ITEM_CODES),
        beneficiaryGroups: few(BENEFICIARY_GROUP_CODES),
        areas: few(['53', '5301', '42', '51', '110101']),
        from: day,
        until: day,
        hasPeriod: mostly(6),
        consents: fc.array(consent, { maxLength: 2 }),
      }),
    ),
    reliefCap: orNull(
      record({
        isThisYear: mostly(9),
        base: orNull(base, 9),
        lastFinal: orNull(base, 2),
        paidFen: fen,
        committedFen: fen,
        addsFen: fen,
        /** Of the whole base or of what is split of it. */
        isOfSplit: boolean(),
        /** Paid stands so far from 5% or 4% of the base that this case is on its edge. */
        edge: oneOf([null, 5n, 5n, 4n]),
        off: oneOf([-1n, 0n, 1n]),
      }),
      7,
    ),
  });

  const line = record({
    fund: nat(2),
    amountFen: fen,
    economicCode: orNull(oneOf(codes)),
    serviceItem: orNull(oneOf(SERVICE_ITEM_CODES)),
    aimed: record({ item: mostly(3), code: mostly(3), endUser: mostly(5) }),
    beneficiaryGroups: orNull(few(BENEFICIARY_GROUP_CODES)),
    stationId: orNull(oneOf(['S1'])),
    stationIsDeclared: orNull(boolean()),
    endUser: orNull(oneOf(END_USERS)),
    rosterCoverage: orNull(oneOf(['all', 'some', 'none'] as const)),
    evidence: few(
      [...EVIDENCE_KINDS, 'asset_card', 'lottery_sign_photo', 'staff_roster', 'approval_document'] as const,
      5,
    ),
    matchedTerms: few(terms, 2).map((list) => list.sort()),
  });

  const contract = record({
    isThere: mostly(7),
    signed: day,
    startMonths: oneOf([0, 1, 12, 24, 36]),
    startDay: orNull(oneOf(['2020-02-29', '2021-02-28', '2023-01-31', '2024-01-31', '2024-02-29']), 2),
    startOff: integer({ min: -1, max: 1 }),
    months: oneOf([1, 11, 12, 13, 24, 36, 36, 37, 48]),
    endOff: integer({ min: -1, max: 1 }),
    buyerKind: oneOf(ORGANISATION_KINDS),
    pricing: orNull(oneOf(PRICINGS)),
    budgetCode: orNull(oneOf(['B']), 2),
    isRenewal: boolean(),
    earlierGrades: orNull(few([...GRADES, 'excellent', 'excellent'] as const, 2)),
    evidence: fc.array(
      record({
        kind: oneOf([
          'budget_approval',
          'procurement_record',
          'signed_contract',
          'supervision_record',
          ...EVIDENCE_KINDS,
        ] as const),
        day,
      }),
      { maxLength: 10 },
    ),
    /** So many years of execution were evaluated in time. */
    evaluatedYears: oneOf([0, 0, 1, 2, 3]),
    evaluations: fc.array(
      record({
        kind: oneOf(['interim', 'interim', 'final'] as const),
        executionYear: oneOf([1, 1, 2, 3, 4]),
        day,
        grade: oneOf(GRADES),
        evaluatorCreditCode: oneOf([
          BASE_CONTRACT.providerCreditCode,
          '91420100MA0000002B',
          '91420100MA0000003C',
        ]),
      }),
      { maxLength: 4 },
    ),
    unitLabourCostFen: orNull(fen),
    certifiedWorkersPerStation: orNull(nat(4)),
    fulltimeWorkersPerStation: orNull(nat(4)),
    amountFen: fen,
    paidFen: fen,
    /** Paid stands so far from the whole amount that this case is on the edge of the final payment. */
    isNearlyPaid: boolean(),
    paidOff: oneOf([-1n, 0n, 1n]),
  });

  const payee = record({
    type: oneOf(PAYEE_TYPES),
    providerKind: orNull(oneOf([...PROVIDER_KINDS, 'labour_dispatch'] as const)),
    hasUnsettledExit: orNull(boolean()),
    blacklistings: fc.array(record({ from: day, until: orNull(day, 2) }), { maxLength: 2 }),
  });

  const waiver = record({
    isAimed: mostly(7),
    clause: oneOf(aims.map((aim) => aim.clause)),
    fund: orNull(nat(2), 2),
    from: day,
    until: day,
    holds: mostly(7),
    isRevoked: mostly(1),
    limit: orNull(record({ isEdge: mostly(8), off: oneOf([-1n, 0n, 1n]), limitFen: fen }), 2),
    usedFen: fen,
  });

  const allotment = record({
    fund: nat(2),
    total: orNull(oneOf([-1n, 0n, 0n, 1n])),
    count: orNull(oneOf([-1, 0, 0, 1])),
    parts: orNull(oneOf([-1, 0, 0, 1])),
    recipients: fc.array(
      record({
        organisationKind: oneOf([...ORGANISATION_KINDS, 'bureau_county', 'bureau_prefecture'] as const),
        partsFen: fc.array(fc.oneof(fen, oneOf([1_999_999n, 2_000_000n, 2_000_001n])), { maxLength: 3 }),
        off: oneOf([0n, 0n, 0n, 1n, -1n]),
      }),
      { maxLength: 3 },
    ),
  });

  return record({
    aim: oneOf(aims),
    aims: record({ stage: mostly(9), place: mostly(9), programme: mostly(8), channel: mostly(7) }),
    pick: nat(),
    businessDate: fc.oneof(date, oneOf(lateDates), oneOf(lateDates)),
    stage: oneOf(STAGES),
    divisionCode: oneOf(places),
    funds: fc.array(fund, { minLength: 1, maxLength: 3 }),
    turned: boolean(),
    isNumbered: boolean(),
    contract,
    payee: orNull(payee),
    lines: fc.array(line, { maxLength: 3 }),
    waivers: fc.array(waiver, { maxLength: 2 }),
    allotment,
  });
}

export type Raw = ReturnType<typeof rawCases> extends fc.Arbitrary<infer T> ? T : never;
/** A date on, before or after another one of the case. */
export type Day = Raw['contract']['signed'];
