import { paidToProvider } from '../../../claims/index.js';
import { listContracts, providerInBook } from '../../../contracts/index.js';
import type { BusinessDate } from '../../../core/dates.js';
import { notFound } from '../../../core/errors.js';
import { PROVIDER_KIND_LABELS } from '../../../core/vocabulary.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may, organisationNames, SANCTION_LABELS, type SanctionView } from '../../../organisations/index.js';
import { Amount } from '../../components/amount.js';
import { choicesOf, HiddenField, SelectField, TextArea, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Badge, Facts, Figure, Figures, Notice, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { definePage, ofOne } from '../../page.js';
import { PageLink } from '../audit/links.js';
import { contractColumns } from './columns.js';
import { openSanctions, sanctionState } from './words.js';

const MOST = 200;

/** One provider as this book knows it: its contracts, what it was paid, and what stands against it anywhere. */
export const providerPage = definePage({
  path: '/books/:bookId/providers/:id',
  params: ofOne,
  load: async ({ deps: { store }, actor, visitor, params: { bookId, id } }) => {
    const provider = await providerInBook(store, actor, bookId, id);
    if (!provider) throw notFound('承接机构');
    const subject = await bureauSubject(store.read, bookId);
    const ids = provider.sanctions.map(({ bureauId }) => bureauId);
    return {
      provider,
      bureauId: visitor?.book?.bureauId ?? null,
      contracts: await listContracts(store, actor, bookId, { providerId: id, limit: MOST }),
      claims: await paidToProvider(store, actor, bookId, id),
      bureaus: await organisationNames(store.read, ids),
      maySanction: may(actor, 'sanction.manage', subject).allowed,
      mayPrepare: may(actor, 'contract.prepare', subject).allowed,
    };
  },
  title: ({ provider }) => provider.organisation.name,
  view: (data, { params: { bookId }, today }) => {
    const { organisation, sanctions, amount, paid, contractCount, pendingCount } = data.provider;
    const open = openSanctions(sanctions, today);
    return (
      <>
        {open ? (
          <Notice tone="danger" title={`不能与它签订新合同：${open}`}>
            <p>已签合同的付款须经复核；黑名单到期、退出清算之后自动恢复。</p>
          </Notice>
        ) : null}
        <Figures>
          <Figure label="合同" basis="本账套已签订和已关闭的合同份数。">
            {contractCount} 份{pendingCount > 0 ? `，另有待签订 ${pendingCount} 份` : ''}
          </Figure>
          <Figure label="合同金额" basis="已签订和已关闭的合同金额之和。">
            <Amount yuan={amount} />
          </Figure>
          <Figure label="已付" basis="合同项下实际支付的累计数，退款和冲红已扣除。">
            <Amount yuan={paid} />
          </Figure>
        </Figures>
        <Section title="登记信息">
          <Facts
            items={[
              ['统一社会信用代码', organisation.creditCode],
              ['类别', organisation.providerKind && PROVIDER_KIND_LABELS[organisation.providerKind]],
              ['开业日期', organisation.openedDate],
              ['注销日期', organisation.closedDate],
            ]}
          />
        </Section>
        <Section
          title="本账套的合同"
          aside={
            data.mayPrepare && organisation.closedDate === null ? (
              <a class="button plain" href={`/books/${bookId}/contracts/new?providerId=${organisation.id}`}>
                与它起草合同
              </a>
            ) : null
          }
        >
          <DataTable
            caption={data.contracts.nextCursor === null ? '合同' : `最近 ${MOST} 份合同`}
            rows={data.contracts.items}
            idOf={({ id }) => id}
            empty="本账套与它没有合同。"
            columns={contractColumns(bookId).filter(({ key }) => key !== 'provider')}
          />
        </Section>
        <Section title="合同项下已支付的报账">
          <DataTable
            caption="最近 50 笔"
            rows={data.claims}
            idOf={({ id }) => id}
            empty="还没有支付。"
            columns={[
              { key: 'businessDate', label: '业务日期', kind: 'date', value: (claim) => claim.businessDate },
              {
                key: 'claim',
                label: '事项',
                isWide: true,
                value: ({ title }) => title,
                show: ({ id, title }) => (
                  <PageLink pattern="/books/:bookId/claims/:id" of={{ bookId, id }}>
                    {title}
                  </PageLink>
                ),
              },
              {
                key: 'claimPaid',
                label: '已付',
                kind: 'amount',
                basis: '已支付的累计数，退款没有扣除。',
                value: (claim) => claim.paid,
              },
              {
                key: 'refunded',
                label: '退款',
                kind: 'amount',
                basis: '收款方退回的累计数。',
                value: ({ refunded }) => refunded,
              },
              { key: 'claimStatus', label: '状态', value: ({ statusLabel }) => statusLabel },
            ]}
          />
        </Section>
        <Sanctions {...data} today={today} />
      </>
    );
  },
  actions: {
    sanction: {
      operation: 'POST /organisations/:id/sanctions',
      done: ({ kindLabel }: SanctionView, { path }) => ({ to: path, say: `已登记${kindLabel}` }),
    },
    settle: {
      operation: 'POST /sanctions/:id/settle',
      done: (_sanction: SanctionView, { path }) => ({ to: path, say: '退出清算已登记' }),
    },
  },
});

function Sanctions({
  provider: { sanctions },
  bureaus,
  bureauId,
  maySanction,
  today,
}: {
  provider: { sanctions: readonly SanctionView[] };
  bureaus: Readonly<Record<string, string>>;
  bureauId: string | null;
  maySanction: boolean;
  today: BusinessDate;
}) {
  const canSettle = ({ kind, settledDate, bureauId: decidedBy }: SanctionView) =>
    maySanction && kind === 'exit' && settledDate === null && decidedBy === bureauId;
  return (
    <Section title="黑名单与退出" id="sanctions">
      <DataTable
        caption="各级民政部门的决定"
        rows={sanctions}
        idOf={({ id }) => id}
        empty="没有黑名单或退出记录。"
        columns={[
          { key: 'kind', label: '种类', value: ({ kindLabel }) => kindLabel },
          { key: 'documentNo', label: '决定文号', value: ({ documentNo }) => documentNo },
          { key: 'bureau', label: '作出决定的单位', value: (one) => bureaus[one.bureauId] ?? null },
          { key: 'reason', label: '原因', isWide: true, value: ({ reason }) => reason },
          { key: 'fromDate', label: '自', kind: 'date', value: ({ fromDate }) => fromDate },
          { key: 'untilDate', label: '至', kind: 'date', value: ({ untilDate }) => untilDate },
          {
            key: 'state',
            label: '状态',
            value: (one) => sanctionState(one, today).label,
            show: (one) => {
              const { tone, label } = sanctionState(one, today);
              return <Badge tone={tone}>{label}</Badge>;
            },
          },
        ]}
      />
      {sanctions.filter(canSettle).map(({ id, documentNo }) => (
        <Form key={id} name={`settle-${id}`} enter="settle" values={{ settledDate: today }}>
          <h3>登记清算：{documentNo}</h3>
          <HiddenField name=":id" value={id} />
          <TextField
            name="settledDate"
            label="清算完成日期"
            type="date"
            hint="账目结清、资料移交之后登记"
            isRequired
          />
          <Buttons>
            <Button action="settle">登记清算完成</Button>
          </Buttons>
        </Form>
      ))}
      {maySanction && bureauId ? (
        <Form name="sanction" values={{ fromDate: today }}>
          <h3>登记黑名单或退出</h3>
          <HiddenField name="bureauId" value={bureauId} />
          <SelectField name="kind" label="种类" choices={choicesOf(SANCTION_LABELS)} isRequired />
          <TextField name="documentNo" label="决定文号" hint="例如：泸县民〔2022〕8号" isRequired />
          <TextField name="fromDate" label="生效日期" type="date" isRequired />
          <TextField name="untilDate" label="截止日期" type="date" hint="没有期限可不填" />
          <TextArea name="reason" label="原因" hint="只有能看本账套的人看得到" isRequired isWide />
          <Buttons>
            <Button action="sanction" look="danger">
              登记
            </Button>
          </Buttons>
        </Form>
      ) : null}
    </Section>
  );
}
