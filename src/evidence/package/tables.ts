import type { LogBody } from '../../audit/index.js';
import { type ClaimStatus, STATUS_LABELS } from '../../claims/index.js';
import { PAYEE_LABELS, type PayeeType, SOURCE_LABELS, type SourceType } from '../../core/vocabulary.js';
import { ENTRY_LABELS, LAYER_LABELS, type Layer } from '../../ledger/index.js';
import type { Decision } from '../../policy/index.js';
import type { Table } from '../../sheets/index.js';
import { amount, date, integer, text } from '../../sheets/index.js';
import { WAIVER_STATUS_LABELS } from '../../waivers/index.js';
import { reliefCaps } from './relief-table.js';
import * as rows from './rows.js';
import type { PackageSource } from './source.js';
import * as waiverRows from './waiver-rows.js';

/** The workpapers of a package (docs/evidence-package.md §5): what each is called, what it is based on, its columns. */

const layerLabel = (layer: string) => LAYER_LABELS[layer as Layer];

export function packageTables(source: PackageSource): Table<never>[] {
  return [
    ledgerDetails(source),
    balances(source),
    fourAmounts(source),
    reliefCaps(source),
    decisions(source),
    evidenceSheets(source),
    vouchers(source),
    waivers(source),
  ] as Table<never>[];
}

const ledgerDetails = (source: PackageSource): Table<rows.PostingRow> => ({
  file: 'ledger-details.csv',
  sheet: '明细账',
  basis: '口径：打开的日志记录中的每一笔分录，按日志顺序；金额由“转出科目”移到“转入科目”；单位：元',
  rows: () => rows.postings(source),
  columns: [
    integer('日志序号', (row) => row.logIndex),
    text('分录编号', (row) => row.entryId),
    integer('分录内序', (row) => row.seq),
    text('业务', (row) => ENTRY_LABELS[row.kind] ?? row.kind),
    date('业务日期', (row) => row.effectiveDate),
    text('记录时间', (row) => row.recordedAt),
    text('资金编号', (row) => row.fundId),
    text('资金名称', (row) => source.fundNames.get(row.fundId)?.name ?? null),
    text('文号', (row) => source.fundNames.get(row.fundId)?.documentNo ?? null),
    text('转出科目', (row) => layerLabel(row.fromLayer)),
    text('转出科目代码', (row) => row.fromLayer),
    text('转出对象', (row) => row.fromSubject),
    text('转出对象名称', (row) => source.subjectNames.get(row.fromSubject) ?? null),
    text('转入科目', (row) => layerLabel(row.toLayer)),
    text('转入科目代码', (row) => row.toLayer),
    text('转入对象', (row) => row.toSubject),
    text('转入对象名称', (row) => source.subjectNames.get(row.toSubject) ?? null),
    amount('金额', (row) => row.amountFen, true),
    text('冲红的分录', (row) => row.reversesId),
  ],
});

const balances = (source: PackageSource): Table<rows.BalanceRow> => ({
  file: 'balances.csv',
  sheet: '余额表',
  basis:
    '口径：检查点时各资金批次各科目的余额（不含零余额）；计划、下达、到账等来源科目按累计数列正数；单位：元',
  rows: () => rows.balances(source),
  columns: [
    text('资金编号', (row) => row.fundId),
    text('资金名称', (row) => source.fundNames.get(row.fundId)?.name ?? null),
    text('文号', (row) => source.fundNames.get(row.fundId)?.documentNo ?? null),
    text('科目', (row) => layerLabel(row.layer)),
    text('科目代码', (row) => row.layer),
    text('对象', (row) => row.subject),
    text('对象名称', (row) => source.subjectNames.get(row.subject) ?? null),
    amount('余额', (row) => row.balanceFen),
  ],
});

