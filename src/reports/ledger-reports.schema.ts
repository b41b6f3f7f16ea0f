import { z } from 'zod';
import { businessDate, choice, identifier, instant, pageQuery, yuan } from '../core/fields.js';
import { SOURCE_TYPES } from '../core/vocabulary.js';
import { SOURCE_LAYERS, USE_LAYERS } from '../ledger/index.js';
import { column, label, pointInTime, reportHead } from './reports.schema.js';

/** 余额表 and 明细账. */

const LAYERS = [...SOURCE_LAYERS, ...USE_LAYERS] as const;
const year = z.coerce.number().int().min(2000).max(2100).describe('Budget year').meta({ example: 2022 });
const from = businessDate('First day of the moves; earlier ones are in the opening balance').optional();

export const trialBalanceQuery = z.object({
  ...pointInTime,
  from,
  year: year.optional(),
  type: choice(SOURCE_TYPES, 'Source type').optional(),
  fundId: identifier('One fund').optional(),
  detail: choice(['layer', 'subject'], 'A row for each layer, or for each account of it').default('layer'),
});

const fundFields = {
  fundId: identifier('Fund'),
  documentNo: label('文号', '川财社〔2022〕示例号'),
  fundName: label('Name of the grant', '2022年第二批社工服务体系建设试点'),
};
const moved = {
  opening: yuan('Balance before the first day'),
  in: yuan('Moved in'),
  out: yuan('Moved out'),
  closing: yuan('Balance at the end'),
};

export const trialBalanceView = z
  .object({
    ...reportHead,
    from: businessDate('First day of the moves; null = from the beginning').nullable(),
    rows: z
      .array(
        z.object({
          ...fundFields,
          layer: choice(LAYERS, 'Layer'),
          layerLabel: label('Layer in Chinese', '可用指标'),
          side: choice(['source', 'use'], 'Whether the layer is where money comes from, or where it stands'),
          sideLabel: label('The same in Chinese', '去向'),
          subject: label('Whose account; "" = the common pool', ''),
          subjectName: label('The same in Chinese', '玉蟾街道社工站'),
          ...moved,
        }),
      )
      .describe('Accounts that ever moved, by fund and layer'),
    funds: z
      .array(
        z.object({
          ...fundFields,
          sources: yuan('Closing balances of the sources'),
          uses: yuan('Closing balances of the uses'),
          isBalanced: z.boolean().describe('Both are equal').meta({ example: true }),
        }),
      )
      .describe('Every fund sums to zero: its sources equal its uses'),
  })
  .describe('余额表')
  .meta({ id: 'TrialBalance' });
export type TrialBalance = z.infer<typeof trialBalanceView>;

const FUND_COLUMNS = [
  column('documentNo', '文号', 'text', '资金下达文件的文号'),
  column('fundName', '资金名称', 'text', '登记资金批次时的名称'),
];
export const TRIAL_COLUMNS = [
  ...FUND_COLUMNS,
  column('layerLabel', '科目', 'text', '资金所在的层次'),
  column('subjectName', '对象', 'text', '站点、合同、下级或拨付凭证；按科目汇总或公共池时为空'),
  column('sideLabel', '性质', 'text', '来源科目按累计来源列正数，去向科目按余额列正数；每笔资金两者合计相等'),
  column('opening', '期初余额', 'amount', '起始日之前全部分录的余额', false),
  column('in', '本期增加', 'amount', '期间内转入（来源科目为新增来源）的分录合计', false),
  column('out', '本期减少', 'amount', '期间内转出（来源科目为冲减来源）的分录合计', false),
  column(
    'closing',
    '期末余额',
    'amount',
    '期初余额 ＋ 本期增加 − 本期减少；时点为当前时逐户与账户余额核对',
    false,
  ),
];

export const ledgerQuery = z.object({
  ...pageQuery,
  fundId: identifier('Fund'),
  layer: choice(
    LAYERS,
    'Layer whose balance runs; default available, with all entries of the fund',
  ).optional(),
  subject: z
    .string()
    .regex(/^[\x21-\x7e]{0,64}$/, '编号应为可见 ASCII 字符')
    .optional()
    .describe('One account of the layer; "" = the common pool')
    .meta({ example: '' }),
  from,
  until: businessDate('Last day').optional(),
  recordedUntil: pointInTime.recordedUntil,
});

export const ledgerRow = z
  .object({
    effectiveDate: businessDate('业务日期'),
    recordedAt: instant('When it was recorded'),
    logIndex: z.number().int().describe('Place in the audit log').meta({ example: 12 }),
    entryId: identifier('Entry'),
    kind: label('What happened', 'claim.pay'),
    kindLabel: label('What happened, in Chinese', '支付'),
    voucherNo: z.string().nullable().describe('Voucher or document').meta({ example: '付字2022-001' }),
    subjectType: label('What it is about', 'claim'),
    subjectId: identifier('Which one'),
    subjectName: z.string().nullable().describe('Its title or number').meta({ example: '社工站服务费' }),
    fromLabel: label('Moved from', '报账占用'),
    toLabel: label('Moved to', '支出'),
    amount: yuan('Amount moved'),
    in: yuan('Into the layer whose balance runs').nullable(),
    out: yuan('Out of it').nullable(),
    balance: yuan('Its balance afterwards'),
  })
  .describe('A posting')
  .meta({ id: 'LedgerRow' });
export type LedgerRow = z.infer<typeof ledgerRow>;

export const ledgerDetailView = z
  .object({
    ...reportHead,
    ...fundFields,
    layer: choice(LAYERS, 'Layer whose balance runs'),
    layerLabel: label('Layer in Chinese', '可用指标'),
    from: businessDate('First day; null = from the beginning').nullable(),
    opening: yuan('Balance before the first row of this page'),
    rows: z.array(ledgerRow).describe('By 业务日期, then in order of recording'),
    closing: yuan('Balance after the last row of this page'),
    nextCursor: z
      .string()
      .nullable()
      .describe('Ask for the next page with this; null at the end')
      .meta({ example: null }),
  })
  .describe('明细账: pages of one query show one state of the book, however it grows meanwhile')
  .meta({ id: 'LedgerDetail' });
export type LedgerDetail = z.infer<typeof ledgerDetailView>;

export const DETAIL_COLUMNS = [
  column('effectiveDate', '业务日期', 'date', '业务发生的日期，明细按此排序，同日按登记次序'),
  column('logIndex', '日志序号', 'integer', '审计日志中的位置'),
  column('kindLabel', '业务', 'text', '办理事项'),
  column('voucherNo', '凭证号/文号', 'text', '支付、拨付凭证号，或下达、收文、到账文件的文号'),
  column('subjectName', '摘要', 'text', '报账事由、合同编号或接收单位'),
  column('fromLabel', '转出科目', 'text', '金额从哪个科目转出'),
  column('toLabel', '转入科目', 'text', '金额转入哪个科目'),
  column('amount', '发生额', 'amount', '这笔分录移动的金额', false),
  column('in', '增加', 'amount', '使所列科目增加的金额；未指定科目时为可用指标'),
  column('out', '减少', 'amount', '使所列科目减少的金额；未指定科目时为可用指标'),
  column('balance', '余额', 'amount', '所列科目在这笔之后的余额', false),
];
