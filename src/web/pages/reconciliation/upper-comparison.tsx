import { z } from 'zod';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import {
  differenceNoteQuery,
  differenceOwners,
  type LowerComparisonView,
  listDifferenceNotes,
  lowerComparison,
  type UpperComparisonView,
  upperComparison,
  upperComparisonQuery,
} from '../../../reconciliation/index.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { listSheet } from '../../components/list.js';
import { Empty, Notice, Tabs } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { hrefWith, type PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { yearChoices, yearsOf } from '../audit/asked.js';
import {
  type DifferenceOf,
  differenceColumns,
  fundColumns,
  isTied,
  lowerColumns,
  shownColumns,
  TOTAL_COLUMNS,
} from './columns.js';
import { DifferencePart } from './difference.js';

const query = z.object({
  year: upperComparisonQuery.shape.year.optional(),
  asOf: upperComparisonQuery.shape.asOf,
  side: z.enum(['upper', 'lower']).optional(),
  difference: differenceNoteQuery.shape.key,
});
type Page = PageContext<{ bookId: string }, z.output<typeof query>>;
type Side =
  | { readonly side: 'upper'; readonly view: UpperComparisonView }
  | { readonly side: 'lower'; readonly view: LowerComparisonView };

/** The topmost bureau has nobody above, a county nobody below. */
const sideOf = ({ query: asked, visitor }: Page): Side['side'] =>
  asked.side ?? (visitor?.book?.bureauKind === 'bureau_provincial' ? 'lower' : 'upper');

async function compared(
  page: Page,
): Promise<Side & { readonly year: number; readonly years: readonly number[] }> {
  const { deps, actor, params, query: asked, today } = page;
  const { year, years } = await yearsOf(page, params.bookId, asked.year);
  const span = { year, asOf: asked.asOf ?? today };
  const side = sideOf(page);
  return side === 'upper'
    ? { side, view: await upperComparison(deps.store, actor, params.bookId, span), year, years }
    : { side, view: await lowerComparison(deps.store, actor, params.bookId, span), year, years };
}

const differencesOf = (given: Side): DifferenceOf[] =>
  given.side === 'upper'
    ? given.view.differences.map((one) => ({
        ...one,
        bookId: given.view.bookId,
        bureauName: given.view.bureauName,
      }))
    : given.view.items.flatMap(({ bookId, bureauName, differences }) =>
        differences.map((one) => ({ ...one, bookId, bureauName })),
      );

const totalsOf = ({ authority, cash }: Side['view']) => [
  { label: '指标', ...authority },
  { label: '资金', ...cash },
];

/** What was said of the difference that is looked at, and who may be named. */
async function saidOf(
  { deps, actor, params: { bookId }, query: asked }: Page,
  differences: readonly DifferenceOf[],
) {
  if (asked.difference === undefined) return null;
  const { store } = deps;
  const mayNote = may(actor, 'difference.note', await bureauSubject(store.read, bookId)).allowed;
  const notes = await listDifferenceNotes(store, actor, bookId, { key: asked.difference, limit: 50 });
  const difference = differences.find(({ key }) => key === asked.difference) ?? null;
  const upperId = difference?.upper?.bookId;
  return {
    difference,
    notes: notes.items,
    owners: mayNote ? await differenceOwners(store, actor, bookId) : null,
    mayReadUpper:
      upperId !== undefined && may(actor, 'book.read', await bureauSubject(store.read, upperId)).allowed,
  };
}

/** A difference has its page in the lower book, whose it is. */
const hrefTo = ({ bookId, key }: DifferenceOf, year: number, asOf: string | undefined) =>
  `/books/${bookId}/upper-comparison?${new URLSearchParams({
    side: 'upper',
    year: String(year),
    ...(asOf ? { asOf } : {}),
    difference: key,
  })}#difference`;

/** 上下级对账: four amounts of both sides, difference by difference, upwards or downwards. */
export const upperComparisonPage = definePage({
  path: '/books/:bookId/upper-comparison',
  params: inBook,
  query,
  title: '上下级对账',
  load: async (page) => {
    const found = await compared(page);
    return { ...found, said: await saidOf(page, differencesOf(found)) };
  },
  view: (data, page) => {
    const { side, view, year, years, said } = data;
    const { difference, asOf } = page.query;
    const { bookId } = page.params;
    const isUpper = side === 'upper';
    const differences = differencesOf(data);
    const totals = totalsOf(view);
    const hasSides = page.visitor?.book?.bureauKind === 'bureau_prefecture';
    const tab = (value: Side['side'], label: string) => ({
      label,
      href: hrefWith(page, { side: value, difference: null, sort: null, order: null }),
      isCurrent: side === value,
    });
    return (
      <>
        {hasSides || page.query.side === 'lower' ? (
          <Tabs items={[tab('upper', '与上级'), tab('lower', '与下级')]} />
        ) : null}
        <FilterBar>
          <SelectFilter
            name="year"
            label="年度"
            choices={yearChoices(years)}
            empty={null}
            initial={String(year)}
          />
          <TextFilter name="asOf" label="截至业务日期" type="date" />
          <input type="hidden" name="side" value={side} />
        </FilterBar>
        {data.side === 'upper' && data.view.upper.length === 0 ? (
          <Empty>
            这个账套没有上级账套，因此没有可对的账。
            <a href={hrefWith(page, { side: 'lower' })}>看下级的收文和到账</a>
          </Empty>
        ) : (
          <>
            {said && difference !== undefined ? (
              <DifferencePart
                bookId={bookId}
                differenceKey={difference}
                difference={said.difference}
                notes={said.notes}
                owners={said.owners}
                mayReadUpper={said.mayReadUpper}
              />
            ) : null}
            <DataTable
              caption={
                data.side === 'upper'
                  ? `${data.view.upper.map(({ bureauName }) => bureauName).join('、')} → ${data.view.bureauName}`
                  : `下级 ${data.view.items.length} 个账套`
              }
              columns={TOTAL_COLUMNS}
              rows={totals}
              part="totals"
              canExport
              idOf={({ label }) => label}
              empty=""
            />
            {totals.every(isTied) ? (
              <p class="checks-line">
                <span aria-hidden="true">✓</span> 已核对相等：一致 ＋ 未记账 ＝ 上级下发；一致 ＋ 多记账 ＝
                下级记账
              </p>
            ) : (
              <Notice tone="danger" title="合计不相等，请停止使用本表并报告系统管理员" />
            )}
            <div class="dense">
              <DataTable
                caption="差异"
                columns={shownColumns((one) => hrefTo(one, year, asOf), !isUpper)}
                rows={differences}
                idOf={(one) => `${one.bookId} ${one.key}`}
                rowClass={({ key }) => (key === difference ? 'current' : undefined)}
                canExport
                empty="没有差异，两边一致。"
              />
              {data.side === 'upper' ? (
                <DataTable
                  caption="各资金的两边"
                  columns={fundColumns(bookId)}
                  rows={data.view.funds}
                  part="funds"
                  canExport
                  idOf={({ fundId, upperFundId, documentNo }) => `${fundId} ${upperFundId} ${documentNo}`}
                  pageSize={200}
                  empty={`${year} 年上级没有下达，本级也没有上级来源的资金。换一个年度再查。`}
                />
              ) : (
                <DataTable
                  caption="各下级"
                  columns={lowerColumns(year)}
                  rows={data.view.items}
                  part="lower"
                  canExport
                  idOf={(book) => book.bookId}
                  pageSize={200}
                  empty={`${year} 年没有下达或拨付给下级。`}
                />
              )}
            </div>
          </>
        )}
      </>
    );
  },
  exported: async (page) => {
    const data = await compared(page);
    const { bookId } = page.params;
    const part = page.search.get('part') ?? undefined;
    if (part === 'totals') return listSheet(page, '上下级对账合计', TOTAL_COLUMNS, totalsOf(data.view), part);
    if (part === 'funds' && data.side === 'upper')
      return listSheet(page, '上下级对账资金', fundColumns(bookId), data.view.funds, part);
    if (part === 'lower' && data.side === 'lower')
      return listSheet(page, '与各下级对账', lowerColumns(data.year), data.view.items, part);
    return listSheet(page, '上下级对账差异', differenceColumns(data.side === 'lower'), differencesOf(data));
  },
  actions: {
    note: {
      operation: 'POST /books/:bookId/difference-notes',
      done: (_answer: unknown, { path, search }) => ({
        to: `${path}?${search}#difference`,
        say: '差异的说明已登记',
      }),
    },
  },
});
