import { identifier } from '../../../core/fields.js';
import { LEVEL_LABELS } from '../../../core/vocabulary.js';
import {
  bureauSubject,
  DOCUMENT_KIND_LABELS,
  fundQuery,
  getFund,
  listFundDocuments,
} from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { BENEFICIARY_CHOICES, SERVICE_ITEM_CHOICES } from '../../choices.js';
import { Amount } from '../../components/amount.js';
import { AmountField, CheckList, choicesOf, SelectField, TextField } from '../../components/field.js';
import { FilterBar, TextFilter } from '../../components/filter.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Facts, Figure, Figures, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { definePage, inBook } from '../../page.js';
import { AMOUNT_COLUMNS } from './columns.js';
import { termFacts, withAreas } from './terms.js';

const params = inBook.extend({ fundId: identifier('Fund') });
const query = fundQuery.pick({ effectiveBy: true });

/** One grant: where its money stands, its documents, its terms, and what may be recorded of it. */
export const fundPage = definePage({
  path: '/books/:bookId/funds/:fundId',
  params,
  query,
  load: async ({ deps, actor, params: { bookId, fundId }, query: asOf }) => {
    const subject = await bureauSubject(deps.store.read, bookId);
    return {
      fund: await getFund(deps.store, actor, bookId, fundId, asOf),
      // The documents are the bureau's; a unit sees what it may spend.
      documents: may(actor, 'book.read', subject).allowed
        ? (await listFundDocuments(deps.store, actor, bookId, fundId)).items
        : null,
      mayManage: may(actor, 'fund.manage', subject).allowed,
    };
  },
  title: ({ fund }) => `${fund.documentNo} ${fund.name}`,
  view: ({ fund, documents, mayManage }, { params: { bookId }, today }) => (
    <>
      <FilterBar>
        <TextFilter name="effectiveBy" label="截至业务日期" type="date" />
      </FilterBar>
      <Figures>
        {AMOUNT_COLUMNS.map(({ key, label, basis, value }) => (
          <Figure key={key} label={label} basis={basis}>
            <Amount yuan={value(fund) as string} />
          </Figure>
        ))}
      </Figures>
      {documents ? (
        <Section
          title="文件"
          aside={
            <div class="tools">
              <a class="button plain" href={`/books/${bookId}/allotments/tree?fundId=${fund.id}`}>
                指标下达树
              </a>
              <a class="button plain" href={`/books/${bookId}/reports/ledger?fundId=${fund.id}`}>
                明细账
              </a>
            </div>
          }
        >
          <DataTable
            caption="计划、下达、到账和缴回的依据"
            rows={documents}
            idOf={({ id }) => id}
            empty="还没有登记文件。先登记计划或下达的文件，再登记到账。"
            columns={[
              { key: 'kind', label: '种类', value: ({ kind }) => DOCUMENT_KIND_LABELS[kind] },
              { key: 'documentNo', label: '文号或凭证号', value: ({ documentNo }) => documentNo },
              {
                key: 'effectiveDate',
                label: '业务日期',
                kind: 'date',
                value: ({ effectiveDate }) => effectiveDate,
              },
              { key: 'counterparty', label: '对方', value: ({ counterparty }) => counterparty },
              { key: 'amount', label: '金额', kind: 'amount', value: ({ amount }) => amount },
              {
                key: 'log',
                label: '日志',
                isFixed: true,
                value: ({ logIndex }) => logIndex + 1,
                show: ({ logIndex }) => <a href={`/books/${bookId}/log/${logIndex}`}>第 {logIndex + 1} 条</a>,
              },
            ]}
          />
          {mayManage ? (
            <Form name="document" values={{ effectiveDate: today }}>
              <SelectField name="kind" label="种类" choices={choicesOf(DOCUMENT_KIND_LABELS)} isRequired />
              <TextField name="documentNo" label="文号或凭证号" isRequired />
              <TextField name="effectiveDate" label="业务日期" type="date" isRequired />
              <AmountField name="amount" label="金额" isRequired />
              <TextField name="counterparty" label="对方单位" hint="例如：四川省财政厅" isRequired />
              <Buttons>
                <Button action="document" look="main">
                  登记文件
                </Button>
              </Buttons>
            </Form>
          ) : null}
        </Section>
      ) : null}
      <Section title="约定">
        <Facts
          items={[
            ['来源', fund.typeLabel],
            ['级次', LEVEL_LABELS[fund.level]],
            ['预算年度', String(fund.year)],
            ['文件日期', fund.documentDate],
            ['所属项目', fund.programme],
            ...termFacts(fund.terms),
            ['估值（不计入到账）', fund.valuation === '0.00' ? null : <Amount yuan={fund.valuation} />],
          ]}
        />
      </Section>
      {mayManage && fund.type === 'charity' ? (
        <Section title="捐赠人同意变更用途">
          <p class="hint">同意从所写日期起有效，不能追溯（慈善法第五十六条）。</p>
          <Form name="consent" values={{ fromDate: today }}>
            <TextField name="fromDate" label="自哪一天起" type="date" isRequired />
            <TextField name="documentNo" label="同意文件" hint="例如：变更用途同意书2022-1" isRequired />
            <TextField name="extendsUntil" label="期限延长到" type="date" hint="不延长可不填" />
            <TextField name="areas" label="增加的地区" hint="行政区划代码前缀，用逗号分开；没有可不填" />
            <CheckList
              name="serviceItems"
              label="增加的服务项目"
              choices={SERVICE_ITEM_CHOICES}
              none="没有增加"
              isRequired
              isWide
            />
            <CheckList
              name="beneficiaryGroups"
              label="增加的受益群体"
              choices={BENEFICIARY_CHOICES}
              none="没有增加"
              isRequired
              isWide
            />
            <Buttons>
              <Button action="consent">登记同意</Button>
            </Buttons>
          </Form>
        </Section>
      ) : null}
    </>
  ),
  actions: {
    document: {
      operation: 'POST /books/:bookId/funds/:fundId/documents',
      done: (_answer: unknown, { path }) => ({ to: path, say: '文件已登记' }),
    },
    consent: {
      operation: 'POST /books/:bookId/funds/:fundId/consents',
      prepare: withAreas,
      done: (_answer: unknown, { path }) => ({ to: path, say: '同意已登记' }),
    },
  },
});
