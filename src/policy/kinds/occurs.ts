import type { Level, SourceType } from '../../core/vocabulary.js';
import { STAGES, type Stage } from '../facts.js';
import type { Subject } from './base.js';
import type { RuleKind } from './index.js';

/** Stages and money for which the facts of a kind are gathered: elsewhere it could never speak, or only ever ask. */
export interface Occurs {
  readonly stages: readonly Stage[];
  /** Unset: every source. */
  readonly sources?: readonly SourceType[];
}

/** Lines, contract and payee are there once money is promised or spent; an allotment has none of them. */
const SPENDING: readonly Stage[] = ['contract', 'submission', 'payment', 'provider_report'];
const BY_SUBJECT: Readonly<Record<Subject, Occurs>> = {
  line: { stages: SPENDING },
  case: { stages: SPENDING },
  fund: { stages: STAGES },
};

const BY_KIND: Readonly<Partial<Record<RuleKind, Occurs>>> = {
  allotment_sums: { stages: ['allotment'] },
  allotment_recipient: { stages: ['allotment'] },
  allotment_floor: { stages: ['allotment'] },
  contract_required: { stages: SPENDING },
  ratio_cap: { stages: SPENDING, sources: ['social_relief'] },
  surplus_money: { stages: STAGES, sources: ['social_relief'] },
  beneficiary_roster: { stages: SPENDING, sources: ['social_relief'] },
  declared_station: { stages: SPENDING, sources: ['provincial_subsidy'] },
  declaration_confirmed: { stages: STAGES, sources: ['provincial_subsidy'] },
  donor_terms: { stages: SPENDING, sources: ['charity'] },
  public_fundraising: { stages: STAGES, sources: ['charity'] },
};

export const occursOf = (kind: RuleKind, subject: Subject): Occurs => BY_KIND[kind] ?? BY_SUBJECT[subject];

/** The levels that money of a source can be of, where not all. */
export const LEVELS_OF_SOURCE: Readonly<Partial<Record<SourceType, readonly Level[]>>> = {
  provincial_subsidy: ['provincial'],
  welfare_lottery: ['central', 'provincial', 'prefecture', 'county'],
  local_budget: ['provincial', 'prefecture', 'county', 'township'],
};
