import { sql } from 'kysely';
import { listTransit } from '../allotments/index.js';
import { addDays } from '../core/dates.js';
import { type Fen, showPercent, showYuan, sumFen } from '../core/money.js';
import { SOURCE_LABELS, type SourceType } from '../core/vocabulary.js';
import { bureauOfBook } from '../ledger/index.js';
import type { Procedure } from '../policy/index.js';
import { reliefCapAt } from '../relief/index.js';
import type { ShownItem, ShownSubject } from './coverage.schema.js';
import { dutiesSeparated } from './duties.js';
import { figure, type Live, type YearScope } from './live.js';
import { MAX_ROWS, NOTHING_SHOWN, newestRows, toItem } from './shown.js';
import type { ShownKind } from './sources.js';

/** What shows a kind for the whole year: figures of the domains, and duties recorded by hand. */
export async function showYear(kind: ShownKind, scope: YearScope): Promise<ShownSubject> {
  const id = String(scope.year);
  const rows = await newestRows(scope.store.read, kind, scope, [id]);
  const live: Live = (await LIVE[kind as Procedure]?.(scope)) ?? { items: [] };
  const shownBy = [...live.items, ...rows.map((row) => toItem(row))].slice(0, MAX_ROWS);
  const isShown = shownBy.length > 0 && (live.fault === undefined || rows.length > 0);
  return {
    subject: { type: 'year', id, no: id, title: `${id} 年度` },
    isShown,
    missing: isShown ? null : (live.fault ?? NOTHING_SHOWN),
    shownBy,
    shownByCount: (live.count ?? live.items.length) + Number(rows[0]?.total ?? 0),
  };
}

const LIVE: Partial<Record<Procedure, (scope: YearScope) => Promise<Live>>> = {
  /** Signed states of the log: what a package of evidence rests on. */
  async evidence_package({ store, bookId, range }) {
    const within = store.read
      .selectFrom('checkpoint')
      .where('bookId', '=', bookId)
      .where('size', '>', range.first)
      .where('size', '<=', range.end);
    const { count } = await within
      .select((select) => select.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const newest = await within.select('size').orderBy('size', 'desc').limit(MAX_ROWS).execute();
    const items = newest.map(({ size }) => ({
      ...figure(`已签名检查点，含 ${size} 条日志`),
      id: String(size),
    }));
    return { items, count: Number(count) };
  },

  separation_of_duties: (scope) => dutiesSeparated(scope),

  /** Of the funds of the budget year: what came in and what was spent, by source. */
  async source_mix({ store, bookId, year }) {
    const { rows } = await sql<{ type: SourceType; layer: string; totalFen: Fen }>`
      select fund."type" as "type", account."layer" as "layer",
        cast(sum(account."balanceFen") as bigint) as "totalFen"
      from "fund" as fund join "account" as account on account."fundId" = fund."id"
      where fund."bookId" = ${bookId} and fund."year" = ${year} and account."layer" in ('received', 'spent')
      group by fund."type", account."layer" order by fund."type"`.execute(store.read);
    const of = (type: SourceType, layer: string) => {
      const total = rows.find((row) => row.type === type && row.layer === layer)?.totalFen ?? 0n;
      return layer === 'received' ? -total : total;
    };
    const types = [...new Set(rows.map(({ type }) => type))];
    const whole = (layer: string) => sumFen(types.map((type) => of(type, layer)));
    const share = (type: SourceType, layer: string) =>
      `${showYuan(of(type, layer))} 元（${showPercent(of(type, layer), whole(layer))}）`;
    const items = types
      .filter((type) => of(type, 'received') > 0n || of(type, 'spent') > 0n)
      .map((type) =>
        figure(`${SOURCE_LABELS[type]}：到账 ${share(type, 'received')}，支出 ${share(type, 'spent')}`),
      );
    return { items };
  },

  async relief_cap({ store, packs, bookId, year, asOf }) {
    const { divisionCode } = await bureauOfBook(store.read, bookId);
    const cap = await reliefCapAt(store.read, packs, { bookId, divisionCode, year, on: asOf });
    if (!cap.base) return { items: [], fault: '没有申报支出基数' };
    const used = `已付 ${showYuan(cap.paidFen)} 元，已签未付 ${showYuan(cap.committedFen)} 元`;
    const base = `支出基数 ${showYuan(cap.base.amountFen)} 元，${used}`;
    if (cap.capFen === null || cap.headroomFen === null)
      return { items: [figure(base, asOf, cap.base.documentNo)], fault: '没有现行的比例上限' };
    const room = `${base}，上限 ${showYuan(cap.capFen)} 元，余额 ${showYuan(cap.headroomFen)} 元`;
    return { items: [figure(room, asOf, cap.base.documentNo)] };
  },

  /** The list is made anew at every reading, so that an empty one says what was looked at. */
  async flag(scope) {
    const items = [...(await inTransit(scope)), ...(await unspent(scope))];
    const looked = `截至 ${scope.asOf} 已核对在途超过 ${TRANSIT_DAYS} 天的资金和到账满一年仍有余额的资金`;
    return { items: [figure(`${looked}：疑点 ${items.length} 项`, scope.asOf), ...items] };
  },
};

const TRANSIT_DAYS = 30;
const UNSPENT_DAYS = 365;

async function inTransit({ store, actor, bookId, asOf }: YearScope): Promise<ShownItem[]> {
  const { items } = await listTransit(store, actor, bookId, asOf);
  return items
    .filter(({ ageDays }) => ageDays > TRANSIT_DAYS)
    .map(({ amount, ageDays, toName, effectiveDate, documentNo, issueId }) => ({
      ...figure(`下达${toName}的 ${amount} 元在途 ${ageDays} 天`, effectiveDate, documentNo),
      id: issueId,
    }));
}

/** Money in the bank now of a fund whose first arrival is a year old. */
async function unspent({ store, bookId, asOf }: YearScope): Promise<ShownItem[]> {
  const { rows } = await sql<{ id: string; documentNo: string; name: string; bankFen: Fen; first: string }>`
    select fund."id" as "id", fund."documentNo" as "documentNo", fund."name" as "name", cast(bank."total" as bigint) as "bankFen",
      arrival."first" as "first"
    from "fund" as fund
      join (select "fundId", sum("balanceFen") as "total" from "account" where "layer" = 'bank' group by "fundId") as bank
        on bank."fundId" = fund."id"
      join (select "fundId", min("effectiveDate") as "first" from (
          select "fundId", "effectiveDate" from "fundDocument" where "bookId" = ${bookId} and "kind" = 'arrival'
          union all
          select "fundId", "effectiveDate" from "intake" where "bookId" = ${bookId} and "kind" = 'disbursement'
        ) as came group by "fundId") as arrival on arrival."fundId" = fund."id"
    where fund."bookId" = ${bookId} and bank."total" > 0 and arrival."first" < ${addDays(asOf, -UNSPENT_DAYS)}
    order by arrival."first", fund."id"`.execute(store.read);
  return rows.map(({ id, documentNo, name, bankFen, first }) => ({
    ...figure(`${name}：到账满一年，仍有余额 ${showYuan(bankFen)} 元`, first, documentNo),
    id,
  }));
}
