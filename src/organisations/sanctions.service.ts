import { runCommand } from '../audit/index.js';
import { today } from '../core/dates.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { type Actor, type Caller, demand, may } from './may.js';
import { type NewSanction, SANCTION_LABELS, type SanctionView } from './organisations.schema.js';
import { visibleBookOf } from './organisations.service.js';
import { isBureau } from './placement.js';

/**
 * Puts a provider on the deciding bureau's blacklist, or records its exit (YN-08).
 * @throws DomainError `not_found`, `not_a_provider`, `not_a_bureau`, `period_inverted`.
 */
export async function createSanction(
  store: Store,
  caller: Caller,
  providerId: string,
  input: NewSanction,
): Promise<SanctionView> {
  const provider = await visibleBookOf(store.read, caller.actor, providerId);
  const bureau = await visibleBookOf(store.read, caller.actor, input.bureauId);
  if (provider.organisationKind !== 'provider') {
    throw new DomainError('not_a_provider', '只能对承接机构登记黑名单或退出');
  }
  if (!isBureau(bureau.organisationKind)) throw new DomainError('not_a_bureau', '作出决定的单位应为民政部门');
  const id = newId();
  const event = { action: `sanction.${input.kind}`, subject: { type: 'sanction', id } };
  return runCommand(store, { bookId: bureau.bookId, ...event }, caller.context, async (unit) => {
    demand(caller.actor, 'sanction.manage', bureau);
    if (input.untilDate !== null && input.untilDate < input.fromDate) {
      throw new DomainError('period_inverted', '期限的开始日期晚于结束日期');
    }
    const row = await unit.insert('sanction', {
      id,
      providerId,
      ...input,
      reason: await unit.seal(input.reason, `sanction/${id}`),
      settledDate: null,
      createdAt: unit.recordedAt,
    });
    await unit.append(event);
    return toView(row, true);
  });
}

/**
 * Settles an exit: the provider's accounts are clear and new contracts are possible again.
 * @throws DomainError `not_found`, `wrong_status` (a blacklisting, or settled already), `settlement_date_invalid`.
 */
export async function settleSanction(
  store: Store,
  caller: Caller,
  id: string,
  settledDate: string,
): Promise<SanctionView> {
  const { bureauId } = await sanctionRow(store.read, id);
  const bureau = await visibleBookOf(store.read, caller.actor, bureauId);
  const event = { action: 'sanction.settle', subject: { type: 'sanction', id } };
  return runCommand(store, { bookId: bureau.bookId, ...event }, caller.context, async (unit) => {
    demand(caller.actor, 'sanction.manage', bureau);
    // The bureau's book is locked, and only commands on it change its sanctions.
    const row = await unit.trx
      .selectFrom('sanction')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (row.kind !== 'exit') throw refuse('wrong_status', '黑名单到期自行失效，不需要清算');
    if (row.settledDate) throw refuse('wrong_status', `该退出已于 ${row.settledDate} 清算`);
    if (settledDate < row.fromDate || settledDate > today(unit.context.now)) {
      throw new DomainError('settlement_date_invalid', `清算日期应在 ${row.fromDate} 与今天之间`);
    }
    const settled = await unit.update('sanction', row, { settledDate });
    await unit.append(event);
    return toView(settled, true);
  });
}

/** Sanctions of a provider, newest first. @throws DomainError `not_found` */
export async function listSanctions(
  store: Store,
  actor: Actor,
  providerId: string,
): Promise<{ items: SanctionView[] }> {
  await visibleBookOf(store.read, actor, providerId);
  return { items: await sanctionsOf(store, actor, [providerId]) };
}

/** Sanctions of providers that the actor may see, newest first. */
export async function sanctionsOf(
  store: Store,
  actor: Actor,
  providerIds: readonly string[],
): Promise<SanctionView[]> {
  if (providerIds.length === 0) return [];
  const rows = await store.read
    .selectFrom('sanction')
    .innerJoin('organisation', 'organisation.id', 'sanction.bureauId')
    .selectAll('sanction')
    .select('organisation.path as bureauPath')
    .where('providerId', 'in', providerIds)
    .orderBy('sanction.id', 'desc')
    .execute();
  return rows.map(({ bureauPath, ...row }) =>
    toView(row, may(actor, 'book.read', { bureauPath, organisationPath: bureauPath }).allowed),
  );
}

/** Providers with any sanction, those decided last first. */
export async function sanctionedProviders(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('sanction')
    .select(({ fn }) => ['providerId', fn.max('id').as('newest')])
    .groupBy('providerId')
    .orderBy('newest', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ providerId }) => providerId);
}

async function sanctionRow(db: Db, id: string): Promise<Row<'sanction'>> {
  const row = await db.selectFrom('sanction').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('该记录');
  return row;
}

/** The reason is for those who may read the deciding bureau's book. */
function toView(row: Row<'sanction'>, withReason: boolean): SanctionView {
  const { createdAt: _, bookId: _book, ...rest } = row;
  return { ...rest, kindLabel: SANCTION_LABELS[row.kind], reason: withReason ? row.reason : null };
}
