import { z } from 'zod';
import {
  type AllotmentTreeView,
  allotmentTree,
  MOST_TREE_NODES,
  PASSED_ON_WITHIN_DAYS,
  type TreeNodeView,
  treeQuery,
} from '../../../allotments/index.js';
import { groupBy } from '../../../core/collections.js';
import { SOURCE_LABELS } from '../../../core/vocabulary.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { bookFunds } from '../../choices.js';
import { sheetOf } from '../../columns.js';
import { Amount, UNIT_LABELS } from '../../components/amount.js';
import { choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { Empty, Figure, Figures, Notice } from '../../components/notice.js';
import { Bases } from '../../components/table.js';
import { hrefWith, type PageContext, usePage } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { AllotmentTabs } from './tabs.js';
import { delayText, TREE_AMOUNTS, treeColumns } from './tree-columns.js';
import { type Branches, TreeNode } from './tree-node.js';

const query = treeQuery.omit({ limit: true }).extend({ open: z.literal('all').optional() });
type Asked = PageContext<{ bookId: string }, z.output<typeof query>>;

const treeOf = ({ deps, actor, params, query: { open: _open, ...asked }, today }: Asked, limit?: number) =>
  allotmentTree(deps.store, actor, params.bookId, { ...asked, limit }, today);

/** 指标下达树: where the money of this book's funds went, level by level. */
export const allotmentTreePage = definePage({
  path: '/books/:bookId/allotments/tree',
  params: inBook,
  query,
  title: '指标下达树',
  load: async (page) => ({
    tree: await treeOf(page),
    funds: (await bookFunds(page, page.params.bookId)).map(
      ({ id, documentNo, name }) => [id, `${documentNo} ${name}`] as const,
    ),
    mayIssue: may(
      page.actor,
      'allotment.issue',
      await bureauSubject(page.deps.store.read, page.params.bookId),
    ).allowed,
  }),
  view: ({ tree, funds, mayIssue }, { params: { bookId }, query: asked }) => (
    <>
      <AllotmentTabs bookId={bookId} current="tree" />
      <FilterBar>
        <SelectFilter name="fundId" label="资金" choices={funds} />
        <TextFilter name="year" label="预算年度" type="number" />
        <SelectFilter name="type" label="来源" choices={choicesOf(SOURCE_LABELS)} />
        <TextFilter name="recipient" label="接收单位名称含有" />
      </FilterBar>
      {tree.nodes.length === 0 ? (
        <Empty>
          没有符合条件的资金批次。已有下达数的资金批次才列在这里：请先在“
          <a href={`/books/${bookId}/funds`}>资金批次</a>”登记下达文件，或在“
          <a href={`/books/${bookId}/intakes`}>收文与到账</a>
          ”收下上级的指标；也可以换一个年度或来源再查。下级账套各自的下达树，从“
          <a href="/books">账套</a>”里进入。
        </Empty>
      ) : (
        <>
          <Totals tree={tree} />
          <Late nodes={tree.nodes} />
          <Tree tree={tree} bookId={bookId} isAllOpen={asked.open === 'all'} mayIssue={mayIssue} />
        </>
      )}
    </>
  ),
  exported: async (page) => {
    const tree = await treeOf(page as Asked, MOST_TREE_NODES);
    return sheetOf('指标下达树', treeColumns(tree), () => tree.nodes);
  },
});

function Totals({ tree: { total } }: { tree: AllotmentTreeView }) {
  return (
    <Figures>
      <Figure label="下达到本级" basis="所列资金批次得到的全部下达">
        <Amount yuan={total.issued} />
      </Figure>
      <Figure label="已再下达" basis="本级下达给下级和站点的，加上级文件分到各单位的">
        <Amount yuan={total.passedOn} />
      </Figure>
      <Figure label="留在本级" basis="下达减已再下达和已缴回，包括本级已支出的">
        <Amount yuan={total.kept} />
      </Figure>
      <Figure label="本级已支出" basis="所列资金批次在本账套的支出，不含下级账套">
        <Amount yuan={total.spent} />
      </Figure>
    </Figures>
  );
}

const FEW = 5;
/** What has waited too long, the longest first. */
function Late({ nodes }: { nodes: readonly TreeNodeView[] }) {
  const page = usePage();
  const late = nodes.flatMap((node) => node.delays.map((delay) => ({ node, delay })));
  if (late.length === 0)
    return (
      <p class="checks-line">
        ✓ 所列各级没有超过 {PASSED_ON_WITHIN_DAYS} 日仍未收文、仍未再下达也未使用、仍未到账的上级资金。
      </p>
    );
  const worst = [...late].sort((a, b) => b.delay.days - a.delay.days).slice(0, FEW);
  return (
    <Notice
      tone="warning"
      title={`有 ${late.length} 处超过 ${PASSED_ON_WITHIN_DAYS} 日，可能截留、滞留，请逐一核实`}
    >
      <ul>
        {worst.map(({ node, delay }) => (
          <li key={`${node.id} ${delay.kind}`}>
            <a href={`#${node.id}`}>{node.name}</a>：{delayText(delay, page.unit)}
          </li>
        ))}
      </ul>
      {late.length > FEW ? (
        <p class="hint">这里只列时间最长的 {FEW} 处，其余在下面的树中标出，导出表中也有。</p>
      ) : null}
    </Notice>
  );
}

function Tree({
  tree,
  bookId,
  isAllOpen,
  mayIssue,
}: {
  tree: AllotmentTreeView;
  bookId: string;
  isAllOpen: boolean;
  mayIssue: boolean;
}) {
  const page = usePage();
  const children = groupBy(tree.nodes, ({ parentId }) => parentId);
  const roots = children.get(null) ?? [];
  const branches: Branches = {
    bookId,
    childrenOf: (id) => children.get(id) ?? [],
    isOpen: ({ depth }) => isAllOpen || (depth === 0 && roots.length <= FEW),
    mayIssue,
  };
  return (
    <div class="table-box">
      <div class="table-tools">
        <p class="table-caption">
          资金从上级到站点
          <span class="aside">{roots.length} 个资金批次</span>
          <span class="aside">单位：{UNIT_LABELS[page.unit]}</span>
        </p>
        <div class="tools">
          <a class="button plain" href={hrefWith(page, { open: isAllOpen ? null : 'all' })}>
            {isAllOpen ? '全部收起' : '全部展开'}
          </a>
          <a class="button plain" href={hrefWith(page, { export: 'xlsx' })}>
            导出 Excel
          </a>
          <a class="button plain" href={hrefWith(page, { export: 'csv' })}>
            导出 CSV
          </a>
        </div>
      </div>
      <div class="tree-head" aria-hidden="true">
        <span>单位</span>
        {TREE_AMOUNTS.map(({ key, label }) => (
          <span key={key}>{label}</span>
        ))}
      </div>
      <ul class="tree" aria-label="指标下达树">
        {roots.map((root) => (
          <TreeNode key={root.id} node={root} fundName={root.name} branches={branches} />
        ))}
      </ul>
      {tree.otherFunds > 0 ? (
        <p class="hint">还有 {tree.otherFunds} 个资金批次没有列出，请按资金、年度或来源查询。</p>
      ) : null}
      <Bases columns={TREE_AMOUNTS} />
    </div>
  );
}
