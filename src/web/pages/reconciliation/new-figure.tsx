import type { z } from 'zod';
import { SOURCE_LABELS } from '../../../core/vocabulary.js';
import {
  bureauSubject,
  FIGURE_BASIS_LABELS,
  type figureTopicView,
  listFigureTopics,
  QUALIFIER_LABELS,
} from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { AmountField, choicesOf, FieldSet, SelectField, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Empty } from '../../components/notice.js';
import { definePage, inBook } from '../../page.js';

/** A figure as a document states it. */
export const newFigurePage = definePage({
  path: '/books/:bookId/figures/new',
  params: inBook,
  title: '登记公布数字',
  load: async ({ deps, actor, params: { bookId } }) => {
    const { items } = await listFigureTopics(deps.store, actor, bookId);
    const subject = await bureauSubject(deps.store.read, bookId);
    return {
      topics: items.map(({ topic }) => topic),
      mayRecord: may(actor, 'figure.record', subject).allowed,
    };
  },
  view: ({ topics, mayRecord }) =>
    mayRecord ? (
      <section class="card">
        <Form name="record" values={{ qualifier: 'exact' }}>
          <FieldSet legend="数字">
            <TextField
              name="topic"
              label="事项"
              hint="同一事项的数字互相核对，请选已有的事项或写新的，例如：红河州福彩公益金投入社工站"
              suggestions={topics}
              isRequired
            />
            <AmountField name="amount" label="金额" isRequired />
            <SelectField
              name="qualifier"
              label="约数"
              choices={choicesOf({ ...QUALIFIER_LABELS, exact: '准确数' })}
              empty={null}
            />
            <SelectField name="basis" label="口径" choices={choicesOf(FIGURE_BASIS_LABELS)} isRequired />
            <SelectField
              name="sourceType"
              label="资金来源"
              choices={choicesOf(SOURCE_LABELS)}
              empty="没有写明"
            />
            <TextField name="asOf" label="时点" hint="照原文写，例如：截至2022-06" isRequired />
          </FieldSet>
          <FieldSet legend="出处">
            <TextField name="sourceName" label="文件" hint="例如：云南2022年中推进会 材料一" isRequired />
            <TextField name="sourceSection" label="文件中的位置" hint="例如：二(五)" isRequired />
          </FieldSet>
          <Buttons>
            <Button action="record" look="main">
              登记
            </Button>
          </Buttons>
        </Form>
      </section>
    ) : (
      <Empty>您的岗位不能登记公布数字，由本级财务或督导办理。</Empty>
    ),
  actions: {
    record: {
      operation: 'POST /books/:bookId/figures',
      done: (answer: z.infer<typeof figureTopicView>, { params }) => ({
        to: `/books/${params['bookId']}/figures`,
        say:
          answer.isContradicting && answer.explanation === null
            ? `已登记。“${answer.topic}”的数字不一致，请写明原因。`
            : `已登记“${answer.topic}”的数字`,
      }),
    },
  },
});
