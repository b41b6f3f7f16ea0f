import type { z } from 'zod';
import { runCommand } from '../audit/index.js';
import { today } from '../core/dates.js';
import { refuse } from '../core/errors.js';
import type { Store } from '../db/store.js';
import { type Actor, type Caller, demand } from '../organisations/index.js';
import { bureauSubject, demandBookRead } from './access.js';
import type { periodView } from './funds.schema.js';

type Period = z.infer<typeof periodView>;

/**
 * Closes a month: from then on the database refuses entries dated in it. Months close in order.
 * @throws DomainError `period_not_over`, `period_out_of_order`, `already_exists`.
 */
export async function closePeriod(
  store: Store,
  caller: Caller,
  bookId: string,
  month: string,
): Promise<Period> {
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'period.close', subject: { type: 'period', id: `${bookId}/${month}` } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'period.close', subject);
    if (today(unit.context.now).slice(0, 7) <= month) {
      throw refuse('period_not_over', `会计期间 ${month} 尚未结束，不能结账`);
    }
    const last = await unit.trx
      .selectFrom('period')
      .select('month')
      .where('bookId', '=', bookId)
      .orderBy('month', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (last?.month === month) throw refuse('already_exists', `会计期间 ${month} 已经结账`);
    if (last && nextMonth(last.month) !== month) {
      throw refuse('period_out_of_order', `请按顺序结账：下一个应结的期间是 ${nextMonth(last.month)}`);
    }
    await unit.insert('period', { month, closedAt: unit.recordedAt, closedBy: caller.actor.personId });
    await unit.append({ action: target.action, subject: target.subject });
    return { month, closedAt: unit.recordedAt };
  });
}

export async function listPeriods(store: Store, actor: Actor, bookId: string): Promise<{ items: Period[] }> {
  await demandBookRead(store.read, actor, bookId);
  const items = await store.read
    .selectFrom('period')
    .select(['month', 'closedAt'])
    .where('bookId', '=', bookId)
    .orderBy('month')
    .execute();
  return { items };
}

/** How far the months of a book are closed. */
export interface Closing {
  /** Month of the first 业务日期 booked; null without entries. */
  readonly firstMonth: string | null;
  /** Closed ones in order, with who did it (sealed). */
  readonly closed: readonly {
    readonly month: string;
    readonly closedAt: string;
    readonly closedBy: string;
  }[];
  /** The one to close next, whether it is over or not; null without entries. */
  readonly nextMonth: string | null;
}

/** @throws DomainError `not_found` */
export async function closingOf(store: Store, actor: Actor, bookId: string): Promise<Closing> {
  await demandBookRead(store.read, actor, bookId);
  const closed = await store.read
    .selectFrom('period')
    .innerJoin('person', 'person.id', 'period.closedBy')
    .select(['period.month', 'period.closedAt', 'person.displayName as closedBy'])
    .where('period.bookId', '=', bookId)
    .orderBy('period.month')
    .execute();
  const first = await store.read
    .selectFrom('ledgerEntry')
    .select('effectiveDate')
    .where('bookId', '=', bookId)
    .orderBy('effectiveDate')
    .limit(1)
    .executeTakeFirst();
  const firstMonth = first?.effectiveDate.slice(0, 7) ?? null;
  const last = closed.at(-1)?.month;
  return { firstMonth, closed, nextMonth: last ? nextMonth(last) : firstMonth };
}

function nextMonth(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}
