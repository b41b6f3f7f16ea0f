import { sql } from 'kysely';
import { countUpTo } from '../db/keyset.js';
import type { ShownItem } from './coverage.schema.js';
import { figure, type Live, type YearScope } from './live.js';

/** Whose hands a payment went through is looked up claim by claim: of so many, the newest of the year. */
const MAX_PAYMENTS = 2000;

/**
 * Payments of the year, and whether maker, reviewer, approver and payer were different people: of the newest `most`, and
 * where there are others the words say so.
 */
export async function dutiesSeparated(
  { store, bookId, from, until, range }: Pick<YearScope, 'store' | 'bookId' | 'from' | 'until' | 'range'>,
  most = MAX_PAYMENTS,
): Promise<Live> {
  const db = store.read;
  const payments = db
    .selectFrom('payment')
    .where('bookId', '=', bookId)
    .where('kind', '=', 'payment')
    .where('effectiveDate', '>=', from)
    .where('effectiveDate', '<=', until);
  const newest = payments
    .select(['claimId', 'personId', 'effectiveDate'])
    .orderBy('effectiveDate', 'desc')
    .orderBy('id', 'desc')
    .limit(most);
  const { rows } = await sql<{ looked: number; distinct: number; last: string | null }>`
    select count(*) as "looked", max(payment."effectiveDate") as "last", coalesce(sum(case when
      claim."approverId" is not null and payment."personId" <> claim."makerId"
      and payment."personId" <> claim."approverId" and claim."approverId" <> claim."makerId"
      and claim."reviewerId" is not null and claim."reviewerId" <> claim."makerId"
      and claim."reviewerId" <> claim."approverId" then 1 else 0 end), 0) as "distinct"
    from ${newest} as payment join "claim" as claim on claim."id" = payment."claimId"`.execute(db);
  const [row] = rows as [(typeof rows)[number]];
  const refused = await db
    .selectFrom('logEntry')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('bookId', '=', bookId)
    .where('outcome', '=', 'refused:separation_of_duties')
    .where('logIndex', '>=', range.first)
    .where('logIndex', '<', range.end)
    .executeTakeFirstOrThrow();
  const [looked, distinct] = [Number(row.looked), Number(row.distinct)];
  const all = await countUpTo(db, payments.select('id'));
  const total = `${all.count}${all.isCapped ? '+' : ''}`;
  const isPart = all.isCapped || all.count > looked;
  const items: ShownItem[] = [];
  if (looked > 0) {
    const whose = isPart ? `已核对最近 ${looked} 笔，` : '';
    items.push(
      figure(`支付 ${total} 笔，${whose}其中经办、审核、审批、付款为不同人员的 ${distinct} 笔`, row.last),
    );
  }
  if (Number(refused.count) > 0) items.push(figure(`因岗位未分离被拒绝办理 ${refused.count} 次`));
  if (looked === 0) return { items, fault: '本年没有支付，无从核对' };
  if (distinct === looked) return { items };
  const of = isPart ? `最近 ${looked} 笔支付中有 ` : '';
  return { items, fault: `${of}${looked - distinct} 笔${isPart ? '' : '支付'}的岗位未全部分离` };
}
