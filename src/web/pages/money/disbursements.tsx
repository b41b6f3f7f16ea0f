import { listAllotments, listTransit } from '../../../allotments/index.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { lowerComparison } from '../../../reconciliation/index.js';
import { Amount } from '../../components/amount.js';
import { AmountField, type Choice, HiddenField, SelectField, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Empty, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { definePage, inBook } from '../../page.js';

/** Cash paid down: what was allotted and not paid yet, what is on its way, and what arrived and awaits our note. */
export const disbursementsPage = definePage({
  path: '/books/:bookId/disbursements',
  params: inBook,
  title: '拨付资金',
  load: async ({ deps, actor, params: { bookId }, today }) => {
    const { store } = deps;
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
    const year = Number(today.slice(0, 4));
    const compared = await lowerComparison(store, actor, bookId, { year, asOf: today });
    const arrived = compared.items.flatMap(({ bureauName, differences }) =>
      differences
        .filter(({ kind, upper }) => kind === 'not_acknowledged' && upper !== null)
        .map((difference) => ({ ...difference, bureauName })),
    );
    const subject = await bureauSubject(store.read, bookId);
    return {
      open: open.items,
      transit: transit.items,
      arrived,
      mayPay: may(actor, 'disbursement.issue', subject).allowed,
      mayAcknowledge: may(actor, 'intake.record', subject).allowed,
    };
  },
  view: ({ open, transit, arrived, mayPay, mayAcknowledge }, { today }) => {
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
          {arrived.map(({ upper, bureauName, amount }) => (
            <div key={upper?.id} class="line">
              <p>
                {bureauName}　{upper?.documentNo}　<Amount yuan={amount} />
              </p>
              {mayAcknowledge ? (
                <Form name={`acknowledge-${upper?.id}`} values={{ effectiveDate: today }}>
                  <HiddenField name=":id" value={upper?.id ?? ''} />
                  <TextField name="effectiveDate" label="业务日期" type="date" isRequired />
                  <Buttons>
                    <Button action="acknowledge">确认到账</Button>
                  </Buttons>
                </Form>
              ) : null}
            </div>
          ))}
        </Section>
        <DataTable
          caption="在途资金"
          rows={transit}
          idOf={({ issueId }) => issueId}
          empty="没有在途资金。"
          columns={[
            { key: 'to', label: '接收单位', isWide: true, value: ({ toName }) => toName },
            { key: 'documentNo', label: '付款凭证号', value: ({ documentNo }) => documentNo },
            {
              key: 'effectiveDate',
              label: '拨付日期',
              kind: 'date',
              value: ({ effectiveDate }) => effectiveDate,
            },
            {
              key: 'age',
              label: '在途天数',
              kind: 'count',
              basis: '自拨付的业务日期到今天',
              value: ({ ageDays }) => ageDays,
            },
            {
              key: 'amount',
              label: '金额',
              kind: 'amount',
              basis: '已拨付、下级尚未登记到账',
              value: ({ amount }) => amount,
              isTotalled: true,
            },
          ]}
        />
      </>
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
