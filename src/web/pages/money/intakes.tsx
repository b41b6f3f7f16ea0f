import { listTransit } from '../../../allotments/index.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { Amount } from '../../components/amount.js';
import { HiddenField, TextField } from '../../components/field.js';
import { Button, Form } from '../../components/form.js';
import { Empty, Figure, Figures, Section } from '../../components/notice.js';
import { definePage, inBook } from '../../page.js';
import { sumYuan, TRANSIT_LABELS } from './words.js';

/** What the upper level issued to this book and is not yet taken in: 收文 and 到账, one press each. */
export const intakesPage = definePage({
  path: '/books/:bookId/intakes',
  params: inBook,
  title: '收文与到账',
  load: async ({ deps, actor, params: { bookId }, today }) => ({
    items: (await listTransit(deps.store, actor, bookId, today, { direction: 'in' })).items,
    mayTakeIn: may(actor, 'intake.record', await bureauSubject(deps.store.read, bookId)).allowed,
  }),
  view: ({ items, mayTakeIn }, { params: { bookId }, today }) => (
    <>
      <Figures>
        {(['allotment', 'disbursement'] as const).map((kind) => {
          const own = items.filter((item) => item.kind === kind);
          return (
            <Figure
              key={kind}
              label={`待${TRANSIT_LABELS[kind].take}`}
              basis={TRANSIT_LABELS[kind].basis}
              tone={own.some(({ ageDays }) => ageDays > 30) ? 'warning' : undefined}
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
    </>
  ),
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
