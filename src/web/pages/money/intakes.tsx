import { listIntakes, listTransit, PASSED_ON_WITHIN_DAYS, takenQuery } from '../../../allotments/index.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { bookFunds } from '../../choices.js';
import { sheetOf } from '../../columns.js';
import { Amount } from '../../components/amount.js';
import { choicesOf, HiddenField, TextField } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { Button, Form } from '../../components/form.js';
import { Empty, Figure, Figures, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { showTotal } from '../../counts.js';
import { definePage, inBook } from '../../page.js';
import { everyRow, TAKEN_LABELS, takenColumns } from './movement-columns.js';
import { sumYuan, TRANSIT_LABELS } from './words.js';

const query = takenQuery.omit({ count: true });

/** What the upper level issued to this book and is not yet taken in: 收文 and 到账, one press each. */
export const intakesPage = definePage({
  path: '/books/:bookId/intakes',
  params: inBook,
  title: '收文与到账',
  query,
  load: async (page) => {
    const {
      deps,
      actor,
      params: { bookId },
      today,
    } = page;
    return {
      list: await listIntakes(deps.store, actor, bookId, { ...page.query, count: true }),
      funds: (await bookFunds(page, bookId)).map(
        ({ id, documentNo, name }) => [id, `${documentNo} ${name}`] as const,
      ),
      items: (await listTransit(deps.store, actor, bookId, today, { direction: 'in' })).items,
      mayTakeIn: may(actor, 'intake.record', await bureauSubject(deps.store.read, bookId)).allowed,
    };
  },
  view: ({ items, list, funds, mayTakeIn }, { params: { bookId }, today }) => (
    <>
      <Figures>
        {(['allotment', 'disbursement'] as const).map((kind) => {
          const own = items.filter((item) => item.kind === kind);
          return (
            <Figure
              key={kind}
              label={`待${TRANSIT_LABELS[kind].take}`}
              basis={TRANSIT_LABELS[kind].basis}
              tone={own.some(({ ageDays }) => ageDays > PASSED_ON_WITHIN_DAYS) ? 'warning' : undefined}
            >
              <Amount yuan={sumYuan(own.map(({ amount }) => amount))} />
            </Figure>
          );
        })}
      </Figures>
      {items.length === 0 ? (
        <Empty>
          上级下达和拨付的都已收下。与上级逐笔核对，请看“
          <a href={`/books/${bookId}/upper-comparison`}>上下级对账</a>”。
        </Empty>
      ) : null}
      {items.map((item) => {
        const { issue, take } = TRANSIT_LABELS[item.kind];
        return (
          <Section key={item.issueId} title={`${issue}　${item.documentNo}`}>
            <p>
              <Amount yuan={item.amount} />，{item.effectiveDate} {issue}，已 {item.ageDays} 天。
            </p>
            {mayTakeIn ? (
              <Form name={`take-${item.issueId}`} values={{ effectiveDate: today }}>
                <HiddenField name="kind" value={item.kind} />
                <HiddenField name="issueId" value={item.issueId} />
                <TextField
                  name="documentNo"
                  label={item.kind === 'allotment' ? '本单位收文号' : '收款凭证号'}
                  hint={item.kind === 'allotment' ? '例如：收文2022-15' : '例如：到账2022-03'}
                  isRequired
                />
                <TextField name="effectiveDate" label="业务日期" type="date" isRequired />
                <div class="buttons">
                  <Button action="take" look="main">
                    {take}
                  </Button>
                </div>
              </Form>
            ) : null}
          </Section>
        );
      })}
      <h2>收文与到账记录</h2>
      <FilterBar>
        <SelectFilter name="fundId" label="资金" choices={funds} />
        <SelectFilter name="kind" label="种类" choices={choicesOf(TAKEN_LABELS)} />
        <TextFilter name="documentNo" label="收文号或凭证号含有" />
        <TextFilter name="year" label="年度" type="number" />
      </FilterBar>
      <DataTable
        caption="收文与到账记录"
        columns={takenColumns(bookId, Object.fromEntries(funds))}
        rows={list.items}
        idOf={({ id }) => id}
        cursors={{ next: list.nextCursor, prev: list.prevCursor, ...showTotal(list.total) }}
        sortable={['effectiveDate', 'amount']}
        canExport
        empty="没有符合条件的记录。上级下达或拨付之后，在上面登记收文或到账，每一笔都列在这里。"
      />
    </>
  ),
  exported: async (page) => {
    const { deps, actor, params } = page;
    const funds = Object.fromEntries(
      (await bookFunds(page, params.bookId)).map(({ id, documentNo, name }) => [id, `${documentNo} ${name}`]),
    );
    return sheetOf('收文与到账记录', takenColumns(params.bookId, funds), () =>
      everyRow((at) => listIntakes(deps.store, actor, params.bookId, { ...page.query, ...at, count: false })),
    );
  },
  actions: {
    take: {
      operation: 'POST /books/:bookId/intakes',
      done: (intake: { documentNo: string; bookId: string; fundId: string }) => ({
        to: `/books/${intake.bookId}/intakes`,
        say: `已登记 ${intake.documentNo}，资金批次中可以看到。`,
      }),
    },
  },
});
