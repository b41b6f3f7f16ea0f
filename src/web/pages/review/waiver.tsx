import { attachmentFiles } from '../../../attachments/index.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may, personNames } from '../../../organisations/index.js';
import { clauseCoverage } from '../../../policy/index.js';
import { getWaiver, type WaiverView } from '../../../waivers/index.js';
import { Amount } from '../../components/amount.js';
import { TextArea, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Badge, Facts, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, ofOne } from '../../page.js';
import { fundNames } from './fund-names.js';
import { Unsaid } from './unsaid.js';
import { scopeOf, WAIVER_TONES } from './waivers.js';
import { fileHref, showSize, showTime } from './words.js';

async function load({ deps, actor, params: { bookId, id } }: PageContext<{ bookId: string; id: string }>) {
  const { store, policy } = deps;
  const waiver = await getWaiver(store, actor, bookId, id);
  const subject = { ...(await bureauSubject(store.read, bookId)), makerId: waiver.requestedBy };
  const { status, fundId } = waiver;
  const people = await personNames(store.read, [
    waiver.requestedBy,
    waiver.decidedBy,
    waiver.revokedBy,
    ...waiver.uses.map(({ appliedBy }) => appliedBy),
  ]);
  const forms = [
    ...(status === 'requested' && may(actor, 'waiver.approve', subject).allowed ? ['approve'] : []),
    ...(status === 'requested' && may(actor, 'waiver.reject', subject).allowed ? ['reject'] : []),
    ...(status === 'approved' && may(actor, 'waiver.revoke', subject).allowed ? ['revoke'] : []),
  ];
  return {
    waiver,
    people,
    forms,
    funds: fundId === null ? {} : await fundNames(store.read, bookId, [fundId]),
    files: await attachmentFiles(store.read, bookId, waiver.evidence),
    // Of another unit's papers one sees the names alone.
    opensFiles: waiver.requestedBy === actor.personId || may(actor, 'book.read', subject).allowed,
    clause: clauseCoverage(policy.current).find(({ clause }) => clause === waiver.clause) ?? null,
  };
}
type Data = Awaited<ReturnType<typeof load>>;

function What({ data: { waiver, people, funds, files, clause, opensFiles } }: { data: Data }) {
  const { bookId, fundId, subject } = waiver;
  const who = (id: string | null, at: string | null) => (id && at ? `${people[id]}，${showTime(at)}` : null);
  return (
    <Facts
      items={[
        [
          '状态',
          <Badge key="status" tone={WAIVER_TONES[waiver.status]}>
            {waiver.statusLabel}
          </Badge>,
        ],
        ['条款', clause ? `${waiver.clause}（${clause.documentNo}）“${clause.quotation}”` : waiver.clause],
        [
          '针对',
          <>
            {scopeOf(waiver, funds)}
            {fundId ? <a href={`/books/${bookId}/funds/${fundId}`}>（看资金）</a> : null}
            {subject ? (
              <a href={`/books/${bookId}/${subject.type === 'claim' ? 'claims' : 'contracts'}/${subject.id}`}>
                （看{subject.type === 'claim' ? '报账单' : '合同'}）
              </a>
            ) : null}
          </>,
        ],
        ['有效期', `${waiver.from} 至 ${waiver.until}`],
        ['限额', waiver.limit === null ? '不设限额' : <Amount key="limit" yuan={waiver.limit} />],
        ['已用', <Amount key="used" yuan={waiver.used} />],
        ['申请', who(waiver.requestedBy, waiver.requestedAt)],
        ['理由', waiver.reason],
        [
          '材料',
          <ul class="papers" key="files">
            {waiver.evidence.map((id) => (
              <li key={id}>
                {opensFiles ? (
                  <a href={fileHref(bookId, id)}>{files[id]?.fileName ?? '文件'}</a>
                ) : (
                  (files[id]?.fileName ?? '文件')
                )}
                {files[id] ? `（${showSize(files[id].sizeBytes)}）` : ''}
              </li>
            ))}
          </ul>,
        ],
        ['批准文号', waiver.documentNo],
        [waiver.status === 'rejected' ? '否决' : '批准', who(waiver.decidedBy, waiver.decidedAt)],
        ['否决原因', waiver.decisionReason],
        ['撤销', who(waiver.revokedBy, waiver.revokedAt)],
        ['撤销原因', waiver.revokedReason],
      ]}
    />
  );
}

