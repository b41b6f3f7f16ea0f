import { z } from 'zod';
import { BASE_BASIS_LABELS, LEVEL_LABELS } from '../../../core/vocabulary.js';
import { bureauSubject, listFunds } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { getReliefCap, RESOLUTION_LABELS, type ReliefCapView } from '../../../relief/index.js';
import { ledgerDetail } from '../../../reports/index.js';
import { CapGauge } from '../../charts/index.js';
import { Amount, UNIT_LABELS } from '../../components/amount.js';
import type { Choice } from '../../components/field.js';
import { FilterBar, TextFilter } from '../../components/filter.js';
import { listSheet } from '../../components/list.js';
import { Empty, Facts, Notice, Section } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { BaseForm, ResolutionForm, TrueUpForm } from './relief-forms.js';
import { sumYuan } from './words.js';

const query = z.object({ year: z.coerce.number().int().min(2000).max(2100).optional() });
const STATES: Readonly<Record<ReliefCapView['trueUpState'], string>> = {
  not_due: '还没有决算基数，年终再校准',
  due: '已有决算基数，请做年终校准',
  within: '已校准，没有超支',
  open: '已校准，仍有超支未处理',
  unexplained: '已不超支，但处理过程尚未登记完整',
  settled: '已校准，超支已处理完毕',
};

const BASE_COLUMNS: readonly Column<ReliefCapView['bases'][number]>[] = [
  { key: 'basis', label: '阶段', value: ({ basis }) => BASE_BASIS_LABELS[basis] },
  { key: 'declaredDate', label: '申报日期', kind: 'date', value: ({ declaredDate }) => declaredDate },
  { key: 'documentNo', label: '依据', isWide: true, value: ({ documentNo }) => documentNo },
  {
    key: 'amount',
    label: '总支出',
    kind: 'amount',
    basis: '全年救助资金总支出',
    value: ({ amount }) => amount,
  },
  {
    key: 'cap',
    label: '上限',
    kind: 'amount',
    basis: '按申报当日的比例和级次计算',
    value: (base) => base.cap,
  },
];

