import { sql } from 'kysely';
import type { OrganisationKind } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import type { Db, Trx } from '../db/store.js';
import type { Actor, Subject } from './may.js';
import type { OrganisationQuery } from './organisations.schema.js';

/** The organisation, whose book its affairs are logged in, and the paths that `may` compares. */
export interface OrganisationBook {
  readonly organisationId: string;
  readonly organisationPath: string;
  readonly organisationKind: OrganisationKind;
  readonly bookId: string;
  readonly bureauId: string;
  readonly bureauPath: string;
}

/** What concerns the whole installation is the affair of its uppermost bureau. */
export async function installationSubject(db: Db | Trx): Promise<Subject> {
  const { path } = await db
    .selectFrom('organisation')
    .select('path')
    .where('parentId', 'is', null)
    .where('kind', 'like', 'bureau_%')
    .orderBy('id')
    .limit(1)
    .executeTakeFirstOrThrow();
  return { bureauPath: path, organisationPath: path };
}

/** The book of the nearest bureau at or above an organisation; null where there is none. */
export async function findBookOf(db: Db | Trx, organisationId: string): Promise<OrganisationBook | null> {
  const organisation = await findOrganisation(db, organisationId);
  if (!organisation) return null;
  const books = await db
    .selectFrom('book')
    .innerJoin('organisation', 'organisation.id', 'book.bureauId')
    .select(['book.id as bookId', 'book.bureauId as bureauId', 'organisation.path as bureauPath'])
    .where('book.bureauId', 'in', idsOf(organisation.path))
    .execute();
  const nearest = books.sort((a, b) => a.bureauPath.length - b.bureauPath.length).at(-1);
  if (!nearest) return null;
  return {
    organisationId: organisation.id,
    organisationPath: organisation.path,
    organisationKind: organisation.kind as OrganisationKind,
    ...nearest,
  };
}

/** The ids along a path, from the root down. */
export const idsOf = (path: string): string[] => path.split('/').slice(0, -1);

/** The path of the topmost bureau above. */
export const rootOf = (path: string): string => path.slice(0, path.indexOf('/') + 1);

export type OrganisationRow = Row<'organisation'> & { readonly bookId: string | null };

function withBook(db: Db | Trx) {
  return db
    .selectFrom('organisation')
    .leftJoin('book', 'book.bureauId', 'organisation.id')
    .selectAll('organisation')
    .select('book.id as bookId');
}

export async function findOrganisation(db: Db | Trx, id: string): Promise<OrganisationRow | undefined> {
  return withBook(db).where('organisation.id', '=', id).executeTakeFirst();
}

export async function findByCreditCode(
  db: Db | Trx,
  creditCode: string,
): Promise<{ id: string } | undefined> {
  return db.selectFrom('organisation').select('id').where('creditCode', '=', creditCode).executeTakeFirst();
}

export async function countOpenChildren(trx: Trx, id: string): Promise<number> {
  const rows = await trx
    .selectFrom('organisation')
    .select('id')
    .where('parentId', '=', id)
    .where('closedDate', 'is', null)
    .execute();
  return rows.length;
}

/**
 * Organisations that the actor may see, by id: everything below a grant, everything above one, and
 * the providers under the same root.
 * Paths hold ids and "/" only, so LIKE meets no wildcard in them.
 */
export async function listVisible(
  db: Db,
  actor: Actor,
  query: OrganisationQuery & { readonly ids?: readonly string[] },
): Promise<OrganisationRow[]> {
  const paths = [...new Set(actor.grants.map((grant) => grant.organisationPath))];
  if (paths.length === 0) return [];
  const roots = [...new Set(paths.map(rootOf))];
  const above = [...new Set(paths.flatMap(idsOf))];
  const rows = withBook(db).where((where) =>
    where.or([
      ...roots.map((root) =>
        where.and([
          where('organisation.kind', '=', 'provider'),
          where('organisation.path', 'like', `${root}%`),
        ]),
      ),
      where('organisation.id', 'in', above),
      ...paths.map((path) => where('organisation.path', 'like', `${path}%`)),
    ]),
  );
  return pageOfRows(rows, query);
}

/** Those at and below where the actor is admin, by id. */
export async function listAdministered(
  db: Db,
  actor: Actor,
  query: OrganisationQuery,
): Promise<OrganisationRow[]> {
  const paths = actor.grants.filter(({ role }) => role === 'admin').map((grant) => grant.organisationPath);
  if (paths.length === 0) return [];
  const rows = withBook(db).where((where) =>
    where.or(paths.map((path) => where('organisation.path', 'like', `${path}%`))),
  );
  return pageOfRows(rows, query);
}

async function pageOfRows(
  from: ReturnType<typeof withBook>,
  query: OrganisationQuery & { readonly ids?: readonly string[] },
): Promise<OrganisationRow[]> {
  let rows = from;
  if (query.ids) rows = rows.where('organisation.id', 'in', query.ids);
  if (query.kind) rows = rows.where('organisation.kind', '=', query.kind);
  if (query.bookId) rows = rows.where('organisation.registeredIn', '=', query.bookId);
  if (query.parentId) rows = rows.where('organisation.parentId', '=', query.parentId);
  if (query.text) {
    const pattern = `%${query.text.toLowerCase().replaceAll(/[!%_]/g, '!$&')}%`;
    rows = rows.where(sql<boolean>`lower(${sql.ref('organisation.name')}) like ${pattern} escape '!'`);
  }
  if (query.cursor) rows = rows.where('organisation.id', '>', query.cursor);
  return rows
    .orderBy('organisation.id')
    .limit(query.limit + 1)
    .execute();
}
