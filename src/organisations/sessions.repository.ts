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

const COLUMNS = [
  'person.id as personId',
  'person.displayName as displayName',
  'roleGrant.role as role',
  'organisation.id as organisationId',
  'organisation.path as organisationPath',
  'organisation.kind as organisationKind',
] as const;

/*
 * One row per grant in force, at least one for an active person. The secret's own table comes first, so that its
 * index finds the one person; SQLite would scan all persons if the outer joins stood before it.
 */
const sessionRows = prepared<{ tokenHash: string; now: string }, ActorRow>((db, value) =>
  db
    .selectFrom('session')
    .innerJoin('person', 'person.id', 'session.personId')
    .leftJoin('roleGrant', (join) =>
      join.onRef('roleGrant.personId', '=', 'person.id').on('roleGrant.revokedAt', 'is', null),
    )
    .leftJoin('organisation', 'organisation.id', 'roleGrant.organisationId')
    .select(COLUMNS)
    .where('session.tokenHash', '=', value('tokenHash'))
    .where('session.expiresAt', '>', value('now'))
    .where('person.isActive', '=', 1),
);
const tokenRows = prepared<{ tokenHash: string; now: string }, ActorRow>((db, value) =>
  db
    .selectFrom('apiToken')
    .innerJoin('person', 'person.id', 'apiToken.personId')
    .leftJoin('roleGrant', (join) =>
      join.onRef('roleGrant.personId', '=', 'person.id').on('roleGrant.revokedAt', 'is', null),
    )
    .leftJoin('organisation', 'organisation.id', 'roleGrant.organisationId')
    .select(COLUMNS)
    .where('apiToken.tokenHash', '=', value('tokenHash'))
    .where('apiToken.expiresAt', '>', value('now'))
    .where('apiToken.revokedAt', 'is', null)
    .where('person.isActive', '=', 1),
);
const personRows = prepared<{ personId: string }, ActorRow>((db, value) =>
  db
    .selectFrom('person')
    .leftJoin('roleGrant', (join) =>
      join.onRef('roleGrant.personId', '=', 'person.id').on('roleGrant.revokedAt', 'is', null),
    )
    .leftJoin('organisation', 'organisation.id', 'roleGrant.organisationId')
    .select(COLUMNS)
    .where('person.id', '=', value('personId'))
    .where('person.isActive', '=', 1),
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
