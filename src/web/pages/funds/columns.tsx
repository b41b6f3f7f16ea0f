import { LEVEL_LABELS } from '../../../core/vocabulary.js';
import type { FundView } from '../../../ledger/index.js';
import type { Column } from '../../components/table.js';

const amount = (key: keyof FundView['amounts'], label: string, basis: string): Column<FundView> => ({
  key,
  label,
  kind: 'amount',
  basis,
  value: ({ amounts }) => amounts[key],
  isTotalled: true,
});

/** 口径 of the four amounts (YN-19) and of where allotted money stands. */
export const AMOUNT_COLUMNS = [
  amount('planned', '计划', '计划文件登记的数额，不等于已经下达'),
  amount('allotted', '下达', '上级文件下达、已登记收文的指标'),
  amount('received', '到账', '收款凭证登记的到账资金'),
  amount('spent', '支出', '已支付的报账，减去退款和冲红'),
  amount('encumbered', '合同占用', '已签合同尚未报账的部分'),
  amount('reserved', '报账占用', '已提交、尚未支付的报账'),
  amount('available', '可用', '下达减去占用、支出、下拨和缴回'),
] as const satisfies readonly Column<FundView>[];

/** Funds as a finance officer lists them, by source. */
export const fundColumns = (bookId: string): Column<FundView>[] => [
  {
    key: 'documentNo',
    label: '文号',
    isWide: true,
    value: ({ documentNo }) => documentNo,
    show: ({ id, documentNo, isExample }) => (
      <>
        <a href={`/books/${bookId}/funds/${id}`}>{documentNo}</a>
        {isExample ? '〔示例〕' : ''}
      </>
    ),
  },
  { key: 'name', label: '名称', isWide: true, value: ({ name }) => name },
  { key: 'type', label: '来源', value: ({ typeLabel }) => typeLabel },
  { key: 'level', label: '级次', value: ({ level }) => LEVEL_LABELS[level] },
  { key: 'year', label: '年度', kind: 'count', value: ({ year }) => year },
  ...AMOUNT_COLUMNS,
];
