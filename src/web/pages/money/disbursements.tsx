import {
  listAllotments,
  listDisbursements,
  listTransit,
  PASSED_ON_WITHIN_DAYS,
  paidQuery,
} from '../../../allotments/index.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { bookFunds } from '../../choices.js';
import { sheetOf } from '../../columns.js';
import { Amount } from '../../components/amount.js';
import {
  AmountField,
  type Choice,
  choicesOf,
  HiddenField,
  SelectField,
  TextField,
} from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Empty, Figure, Figures, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { showTotal } from '../../counts.js';
import { definePage, inBook } from '../../page.js';
import { everyRow, PAID_LABELS, paidColumns } from './movement-columns.js';
import { sumYuan } from './words.js';

const query = paidQuery.omit({ count: true });

/** Cash paid down: what was allotted and not paid yet, what is on its way, and what arrived and awaits our note. */
export const disbursementsPage = definePage({
  path: '/books/:bookId/disbursements',
  params: inBook,
  title: '拨付资金',
  query,
  load: async (page) => {
    const {
      deps: { store },
      actor,
      params: { bookId },
      today,
    } = page;
    const open = await listAllotments(
      store,
      actor,
      bookId,
      { limit: 50, toDisburse: true, count: false },
      today,
    );
    const transit = await listTransit(store, actor, bookId, today, {
      direction: 'out',
      kind: 'disbursement',
    });
    const arrived = await listDisbursements(store, actor, bookId, {
      state: 'arrived',
      sort: 'effectiveDate',
      order: 'asc',
      limit: 50,
    });
    const subject = await bureauSubject(store.read, bookId);
    return {
      open: open.items,
      transit: transit.items,
      list: await listDisbursements(store, actor, bookId, { ...page.query, count: true }),
      funds: (await bookFunds(page, bookId)).map(
        ({ id, documentNo, name }) => [id, `${documentNo} ${name}`] as const,
      ),
      arrived: arrived.items,
      isMoreArrived: arrived.nextCursor !== null,
      mayPay: may(actor, 'disbursement.issue', subject).allowed,
      mayAcknowledge: may(actor, 'intake.record', subject).allowed,
    };
  },
  view: (
    { open, transit, arrived, isMoreArrived, list, funds, mayPay, mayAcknowledge },
    { params: { bookId }, query: asked, today },
  ) => {
    const recipient = asked.recipientBookId === undefined ? undefined : list.items[0]?.recipientName;
    const choices: Choice[] = open.flatMap(({ documentNo, items }) =>
      items
        .filter(({ recipientBookId }) => recipientBookId !== null)
        .map(
          ({ id, recipientName, amount }): Choice => [
            id,
            `${documentNo} ${recipientName}（下达 ${amount} 元）`,
          ],
        ),
    );
    return (
      <>
        <Figures>
          <Figure
            label="在途资金"
            basis="已拨付、下级尚未登记到账"
            href={`/books/${bookId}/disbursements?state=in_transit`}
            tone={transit.some(({ ageDays }) => ageDays > PASSED_ON_WITHIN_DAYS) ? 'warning' : undefined}
          >
            <Amount yuan={sumYuan(transit.map(({ amount }) => amount))} />
          </Figure>
          <Figure label="在途笔数" basis="其中最久的一笔从拨付日算起">
            {transit.length} 笔{transit[0] ? <span class="unit">，最久 {transit[0].ageDays} 天</span> : null}
          </Figure>
        </Figures>
        <Section title="拨付">
          {choices.length === 0 ? (
            <Empty>近两年下达的指标都已拨足。先在“下达指标”中下达，再拨付资金。</Empty>
          ) : mayPay ? (
            <Form name="pay" values={{ effectiveDate: today }}>
              <SelectField
                name="allotmentItemId"
                label="下达文件和单位"
                choices={choices}
                isRequired
                isWide
              />
              <TextField name="voucherNo" label="付款凭证号" hint="例如：拨付2022-001" isRequired />
              <TextField name="effectiveDate" label="业务日期" type="date" isRequired />
              <AmountField name="amount" label="金额" isRequired />
              <Buttons>
                <Button action="pay" look="main">
                  拨付
                </Button>
              </Buttons>
            </Form>
          ) : (
            <p>有 {choices.length} 笔下达尚未拨足，由本单位出纳办理。</p>
          )}
        </Section>
        <Section title="下级已到账，待本级确认">
          {arrived.length === 0 ? <Empty>没有待确认的。</Empty> : null}
          {arrived.map(({ id, recipientName, voucherNo, amount, takenDate }) => (
            <div key={id} class="line">
              <p>
                {recipientName}　{voucherNo}　<Amount yuan={amount} />　{takenDate} 到账
              </p>
              {mayAcknowledge ? (
                <Form name={`acknowledge-${id}`} values={{ effectiveDate: today }}>
                  <HiddenField name=":id" value={id} />
                  <TextField name="effectiveDate" label="业务日期" type="date" isRequired />
                  <Buttons>
                    <Button action="acknowledge">确认到账</Button>
                  </Buttons>
                </Form>
              ) : null}
            </div>
          ))}
          {isMoreArrived ? (
            <p class="hint">这里先列最早的 {arrived.length} 笔，确认之后接着列出其余的。</p>
          ) : null}
        </Section>
        <h2>拨付记录</h2>
        <FilterBar>
          <SelectFilter name="fundId" label="资金" choices={funds} />
          <TextFilter name="voucherNo" label="付款凭证号含有" />
          <SelectFilter name="state" label="状态" choices={choicesOf(PAID_LABELS)} />
          <TextFilter name="year" label="年度" type="number" />
        </FilterBar>
        <DataTable
          caption={recipient ? `拨付给${recipient}的记录` : '拨付记录'}
          columns={paidColumns(bookId, Object.fromEntries(funds), today)}
          rows={list.items}
          idOf={({ id }) => id}
          cursors={{ next: list.nextCursor, prev: list.prevCursor, ...showTotal(list.total) }}
          sortable={['effectiveDate', 'amount']}
          canExport
          empty="没有符合条件的拨付记录。拨付之后，每一笔都列在这里，直到下级登记到账、本级确认。"
        />
      </>
    );
  },
  exported: async (page) => {
    const { deps, actor, params, today } = page;
    const funds = Object.fromEntries(
      (await bookFunds(page, params.bookId)).map(({ id, documentNo, name }) => [id, `${documentNo} ${name}`]),
    );
    return sheetOf('拨付记录', paidColumns(params.bookId, funds, today), () =>
      everyRow((at) =>
        listDisbursements(deps.store, actor, params.bookId, { ...page.query, ...at, count: false }),
      ),
    );
  },
  actions: {
    pay: {
      operation: 'POST /books/:bookId/disbursements',
      done: (answer: { voucherNo: string }, { path }) => ({
        to: path,
        say: `已拨付 ${answer.voucherNo}，下级登记到账之前为在途。`,
      }),
    },
    acknowledge: {
      operation: 'POST /books/:bookId/disbursements/:id/acknowledge',
      done: (_answer: unknown, { path }) => ({ to: path, say: '已确认下级到账' }),
    },
  },
});
