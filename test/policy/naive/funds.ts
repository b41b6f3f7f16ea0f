import type { AllotmentFacts } from '../../../src/policy/facts.js';
import { breach, type Finding, has, type Question, review, warn } from './finding.js';
import { scaled } from './pack.js';

type FundKind = (question: Question) => readonly Finding[];

/** Kinds about a fund, in the order of the reference. */
export const FUND_KINDS: Readonly<Record<string, FundKind>> = {
  ratio_cap({ rule, facts, fund, parameter }) {
    const added = Object.values(facts.funds)
      .filter((other) => !other.isReliefWorkFund && other.year === fund.year)
      .reduce((sum, other) => sum + (other.reliefCap?.addsFen ?? 0n), 0n);
    const { reliefCap } = fund;
    if (fund.isReliefWorkFund) return [];
    if (reliefCap !== null && added === 0n && facts.contract === null) return [];
    if (reliefCap === null || reliefCap.base === null) return [review()];
    if (reliefCap.year !== fund.year) return [review()];
    const cap = parameter(rule.capParameter);
    const warnFrom = parameter(rule.warnFromParameter);
    const levels = parameter(rule.levelsParameter)?.split(',');
    if (cap === null || warnFrom === null || levels === undefined) return [review()];
    const { amountFen, split } = reliefCap.base;
    if (levels.length < 4 && split === null) return [review()];
    const base =
      levels.length === 4
        ? amountFen
        : split!.reduce((sum, part) => (levels.includes(part.level) ? sum + part.amountFen : sum), 0n);
    const before = reliefCap.paidFen + reliefCap.committedFen;
    const total = before + added;
    const million = 1_000_000n;
    const limit = (base * scaled(cap, 6)) / million;
    const room = {
      headroomFen: limit > before ? limit - before : 0n,
      headroomAfterFen: limit > total ? limit - total : 0n,
    };
    if (total * million > base * scaled(cap, 6))
      return [{ ...(added === 0n ? review() : breach()), ...room }];
    const isNear = total * million >= base * scaled(warnFrom, 6) && base > 0n;
    return [{ effect: isNear ? 'warn' : 'pass', about: '', ...room }];
  },

  contract_required: ({ facts }) => (facts.contract === null ? [breach()] : []),

  declaration_confirmed({ fund }) {
    if (fund.declarationConfirmed === null) return [review()];
    return fund.declarationConfirmed ? [] : [breach()];
  },

  fund_holder({ rule, fund }) {
    return has(rule.kinds, fund.holderKind) === (rule.verdict === 'never') ? [breach()] : [];
  },

  public_fundraising({ fund: { charity } }) {
    if (charity === null) return [review()];
    if (!charity.isPublicRaising) return [];
    if (charity.raisedByQualified === false) return [breach()];
    return charity.raisedByQualified === null || charity.filingNo === null ? [review()] : [];
  },

  surplus_money: ({ fund }) => (fund.fromSurplus ? [breach()] : []),

  allotment_sums(question) {
    const table = tableOf(question);
    if (table === null) return [];
    const { documentTotalFen, documentRecipients, documentParts, recipients } = table;
    const findings: Finding[] = [];
    const compare = (about: string, stated: bigint | number | null, counted: bigint | number) => {
      if (stated === null) findings.push(review(about));
      else if (stated !== counted) findings.push(breach(about));
    };
    compare(
      'total',
      documentTotalFen,
      recipients.reduce((sum, { amountFen }) => sum + amountFen, 0n),
    );
    compare('recipients', documentRecipients, recipients.length);
    compare('parts', documentParts, recipients.flatMap(({ partsFen }) => partsFen).length);
    const isOff = recipients.some(
      ({ amountFen, partsFen }) => partsFen.reduce((sum, part) => sum + part, 0n) !== amountFen,
    );
    if (isOff) findings.push(breach('recipient'));
    return findings;
  },

  allotment_recipient(question) {
    const { recipients = [] } = tableOf(question) ?? {};
    const isOther = recipients.some(({ organisationKind }) => !has(question.rule.kinds, organisationKind));
    return isOther ? [breach()] : [];
  },

  allotment_floor(question) {
    const table = tableOf(question);
    if (table === null) return [];
    const floor = question.parameter(question.rule.floorParameter);
    if (floor === null) return [warn()];
    const parts = table.recipients.flatMap(({ partsFen }) => partsFen);
    return parts.some((part) => part < scaled(floor, 2)) ? [breach()] : [];
  },
};

const tableOf = ({ facts: { allotment }, fund }: Question): AllotmentFacts | null =>
  allotment?.fundId === fund.fundId ? allotment : null;
