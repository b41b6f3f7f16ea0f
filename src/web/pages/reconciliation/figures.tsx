import type { z } from 'zod';
import {
  bureauSubject,
  FIGURE_BASIS_LABELS,
  type figureTopicView,
  listFigureTopics,
  QUALIFIER_LABELS,
} from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { Amount } from '../../components/amount.js';
import { HiddenField, TextArea } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { ListTable, listSheet, matching, TextFilterBar, textQuery } from '../../components/list.js';
import { Badge, Empty, Section } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import { definePage, inBook } from '../../page.js';

type Topic = z.infer<typeof figureTopicView>;
type Stated = Topic['figures'][number];

/** "约 200 万元", "380 万余元": the qualifier stands where Chinese puts it, and the amount in the reader's unit. */
function StatedAmount({ figure: { amount, qualifier } }: { figure: Stated }) {
  const label = QUALIFIER_LABELS[qualifier];
  const leads = qualifier === 'about' || qualifier === 'nearly';
  return (
    <>
      {leads ? `${label} ` : ''}
      <Amount yuan={amount} />
      {leads || label === '' ? '' : `（${label}）`}
    </>
  );
}

const figureColumns: Column<Stated>[] = [
  { key: 'topic', label: '事项', isWide: true, value: ({ topic }) => topic },
  {
    key: 'amount',
    label: '数字',
    kind: 'amount',
    basis: '文件怎样写就怎样登记，带“约、余、近、以上”；不入账',
    value: ({ amount }) => amount,
    show: (figure) => <StatedAmount figure={figure} />,
  },
  { key: 'basis', label: '口径', value: ({ basis }) => FIGURE_BASIS_LABELS[basis] },
  { key: 'asOf', label: '时点', value: ({ asOf }) => asOf },
  {
    key: 'source',
    label: '出处',
    isWide: true,
    value: ({ sourceName, sourceSection }) => `${sourceName} ${sourceSection}`,
  },
];
const inTopic = figureColumns.filter(({ key }) => key !== 'topic');

/** 公布数字: what documents say, contradictions first, each waiting for its explanation. */
export const figuresPage = definePage({
  path: '/books/:bookId/figures',
  params: inBook,
  query: textQuery,
  title: '公布数字',
  load: async ({ deps, actor, params: { bookId } }) => {
    const { items } = await listFigureTopics(deps.store, actor, bookId);
    const subject = await bureauSubject(deps.store.read, bookId);
    return { items, mayRecord: may(actor, 'figure.record', subject).allowed };
  },
  view: ({ items, mayRecord }, { params: { bookId }, query: { text } }) => {
    const open = items.filter(
      ({ isContradicting, explanation, figures }) =>
        isContradicting && explanation === null && matching(figures, figureColumns, text).length > 0,
    );
    const explained = items.filter(({ explanation }) => explanation !== null);
    const others = items.filter(
      ({ isContradicting, explanation }) => !isContradicting && explanation === null,
    );
    return (
      <>
        <p class="hint">文件、报道里的金额原样登记、互相核对，不入账；同一事项的数字不一致时要写明原因。</p>
        <div class="tools">
          {mayRecord ? (
            <a class="button main" href={`/books/${bookId}/figures/new`}>
              登记公布数字
            </a>
          ) : null}
        </div>
        <TextFilterBar label="事项、金额或出处" />
        <h2>
          待说明的矛盾 <Badge tone={open.length > 0 ? 'warning' : 'ok'}>{open.length} 项</Badge>
        </h2>
        {open.length === 0 ? (
          <Empty>{text ? `没有含“${text}”的待说明的矛盾。` : '没有待说明的矛盾。'}</Empty>
        ) : null}
        {open.map((topic) => (
          <Section key={topic.topic} title={topic.topic}>
            <p>
              最大相差 <Amount yuan={topic.difference} />
            </p>
            <DataTable
              caption="各处的数字"
              columns={inTopic}
              rows={topic.figures}
              idOf={({ id }) => id}
              empty=""
            />
            {mayRecord ? (
              <Form name={`explain-${topic.figures[0]?.id}`}>
                <HiddenField name="topic" value={topic.topic} />
                <TextArea
                  name="text"
                  label="为什么不一致"
                  hint="例如：416 万元含截至 6 月补充下达的部分"
                  rows={2}
                  isRequired
                  isWide
                />
                <Buttons>
                  <Button action="explain">登记说明</Button>
                </Buttons>
              </Form>
            ) : null}
          </Section>
        ))}
        <ListTable
          part="explained"
          caption="已说明的矛盾"
          rows={explained}
          idOf={({ topic }) => topic}
          pageSize={200}
          empty="还没有说明过的矛盾。"
          columns={[
            { key: 'topic', label: '事项', isWide: true, value: ({ topic }) => topic },
            {
              key: 'figures',
              label: '各处的数字',
              isWide: true,
              isFixed: true,
              value: ({ figures }) =>
                figures
                  .map(({ amount, sourceName, sourceSection }) => `${amount} ${sourceName} ${sourceSection}`)
                  .join('；'),
              show: ({ figures }) => (
                <div>
                  {figures.map((figure) => (
                    <div key={figure.id}>
                      <StatedAmount figure={figure} />
                      <span class="beneath">
                        {figure.sourceName} {figure.sourceSection}
                      </span>
                    </div>
                  ))}
                </div>
              ),
            },
            {
              key: 'difference',
              label: '最大相差',
              kind: 'amount',
              basis: '同一事项最大的数字减最小的',
              value: ({ difference }) => difference,
            },
            { key: 'explanation', label: '说明', isWide: true, value: ({ explanation }) => explanation },
          ]}
        />
        <ListTable
          caption="没有矛盾的数字"
          columns={figureColumns}
          rows={others.flatMap(({ figures }) => figures)}
          idOf={({ id }) => id}
          empty={
            mayRecord ? '没有。点“登记公布数字”登记文件里的金额。' : '没有。财务或督导登记之后列在这里。'
          }
        />
      </>
    );
  },
  exported: async (page) => {
    const { deps, actor, search } = page;
    const { bookId } = page.params;
    const { items } = await listFigureTopics(deps.store, actor, bookId);
    // A sealed text is opened as a whole cell, so the explanation has a column of its own.
    const columns: Column<Stated & Pick<Topic, 'isContradicting' | 'explanation'>>[] = [
      ...figureColumns,
      { key: 'qualifier', label: '约数', value: ({ qualifier }) => QUALIFIER_LABELS[qualifier] },
      {
        key: 'checked',
        label: '核对',
        value: ({ isContradicting, explanation }) =>
          isContradicting ? (explanation === null ? '有矛盾，未说明' : '有矛盾，已说明') : '没有矛盾',
      },
      { key: 'explanation', label: '说明', value: ({ explanation }) => explanation },
    ];
    const isExplained = search.get('part') === 'explained';
    const rows = items
      .filter(({ explanation }) => !isExplained || explanation !== null)
      .flatMap(({ figures, isContradicting, explanation }) =>
        figures.map((figure) => ({ ...figure, isContradicting, explanation })),
      );
    return listSheet(page, isExplained ? '已说明的矛盾' : '公布数字', columns, rows);
  },
  actions: {
    explain: {
      operation: 'POST /books/:bookId/figure-explanations',
      done: (answer: Topic, { path }) => ({ to: path, say: `“${answer.topic}”的差异已说明` }),
    },
  },
});
