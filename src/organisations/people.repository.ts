import { sql } from 'kysely';
import { revealTexts, type Unit } from '../audit/index.js';
import { newId } from '../core/ids.js';
import type { KeyRing } from '../core/keys.js';
import type { Row } from '../db/database.js';
import type { Db, Trx } from '../db/store.js';
import { type Actor, ROLE_LABELS, type Role } from './may.js';
import type { GrantView, PersonQuery, PersonView } from './people.schema.js';

export const findPerson = (db: Db | Trx, id: string): Promise<Row<'person'> | undefined> =>
  db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst();

/** The login name is sealed; its blind index finds it. */
export const loginIndexOf = (keys: KeyRing, loginName: string): string => keys.index('login', loginName);

export const findByLoginName = (
  db: Db | Trx,
  keys: KeyRing,
  loginName: string,
): Promise<Row<'person'> | undefined> =>
  db
    .selectFrom('person')
    .selectAll()
    .where('loginIndex', '=', loginIndexOf(keys, loginName))
    .executeTakeFirst();

export interface GrantToInsert {
  readonly personId: string;
  readonly organisationId: string;
  readonly role: Role;
  readonly grantedBy: string;
  readonly grantedAt: string;
}

export async function insertGrant(unit: Unit, grant: GrantToInsert): Promise<void> {
  await unit.insert('roleGrant', { id: newId(), ...grant, revokedAt: null });
}

export const findGrant = (db: Db | Trx, id: string): Promise<Row<'roleGrant'> | undefined> =>
  db.selectFrom('roleGrant').selectAll().where('id', '=', id).executeTakeFirst();

/** Ends grants of a person that this book's log tells; those in other books end with the person. */
export async function endGrantsHere(unit: Unit, personId: string): Promise<void> {
  const grants = await unit.trx
    .selectFrom('roleGrant')
    .selectAll()
    .where('personId', '=', personId)
    .where('bookId', '=', unit.book.id)
    .where('revokedAt', 'is', null)
    .execute();
  for (const grant of grants) await unit.update('roleGrant', grant, { revokedAt: unit.recordedAt });
}

/**
 * Who administers an organisation. The update changes nothing but takes the rows' locks on both engines, so that two
 * administrators who are removed at the same moment, in two books, are counted one after the other. The count is a
 * statement of its own: a statement that waited for a lock looks at `person` as it was before the wait.
 */
export async function lockAdmins(trx: Trx, organisationId: string): Promise<string[]> {
  await trx
    .updateTable('roleGrant')
    .set({ role: 'admin' })
    .where('organisationId', '=', organisationId)
    .where('role', '=', 'admin')
    .where('revokedAt', 'is', null)
    .execute();
  const rows = await trx
    .selectFrom('roleGrant')
    .innerJoin('person', 'person.id', 'roleGrant.personId')
    .select('personId')
    .where('roleGrant.organisationId', '=', organisationId)
    .where('role', '=', 'admin')
    .where('revokedAt', 'is', null)
    .where('isActive', '=', 1)
    .execute();
  return rows.map((row) => row.personId);
}

/** Ends every way in that a person has, except the session that is `kept`. */
export async function endAccess(unit: Unit, personId: string, kept: string | null = null): Promise<void> {
  const { trx, recordedAt } = unit;
  let sessions = trx.deleteFrom('session').where('personId', '=', personId);
  if (kept !== null) sessions = sessions.where('tokenHash', '<>', kept);
  await sessions.execute();
  const tokens = await trx
    .selectFrom('apiToken')
    .selectAll()
    .where('personId', '=', personId)
    .where('revokedAt', 'is', null)
    .execute();
  for (const token of tokens) await unit.update('apiToken', token, { revokedAt: recordedAt });
}

/** More people than this are not searched by name: narrow the search to an organisation. */
const MAX_SEARCHED = 20_000;

/**
 * People whom the actor administers, by id: employed at or below an organisation where they are admin. Names are
 * sealed, so a search opens those of everybody in reach.
 */
export async function listManaged(
  db: Db,
  keys: KeyRing,
  actor: Actor,
  query: PersonQuery,
): Promise<Row<'person'>[]> {
  const paths = actor.grants.filter((grant) => grant.role === 'admin').map((grant) => grant.organisationPath);
  if (paths.length === 0) return [];
  let rows = db
    .selectFrom('person')
    .innerJoin('organisation', 'organisation.id', 'person.organisationId')
    .selectAll('person')
    .where((where) => where.or(paths.map((path) => where('organisation.path', 'like', `${path}%`))));
  if (query.organisationId) rows = rows.where('person.organisationId', '=', query.organisationId);
  if (query.bookId) rows = rows.where('person.bookId', '=', query.bookId);
  if (query.state === 'ended') rows = rows.where('person.isActive', '=', 0);
  else if (query.state || query.role) rows = rows.where('person.isActive', '=', 1);
  if (query.state === 'without_role') rows = rows.where(({ not, exists }) => not(exists(grantsInForce(db))));
  if (query.state === 'working') rows = rows.where(({ exists }) => exists(grantsInForce(db)));
  const { role } = query;
  if (role) rows = rows.where(({ exists }) => exists(grantsInForce(db).where('roleGrant.role', '=', role)));
  if (query.cursor) rows = rows.where('person.id', '>', query.cursor);
  rows = rows.orderBy('person.id');
  if (!query.text) return rows.limit(query.limit + 1).execute();
  const people = await rows.limit(MAX_SEARCHED).execute();
  const nameOf = await revealTexts(
    db,
    keys,
    people.flatMap((person) => [person.displayName, person.loginName]),
  );
  const wanted = query.text.toLowerCase();
  const isWanted = (text: string) => nameOf(text).toLowerCase().includes(wanted);
  return people
    .filter((person) => isWanted(person.displayName) || isWanted(person.loginName))
    .slice(0, query.limit + 1);
}

/** Of the person of the query that it becomes part of. */
const grantsInForce = (db: Db) =>
  db
    .selectFrom('roleGrant')
    .select('roleGrant.id')
    .where(({ ref, eb }) => eb(ref('roleGrant.personId'), '=', sql<string>`${sql.ref('person.id')}`))
    .where('roleGrant.revokedAt', 'is', null);

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
    // Nobody's roles outlive the person, in whatever book they were given.
    grants: grants.filter((grant) => grant.personId === person.id && person.isActive === 1).map(toGrantView),
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
