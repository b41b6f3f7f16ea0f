import { type AliasedExpression, type Expression, expressionBuilder, type SqlBool, sql } from 'kysely';
import { partySubject } from '../audit/index.js';
import { addDays, type BusinessDate } from '../core/dates.js';
import { type Fen, parseYuan } from '../core/money.js';
import type { Database } from '../db/database.js';
import { aside } from '../db/keyset.js';
import type { Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import type { ClaimQuery } from './claims.query.js';

export type Filters = Omit<ClaimQuery, 'limit' | 'cursor'>;
/** The end of the sorted column where a later page begins. */
export type Begin = 'low' | 'high' | null;
/** Ids of the claims that one filter leaves, read from its own index: where they are few, a search begins there. */
export type Few = AliasedExpression<{ id: string }, 'few'>;
const eb = expressionBuilder<Database, 'claim'>();

/** The first instant of a day in China. */
const startOf = (date: BusinessDate) => new Date(`${date}T00:00:00+08:00`).toISOString();

const personOf = (actor: Actor, given: string) => (given === 'me' ? actor.personId : given);
const HANDS = ['makerId', 'reviewerId', 'approverId'] as const;

/** What the indexes of statuses, units and funds do not answer. */
export function conditionsOf(
  store: Store,
  actor: Actor,
  bookId: string,
  query: Filters,
  begin: Begin,
): Expression<SqlBool>[] {
  const found: Expression<SqlBool>[] = rangesOf(query, begin).flatMap((range) => range.conditions);
  const isValue = (column: string, value: string | undefined) => {
    if (value !== undefined) found.push(eb(aside.text(`claim.${column}`), '=', value));
  };
  for (const hand of HANDS) isValue(hand, query[hand] && personOf(actor, query[hand]));
  isValue('contractId', query.contractId);
  isValue('outcome', query.outcome);
  if (query.isCoSigned !== undefined) found.push(eb('claim.isCoSigned', '=', query.isCoSigned ? 1 : 0));
  if (query.hasWaiver !== undefined) {
    const isApplied = eb.exists(
      eb
        .selectFrom('waiverUse')
        .select('waiverUse.waiverId')
        .whereRef('waiverUse.subjectId', '=', 'claim.id')
        .where('waiverUse.subjectType', '=', 'claim'),
    );
    found.push(query.hasWaiver ? isApplied : eb.not(isApplied));
  }
  if (query.handledSince !== undefined)
    found.push(
      eb.exists(
        eb
          .selectFrom('logEntry')
          .select('logEntry.logIndex')
          .whereRef('logEntry.subjectId', '=', 'claim.id')
          .where(aside.text('logEntry.bookId'), '=', bookId)
          .where(aside.text('logEntry.actorId'), '=', actor.personId)
          .where(aside.text('logEntry.recordedAt'), '>=', startOf(query.handledSince))
          .where(isDone),
      ),
    );
  if (query.payeeName !== undefined)
    found.push(
      eb.exists(
        eb
          .selectFrom('vaultValue')
          .select('vaultValue.digest')
          .where(sql<SqlBool>`${sql.ref('vaultValue.digest')} = substr(${sql.ref('claim.payeeName')}, 8)`)
          .where('vaultValue.bookId', '=', bookId)
          .where('vaultValue.subject', '=', partySubject(store.keys, query.payeeName)),
      ),
    );
  if (query.invoiceNumber !== undefined)
    found.push(
      eb.exists(
        eb
          .selectFrom('invoiceUse')
          .select('invoiceUse.ownerId')
          .where('invoiceUse.bookId', '=', bookId)
          .whereRef('invoiceUse.ownerId', '=', 'claim.id')
          .where('invoiceUse.number', '=', query.invoiceNumber),
      ),
    );
  return found;
}

/** A refused attempt did nothing. */
const isDone = sql<SqlBool>`coalesce(${sql.ref('logEntry.outcome')}, '') not like 'refused:%'`;

const RANGES = [
  ['createdAt', 'createdAt', 'createdFrom', 'createdUntil'],
  ['businessDate', 'businessDate', 'businessFrom', 'businessUntil'],
  ['amount', 'amountFen', 'amountMin', 'amountMax'],
] as const;

/**
 * Conditions on the span of each column. Of the column that the list is sorted by, they bound what is read of the index;
 * but the end where a later page begins is bounded by its cursor.
 */
function rangesOf(query: Filters, begin: Begin = null) {
  return RANGES.flatMap(([sort, column, low, high]) => {
    const name = `claim.${column}` as const;
    const isSorted = sort === sortOf(query);
    const seen = (end: 'low' | 'high') => {
      if (isSorted && begin !== end) return eb.ref(name);
      return sort === 'amount' ? aside.fen(name) : aside.text(name);
    };
    const conditions: Expression<SqlBool>[] = [];
    const plain: Expression<SqlBool>[] = [];
    const add = (end: 'low' | 'high', operator: '>=' | '<=' | '<', value: string | Fen) => {
      conditions.push(eb(seen(end), operator, value as never));
      plain.push(eb(name, operator, value as never));
    };
    const [from, until] = [query[low], query[high]];
    if (from !== undefined)
      add('low', '>=', sort === 'amount' ? parseYuan(from) : sort === 'createdAt' ? startOf(from) : from);
    if (until !== undefined) {
      if (sort === 'createdAt') add('high', '<', startOf(addDays(until, 1)));
      else add('high', '<=', sort === 'amount' ? parseYuan(until) : until);
    }
    return conditions.length > 0 ? [{ isSorted, conditions, plain }] : [];
  });
}

/** A span of 业务日期 is read in their order unless another is asked for. */
export const sortOf = ({ sort, businessFrom, businessUntil }: Filters) =>
  sort ?? (businessFrom !== undefined || businessUntil !== undefined ? 'businessDate' : 'createdAt');

/** Each filter that has an index of its own, as the ids that it leaves. */
export function fewOf({ read, keys }: Store, actor: Actor, bookId: string, query: Filters): Few[] {
  const claims = () => read.selectFrom('claim').select('claim.id as id').where('claim.bookId', '=', bookId);
  const found: Few[] = [];
  if (query.invoiceNumber !== undefined)
    found.push(
      read
        .selectFrom('invoiceUse')
        .select('invoiceUse.ownerId as id')
        .where('invoiceUse.number', '=', query.invoiceNumber)
        .where('invoiceUse.bookId', '=', bookId)
        .as('few'),
    );
  if (query.contractId !== undefined)
    found.push(claims().where('claim.contractId', '=', query.contractId).as('few'));
  if (query.payeeName !== undefined)
    found.push(
      read
        .selectFrom('vaultValue')
        .innerJoin('claim', (join) =>
          join.on(sql<SqlBool>`${sql.ref('claim.payeeName')} = 'sealed:' || ${sql.ref('vaultValue.digest')}`),
        )
        .select('claim.id as id')
        .where('vaultValue.bookId', '=', bookId)
        .where('vaultValue.subject', '=', partySubject(keys, query.payeeName))
        .as('few'),
    );
  if (query.hasWaiver)
    found.push(
      read
        .selectFrom('waiverUse')
        .select('waiverUse.subjectId as id')
        .distinct()
        .where('waiverUse.bookId', '=', bookId)
        .where('waiverUse.subjectType', '=', 'claim')
        .as('few'),
    );
  if (query.handledSince !== undefined)
    found.push(
      read
        .selectFrom('logEntry')
        .select('logEntry.subjectId as id')
        .distinct()
        .where('logEntry.bookId', '=', bookId)
        .where('logEntry.actorId', '=', actor.personId)
        .where('logEntry.recordedAt', '>=', startOf(query.handledSince))
        .where('logEntry.subjectType', '=', 'claim')
        .where(isDone)
        .as('few'),
    );
  for (const hand of HANDS)
    if (query[hand] !== undefined)
      found.push(claims().where(`claim.${hand}`, '=', personOf(actor, query[hand])).as('few'));
  if (query.outcome !== undefined) found.push(claims().where('claim.outcome', '=', query.outcome).as('few'));
  for (const { isSorted, plain } of rangesOf(query))
    if (!isSorted) found.push(claims().where(eb.and(plain)).as('few'));
  return found;
}
