import { sql } from 'kysely';
import { newId } from '../core/ids.js';
import type { Row } from '../db/database.js';
import type { Db, Trx } from '../db/store.js';
import { type Actor, ROLE_LABELS, type Role } from './may.js';
import type { GrantView, PersonQuery, PersonView } from './people.schema.js';

export const findPerson = (db: Db | Trx, id: string): Promise<Row<'person'> | undefined> =>
  db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst();

export const findByLoginName = (db: Db | Trx, loginName: string): Promise<Row<'person'> | undefined> =>
  db.selectFrom('person').selectAll().where('loginName', '=', loginName).executeTakeFirst();

export interface GrantToInsert {
  readonly personId: string;
  readonly organisationId: string;
  readonly role: Role;
  readonly grantedBy: string;
  readonly grantedAt: string;
}

export async function insertGrant(trx: Trx, grant: GrantToInsert): Promise<string> {
  const id = newId();
  await trx
    .insertInto('roleGrant')
    .values({ id, ...grant, revokedAt: null })
    .execute();
  return id;
}

export const findGrant = (db: Db | Trx, id: string): Promise<Row<'roleGrant'> | undefined> =>
  db.selectFrom('roleGrant').selectAll().where('id', '=', id).executeTakeFirst();

/** Ends one grant, or all of a person's; returns how many were in force. */
export async function endGrants(
  trx: Trx,
  which: { readonly id: string } | { readonly personId: string },
  revokedAt: string,
): Promise<number> {
  const [column, value] =
    'id' in which ? (['id', which.id] as const) : (['personId', which.personId] as const);
  const { numUpdatedRows } = await trx
    .updateTable('roleGrant')
    .set({ revokedAt })
    .where(column, '=', value)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/**
 * Who administers an organisation. The update changes nothing but takes the rows' locks on both engines, so that two
 * administrators who are removed at the same moment, in two books, are counted one after the other.
 */
export async function lockAdmins(trx: Trx, organisationId: string): Promise<string[]> {
  const rows = await trx
    .updateTable('roleGrant')
    .set({ role: 'admin' })
    .where('organisationId', '=', organisationId)
    .where('role', '=', 'admin')
    .where('revokedAt', 'is', null)
    .returning('personId')
    .execute();
  return rows.map((row) => row.personId);
}

/** Ends every way in that a person has, except the session that is `kept`. */
export async function endAccess(
  trx: Trx,
  personId: string,
  now: string,
  kept: string | null = null,
): Promise<void> {
  let sessions = trx.deleteFrom('session').where('personId', '=', personId);
  if (kept !== null) sessions = sessions.where('tokenHash', '<>', kept);
  await sessions.execute();
  await trx
    .updateTable('apiToken')
    .set({ revokedAt: now })
    .where('personId', '=', personId)
    .where('revokedAt', 'is', null)
    .execute();
}

/** People whom the actor administers, by id: employed at or below an organisation where they are admin. */
export async function listManaged(db: Db, actor: Actor, query: PersonQuery): Promise<Row<'person'>[]> {
  const paths = actor.grants.filter((grant) => grant.role === 'admin').map((grant) => grant.organisationPath);
  if (paths.length === 0) return [];
  let rows = db
    .selectFrom('person')
    .innerJoin('organisation', 'organisation.id', 'person.organisationId')
    .selectAll('person')
    .where((where) => where.or(paths.map((path) => where('organisation.path', 'like', `${path}%`))));
  if (query.organisationId) rows = rows.where('person.organisationId', '=', query.organisationId);
  if (query.text) {
    const pattern = `%${query.text.toLowerCase().replaceAll(/[!%_]/g, '!$&')}%`;
    const isLike = (column: string) => sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '!'`;
    rows = rows.where((where) => where.or([isLike('person.displayName'), isLike('person.loginName')]));
  }
  if (query.cursor) rows = rows.where('person.id', '>', query.cursor);
  return rows
    .orderBy('person.id')
    .limit(query.limit + 1)
    .execute();
}

/** Views of people with the roles in force, in the order of the rows. */
export async function personViews(db: Db | Trx, people: readonly Row<'person'>[]): Promise<PersonView[]> {
  if (people.length === 0) return [];
  const grants = await db
    .selectFrom('roleGrant')
    .innerJoin('organisation', 'organisation.id', 'roleGrant.organisationId')
    .selectAll('roleGrant')
    .select('organisation.name as organisationName')
    .where(
      'personId',
      'in',
      people.map((person) => person.id),
    )
    .where('revokedAt', 'is', null)
    .orderBy('roleGrant.id')
    .execute();
  return people.map((person) => ({
    id: person.id,
    loginName: person.loginName,
    displayName: person.displayName,
    organisationId: person.organisationId,
    isActive: person.isActive === 1,
    grants: grants.filter((grant) => grant.personId === person.id).map(toGrantView),
    version: person.version,
  }));
}

function toGrantView(row: Row<'roleGrant'> & { organisationName: string }): GrantView {
  const role = row.role as Role;
  return {
    id: row.id,
    organisationId: row.organisationId,
    organisationName: row.organisationName,
    role,
    roleLabel: ROLE_LABELS[role],
    grantedAt: row.grantedAt,
  };
}
