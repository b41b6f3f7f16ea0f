import { economicCodeName } from '../../core/economic-codes.js';
import {
  BENEFICIARY_GROUPS,
  type BeneficiaryGroup,
  EVIDENCE_LABELS,
  type EvidenceKind,
  SERVICE_ITEMS,
  type ServiceItem,
  SOURCE_LABELS,
} from '../../core/vocabulary.js';
import type { FundFacts, LineFacts } from '../facts.js';

/** Words that messages share. */

export const sourceName = (fund: FundFacts): string => SOURCE_LABELS[fund.type];
export const itemName = (item: ServiceItem): string => SERVICE_ITEMS[item].label;

export const codeName = (code: string): string => {
  const name = economicCodeName(code);
  return name ? `${code} ${name}` : code;
};

/** The line by its code, or by its item where it has no code: “本行 31002 办公设备购置 ”, “本行“设备购置””. */
export function lineName({ economicCode, serviceItem }: LineFacts): string {
  if (economicCode !== null) return `本行 ${codeName(economicCode)} `;
  return serviceItem === null ? '本行' : `本行“${itemName(serviceItem)}”`;
}

export const groupNames = (groups: readonly BeneficiaryGroup[]): string =>
  [...groups]
    .sort()
    .map((group) => BENEFICIARY_GROUPS[group].label)
    .join('、');

export const evidenceNames = (kinds: readonly EvidenceKind[]): string =>
  kinds.map((kind) => EVIDENCE_LABELS[kind]).join('、');
