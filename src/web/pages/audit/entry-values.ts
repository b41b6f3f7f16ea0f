import { STATUS_LABELS } from '../../../claims/index.js';
import { economicCodeName } from '../../../core/economic-codes.js';
import {
  BASE_BASIS_LABELS,
  BENEFICIARY_GROUPS,
  END_USER_LABELS,
  EVIDENCE_LABELS,
  GRADE_LABELS,
  LEVEL_LABELS,
  ORGANISATION_LABELS,
  PAYEE_LABELS,
  PRICING_LABELS,
  PROVIDER_KIND_LABELS,
  SERVICE_ITEMS,
  SOURCE_LABELS,
} from '../../../core/vocabulary.js';
import { FIGURE_BASIS_LABELS, QUALIFIER_LABELS } from '../../../ledger/index.js';
import { type Names, ROLE_LABELS, SANCTION_LABELS } from '../../../organisations/index.js';
import { PROCEDURES } from '../../../policy/index.js';
import { WAIVER_STATUS_LABELS } from '../../../waivers/index.js';
import { COLUMN_LABELS } from './column-words.js';
import { outcomeOf, showInstant } from './words.js';

type Words = Readonly<Record<string, string>>;
const labelsOf = (words: Readonly<Record<string, { readonly label: string }>>): Words =>
  Object.fromEntries(Object.entries(words).map(([code, { label }]) => [code, label]));

const CONTRACT_STATUSES: Words = { pending: '待签订', signed: '已签订', closed: '已关闭' };
const COVERAGES: Words = { all: '全部在册', some: '部分在册', none: '不在册' };
const DOCUMENT_KINDS: Words = {
  plan: '计划',
  grant: '下达',
  arrival: '到账',
  valuation: '估值',
  return: '缴回',
};

/** Words of a column; of one table where its name stands in front. */
const WORDS: Readonly<Record<string, Words>> = {
  'claim.status': STATUS_LABELS,
  'contract.status': CONTRACT_STATUSES,
  'waiver.status': WAIVER_STATUS_LABELS,
  'organisation.kind': ORGANISATION_LABELS,
  'sanction.kind': SANCTION_LABELS,
  'fundDocument.kind': DOCUMENT_KINDS,
  'intake.kind': { allotment: '指标收文', disbursement: '资金到账' },
  'contractEvidence.kind': EVIDENCE_LABELS,
  'evaluation.kind': { interim: '中期评估', final: '末期评估' },
  'payment.kind': { payment: '支付', refund: '退款', reversal: '冲红' },
  'reliefResolution.kind': { move_to_source: '改列其他资金', give_back: '退回' },
  'procedureRecord.kind': { ...EVIDENCE_LABELS, ...labelsOf(PROCEDURES) },
  'expenditureBase.basis': BASE_BASIS_LABELS,
  'statedFigure.basis': FIGURE_BASIS_LABELS,
  qualifier: { ...QUALIFIER_LABELS, exact: '准确数' },
  'fund.type': SOURCE_LABELS,
  sourceType: SOURCE_LABELS,
  level: LEVEL_LABELS,
  grade: GRADE_LABELS,
  pricing: PRICING_LABELS,
  payeeType: PAYEE_LABELS,
  providerKind: PROVIDER_KIND_LABELS,
  endUser: END_USER_LABELS,
  serviceItem: labelsOf(SERVICE_ITEMS),
  rosterCoverage: COVERAGES,
  role: ROLE_LABELS,
};

const IS = new Set(['isActive', 'isCoSigned', 'isFinalPayment']);
/** Who somebody or something is: shown by name. */
const NAMED =
  /^(organisationId|bureauId|buyerId|providerId|recipientId|stationId|parentId|ownerId|fundId|targetFundId|claimId|contractId|subjectId|personId|\w+By|makerId|reviewerId|approverId)$/;

export const isNamed = (column: string): boolean => NAMED.test(column);
export const labelOfColumn = (column: string): string | null => (COLUMN_LABELS as Words)[column] ?? null;

/** A value of a row for people; null where there is nothing to show. Amounts come apart, as yuan text. */
export function showValue(table: string, column: string, value: unknown, names: Names): string | null {
  if (value === null || value === undefined || value === '') return null;
  const text = String(value);
  if (IS.has(column)) return text === '1' ? '是' : '否';
  if (column === 'outcome') return outcomeOf(text)?.label ?? text;
  if (column === 'economicCode') return `${text} ${economicCodeName(text) ?? ''}`;
  if (column === 'beneficiaryGroups') return groupsOf(text);
  if (column.endsWith('At') && /^\d{4}-\d\d-\d\dT/.test(text)) return showInstant(text);
  if (isNamed(column)) return names[text] ?? (/^[0-9a-f]{8}-/.test(text) ? '（见完整内容）' : text);
  const words = WORDS[`${table}.${column}`] ?? WORDS[column];
  return words ? (words[text] ?? text) : text;
}

function groupsOf(text: string): string {
  const codes = JSON.parse(text) as (keyof typeof BENEFICIARY_GROUPS)[];
  return codes.map((code) => BENEFICIARY_GROUPS[code]?.label ?? code).join('、') || '无特定群体';
}
