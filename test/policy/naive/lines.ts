import { BENEFICIARY_GROUPS, SERVICE_ITEMS } from '../../../src/core/vocabulary.js';
import { breach, type Finding, has, isBegun, isGiven, type LineQuestion, review } from './finding.js';

type LineKind = (question: LineQuestion) => readonly Finding[];

/** Kinds about a line, in the order of the reference. */
export const LINE_KINDS: Readonly<Record<string, LineKind>> = {
  expenditure({ rule, facts, line }) {
    const channel = facts.contract !== null || facts.stage === 'provider_report' ? 'contract' : 'direct';
    if (rule.channel !== undefined && rule.channel !== 'any' && rule.channel !== channel) return [];
    const code = codeOf(rule, line.economicCode);
    const item = listed(rule.serviceItems, line.serviceItem, 'no');
    const user = rule.endUsers === undefined ? 'yes' : listed(rule.endUsers, line.endUser, 'no');
    if (rule.verdict === 'permitted') {
      const given = [
        ...(isGiven(rule.codes) ? [code] : []),
        ...(isGiven(rule.serviceItems) ? [item] : []),
        ...(rule.endUsers !== undefined ? [user] : []),
      ];
      return given.every((answer) => answer === 'yes') ? [{ effect: 'pass', about: '' }] : [];
    }
    if (user === 'no') return [];
    if (code === 'yes' || item === 'yes') return user === 'yes' ? [breach()] : [review()];
    return code === 'unknown' || item === 'unknown' ? [review()] : [];
  },

  text_match({ rule, line }) {
    if (!line.matchedTerms.some((term) => has(rule.keywords, term))) return [];
    if (line.economicCode !== null && isBegun(line.economicCode, rule.unlessCodes)) return [];
    return [review()];
  },

  facts_required({ rule, line }) {
    const values = { ...line } as Record<string, unknown>;
    return (rule.facts ?? []).some((fact) => values[fact] === null) ? [review()] : [];
  },

  end_user({ rule, line }) {
    if (line.endUser === null) return [review()];
    return has(rule.denied, line.endUser) ? [breach()] : [];
  },

  service_scope({ rule, line }) {
    if (line.serviceItem === null) return [review()];
    return has(rule.serviceItems, line.serviceItem) ? [] : [breach()];
  },

  service_catalogue({ rule, facts, line }) {
    if (line.serviceItem === null) return [review()];
    if (has(rule.catalogues, SERVICE_ITEMS[line.serviceItem].catalogue)) return [];
    const isDirect = facts.contract === null && facts.stage !== 'provider_report';
    if (isDirect && has(rule.directItems, line.serviceItem)) return [];
    return line.evidence.includes('approval_document') ? [review()] : [breach()];
  },

  manual_review({ rule, line }) {
    const byCode = line.economicCode !== null && isBegun(line.economicCode, rule.codes);
    const byItem = line.serviceItem !== null && has(rule.serviceItems, line.serviceItem);
    return byCode || byItem ? [review()] : [];
  },

  beneficiary_purpose({ rule, fund, line }) {
    if (line.beneficiaryGroups === null) return [review()];
    const purposes = line.beneficiaryGroups.flatMap((group) => BENEFICIARY_GROUPS[group].purpose ?? []);
    const isNamed = (purpose: string) => has(rule.whenNamed, purpose) && has(fund.namedPurposes, purpose);
    if (purposes.some((purpose) => has(rule.purposes, purpose) || isNamed(purpose))) return [];
    if (purposes.some((purpose) => has(rule.whenNamed, purpose))) return [review()];
    return line.beneficiaryGroups.some((group) => has(rule.reviewGroups, group)) ? [review()] : [breach()];
  },

  beneficiary_group({ rule, line }) {
    if (line.serviceItem !== null && has(rule.exemptItems, line.serviceItem)) return [];
    if (line.beneficiaryGroups === null) return [review()];
    const inside = line.beneficiaryGroups.filter((group) => has(rule.groups, group));
    if (inside.length === 0) return [breach()];
    return inside.length === line.beneficiaryGroups.length ? [] : [review()];
  },

  beneficiary_roster({ rule, line }) {
    if (line.serviceItem !== null && has(rule.exemptItems, line.serviceItem)) return [];
    if (line.rosterCoverage === 'all') return [];
    return line.rosterCoverage === 'none' ? [breach()] : [review()];
  },

  line_evidence({ rule, line }) {
    if ((rule.evidence ?? []).every((kind) => has(line.evidence, kind))) return [];
    if (rule.endUsers !== undefined && line.endUser !== null && !has(rule.endUsers, line.endUser)) return [];
    if (isGiven(rule.codes) || isGiven(rule.serviceItems)) {
      const byCode = line.economicCode !== null && isBegun(line.economicCode, rule.codes);
      const byItem = line.serviceItem !== null && has(rule.serviceItems, line.serviceItem);
      if (!byCode && !byItem) {
        const isUnknown =
          (isGiven(rule.codes) && line.economicCode === null) ||
          (isGiven(rule.serviceItems) && line.serviceItem === null);
        return isUnknown ? [review()] : [];
      }
    }
    return [breach()];
  },

  declared_station({ line }) {
    if (line.stationId === null || line.stationIsDeclared === null) return [review()];
    return line.stationIsDeclared ? [] : [breach()];
  },

  donor_terms({ facts, fund, line }) {
    const { charity } = fund;
    const date = facts.businessDate;
    if (charity === null) return [review('charity')];
    const consents = charity.consents.filter(({ from }) => from <= date);
    const items = [charity, ...consents].flatMap((terms) => terms.serviceItems);
    const groups = [charity, ...consents].flatMap((terms) => terms.beneficiaryGroups);
    const areas = [charity, ...consents].flatMap((terms) => terms.areas);
    const ends = [charity.until, ...consents.flatMap(({ extendsUntil }) => extendsUntil ?? [])];

    const findings: Finding[] = [];
    if (charity.agreementNo === null && charity.filingNo === null) findings.push(review('agreement'));

    if (items.length === 0 || line.serviceItem === null) findings.push(review('items'));
    else if (!items.includes(line.serviceItem)) findings.push(breach('items'));

    if (groups.length === 0 || line.beneficiaryGroups === null) findings.push(review('groups'));
    else if (
      line.beneficiaryGroups.length === 0 ||
      line.beneficiaryGroups.some((group) => !groups.includes(group))
    )
      findings.push(breach('groups'));

    if (areas.length === 0) findings.push(review('areas'));
    else if (!isBegun(facts.divisionCode, areas)) findings.push(breach('areas'));

    if (date < charity.from || ends.every((end) => date > end)) findings.push(breach('period'));
    return findings;
  },
};

type Answer = 'yes' | 'no' | 'unknown';

function listed(list: readonly string[] | undefined, value: string | null, without: Answer): Answer {
  if (!isGiven(list)) return without;
  if (value === null) return 'unknown';
  return has(list, value) ? 'yes' : 'no';
}

function codeOf(
  { codes, exceptCodes }: { codes?: readonly string[]; exceptCodes?: readonly string[] },
  economicCode: string | null,
): Answer {
  if (!isGiven(codes)) return 'no';
  if (economicCode === null) return 'unknown';
  if (isBegun(economicCode, exceptCodes)) return 'no';
  if (isBegun(economicCode, codes)) return 'yes';
  return codes!.some((code) => code.startsWith(economicCode)) ? 'unknown' : 'no';
}
