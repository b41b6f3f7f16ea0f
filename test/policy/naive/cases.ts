import type fc from 'fast-check';
import { addDays } from '../../../src/core/dates.js';
import { sumFen } from '../../../src/core/money.js';
import { BENEFICIARY_GROUP_CODES, SERVICE_ITEM_CODES } from '../../../src/core/vocabulary.js';
import { BASE_CHARITY, BASE_CONTRACT, BASE_FUND, BASE_LINE } from '../../../src/policy/baseCase.js';
import type {
  AllotmentFacts,
  Facts,
  FundFacts,
  LineFacts,
  ReliefCapFacts,
} from '../../../src/policy/facts.js';
import { monthsLater } from './pack.js';
import type { Pools } from './pools.js';
import { type Day, type Raw, rawCases } from './raw.js';

/**
 * Cases of every stage, place and source, with dates and amounts on, just before and just after what the packs
 * compare them with. Each case is aimed at one rule and meets most of its scope; the rest is chance.
 */
export const casesOf = (pools: Pools): fc.Arbitrary<Facts> => rawCases(pools).map(build);

function build(raw: Raw): Facts {
  const { aim, pick, businessDate } = raw;
  const aimed = <T>(list: readonly T[], otherwise: T): T =>
    list.length > 0 ? list[pick % list.length]! : otherwise;
  const stage = raw.aims.stage ? aimed(aim.stages, raw.stage) : raw.stage;
  const divisionCode = raw.aims.place ? aimed(aim.places, raw.divisionCode) : raw.divisionCode;
  const signedDate = dayOf(raw.contract.signed, businessDate, businessDate);
  const on = (given: Day) => dayOf(given, businessDate, signedDate);

  // Ids whose code-unit order is neither that of their numbers nor the one in which they come.
  const ids = raw.isNumbered ? ['9', '10', '1f'] : ['F2', 'F10', 'F1'];
  const idOf = (place: number) => ids[place % raw.funds.length]!;
  const funds = raw.funds.map(
    ({ aimed: isAimed, ...given }, at): FundFacts => ({
      ...BASE_FUND,
      fundId: idOf(at),
      level: given.level,
      year: given.year,
      holderKind: given.holderKind,
      declarationConfirmed: given.declarationConfirmed,
      namedPurposes: given.namedPurposes,
      fromSurplus: given.fromSurplus,
      isReliefWorkFund: given.isReliefWorkFund,
      type: isAimed ? aimed(aim.sources, given.type) : given.type,
      programme:
        raw.aims.programme && given.programme !== null
          ? aimed(aim.programmes, given.programme)
          : given.programme,
      charity: given.charity && {
        ...BASE_CHARITY,
        agreementNo: given.charity.agreementNo,
        filingNo: given.charity.filingNo,
        raisedByQualified: given.charity.raisedByQualified,
        isPublicRaising: given.charity.isPublicRaising,
        serviceItems: given.charity.isWide ? SERVICE_ITEM_CODES : given.charity.serviceItems,
        beneficiaryGroups: given.charity.isWide ? BENEFICIARY_GROUP_CODES : given.charity.beneficiaryGroups,
        areas: given.charity.areas,
        from: given.charity.hasPeriod ? '1999-01-01' : on(given.charity.from),
        until: given.charity.hasPeriod ? '2030-12-31' : on(given.charity.until),
        consents: given.charity.consents.map((each, index) => ({
          ...each,
          consentId: `T${index + 1}`,
          from: on(each.from),
          extendsUntil: each.extendsUntil && on(each.extendsUntil),
        })),
      },
      reliefCap: given.reliefCap && capOf(given.reliefCap, given.year),
    }),
  );
  const lines = raw.lines.map(
    ({ fund: place, aimed: at, ...given }, index): LineFacts => ({
      ...BASE_LINE,
      ...given,
      lineId: `L${index + 1}`,
      fundId: idOf(place),
      economicCode: at.code ? aimed(aim.codes, given.economicCode) : given.economicCode,
      serviceItem: at.item
        ? aimed(aim.items as LineFacts['serviceItem'][], given.serviceItem)
        : given.serviceItem,
      endUser: at.endUser ? aimed(aim.endUsers as LineFacts['endUser'][], given.endUser) : given.endUser,
    }),
  );
  const drawnFen = (fundId: string | null) =>
    sumFen(
      lines.filter((each) => fundId === null || each.fundId === fundId).map(({ amountFen }) => amountFen),
    );

  const isDirect = aim.isDirect && raw.aims.channel;
  const terms = stage === 'contract' || (raw.contract.isThere && !isDirect) ? raw.contract : null;
  const startDate =
    terms && addDays(terms.startDay ?? monthsLater(businessDate, -terms.startMonths), terms.startOff);
  return {
    stage,
    businessDate,
    divisionCode,
    funds: Object.fromEntries((raw.turned ? [...funds].reverse() : funds).map((each) => [each.fundId, each])),
    contract: terms && {
      ...BASE_CONTRACT,
      signedDate,
      startDate: startDate!,
      endDate: addDays(monthsLater(startDate!, terms.months), terms.endOff),
      buyerKind: terms.buyerKind,
      pricing: terms.pricing,
      budgetCode: terms.budgetCode,
      isRenewal: terms.isRenewal,
      earlierGrades: terms.earlierGrades,
      evidence: terms.evidence.map(({ kind, day }) => ({ kind, date: on(day) })),
      evaluations: [
        ...[1, 2, 3].slice(0, terms.evaluatedYears).map((executionYear) => ({
          kind: 'interim' as const,
          executionYear,
          date: startDate!,
          grade: 'good' as const,
          evaluatorCreditCode: '91420100MA0000002B',
        })),
        ...terms.evaluations.map(({ day, ...each }) => ({ ...each, date: on(day) })),
      ],
      unitLabourCostFen: terms.unitLabourCostFen,
      certifiedWorkersPerStation: terms.certifiedWorkersPerStation,
      fulltimeWorkersPerStation: terms.fulltimeWorkersPerStation,
      amountFen: terms.amountFen,
      paidFen: terms.isNearlyPaid
        ? atLeast0(terms.amountFen - drawnFen(null) + terms.paidOff)
        : terms.paidFen,
    },
    payee: raw.payee && {
      ...raw.payee,
      blacklistings: raw.payee.blacklistings.map(({ from, until }) => ({
        from: on(from),
        until: until && on(until),
        documentNo: '名单1号',
      })),
    },
    lines,
    allotment: stage === 'allotment' ? tableOf(raw.allotment, idOf(raw.allotment.fund)) : null,
    waivers: raw.waivers.map((given, at) => {
      const fundId = given.fund === null ? null : idOf(given.fund);
      const { limit, usedFen } = given;
      const edgeFen = limit && atLeast0(usedFen + drawnFen(fundId) + limit.off);
      return {
        waiverId: `W${at + 1}`,
        documentNo: '测民例〔2023〕1号',
        clause: given.isAimed ? aim.clause : given.clause,
        fundId,
        from: given.holds ? '1999-01-01' : on(given.from),
        until: given.holds ? '2030-12-31' : on(given.until),
        isRevoked: given.isRevoked,
        limitFen: limit && (limit.isEdge ? edgeFen : limit.limitFen),
        usedFen,
      };
    }),
  };
}

