import type { OrganisationKind } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';
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
const grantRows = (db: Db | Trx) =>
  db
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

// The secret finds its one person first: joined after the outer joins, it would have SQLite scan all persons.
const sessionRows = prepared<{ tokenHash: string; now: string }, ActorRow>((db, value) =>
  grantRows(db).where('person.id', '=', (where) =>
    where
      .selectFrom('session')
      .select('personId')
      .where('tokenHash', '=', value('tokenHash'))
      .where('expiresAt', '>', value('now')),
  ),
);
const tokenRows = prepared<{ tokenHash: string; now: string }, ActorRow>((db, value) =>
  grantRows(db).where('person.id', '=', (where) =>
    where
      .selectFrom('apiToken')
      .select('apiToken.personId')
      .where('tokenHash', '=', value('tokenHash'))
      .where('expiresAt', '>', value('now'))
      .where('apiToken.revokedAt', 'is', null),
  ),
);
const personRows = prepared<{ personId: string }, ActorRow>((db, value) =>
  grantRows(db).where('person.id', '=', value('personId')),
);

/** In one query, and never cached: a revocation in any process holds from the next request on. */
export async function actorOfSessionHash(db: Db, tokenHash: string, now: Date): Promise<Actor | null> {
  return toActor(await sessionRows(db, { tokenHash, now: now.toISOString() }), 'session');
}

export async function actorOfTokenHash(db: Db, tokenHash: string, now: Date): Promise<Actor | null> {
  return toActor(await tokenRows(db, { tokenHash, now: now.toISOString() }), 'token');
}

/** A person as an actor, for what runs without a sign-in: the command line, the demo. */
export async function actorOfPersonId(db: Db, personId: string): Promise<Actor | null> {
  return toActor(await personRows(db, { personId }), 'system');
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
