import { z } from 'zod';
import { businessDate, choice, identifier, yuan } from '../core/fields.js';
import { SOURCE_TYPES } from '../core/vocabulary.js';
import { column, label, percent, reportHead } from './reports.schema.js';

/** What money was spent on, how it flows, and how far its use has come. */

const year = z.coerce.number().int().min(2000).max(2100).describe('Budget year').meta({ example: 2022 });

export const EXPENDITURE_LABELS = {
  economic_class: '经济分类（类）',
  economic_item: '经济分类（款）',
  station: '服务站点',
  unit: '申报单位',
  provider: '承接机构',
  service_item: '服务项目',
  month: '月份',
} as const;
export type ExpenditureDimension = keyof typeof EXPENDITURE_LABELS;
const DIMENSIONS = Object.keys(EXPENDITURE_LABELS) as [ExpenditureDimension, ...ExpenditureDimension[]];

export const expenditureQuery = z.object({
  by: choice(DIMENSIONS, 'What spending is grouped by'),
  year: year.optional(),
  type: choice(SOURCE_TYPES, 'Source type').optional(),
  fundId: identifier('One fund').optional(),
  from: businessDate('Only what was paid on or after this day').optional(),
  until: businessDate('Only what was paid on or before this day').optional(),
});

export const expenditureView = z
  .object({
    ...reportHead,
    by: choice(DIMENSIONS, 'What spending is grouped by'),
    byLabel: label('The same in Chinese', '经济分类（类）'),
    from: businessDate('First day; null = from the beginning').nullable(),
    rows: z
      .array(
        z.object({
          key: label('Code or id; "" = not filled in', '302'),
          label: label('The same in Chinese', '302 商品和服务支出'),
          amount: yuan('支出, refunds and reversals deducted'),
          share: percent('Share of the total'),
        }),
      )
      .describe('Largest first; months in order'),
    total: yuan('Sum of the rows'),
  })
  .describe('支出构成')
  .meta({ id: 'Expenditure' });
export type Expenditure = z.infer<typeof expenditureView>;

export const expenditureColumns = (by: ExpenditureDimension) => [
  column('label', EXPENDITURE_LABELS[by], 'text', EXPENDITURE_BASES[by]),
  column('amount', '支出', 'amount', '已支付金额，减退款和冲红，按支付、退款、冲红的业务日期计入期间'),
  column('share', '占比', 'percent', '本行支出 ÷ 支出合计，四舍五入到万分位'),
];
const EXPENDITURE_BASES: Readonly<Record<ExpenditureDimension, string>> = {
  economic_class: '报账明细的部门预算支出经济分类前三位；未填的单列',
  economic_item: '报账明细的部门预算支出经济分类；未填的单列',
  station: '报账明细所服务的站点；未指明站点的单列',
  unit: '提交报账单的单位',
  provider: '报账单所据合同的承接机构；无合同的为收款的承接机构；其余单列',
  service_item: '报账明细的服务项目；未填的单列',
  month: '支付、退款、冲红的业务日期所在月份；退款冲减退款当月',
};

export const flowQuery = z.object({
  year: year.optional(),
  fundId: identifier('One fund').optional(),
  largest: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(12)
    .describe('Nodes kept in each column; the others become 其他')
    .meta({ example: 12 }),
});
export const FLOW_COLUMNS = ['资金文号', '级次与单位', '合同与站点', '收款人'] as const;
export const flowView = z
  .object({
    ...reportHead,
    stages: z.array(label('Title of a column of nodes', '资金文号')).describe('From left to right'),
    nodes: z
      .array(
        z.object({
          id: label('Node', 'fund:0192f0c4'),
          label: label('Name; those of donors stay sealed in the log', '川财社〔2022〕示例号'),
          stage: z.number().int().describe('Column, from 0').meta({ example: 0 }),
          in: yuan('What came to it'),
          out: yuan('What went on from it'),
          rests: z
            .array(z.object({ label: label('What it is', '结余'), amount: yuan('Amount') }))
            .describe('What stays: in = out + rests'),
          isBalanced: z.boolean().describe('in = out + rests').meta({ example: true }),
        }),
      )
      .describe('By column, largest first'),
    rows: z
      .array(
        z.object({
          source: label('Node that it comes from', 'fund:0192f0c4'),
          target: label('Node that it goes to', 'bureau:0192f0c4'),
          sourceLabel: label('Its name', '川财社〔2022〕示例号'),
          targetLabel: label('Its name', '泸县民政局'),
          amount: yuan('Amount'),
        }),
      )
      .describe('Links, largest first'),
  })
  .describe('资金流向')
  .meta({ id: 'MoneyFlow' });
export type MoneyFlow = z.infer<typeof flowView>;
export const LINK_COLUMNS = [
  column('sourceLabel', '来自', 'text', '资金文号、本级或下级单位、合同或站点'),
  column('targetLabel', '流向', 'text', '下一环节；数目过多的并为“其他”'),
  column(
    'amount',
    '金额',
    'amount',
    '文号到单位为到账减拨付下级（下级为拨付数）；其后为已支付金额，减退款和冲红；均为当前累计数',
    false,
  ),
];

export const executionQuery = z.object({
  year,
  fundId: identifier('One fund').optional(),
  asOf: businessDate('Day up to which it counts; default today').optional(),
});
const progress = {
  received: yuan('到账, cumulated'),
  spent: yuan('支出, cumulated'),
  executionRate: percent('支出 ÷ 到账'),
};
const month = z.object({
  month: label('Month', '2022-07'),
  until: businessDate('Last day that counts: the end of the month, or the day of the report'),
  ...progress,
  elapsed: percent('序时进度 on that day'),
});
export const executionView = z
  .object({
    ...reportHead,
    year,
    elapsed: percent('序时进度: elapsed share of the year on the day of the report'),
    rows: z.array(month).describe('Months that have begun, cumulated, all funds of the year together'),
    funds: z
      .array(
        z.object({
          fundId: identifier('Fund'),
          documentNo: label('文号', '川财社〔2022〕示例号'),
          fundName: label('Name of the grant', '2022年第二批社工服务体系建设试点'),
          ...progress,
          isBehind: z.boolean().describe('Its rate is below 序时进度').meta({ example: false }),
          months: z.array(month).describe('Months that have begun, cumulated'),
        }),
      )
      .describe('Each fund of the year'),
  })
  .describe('执行进度')
  .meta({ id: 'Execution' });
export type Execution = z.infer<typeof executionView>;
export type ExecutionMonth = z.infer<typeof month>;

const PROGRESS_COLUMNS = [
  column('received', '到账', 'amount', '该预算年度各资金批次到账凭证的累计数', false),
  column('spent', '支出', 'amount', '该预算年度各资金批次已支付金额的累计数，减退款和冲红', false),
  column('executionRate', '执行率', 'percent', '累计支出 ÷ 累计到账；到账为零时记“—”'),
];
export const EXECUTION_COLUMNS = [
  column('month', '月份', 'text', '预算年度内的月份，最后一月算到报表日'),
  ...PROGRESS_COLUMNS,
  column('elapsed', '序时进度', 'percent', '当年已过天数 ÷ 全年天数，含当日'),
];
export const EXECUTION_FUND_COLUMNS = [
  column('documentNo', '文号', 'text', '资金下达文件的文号'),
  column('fundName', '资金名称', 'text', '登记资金批次时的名称'),
  ...PROGRESS_COLUMNS,
];
