import { plain } from './values.js';

export type ListName =
  | 'units'
  | 'payeeTypes'
  | 'contracts'
  | 'funds'
  | 'economicCodes'
  | 'serviceItems'
  | 'groups'
  | 'stations'
  | 'endUsers'
  | 'coverages'
  | 'flags';

export interface ColumnDefinition {
  /** Of the claim, said once for all its rows, or of each line. */
  readonly level: 'claim' | 'line';
  /** Where it goes in `NewClaim`, or within one of its lines. */
  readonly path: readonly string[];
  readonly title: string;
  /** Other titles that are understood. */
  readonly also: readonly string[];
  readonly isRequired?: boolean;
  readonly kind: 'text' | 'amount' | 'date' | 'digits' | 'flag' | 'choice' | 'choices';
  readonly list?: ListName;
  readonly note: string;
  /** In characters. */
  readonly width: number;
}

/** Every field of a claim that an operator fills in. Documents are added to the drafts afterwards. */
export const COLUMNS = {
  group: {
    level: 'claim',
    path: [],
    title: '报账单号（组号）',
    also: ['组号', '报账单号', '序号'],
    kind: 'text',
    width: 14,
    note: '同一张报账单的各行填相同的组号，例如 1、2、3；不填则每行自成一张报账单',
  },
  title: {
    level: 'claim',
    path: ['title'],
    title: '事由',
    also: ['报账事由', '用途'],
    isRequired: true,
    kind: 'text',
    width: 26,
    note: '这张报账单是为什么事；同一组只需在首行填写',
  },
  unit: {
    level: 'claim',
    path: ['organisationId'],
    title: '申报单位',
    also: ['单位', '报账单位'],
    isRequired: true,
    kind: 'choice',
    list: 'units',
    width: 24,
    note: '从下拉列表选择',
  },
  payeeType: {
    level: 'claim',
    path: ['payeeType'],
    title: '收款人类型',
    also: ['收款方类型'],
    isRequired: true,
    kind: 'choice',
    list: 'payeeTypes',
    width: 16,
    note: '从下拉列表选择；按合同付款的可不填',
  },
  payeeName: {
    level: 'claim',
    path: ['payeeName'],
    title: '收款人',
    also: ['收款方', '收款人名称'],
    isRequired: true,
    kind: 'text',
    width: 24,
    note: '收款单位全称或个人姓名；按合同付款的可不填',
  },
  businessDate: {
    level: 'claim',
    path: ['businessDate'],
    title: '业务日期',
    also: ['日期'],
    isRequired: true,
    kind: 'date',
    width: 14,
    note: '例如 2022-07-31',
  },
  contract: {
    level: 'claim',
    path: ['contractId'],
    title: '合同编号',
    also: ['合同'],
    kind: 'choice',
    list: 'contracts',
    width: 24,
    note: '按政府购买服务合同付款的填写，收款人即该合同的承接机构',
  },
  isFinal: {
    level: 'claim',
    path: ['isFinalPayment'],
    title: '是否尾款',
    also: ['尾款'],
    kind: 'flag',
    list: 'flags',
    width: 10,
    note: '填“是”或“否”，不填为否',
  },
  fund: {
    level: 'line',
    path: ['fundId'],
    title: '资金批次（文号）',
    also: ['资金批次', '文号', '资金文号', '资金来源'],
    isRequired: true,
    kind: 'choice',
    list: 'funds',
    width: 28,
    note: '支付这一行的资金的文号，从下拉列表选择',
  },
  amount: {
    level: 'line',
    path: ['amount'],
    title: '金额（元）',
    also: ['金额'],
    isRequired: true,
    kind: 'amount',
    width: 16,
    note: '这一行的金额，以元为单位，最多两位小数',
  },
  description: {
    level: 'line',
    path: ['description'],
    title: '用途说明',
    also: ['说明', '摘要'],
    isRequired: true,
    kind: 'text',
    width: 30,
    note: '这一行买了什么、做了什么',
  },
  economicCode: {
    level: 'line',
    path: ['economicCode'],
    title: '经济分类',
    also: ['支出经济分类', '经济分类科目'],
    kind: 'choice',
    list: 'economicCodes',
    width: 24,
    note: '部门预算支出经济分类，可只填代码，例如 30227；不填须由审核人认定',
  },
  serviceItem: {
    level: 'line',
    path: ['serviceItem'],
    title: '服务项目',
    also: [],
    kind: 'choice',
    list: 'serviceItems',
    width: 20,
    note: '从下拉列表选择',
  },
  groups: {
    level: 'line',
    path: ['beneficiaryGroups'],
    title: '服务对象',
    also: ['受益群体'],
    kind: 'choices',
    list: 'groups',
    width: 20,
    note: '可填几类，用顿号分开，例如 老年人、残疾人；没有特定对象的填“无特定对象”',
  },
  station: {
    level: 'line',
    path: ['stationId'],
    title: '服务站点',
    also: ['站点'],
    kind: 'choice',
    list: 'stations',
    width: 24,
    note: '服务的社工站',
  },
  endUser: {
    level: 'line',
    path: ['endUser'],
    title: '最终使用方',
    also: ['使用方'],
    kind: 'choice',
    list: 'endUsers',
    width: 14,
    note: '从下拉列表选择',
  },
  coverage: {
    level: 'line',
    path: ['rosterCoverage'],
    title: '名册覆盖',
    also: ['救助名册覆盖'],
    kind: 'choice',
    list: 'coverages',
    width: 14,
    note: '服务对象在救助名册内的比例：全部、部分、没有',
  },
  invoiceNumber: {
    level: 'line',
    path: ['invoice', 'number'],
    title: '发票号码',
    also: ['发票号'],
    kind: 'digits',
    width: 26,
    note: '数电票 20 位；旧版发票填代码加号码。单元格须为文本格式。没有发票的，发票四栏都不填',
  },
  invoiceDate: {
    level: 'line',
    path: ['invoice', 'issuedDate'],
    title: '开票日期',
    also: ['发票日期'],
    kind: 'date',
    width: 14,
    note: '例如 2022-07-01',
  },
  sellerName: {
    level: 'line',
    path: ['invoice', 'sellerName'],
    title: '销售方',
    also: ['销售方名称'],
    kind: 'text',
    width: 24,
    note: '发票上的销售方全称',
  },
  faceAmount: {
    level: 'line',
    path: ['invoice', 'faceAmount'],
    title: '发票金额（价税合计）',
    also: ['发票金额', '价税合计'],
    kind: 'amount',
    width: 18,
    note: '发票票面的价税合计；几行共用一张发票的，每行都填票面金额',
  },
} as const satisfies Readonly<Record<string, ColumnDefinition>>;
export type ColumnKey = keyof typeof COLUMNS;
export const COLUMN_KEYS = Object.keys(COLUMNS) as ColumnKey[];
export const column = (key: ColumnKey): ColumnDefinition => COLUMNS[key];

/** Without what people add to a title: marks of a required field, brackets, space. */
const essence = (title: string): string =>
  plain(title)
    .replaceAll(/[*:：]/g, '')
    .replace(/\(.*\)$/, '');

const BY_TITLE: ReadonlyMap<string, ColumnKey> = new Map(
  COLUMN_KEYS.flatMap((key) =>
    [column(key).title, ...column(key).also].map((title) => [essence(title), key] as const),
  ),
);
export const columnOfTitle = (title: string): ColumnKey | null => BY_TITLE.get(essence(title)) ?? null;