/** The 5% cap on buying services with relief money: base, use, room, and the year-end true-up. */
export const reliefPage = definePage({
  path: '/books/:bookId/relief',
  params: inBook,
  query,
  load: async (page) => {
    const { deps, actor, params, today } = page;
    const year = page.query.year ?? Number(today.slice(0, 4));
    const now = deps.now();
    const cap = await getReliefCap(deps.store, deps.policy.current, actor, params.bookId, { year, now });
    const subject = await bureauSubject(deps.store.read, params.bookId);
    const mayDeclare = may(actor, 'fund.manage', subject).allowed;
    const isOver = cap.trueUpState === 'open' || cap.trueUpState === 'unexplained';
    return {
      year,
      cap,
      mayDeclare,
      mayTrueUp: may(actor, 'relief_cap.true_up', subject).allowed,
      entries: isOver && mayDeclare ? await entriesOf(page, params.bookId, year) : NO_ENTRIES,
    };
  },
  title: ({ year }) => `${year} 年救助资金购买服务上限`,
  view: ({ year, cap, mayDeclare, mayTrueUp, entries }, { unit, today }) => (
    <>
      <FilterBar>
        <TextFilter name="year" label="年度" type="number" initial={String(year)} />
      </FilterBar>
      {cap.cap === null ? (
        <Notice tone="warning" title={cap.base === null ? '还没有可用的支出基数' : '当地没有已知的上限比例'}>
          <p>
            {cap.base === null
              ? '上限按全年救助资金总支出计算。请先申报基数（预计），没有基数时使用救助资金购买服务要人工复核。'
              : '没有查到本地适用的比例，使用救助资金购买服务要人工复核。'}
          </p>
          {cap.indication ? (
            <p>
              参考：按 {cap.indication.year} 年决算，上限约 <Amount yuan={cap.indication.cap} />
              ，余量约 <Amount yuan={cap.indication.headroom} />
              。仅供了解规模，不作判断依据。
            </p>
          ) : null}
        </Notice>
      ) : (
        <section class="card">
          <CapGauge
            id="relief-cap"
            title="购买服务上限使用情况"
            basis={`已支付与已占用之和，与支出基数 × ${cap.capRatio} 比较（条款 ${cap.capClause}）；基数为${cap.basis ? BASE_BASIS_LABELS[cap.basis] : ''}，依据 ${cap.baseDocumentNo}`}
            unit={UNIT_LABELS[unit] as '元' | '万元'}
            label="救助资金购买服务"
            used={sumYuan([cap.paid, cap.committed])}
            limit={cap.cap}
          />
          <Facts
            items={[
              ['支出基数', <Amount key="base" yuan={cap.base} />],
              ['已支付', <Amount key="paid" yuan={cap.paid} />],
              ['已占用', <Amount key="committed" yuan={cap.committed} />],
              ['还可安排', <Amount key="headroom" yuan={cap.headroom} />],
              ['额度使用率', cap.utilisation],
              ['计入的级次', cap.levels?.map((level) => LEVEL_LABELS[level]).join('、')],
            ]}
          />
        </section>
      )}
      <DataTable
        caption="历次申报的基数"
        rows={cap.bases}
        idOf={({ id }) => id}
        empty="本年还没有申报基数。"
        columns={BASE_COLUMNS}
        canExport
      />
      {mayDeclare ? (
        <Section title="申报基数">
          <BaseForm year={year} today={today} />
        </Section>
      ) : null}
      <Section title="年终校准">
        <p>{STATES[cap.trueUpState]}。</p>
        {cap.trueUps.length === 0 ? <Empty>还没有校准记录。</Empty> : null}
        {cap.trueUps.map((trueUp) => (
          <div key={trueUp.id} class="line">
            <Facts
              items={[
                ['日期', trueUp.date],
                ['决算上限', <Amount key="cap" yuan={trueUp.cap} />],
                ['超支', <Amount key="overrun" yuan={trueUp.overrun} />],
                ['已说明', <Amount key="resolved" yuan={trueUp.resolved} />],
                ['仍超', <Amount key="open" yuan={trueUp.open} />],
                ['结论', trueUp.note],
              ]}
            />
            <ul>
              {trueUp.resolutions.map(({ id, kind, amount, documentNo }) => (
                <li key={id}>
                  {RESOLUTION_LABELS[kind]} <Amount yuan={amount} />（{documentNo}）
                </li>
              ))}
            </ul>
          </div>
        ))}
        {mayTrueUp && cap.trueUpState === 'due' ? <TrueUpForm year={year} today={today} /> : null}
        {mayTrueUp && (cap.trueUpState === 'open' || cap.trueUpState === 'unexplained') ? (
          <ResolutionForm year={year} entries={entries} />
        ) : null}
      </Section>
    </>
  ),
  exported: async (page) => {
    const { deps, actor, params, today } = page;
    const year = page.query.year ?? Number(today.slice(0, 4));
    const asked = { year, now: deps.now() };
    const { bases } = await getReliefCap(deps.store, deps.policy.current, actor, params.bookId, asked);
    return listSheet(page, `${year} 年申报的基数`, BASE_COLUMNS, bases);
  },
  actions: {
    declare: {
      operation: 'POST /books/:bookId/relief-bases',
      done: (base: { bookId: string; year: number }) => ({
        to: `/books/${base.bookId}/relief?year=${base.year}`,
        say: '基数已申报，之后的判断按它计算；以前的判断不变。',
      }),
    },
    trueUp: {
      operation: 'POST /books/:bookId/relief-cap/:year/true-up',
      done: (_answer: unknown, { path, search }) => ({ to: `${path}?${search}`, say: '已登记年终校准' }),
    },
    resolve: {
      operation: 'POST /books/:bookId/relief-cap/:year/true-up/resolutions',
      done: (_answer: unknown, { path, search }) => ({ to: `${path}?${search}`, say: '已登记超支的处理' }),
    },
  },
});

export interface OverrunEntries {
  /** Entries that took money out of the cap. */
  readonly out: readonly Choice[];
  /** Other funds, and entries that took money out of them. */
  readonly funds: readonly Choice[];
  readonly borne: readonly Choice[];
}
const NO_ENTRIES: OverrunEntries = { out: [], funds: [], borne: [] };

/** What an overrun can be settled by: the newest entries on the cap, and on what bears it now. */
async function entriesOf(
  { deps, actor }: Pick<PageContext, 'deps' | 'actor'>,
  bookId: string,
  year: number,
): Promise<OverrunEntries> {
  const funds = (await listFunds(deps.store, actor, bookId, { limit: 200, count: false })).items;
  const rowsOf = async (fundId: string, layer: 'service_committed' | 'service_paid' | 'available') =>
    (await ledgerDetail(deps.store, actor, bookId, { fundId, layer, from: `${year}-01-01`, limit: 100 })).rows
      .filter((row) => row.out !== null)
      .map(
        (row): Choice => [
          row.entryId,
          `${row.effectiveDate} ${row.kindLabel} ${row.voucherNo ?? ''} ${row.out} 元`,
        ],
      );
  const relief = funds.filter((fund) => fund.type === 'social_relief' && fund.year === year);
  const others = funds.filter(({ type }) => type !== 'social_relief').slice(0, 20);
  const out: Choice[] = [];
  for (const { id } of relief)
    out.push(...(await rowsOf(id, 'service_paid')), ...(await rowsOf(id, 'service_committed')));
  const borne: Choice[] = [];
  for (const { id, documentNo } of others)
    borne.push(
      ...(await rowsOf(id, 'available')).map(([entry, text]): Choice => [entry, `${documentNo} ${text}`]),
    );
  return {
    out,
    borne,
    funds: others.map(({ id, documentNo, name }): Choice => [id, `${documentNo} ${name}`]),
  };
}
