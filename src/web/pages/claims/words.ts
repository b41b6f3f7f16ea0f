/** What the fields of claims and reports are called, by the last part of their names. */
export const FIELD_LABELS: Readonly<Record<string, string>> = {
  organisationId: '申报单位',
  title: '事由',
  businessDate: '业务日期',
  contractId: '合同',
  isFinalPayment: '尾款',
  payeeType: '收款人类型',
  payeeId: '已登记的收款单位',
  payeeName: '收款人',
  lines: '明细',
  fundId: '经费',
  amount: '金额',
  description: '用途说明',
  economicCode: '经济分类',
  serviceItem: '服务项目',
  beneficiaryGroups: '受益群体',
  stationId: '服务站点',
  endUser: '最终使用方',
  rosterCoverage: '受益人在名册中',
  number: '发票号码',
  sellerName: '销售方',
  issuedDate: '开票日期',
  faceAmount: '价税合计',
  kind: '材料种类',
  attachmentId: '文件',
};

export const ROSTER_LABELS = { all: '全部在名册内', some: '部分在名册内', none: '都不在名册内' } as const;

/** `lines.2.invoice.number` → 第 3 行 发票号码. */
export function placeOf(name: string): string {
  const [, row] = /^lines\.(\d+)(?:\.|$)/.exec(name) ?? [];
  const label = name
    .split('.')
    .reverse()
    .map((step) => FIELD_LABELS[step])
    .find((known) => known !== undefined);
  if (row === undefined) return label ?? '填写内容';
  return `第 ${Number(row) + 1} 行 ${label === FIELD_LABELS['lines'] ? '' : label}`.trim();
}