const dayOf = (given: Day, businessDate: string, signedDate: string): string =>
  given.from === 'any' ? given.any : addDays(given.from === 'signed' ? signedDate : businessDate, given.off);

const atLeast0 = (amount: bigint): bigint => (amount > 0n ? amount : 0n);

function capOf(raw: NonNullable<Raw['funds'][number]['reliefCap']>, year: number): ReliefCapFacts {
  const { isThisYear, base, lastFinal, edge, isOfSplit, off, ...given } = raw;
  const parts = isOfSplit ? base?.split?.slice(0, 2) : undefined;
  const wholeFen = parts ? sumFen(parts.map(({ amountFen }) => amountFen)) : base?.amountFen;
  const isEdge = wholeFen !== undefined && edge !== null;
  const before = isEdge ? (wholeFen * edge) / 100n - given.addsFen + off : null;
  const paidFen = before === null ? given.paidFen : atLeast0(before - given.committedFen);
  const committedFen = before === null ? given.committedFen : atLeast0(before - paidFen);
  return {
    ...given,
    year: isThisYear ? year : year - 1,
    base: base && { ...base, documentNo: '测民〔2023〕9号' },
    lastFinal:
      base === null && lastFinal ? { ...lastFinal, basis: 'final', documentNo: '测民决〔2023〕1号' } : null,
    paidFen,
    committedFen,
  };
}

function tableOf(raw: Raw['allotment'], fundId: string): AllotmentFacts {
  const recipients = raw.recipients.map(({ organisationKind, partsFen, off }) => ({
    organisationKind,
    partsFen,
    amountFen: atLeast0(sumFen(partsFen) + off),
  }));
  const totalFen = sumFen(recipients.map(({ amountFen }) => amountFen));
  const parts = recipients.flatMap(({ partsFen }) => partsFen).length;
  return {
    fundId,
    documentTotalFen: raw.total === null ? null : atLeast0(totalFen + raw.total),
    documentRecipients: raw.count === null ? null : recipients.length + raw.count,
    documentParts: raw.parts === null ? null : parts + raw.parts,
    recipients,
  };
}
