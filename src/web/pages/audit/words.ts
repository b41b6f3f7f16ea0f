import { CLAIM_WORDS, MONEY_WORDS, OTHER_WORDS } from './action-words.js';

/** What the audit log records, in words of the field. */
export const ACTION_LABELS: Readonly<Record<string, string>> = {
  ...CLAIM_WORDS,
  ...MONEY_WORDS,
  ...OTHER_WORDS,
};

/** Groups of actions by what stands before the dot, for the filter of the log. */
export const ACTION_GROUPS: readonly (readonly [prefix: string, label: string])[] = [
  ['claim.', '报账'],
  ['contract.', '合同'],
  ['fund.', '资金批次'],
  ['allotment.', '下达指标'],
  ['disbursement.', '拨付资金'],
  ['intake.', '收文与到账'],
  ['provider_report.', '承接机构使用明细'],
  ['waiver.', '例外批准'],
  ['procedure.', '程序记录'],
  ['relief', '救助资金上限'],
  ['figure.', '公布数字'],
  ['period.', '结账'],
  ['evidence.', '证据导出'],
  ['checkpoint.', '检查点'],
  ['key.', '签名密钥'],
  ['witness.', '见证人'],
  ['attachment.', '附件'],
  ['organisation.', '单位'],
  ['person.', '人员'],
  ['role.', '岗位'],
  ['sanction.', '黑名单与退出'],
  ['data.', '删除个人信息'],
];

export const SUBJECT_LABELS: Readonly<Record<string, string>> = {
  claim: '报账单',
  contract: '合同',
  fund: '资金批次',
  fundDocument: '资金文件',
  allotment: '下达文件',
  disbursement: '拨付凭证',
  intake: '收文或到账',
  providerReport: '使用明细',
  waiver: '例外批准',
  procedureRecord: '程序记录',
  expenditureBase: '支出基数',
  reliefTrueUp: '年终校准',
  statedFigure: '公布数字',
  figureExplanation: '差异说明',
  differenceNote: '对账差异说明',
  payment: '支付凭证',
  period: '会计期间',
  evidence: '证据包',
  checkpoint: '检查点',
  signingKey: '签名密钥',
  witness: '见证人',
  attachment: '附件',
  book: '账套',
  organisation: '单位',
  person: '人员',
  provider: '承接机构',
  apiToken: '访问令牌',
  sanction: '黑名单或退出',
  dataSubject: '个人信息',
};

/** What a refused command ran into; refusals of the rules have their clauses besides. */
const REFUSAL_LABELS: Readonly<Record<string, string>> = {
  policy_blocked: '规则不允许',
  split_disagrees: '分配数与合计不符',
  insufficient_balance: '可用余额不足',
  separation_of_duties: '应由不同的人办理',
  forbidden: '没有权限',
  wrong_status: '状态不允许',
  review_note_required: '缺少复核说明',
  period_closed: '会计期间已结账',
  invoice_overused: '发票超额使用',
  invoice_mismatch: '发票信息前后不一',
  already_exists: '重复登记',
  in_kind_has_no_cash: '实物捐赠不能登记到账',
  date_in_future: '日期尚未到来',
  contract_closed: '合同已关闭',
  contract_not_signed: '合同尚未签订',
  not_taken_in: '上级下达尚未收文',
  organisation_closed: '单位已撤销',
  waiver_unfit: '例外批准不适用',
  waiver_not_possible: '条款不得例外',
  disbursement_exceeds_allotment: '拨付超过下达数',
  stale_version: '他人已先修改',
  already_reversed: '已经冲红',
};

export const actionLabel = (action: string): string => ACTION_LABELS[action] ?? '其他操作';
export const subjectLabel = (type: string): string => SUBJECT_LABELS[type] ?? '其他';

export const OUTCOME_CHOICES: readonly (readonly [string, string])[] = [
  ['allow', '通过'],
  ['review', '须人工复核'],
  ['block', '不通过（已登记）'],
  ...Object.entries(REFUSAL_LABELS).map(([code, label]) => [`refused:${code}`, `拒绝：${label}`] as const),
];

/** What came of an entry: a word, and how grave it is; null where nothing was judged. */
export function outcomeOf(outcome: string | null) {
  if (outcome === null) return null;
  if (outcome === 'allow') return { tone: 'ok', label: '通过' } as const;
  if (outcome === 'review') return { tone: 'warning', label: '须人工复核' } as const;
  if (outcome === 'block') return { tone: 'danger', label: '不通过' } as const;
  const reason = REFUSAL_LABELS[outcome.replace('refused:', '')];
  return { tone: 'danger', label: reason ? `拒绝：${reason}` : '拒绝' } as const;
}

/** "2022-07-31 10:00:05" of an instant, in China's time, which has no summer time. */
export function showInstant(instant: string): string {
  const local = new Date(Date.parse(instant) + 8 * 3_600_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)}`;
}
