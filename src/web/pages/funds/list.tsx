import { SOURCE_LABELS } from '../../../core/vocabulary.js';
import { bureauSubject, fundQuery, listFunds } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { choicesOf } from '../../components/field.js';
import { SelectFilter, TextFilter } from '../../components/filter.js';
import { ListTable, listSheet, TextFilterBar, textQuery } from '../../components/list.js';
import { Notice } from '../../components/notice.js';
import { definePage, inBook } from '../../page.js';
import { fundColumns } from './columns.js';

const query = textQuery.extend(fundQuery.pick({ type: true, year: true, effectiveBy: true }).shape);
/** More than a bureau has; whoever has more is told so. */
const MOST = 1_000;

/** Funds by source with the four amounts, now or as of a day. */
export const fundsPage = definePage({
  path: '/books/:bookId/funds',
  params: inBook,
  query,
  title: '资金批次',
  load: async ({ deps, actor, params, query: asked }) => {
    const { text: _, ...given } = asked;
    const { items, nextCursor } = await listFunds(deps.store, actor, params.bookId, {
      ...given,
      limit: MOST,
    });
    const subject = await bureauSubject(deps.store.read, params.bookId);
    return { items, isCut: nextCursor !== null, mayAdd: may(actor, 'fund.manage', subject).allowed };
  },
  view: ({ items, isCut, mayAdd }, { params }) => (
    <>
      <TextFilterBar label="文号或名称">
        <SelectFilter name="type" label="来源" choices={choicesOf(SOURCE_LABELS)} />
        <TextFilter name="year" label="年度" type="number" />
        <TextFilter name="effectiveBy" label="截至业务日期" type="date" />
      </TextFilterBar>
      {isCut ? <Notice tone="info" title={`只列出前 ${MOST} 个批次，请用来源或年度查找其余的。`} /> : null}
      <ListTable
        caption="资金批次"
        columns={fundColumns(params.bookId)}
        rows={items}
        idOf={({ id }) => id}
        tools={
          mayAdd ? (
            <a class="button main" href={`/books/${params.bookId}/funds/new`}>
              登记资金批次
            </a>
          ) : null
        }
        empty={
          mayAdd
            ? '没有符合条件的资金批次。收到上级文件后，请在“收文与到账”中收文；本级资金点“登记资金批次”。'
            : '没有符合条件的资金批次。本级财务登记或收文之后，这里会列出每个文号的可用经费。'
        }
      />
    </>
  ),
  exported: async (page) => {
    const { text: _, ...given } = page.query;
    const { bookId } = page.params;
    const { items } = await listFunds(page.deps.store, page.actor, bookId, { ...given, limit: MOST });
    return listSheet(page, '资金批次', fundColumns(bookId), items);
  },
});
