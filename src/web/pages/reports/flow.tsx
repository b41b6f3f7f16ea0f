import { z } from 'zod';
import { flowQuery, type MoneyFlow, moneyFlow } from '../../../reports/index.js';
import { Sankey } from '../../charts/index.js';
import { Amount } from '../../components/amount.js';
import { FilterBar, SelectFilter } from '../../components/filter.js';
import { Empty, Section, Tabs } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import { hrefWith, type PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { yearChoices, yearsOf } from '../audit/asked.js';
import { Checks, columnsOf, Downloads, fundFilterChoices, useUnit } from './parts.js';

type Node = MoneyFlow['nodes'][number];
const query = flowQuery.extend({ shown: z.enum(['picture', 'table']).default('picture') });

/** 资金流向: from the 文号 over bureaus, contracts and stations to the payees, for a year or one fund. */
export const flowPage = definePage({
  path: '/books/:bookId/reports/flow',
  params: inBook,
  query,
  title: '资金流向',
  load: async (page) => {
    const { deps, actor, params, query: asked } = page;
    const { fundId, largest } = asked;
    const { year, years } = await yearsOf(page, params.bookId, asked.year);
    const flow = await moneyFlow(deps.store, actor, params.bookId, {
      fundId,
      largest,
      ...(fundId ? {} : { year }),
    });
    return { flow, year, years, funds: await fundFilterChoices(page, params.bookId) };
  },
  view: ({ flow, year, years, funds }, page) => {
    const { fundId, largest, shown } = page.query;
    const tabs = [
      { label: '流向图', value: 'picture' },
      { label: '表格', value: 'table' },
    ] as const;
    return (
      <>
        <FilterBar>
          <SelectFilter
            name="year"
            label="资金年度"
            choices={yearChoices(years)}
            empty={null}
            initial={String(year)}
          />
          <SelectFilter name="fundId" label="只看一个资金批次（不论年度）" choices={funds} />
          <SelectFilter
            name="largest"
            label="每一环节列出"
            empty={null}
            initial={String(largest)}
            choices={[
              ['6', '最大的 6 个'],
              ['12', '最大的 12 个'],
              ['30', '最大的 30 个'],
              ['100', '最大的 100 个'],
            ]}
          />
        </FilterBar>
        <Tabs
          items={tabs.map(({ label, value }) => ({
            label,
            href: hrefWith(page, { shown: value }),
            isCurrent: shown === value,
          }))}
        />
        {flow.rows.length === 0 ? (
          <Empty>这一范围还没有到账的资金。登记到账之后，这里画出资金从文号到收款人的去向。</Empty>
        ) : shown === 'table' ? (
          <>
            <DataTable
              caption="各环节之间"
              columns={columnsOf<MoneyFlow['rows'][number]>(flow.columns)}
              rows={flow.rows}
              idOf={({ source, target }) => `${source} ${target}`}
              tools={<Downloads report="flow" query={{ ...(fundId ? { fundId } : { year }), largest }} />}
              empty=""
            />
            <DataTable
              caption="每一环节的流入、流出和留存"
              columns={nodeColumns(flow, page)}
              rows={flow.nodes}
              idOf={({ id }) => id}
              pageSize={200}
              empty=""
            />
          </>
        ) : (
          <Section
            title={fundId ? '一个资金批次的去向' : `${year} 年度资金的去向`}
            aside={
              <div class="tools">
                <Downloads report="flow" query={{ ...(fundId ? { fundId } : { year }), largest }} />
              </div>
            }
          >
            <Picture flow={flow} page={page} />
          </Section>
        )}
        <Checks checks={flow.checks} />
      </>
    );
  },
});

type Place = Pick<PageContext<{ bookId: string }>, 'params' | 'pages'>;

/** The page of what a node stands for, where there is one. */
function hrefOf(node: Node, { params: { bookId }, pages }: Place): string | undefined {
  const [kind, id] = node.id.split(':') as [string, string];
  if (kind === 'fund') return `/books/${bookId}/funds/${id}`;
  if (kind === 'contract' && pages.has('/books/:bookId/contracts/:id'))
    return `/books/${bookId}/contracts/${id}`;
  return undefined;
}

function Picture({ flow, page }: { flow: MoneyFlow; page: Place }) {
  return (
    <Sankey
      id="flow"
      title="资金从文号到收款人"
      basis={flow.columns.map(({ title, basis }) => `${title}：${basis}`).join('；')}
      unit={useUnit()}
      columns={flow.stages}
      limit={flow.nodes.length}
      nodes={flow.nodes
        .filter(({ in: incoming }) => incoming !== '0.00')
        .map((node) => {
          const href = hrefOf(node, page);
          return {
            id: node.id,
            column: node.stage,
            label: node.label,
            amount: node.in,
            ...(href ? { href } : {}),
          };
        })}
      links={flow.rows.map(({ source, target, amount }) => ({ from: source, to: target, amount }))}
    />
  );
}

const nodeColumns = (flow: MoneyFlow, page: Place): Column<Node>[] => [
  { key: 'stage', label: '环节', value: ({ stage }) => flow.stages[stage] ?? '' },
  {
    key: 'label',
    label: '名称',
    isWide: true,
    value: ({ label }) => label,
    show: (node) => {
      const href = hrefOf(node, page);
      return href ? <a href={href}>{node.label}</a> : node.label;
    },
  },
  { key: 'in', label: '流入', kind: 'amount', basis: '从上一环节来的金额', value: (node) => node.in },
  { key: 'out', label: '流出', kind: 'amount', basis: '到下一环节去的金额', value: ({ out }) => out },
  {
    key: 'rests',
    label: '留存',
    isFixed: true,
    isWide: true,
    basis: '流入减流出，写明是什么',
    value: ({ rests }) => rests.map(({ label }) => label).join('、'),
    show: ({ rests }) =>
      rests
        .filter(({ amount }) => amount !== '0.00')
        .map(({ label, amount }) => (
          <div key={label}>
            {label} <Amount yuan={amount} isPlain />
          </div>
        )),
  },
];
