import { attachmentNames } from '../../../attachments/index.js';
import { contractTitles } from '../../../contracts/index.js';
import { bureauSubject, fundTitles } from '../../../ledger/index.js';
import { may, personNames } from '../../../organisations/index.js';
import { getProcedure, type ProcedureRecordView } from '../../../procedures/index.js';
import { TextArea } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Empty, Facts, Notice, Section } from '../../components/notice.js';
import { definePage, ofOne } from '../../page.js';
import { showInstant } from '../audit/words.js';

/** One record with its files; it can be withdrawn once, with a reason, and stays readable. */
export const procedurePage = definePage({
  path: '/books/:bookId/procedures/:id',
  params: ofOne,
  load: async ({ deps: { store }, actor, params: { bookId, id } }) => {
    const record = await getProcedure(store, actor, bookId, id);
    const { fundId, contractId, recordedBy, withdrawnBy, attachments } = record;
    const subject = await bureauSubject(store.read, bookId);
    return {
      record,
      fund: fundId === null ? null : ((await fundTitles(store.read, [fundId]))[fundId] ?? null),
      contract:
        contractId === null ? null : ((await contractTitles(store.read, [contractId]))[contractId] ?? null),
      files: await attachmentNames(store.read, bookId, attachments),
      people: await personNames(store.read, [recordedBy, withdrawnBy]),
      mayWithdraw: may(actor, 'procedure.withdraw', subject).allowed,
    };
  },
  title: ({ record }) => `${record.kindLabel}：${record.title}`,
  view: ({ record, fund, contract, files, people, mayWithdraw }, { params: { bookId } }) => (
    <>
      {record.withdrawnAt === null ? null : (
        <Notice tone="warning" title="这条记录已经撤销，不再作数">
          <p>
            {showInstant(record.withdrawnAt)} 由{people[record.withdrawnBy ?? ''] ?? '（不在名册）'}撤销：
            {record.withdrawnReason}
          </p>
        </Notice>
      )}
      <Section
        title="记录"
        aside={
          <a class="button plain" href={`/books/${bookId}/log?subjectId=${record.id}`}>
            审计日志
          </a>
        }
      >
        <Facts
          items={[
            ['种类', record.kindLabel],
            ['办了什么', record.title],
            [
              '资金批次',
              fund && (
                <a key="fund" href={`/books/${bookId}/funds/${fund.id}`}>
                  {fund.documentNo} {fund.name}
                </a>
              ),
            ],
            [
              '合同',
              contract && (
                <a key="contract" href={`/books/${bookId}/contracts/${contract.id}`}>
                  {contract.contractNo} {contract.title}
                </a>
              ),
            ],
            ['所属年度', String(record.year)],
            ['办理日期', record.date],
            ['文号', record.documentNo],
            ['说明', record.note],
            ['登记人', people[record.recordedBy] ?? '（不在名册）'],
            ['登记时间', showInstant(record.recordedAt)],
          ]}
        />
      </Section>
      <Section title="附件">
        {record.attachments.length === 0 ? (
          <Empty>没有附件，凭文号查原件。</Empty>
        ) : (
          <ul>
            {record.attachments.map((id) => (
              <li key={id}>
                <a href={`/api/v1/books/${bookId}/attachments/${id}`}>{files[id] ?? '附件'}</a>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {mayWithdraw && record.withdrawnAt === null ? (
        <Section title="撤销">
          <Form name="withdraw">
            <p class="hint">登记有误时撤销，再重新登记。撤销后不再作数，记录和原因仍然可查，不能恢复。</p>
            <TextArea name="reason" label="撤销原因" hint="例如：登记到了错误的年度" isRequired isWide />
            <Buttons>
              <Button action="withdraw" look="danger">
                撤销这条记录
              </Button>
            </Buttons>
          </Form>
        </Section>
      ) : null}
    </>
  ),
  actions: {
    withdraw: {
      operation: 'POST /books/:bookId/procedures/:id/withdraw',
      done: (_record: ProcedureRecordView, { path }) => ({ to: path, say: '已撤销' }),
    },
  },
});
