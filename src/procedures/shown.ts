import { type RawBuilder, sql } from 'kysely';
import { groupBy } from '../core/collections.js';
import { showYuan } from '../core/money.js';
import type { Db } from '../db/store.js';
import { layerTotals } from '../ledger/index.js';
import type { ShownItem, ShownSubject } from './coverage.schema.js';
import { perOf, rowsOf, type ShownKind, type SourceRow, type Span, subjectsOf } from './sources.js';

/** Rows shown of one fund, contract or year; `shownByCount` says how many there are. */
export const MAX_ROWS = 20;
export const NOTHING_SHOWN = '没有记录';

/** How many funds or contracts a kind is due for, and for how many something shows it: one grouped query. */
export async function countShown(db: Db, kind: ShownKind, span: Span) {
  const { rows } = await sql<{ due: number; shown: number }>`
    select count(*) as "due",
      coalesce(sum(case when "id" in (select "subjectId" from (${rowsOf(kind, span)}) as r) then 1 else 0 end), 0)
        as "shown"
    from (${subjectsOf(kind, span)}) as s`.execute(db);
  const [row] = rows as [{ due: number; shown: number }];
  return { due: Number(row.due), shown: Number(row.shown) };
}

export interface SubjectPage {
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly show: 'all' | 'shown' | 'missing';
}
type Subject = { readonly id: string; readonly no: string; readonly title: string };

/** Funds or contracts by id, one more than the page holds, so that the caller knows of a next one. */
export async function subjectsPage(
  db: Db,
  kind: ShownKind,
  span: Span,
  page: SubjectPage,
): Promise<Subject[]> {
  const conditions: RawBuilder<unknown>[] = [sql`"id" > ${page.cursor ?? ''}`];
  if (page.show !== 'all') {
    const inRows = sql`"id" in (select "subjectId" from (${rowsOf(kind, span)}) as r)`;
    conditions.push(page.show === 'shown' ? inRows : sql`not ${inRows}`);
  }
  const { rows } = await sql<Subject>`select * from (${subjectsOf(kind, span)}) as s
    where ${sql.join(conditions, sql` and `)} order by "id" limit ${page.limit + 1}`.execute(db);
  return rows;
}

/** What shows the kind for these funds or contracts, newest first and at most `MAX_ROWS` each. */
export async function showSubjects(
  db: Db,
  kind: ShownKind,
  span: Span,
  subjects: readonly Subject[],
): Promise<ShownSubject[]> {
  const ids = subjects.map(({ id }) => id);
  const found = groupBy(await newestRows(db, kind, span, ids), (row) => row.subjectId);
  const amounts = kind === 'spending_report' ? await fourAmounts(db, ids) : null;
  return subjects.map((subject) => {
    const rows = found.get(subject.id) ?? [];
    return {
      subject: { type: perOf(kind), ...subject },
      isShown: rows.length > 0,
      missing: rows.length > 0 ? null : NOTHING_SHOWN,
      shownBy: rows.map((row) =>
        toItem(row, row.what === '资金四列金额' ? amounts?.get(subject.id) : undefined),
      ),
      shownByCount: Number(rows[0]?.total ?? 0),
    };
  });
}

/** The newest rows of each subject. */
export async function newestRows(db: Db, kind: ShownKind, span: Span, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const { rows } = await sql<SourceRow & { total: number }>`
    select * from (
      select r.*, count(*) over (partition by "subjectId") as "total",
        row_number() over (partition by "subjectId" order by "date" desc, "id" desc) as "place"
      from (${rowsOf(kind, span)}) as r where "subjectId" in (${sql.join([...ids])})) as p
    where "place" <= ${MAX_ROWS} order by "subjectId", "place"`.execute(db);
  return rows;
}

export const toItem = ({ what, date, documentNo, id, title }: SourceRow, figures?: string): ShownItem => ({
  what: figures ?? what,
  title,
  date,
  documentNo,
  id,
});

async function fourAmounts(db: Db, fundIds: readonly string[]): Promise<Map<string, string>> {
  const totals = await layerTotals(db, fundIds);
  return new Map(
    [...totals].map(([id, { planned = 0n, allotted = 0n, received = 0n, spent = 0n }]) => [
      id,
      `计划 ${showYuan(planned)} 元，下达 ${showYuan(allotted)} 元，到账 ${showYuan(received)} 元，支出 ${showYuan(spent)} 元`,
    ]),
  );
}
