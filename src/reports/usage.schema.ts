import { z } from 'zod';
import { choice, identifier, yuan } from '../core/fields.js';
import { LEVELS, ORGANISATION_KINDS, SOURCE_TYPES } from '../core/vocabulary.js';
import { column, label, percent, pointInTime, reportHead } from './reports.schema.js';

/** 资金拨付使用情况表. */

export const usageQuery = z.object({
  ...pointInTime,
  years: z
    .string()
    .regex(/^\d{4}(,\d{4}){0,19}$/, '年度应为四位数字，多个年度用逗号隔开，例如 2022,2023')
    .optional()
    .describe('Budget years, separated by commas; default all')
    .meta({ example: '2022,2023' }),
  type: choice(SOURCE_TYPES, 'Source type').optional(),
  lower: z
    .enum(['true', 'false'], '应为 true 或 false')
    .default('false')
    .describe('Also the books of the bureaus below')
    .meta({ example: 'false' }),
});

export const usageAmounts = {
  planned: yuan('计划'),
  allotted: yuan('下达'),
  received: yuan('到账'),
  encumbered: yuan('合同占用'),
  reserved: yuan('待付'),
  spent: yuan('支出'),
  passedDown: yuan('下拨'),
  returned: yuan('缴回'),
  available: yuan('可用余额'),
  executionRate: percent('支出 ÷ 到账'),
};

export const usageRow = z
  .object({
    fundId: identifier('Fund'),
    documentNo: label('文号', '川财社〔2022〕示例号'),
    fundName: label('Name of the grant', '2022年第二批社工服务体系建设试点'),
    type: choice(SOURCE_TYPES, 'Source type'),
    typeLabel: label('Source type in Chinese', '省级奖补'),
    level: choice(LEVELS, 'Level'),
    levelLabel: label('Level in Chinese', '省级'),
    year: z.number().int().describe('Budget year').meta({ example: 2022 }),
    bureauName: label('Whose book it is in', '泸县民政局'),
    ...usageAmounts,
  })
  .describe('A fund')
  .meta({ id: 'UsageRow' });
export type UsageRow = z.infer<typeof usageRow>;

export const usageTotal = z
  .object({
    key: label('Source type, book or kind of bureau that is totalled', 'provincial_subsidy'),
    label: label('The same in Chinese', '省级奖补'),
    fundCount: z.number().int().describe('Funds').meta({ example: 3 }),
    ...usageAmounts,
  })
  .describe('A total over funds')
  .meta({ id: 'UsageTotal' });
export type UsageTotal = z.infer<typeof usageTotal>;

export const usageReportView = z
  .object({
    ...reportHead,
    rows: z.array(usageRow).describe('Funds of the book, by source type, newest year first'),
    byType: z.array(usageTotal).describe('Totals of the book by source type'),
    total: usageTotal.describe('Total of the book'),
    lower: z
      .object({
        rows: z.array(usageRow).describe('Funds of the books below, from the top level down'),
        byBureau: z.array(usageTotal).describe('Totals of each book below'),
        byKind: z
          .array(usageTotal.extend({ key: choice(ORGANISATION_KINDS, 'Kind of bureau') }))
          .describe(
            'Totals of bureaus of one kind; never across levels, where the same money would count twice',
          ),
      })
      .nullable()
      .describe('Books below, when asked for'),
  })
  .describe('资金拨付使用情况表')
  .meta({ id: 'UsageReport' });
export type UsageReport = z.infer<typeof usageReportView>;

export const AMOUNT_COLUMNS = [
  column('planned', '计划', 'amount', '计划文件登记的金额累计，只作参考，不等于下达'),
  column('allotted', '下达', 'amount', '指标下达文件（含收到上级下达）登记的金额累计'),
  column('received', '到账', 'amount', '到账凭证（含收到上级拨付）登记的金额累计，不含实物估值'),
  column('encumbered', '合同占用', 'amount', '已签合同承诺、尚未报账的金额'),
  column('reserved', '待付', 'amount', '已提交报账占用、尚未支付的金额'),
  column('spent', '支出', 'amount', '已支付金额，减退款和冲红；不含拨付下级'),
  column('passedDown', '下拨', 'amount', '已下达给有独立账套的下级的指标，不论资金是否已经拨付'),
  column('returned', '缴回', 'amount', '缴回凭证登记的金额累计'),
  column('available', '可用余额', 'amount', '下达 − 合同占用 − 待付 − 支出 − 下拨 − 缴回，逐笔核对相等'),
  column(
    'executionRate',
    '执行率',
    'percent',
    '支出 ÷ 到账，四舍五入到万分位；到账为零时记“—”；上级账套的下拨不算支出',
  ),
];

const FUND_COLUMNS = [
  column('documentNo', '文号', 'text', '资金下达文件的文号'),
  column('fundName', '资金名称', 'text', '登记资金批次时的名称'),
  column('typeLabel', '来源类型', 'text', '六类资金来源之一'),
  column('levelLabel', '级次', 'text', '资金来自哪一级财政'),
  column('year', '年度', 'integer', '预算年度'),
];
export const USAGE_COLUMNS = [...FUND_COLUMNS, ...AMOUNT_COLUMNS];
/** The amounts of books below are not added up: what one level passes down another receives. */
const unadded = AMOUNT_COLUMNS.map((each) => ({ ...each, isTotalled: false }));
const bureau = column('bureauName', '单位', 'text', '资金所在账套的民政局');
export const LOWER_COLUMNS = [bureau, ...FUND_COLUMNS, ...unadded];
export const TOTAL_COLUMNS = [
  column('label', '项目', 'text', '小计的范围'),
  column('fundCount', '资金批次数', 'integer', '计入小计的资金批次'),
  ...unadded,
];