const fourAmounts = (source: PackageSource): Table<rows.FourAmountsRow> => ({
  file: 'four-amounts.csv',
  sheet: '四列对照表',
  basis:
    '口径：检查点时的累计数。计划＝计划文件；下达＝指标文件；到账＝到账凭证；支出＝已支付减退款；四列互不替代（YN-19）；单位：元',
  rows: () => rows.fourAmounts(source),
  columns: [
    text('资金编号', (row) => row.fundId),
    text('资金名称', (row) => source.fundNames.get(row.fundId)?.name ?? null),
    text('文号', (row) => source.fundNames.get(row.fundId)?.documentNo ?? null),
    text('资金来源', (row) => SOURCE_LABELS[row.type as SourceType]),
    integer('年度', (row) => row.year),
    amount('计划', (row) => row.plannedFen, true),
    amount('下达', (row) => row.allottedFen, true),
    amount('到账', (row) => row.receivedFen, true),
    amount('支出', (row) => row.spentFen, true),
    amount('可用指标', (row) => row.availableFen, true),
    amount('合同占用', (row) => row.encumberedFen, true),
    amount('报账占用', (row) => row.reservedFen, true),
    amount('已下达下级', (row) => row.passedDownFen, true),
    amount('已缴回', (row) => row.returnedFen, true),
  ],
});

const OUTCOMES = { allow: '允许', review: '需复核', block: '拦截' } as const;
const EFFECTS = { block: '拦截', review: '需复核', warn: '提示', pass: '依据' } as const;

const decisions = (source: PackageSource): Table<rows.ReasonRow> => ({
  file: 'decisions.csv',
  sheet: '决定与依据',
  basis: '口径：打开的日志记录中每项裁定的每条理由一行，没有理由的裁定也占一行；条款文字为该文件的原句',
  rows: () => rows.reasons(source),
  columns: [
    integer('日志序号', (row) => row.logIndex),
    text('办理事项', (row) => row.body.action),
    text('对象', (row) => `${row.body.subject.type}/${row.body.subject.id}`),
    text('是否受理', ({ body }) => (body.refusal ? `拒绝（${body.refusal.code}）` : '受理')),
    text('结果', ({ body }) => OUTCOMES[(body.decision as Decision).outcome]),
    text('影响', ({ reason }) => reason && EFFECTS[reason.effect]),
    text('条款', ({ reason }) => reason?.clause ?? null),
    text('文号', ({ reason }) => reason?.documentNo ?? null),
    text('条款原句', ({ reason }) => reason?.quotation ?? null),
    text('依据状态', ({ reason }) => reason && (reason.isSourceVerified ? '已核' : '依据待核')),
    text('说明', ({ reason }) => reason?.message ?? null),
    text(
      '比较的数字',
      ({ reason }) => reason?.figures.map(([label, value]) => `${label} ${value}`).join('；') ?? null,
    ),
    text('例外编号', ({ reason }) => reason?.waiver ?? null),
    text('政策包', ({ reason }) => reason?.pack ?? null),
    text('政策包校验值', ({ body, reason }) => packHash(body, reason?.pack)),
  ],
});

const packHash = (body: LogBody, pack: string | undefined): string | null =>
  (body.decision as Decision).packs.find((each) => each.id === pack)?.sha256 ?? null;