function Uses({ waiver, people }: { waiver: WaiverView; people: Data['people'] }) {
  return (
    <DataTable
      caption="使用情况"
      rows={waiver.uses}
      idOf={({ id }) => id}
      empty="还没有报账单或合同适用这项例外。批准之后，经办人在报账单上勾选它。"
      columns={[
        {
          key: 'thing',
          label: '单据',
          isFixed: true,
          value: ({ type }) => (type === 'claim' ? '报账单' : '合同'),
          show: ({ type, id }) => (
            <a href={`/books/${waiver.bookId}/${type === 'claim' ? 'claims' : 'contracts'}/${id}`}>
              {type === 'claim' ? '报账单' : '合同'}
            </a>
          ),
        },
        {
          key: 'amount',
          label: '计入金额',
          kind: 'amount',
          basis: '凭例外占用和支付的金额；草稿不计，合同已计的不重复计',
          isFixed: true,
          isTotalled: true,
          value: ({ amount }) => amount,
        },
        { key: 'by', label: '适用人', isFixed: true, value: ({ appliedBy }) => people[appliedBy] ?? null },
        {
          key: 'at',
          label: '适用时间',
          kind: 'date',
          isFixed: true,
          value: ({ appliedAt }) => showTime(appliedAt),
        },
      ]}
    />
  );
}

function Forms({ data: { waiver, forms } }: { data: Data }) {
  if (forms.length === 0) return null;
  const { version } = waiver;
  return (
    <Section title="办理">
      {forms.includes('approve') ? (
        <Form name="approve" version={version} className="form step">
          <TextField name="documentNo" label="批准文号" hint="例如：泸县民函〔2022〕18号" isRequired />
          <Buttons>
            <Button action="approve" look="main">
              批准
            </Button>
          </Buttons>
        </Form>
      ) : null}
      {forms.includes('reject') ? (
        <Form name="reject" version={version} className="form step">
          <TextArea name="reason" label="否决原因" isRequired isWide rows={2} />
          <Buttons>
            <Button action="reject" look="danger">
              否决
            </Button>
          </Buttons>
        </Form>
      ) : null}
      {forms.includes('revoke') ? (
        <Form name="revoke" version={version} className="form step">
          <p>撤销后立即失效：没有支付的单据不再凭它通过。</p>
          <TextArea name="reason" label="撤销原因" hint="例如：情况已经消失" isRequired isWide rows={2} />
          <Buttons>
            <Button action="revoke" look="danger">
              撤销
            </Button>
          </Buttons>
        </Form>
      ) : null}
    </Section>
  );
}

const here =
  (say: string) =>
  (_waiver: WaiverView, { path }: PageContext) => ({ to: path, say });

/** One exception: what it is from, for what, under whose hand, and what it was used for. */
export const waiverPage = definePage({
  path: '/books/:bookId/waivers/:id',
  params: ofOne,
  load,
  title: ({ waiver }) => `例外批准：条款 ${waiver.clause}`,
  view: (data) => (
    <>
      <Unsaid forms={data.forms} />
      <Section title="申请与批准">
        <What data={data} />
      </Section>
      <Forms data={data} />
      <Uses waiver={data.waiver} people={data.people} />
    </>
  ),
  actions: {
    approve: {
      operation: 'POST /books/:bookId/waivers/:id/approve',
      done: here('已批准。经办人可以在报账单上适用这项例外。'),
    },
    reject: { operation: 'POST /books/:bookId/waivers/:id/reject', done: here('已否决这项申请。') },
    revoke: { operation: 'POST /books/:bookId/waivers/:id/revoke', done: here('已撤销，立即失效。') },
  },
});
