import type { OrganisationKind } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import type { Db, Trx } from '../db/store.js';
import type { Actor, Grant, Role } from './may.js';

type ActorRow = Pick<Row<'person'>, 'displayName'> & {
  readonly personId: string;
  readonly role: string | null;
  readonly organisationId: string | null;
  readonly organisationPath: string | null;
  readonly organisationKind: string | null;
};

/** One row per grant in force, at least one for an active person. */
function grantRows(db: Db) {
  return db
    .selectFrom('person')
    .leftJoin('roleGrant', (join) =>
      join.onRef('roleGrant.personId', '=', 'person.id').on('roleGrant.revokedAt', 'is', null),
    )
    .leftJoin('organisation', 'organisation.id', 'roleGrant.organisationId')
    .where('person.isActive', '=', 1)
    .select([
      'person.id as personId',
      'person.displayName as displayName',
      'roleGrant.role as role',
      'organisation.id as organisationId',
      'organisation.path as organisationPath',
      'organisation.kind as organisationKind',
    ]);
}

/** In one query, and never cached: a revocation in any process holds from the next request on. */
export async function actorOfSessionHash(db: Db, tokenHash: string, now: Date): Promise<Actor | null> {
  const rows = await grantRows(db)
    .innerJoin('session', 'session.personId', 'person.id')
    .where('session.tokenHash', '=', tokenHash)
    .where('session.expiresAt', '>', now.toISOString())
    .execute();
  return toActor(rows, 'session');
}

export async function actorOfTokenHash(db: Db, tokenHash: string, now: Date): Promise<Actor | null> {
  const rows = await grantRows(db)
    .innerJoin('apiToken', 'apiToken.personId', 'person.id')
    .where('apiToken.tokenHash', '=', tokenHash)
    .where('apiToken.expiresAt', '>', now.toISOString())
    .where('apiToken.revokedAt', 'is', null)
    .execute();
  return toActor(rows, 'token');
}

/** A person as an actor, for what runs without a sign-in: the command line, the demo. */
export async function actorOfPersonId(db: Db, personId: string): Promise<Actor | null> {
  return toActor(await grantRows(db).where('person.id', '=', personId).execute(), 'system');
}

function toActor(rows: readonly ActorRow[], via: Actor['via']): Actor | null {
  const [first] = rows;
  if (!first) return null;
  const grants = rows.flatMap((row): Grant[] =>
    row.organisationId === null
      ? []
      : [
          {
            organisationId: row.organisationId,
            organisationPath: row.organisationPath as string,
            organisationKind: row.organisationKind as OrganisationKind,
            role: row.role as Role,
          },
        ],
  );
  return { personId: first.personId, displayName: first.displayName, via, grants };
}

export async function insertSession(trx: Trx, row: Row<'session'>): Promise<void> {
  await trx
    .deleteFrom('session')
    .where('personId', '=', row.personId)
    .where('expiresAt', '<=', row.createdAt)
    .execute();
  await trx.insertInto('session').values(row).execute();
}

export async function deleteSession(trx: Trx, tokenHash: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('session')
    .where('tokenHash', '=', tokenHash)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