const evidenceSheets = (source: PackageSource): Table<rows.ClaimRow> => ({
  file: 'evidence-sheets.csv',
  sheet: '取证单',
  basis:
    '口径：范围内每张报账单一行，状态和金额为检查点时；支付金额为累计支付，未减退款；附件以密文校验值列示；单位：元',
  rows: () => rows.claims(source),
  columns: [
    text('报账单编号', (row) => row.claim.id),
    text('申报单位', (row) => row.organisationName),
    text('事由', (row) => row.words(row.claim.title)),
    text('收款人类型', (row) => PAYEE_LABELS[row.claim.payeeType as PayeeType]),
    text('收款人', (row) => row.words(row.claim.payeeName)),
    date('业务日期', (row) => row.claim.businessDate),
    text('状态', (row) => STATUS_LABELS[row.claim.status as ClaimStatus]),
    text('合同编号', (row) => row.contractNo),
    text('资金文号', (row) => row.fundIds.map((id) => source.fundNames.get(id)?.documentNo ?? id).join('；')),
    amount('报账金额', (row) => row.claim.amountFen, true),
    amount('支付金额', (row) => row.claim.paidFen, true),
    amount('退款金额', (row) => row.claim.refundedFen, true),
    text('发票号码', (row) => row.invoiceNumbers.join('；')),
    text('凭证号', (row) => row.voucherNos.join('；')),
    text('裁定结果', (row) =>
      row.claim.outcome ? OUTCOMES[row.claim.outcome as keyof typeof OUTCOMES] : null,
    ),
    integer('裁定日志序号', (row) => row.claim.decisionIndex),
    text('经办人', (row) => row.claim.makerId),
    text('审核人', (row) => row.claim.reviewerId),
    text('审批人', (row) => row.claim.approverId),
    text('附件校验值', (row) => row.attachmentHashes.join('；')),
    text('取证意见', () => null),
    text('被取证单位意见', () => null),
  ],
});

const PAYMENTS = { payment: '支付', refund: '退款', reversal: '冲红' } as const;

const vouchers = (source: PackageSource): Table<rows.VoucherRow> => ({
  file: 'vouchers.csv',
  sheet: '凭证',
  basis: '口径：打开的日志记录中的每张支付、退款、冲红凭证；金额为凭证金额，不分正负；单位：元',
  rows: () => rows.vouchers(source),
  columns: [
    integer('日志序号', (row) => row.logIndex),
    text('凭证号', (row) => row.voucherNo),
    text('类别', (row) => PAYMENTS[row.kind]),
    date('业务日期', (row) => row.effectiveDate),
    amount('金额', (row) => row.amountFen, true),
    text('报账单编号', (row) => row.claimId),
    text('分录编号', (row) => row.entryId),
    text('冲红或退款的凭证', (row) => row.reversesId),
  ],
});

const waivers = (source: PackageSource): Table<waiverRows.WaiverRow> => ({
  file: 'waivers.csv',
  sheet: '例外批准',
  basis:
    '口径：范围内每项例外批准一行，状态为检查点时；已用金额为全账套按它占用或支付的金额，已减退款；“用于”只列范围内的单据；单位：元',
  rows: () => waiverRows.waivers(source),
  columns: [
    text('例外编号', ({ waiver }) => waiver.id),
    text('条款', ({ waiver }) => waiver.clause),
    text('资金编号', ({ waiver }) => waiver.fundId),
    text('针对单据', ({ waiver: { subjectType, subjectId } }) => subjectId && `${subjectType}/${subjectId}`),
    amount('限额', ({ waiver }) => waiver.limitFen),
    amount('已用金额', (row) => row.usedFen, true),
    date('起始日期', ({ waiver }) => waiver.fromDate),
    date('截止日期', ({ waiver }) => waiver.untilDate),
    text('状态', ({ waiver }) => WAIVER_STATUS_LABELS[waiver.status]),
    text('批准文号', ({ waiver }) => waiver.documentNo),
    text('用于', (row) => row.appliedTo.join('；')),
    text('申请理由', ({ waiver, words }) => words(waiver.reason)),
    text('申请人', ({ waiver }) => waiver.requestedBy),
    text('申请时间', ({ waiver }) => waiver.requestedAt),
    text('决定人', ({ waiver }) => waiver.decidedBy),
    text('决定时间', ({ waiver }) => waiver.decidedAt),
    text('否决理由', ({ waiver, words }) => waiver.decisionReason && words(waiver.decisionReason)),
    text('撤销人', ({ waiver }) => waiver.revokedBy),
    text('撤销时间', ({ waiver }) => waiver.revokedAt),
    text('撤销理由', ({ waiver, words }) => waiver.revokedReason && words(waiver.revokedReason)),
    text('附件校验值', (row) => row.attachmentHashes.join('；')),
  ],
});
