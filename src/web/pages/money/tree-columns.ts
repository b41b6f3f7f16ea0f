import { type AllotmentTreeView, DELAY_LABELS, type TreeNodeView } from '../../../allotments/index.js';
import { showAmount, UNIT_LABELS } from '../../components/amount.js';
import type { Column } from '../../components/table.js';
import type { Unit } from '../../context.js';

type Amounts = Column<TreeNodeView> & { readonly kind: 'amount' };
const amount = (
  key: 'issued' | 'taken' | 'paid' | 'passedOn' | 'kept' | 'spent' | 'other' | 'returned' | 'merged',
  label: string,
  basis: string,
): Amounts => ({ key, label, kind: 'amount', basis, value: (node) => node[key] });

/** The amounts of every node. */
export const TREE_AMOUNTS: readonly Amounts[] = [
  amount('issued', '下达', '上一级下达给这一行的合计；资金批次一行为本级得到的全部下达'),
  amount('taken', '已收', '其中下级账套已收文登记的；单位没有自己的账套，指标随文件即到'),
  amount(
    'paid',
    '已拨付',
    '上一级随这些下达已拨付的资金；资金批次一行为本级到账。单位的钱由所在账套直接支付，没有拨付',
  ),
  amount(
    'passedOn',
    '已再下达',
    '由这一行再往下达的合计，含上级文件写明分到各单位的；等于其下各行“下达”之和',
  ),
  amount('kept', '留在本级', '下达加其他来源，减已再下达、已缴回和并入别处的；尚未再下达，包括本级已支出的'),
  amount('spent', '已支出', '该账套这些资金批次的支出，不含下级账套；单位的支出记在所在账套，不重复列'),
];

/** Amounts that only some nodes have; on the page they stand under the name. */
export const SIDE_AMOUNTS: readonly Amounts[] = [
  amount('other', '其他来源', '同一资金批次中不是由上一行下达的部分'),
  amount('returned', '已缴回', '同一资金批次已缴回的'),
  amount('merged', '并入别处', '下级收入了列在另一行的资金批次，去向在那一行，不重复列'),
];

export const delayText = ({ kind, amount, days }: TreeNodeView['delays'][number], unit: Unit): string =>
  `${DELAY_LABELS[kind]} ${showAmount(amount, unit)} ${UNIT_LABELS[unit]}，已 ${days} 天`;

const viaText = ({ via, kind }: Pick<TreeNodeView, 'via' | 'kind'>): string =>
  kind === 'fund' ? '本级资金' : via === 'split' ? '上级文件分到' : via === 'allotment' ? '下达' : '合计';

/** The tree as a list, each row with its way from the fund down. */
export function treeColumns(tree: AllotmentTreeView): Column<TreeNodeView>[] {
  const nodes = new Map(tree.nodes.map((node) => [node.id, node]));
  const wayOf = (node: TreeNodeView): string[] => {
    const parent = node.parentId === null ? undefined : nodes.get(node.parentId);
    return [...(parent ? wayOf(parent) : node.above.map(({ bureauName }) => bureauName)), node.name];
  };
  const dates = ({ issues }: TreeNodeView) => issues.map(({ effectiveDate }) => effectiveDate).join('；');
  const receipts = ({ issues }: TreeNodeView) =>
    issues
      .flatMap(({ takenIn }) =>
        takenIn ? [`${takenIn.documentNo ?? '已收文'} ${takenIn.effectiveDate}`] : [],
      )
      .join('；');
  return [
    {
      key: 'depth',
      label: '层级',
      kind: 'count',
      basis: '资金批次为 1，往下每级加 1',
      value: ({ depth }) => depth + 1,
    },
    { key: 'way', label: '路径', value: (node) => wayOf(node).join(' / ') },
    { key: 'name', label: '名称', value: ({ name }) => name },
    { key: 'level', label: '类别', value: ({ levelLabel }) => levelLabel },
    { key: 'via', label: '方式', value: viaText },
    {
      key: 'documents',
      label: '下达文号',
      value: ({ issues }) => issues.map(({ documentNo }) => documentNo).join('；'),
    },
    { key: 'dates', label: '下达日期', value: dates },
    { key: 'receipts', label: '收文', value: receipts },
    ...TREE_AMOUNTS,
    ...SIDE_AMOUNTS,
    {
      key: 'delays',
      label: '超期',
      basis: `超过 ${tree.termDays} 日没有收文、没有再下达也没有使用、没有到账，按业务日期算到 ${tree.asOf}`,
      value: ({ delays }) => delays.map((delay) => delayText(delay, 'yuan')).join('；'),
    },
  ];
}
