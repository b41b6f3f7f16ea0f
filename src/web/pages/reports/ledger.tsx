import { LAYER_LABELS, SOURCE_LAYERS, USE_LAYERS } from '../../../ledger/index.js';
import { type LedgerDetail, type LedgerRow, ledgerDetail, ledgerQuery } from '../../../reports/index.js';
import { Amount } from '../../components/amount.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { Empty, Figure, Figures, Notice } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import { hrefWith } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { SubjectLink } from '../audit/links.js';
import { columnsOf, Downloads, fundFilterChoices, PointInTime, pastQuery, pointOf } from './parts.js';

const query = ledgerQuery
  .omit({ recordedUntil: true })
  .partial({ fundId: true })
  .extend({ recordedBy: pastQuery.recordedBy });
const LAYER_CHOICES = [...USE_LAYERS, ...SOURCE_LAYERS].map((layer) => [layer, LAYER_LABELS[layer]] as const);

/** 明细账 of a fund: every entry with the running balance of a layer, a page at a time. */
export const ledgerPage = definePage({
  path: '/books/:bookId/reports/ledger',
  params: inBook,
  query,
  title: '明细账',
  load: async (page) => {
    const { deps, actor, params, query: asked } = page;
    const funds = await fundFilterChoices(page, params.bookId);
    const fundId = asked.fundId ?? funds[0]?.[0];
    if (fundId === undefined) return { funds, fundId: '', ledger: null };
    const { recordedBy, ...rest } = asked;
    const ledger = await ledgerDetail(deps.store, actor, params.bookId, {
      ...rest,
      ...pointOf({ recordedBy }),
      fundId,
    });
    return { funds, fundId, ledger };
  },
  view: ({ funds, fundId, ledger }, page) => {
    const { bookId } = page.params;
    const { from, until, layer, subject, recordedBy } = page.query;
    return (
      <>
        <FilterBar>
          <SelectFilter name="fundId" label="资金批次" choices={funds} empty={null} initial={fundId} />
          <SelectFilter
            name="layer"
            label="科目"
            choices={LAYER_CHOICES}
            empty="全部分录（余额按可用指标）"
          />
          <TextFilter name="from" label="业务日期从" type="date" />
          <TextFilter name="until" label="业务日期到" type="date" />
          <TextFilter name="recordedBy" label="截至登记日期" type="date" />
        </FilterBar>
        {ledger === null ? (
          <Empty>账套里还没有资金批次。登记或收文之后，这里逐笔列出每个文号的收支和余额。</Empty>
        ) : (
          <>
            <PointInTime recordedBy={recordedBy} />
            {from ? (
              <p class="hint">{from} 之前的余额由此前的分录逐笔累计，分录很多时第一页要等几秒。</p>
            ) : null}
            {subject === undefined ? null : (
              <Notice tone="info" title="只列这一科目中的一户">
                <p>
                  <a href={hrefWith(page, { subject: null })}>看整个科目</a>
                </p>
              </Notice>
            )}
            <Figures>
              <Figure label="本页之前的余额" basis={`${ledger.layerLabel}，本页第一笔之前`}>
                <Amount yuan={ledger.opening} />
              </Figure>
              <Figure label="本页最后的余额" basis={`${ledger.layerLabel}，本页最后一笔之后`}>
                <Amount yuan={ledger.closing} />
              </Figure>
            </Figures>
            <DataTable
              caption={`${ledger.documentNo} ${ledger.fundName}：${ledger.layerLabel}`}
              columns={entryColumns(ledger, bookId)}
              rows={ledger.rows}
              idOf={({ entryId, fromLabel, toLabel, amount }) =>
                `${entryId} ${fromLabel} ${toLabel} ${amount}`
              }
              cursors={{ next: ledger.nextCursor }}
              tools={
                <Downloads
                  report="ledger"
                  query={{ fundId, layer, subject, from, until, ...pointOf({ recordedBy }) }}
                />
              }
              empty="这一段时间没有分录。放宽日期，或换一个资金批次。"
            />
          </>
        )}
      </>
    );
  },
});

/** A row as people keep a ledger: what happened, from where to where, and what is left. */
function entryColumns({ columns }: LedgerDetail, bookId: string): Column<LedgerRow>[] {
  const of = new Map(
    columnsOf<LedgerRow>(columns).map((column) => [column.key, { ...column, isTotalled: false }]),
  );
  const one = (key: string) => of.get(key) as Column<LedgerRow>;
  const basisOf = (...keys: string[]) => keys.map((key) => `${one(key).label}：${one(key).basis}`).join('；');
  return [
    one('effectiveDate'),
    {
      key: 'subjectName',
      label: '业务与摘要',
      isWide: true,
      basis: basisOf('kindLabel', 'subjectName', 'voucherNo'),
      value: ({ kindLabel }) => kindLabel,
      show: ({ kindLabel, subjectType, subjectId, subjectName, voucherNo }) => (
        <div>
          {kindLabel}　
          <SubjectLink bookId={bookId} type={subjectType} id={subjectId}>
            {subjectName ?? ''}
          </SubjectLink>
          {voucherNo ? <span class="beneath">{voucherNo}</span> : null}
        </div>
      ),
    },
    {
      key: 'layers',
      label: '科目变动',
      isWide: true,
      basis: basisOf('fromLabel', 'toLabel'),
      value: ({ fromLabel }) => fromLabel,
      show: ({ fromLabel, toLabel }) => `${fromLabel} → ${toLabel}`,
    },
    one('amount'),
    one('in'),
    one('out'),
    one('balance'),
    {
      ...one('logIndex'),
      label: '日志',
      kind: 'text',
      show: ({ logIndex }) => <a href={`/books/${bookId}/log/${logIndex}`}>第 {logIndex + 1} 条</a>,
    },
  ];
}
