import { contractedProviders } from '../contracts/index.js';
import type { Row } from '../db/database.js';
import type { Db } from '../db/store.js';
import { bureauOfBook } from '../ledger/index.js';
import { type Actor, may } from '../organisations/index.js';

export type ClaimUnit = Pick<Row<'organisation'>, 'id' | 'name' | 'path' | 'kind'>;

/**
 * The organisations for which the actor may make claims in the book: units of this bureau (not those of a nearer one)
 * that are open, and providers with a contract in it. By path, so that a station stands behind its township.
 */
export async function unitsToClaimFor(db: Db, actor: Actor, bookId: string): Promise<ClaimUnit[]> {
  const { bureauPath } = await bureauOfBook(db, bookId);
  const grants = actor.grants.filter(
    ({ organisationPath }) => may(actor, 'claim.create', { bureauPath, organisationPath }).allowed,
  );
  const providers = await contractedProviders(db, grants, bookId);
  const paths = grants
    .filter((grant) => grant.organisationKind !== 'provider' && grant.organisationPath.startsWith(bureauPath))
    .map((grant) => grant.organisationPath);
  if (paths.length === 0 && providers.length === 0) return [];
  const found = await db
    .selectFrom('organisation')
    .select(['id', 'name', 'path', 'kind'])
    .where('closedDate', 'is', null)
    .where((where) =>
      where.or([
        ...paths.map((path) =>
          where.and([where('path', 'like', `${path}%`), where('kind', 'not in', ['provider', 'donor'])]),
        ),
        ...(providers.length > 0 ? [where('id', 'in', providers)] : []),
      ]),
    )
    .orderBy('path')
    .execute();
  const nearer = await db
    .selectFrom('book')
    .innerJoin('organisation', 'organisation.id', 'book.bureauId')
    .select('organisation.path')
    .where('organisation.path', 'like', `${bureauPath}%`)
    .where('organisation.path', '!=', bureauPath)
    .execute();
  return found.filter(
    ({ kind, path }) => kind === 'provider' || !nearer.some((bureau) => path.startsWith(bureau.path)),
  );
}
