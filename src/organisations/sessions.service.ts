import { type CommandContext, runCommand, withSeal } from '../audit/index.js';
import { DomainError, notFound } from '../core/errors.js';
import { newSecret, sha256Hex } from '../core/ids.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import type { Actor, Caller } from './may.js';
import { bookOf, organisationViewOf } from './organisations.service.js';
import { verifyPassword } from './passwords.js';
import { passwordHashOf } from './passwords.service.js';
import { findByLoginName, findPerson, personViews } from './people.repository.js';
import type { PersonView } from './people.schema.js';
import {
  actorOfPersonId,
  actorOfSessionHash,
  actorOfTokenHash,
  deleteSession,
  insertSession,
} from './sessions.repository.js';
import type { Me, SignIn } from './sessions.schema.js';

export const TOKEN_PREFIX = 'sfl_';

/** Who holds this session secret; null when it is unknown, expired or its person deactivated. */
export const actorOfSession = (db: Db, secret: string, now: Date): Promise<Actor | null> =>
  actorOfSessionHash(db, sha256Hex(secret), now);

/** Who holds this API token; null when it is unknown, expired, revoked or its person deactivated. */
export const actorOfToken = async (db: Db, secret: string, now: Date): Promise<Actor | null> =>
  secret.startsWith(TOKEN_PREFIX) ? actorOfTokenHash(db, sha256Hex(secret), now) : null;

/** A person as an actor where nobody signed in (command line, demo). @throws DomainError `not_found` */
export async function actorOfPerson(db: Db, personId: string): Promise<Actor> {
  const actor = await actorOfPersonId(db, personId);
  if (!actor) throw notFound('该人员');
  return actor;
}

/** The same by login name, for the command line. @throws DomainError `not_found` */
export async function actorOfLogin({ read, keys }: Store, loginName: string): Promise<Actor> {
  const person = await findByLoginName(read, keys, loginName);
  if (!person) throw notFound(`登录名 ${loginName}`);
  return actorOfPerson(read, person.id);
}

export interface SignedIn {
  /** For the cookie, and nowhere else: only its hash is kept. */
  readonly secret: string;
  readonly person: PersonView;
  readonly expiresAt: string;
}

/**
 * Opens a session. An unknown name takes as long as a wrong password, and is told the same.
 * @throws DomainError `login_failed`
 */
export async function signIn(
  store: Store,
  context: Omit<CommandContext, 'actorId' | 'idempotency'>,
  input: SignIn,
  sessionHours: number,
): Promise<SignedIn> {
  const person = await findByLoginName(store.read, store.keys, input.loginName);
  const isRight = await verifyPassword(await passwordHashOf(store, person), input.password);
  if (!person || !isRight || person.isActive === 0) throw loginFailed();
  const secret = newSecret();
  const expiresAt = new Date(context.now.getTime() + sessionHours * 3_600_000).toISOString();
  const { bookId } = await bookOf(store.read, person.organisationId);
  const event = { action: 'session.open', subject: { type: 'person', id: person.id } };
  // A secret must not be kept as an answer, so sign-in knows no idempotency key.
  const own = { ...context, actorId: person.id, idempotency: null };
  return runCommand(store, { bookId, ...event }, own, async (unit) => {
    const current = (await findPerson(unit.trx, person.id)) as Row<'person'>;
    if (current.version !== person.version) throw loginFailed();
    const createdAt = unit.recordedAt;
    const session = { tokenHash: sha256Hex(secret), personId: person.id, createdAt, expiresAt };
    await insertSession(unit.trx, withSeal(unit.keys, 'session', session));
    await unit.append(event);
    const [view] = await personViews(unit.trx, [current]);
    return { secret, person: view as PersonView, expiresAt };
  });
}

const loginFailed = () => new DomainError('login_failed', '登录名或密码不正确，或账号已停用');

/** Ends a session. One that has ended already is left as it is. */
export async function signOut(store: Store, caller: Caller, secret: string): Promise<{ signedOut: true }> {
  const { personId } = caller.actor;
  const person = (await findPerson(store.read, personId)) as Row<'person'>;
  const { bookId } = await bookOf(store.read, person.organisationId);
  const event = { action: 'session.close', subject: { type: 'person', id: personId } };
  return runCommand(store, { bookId, ...event }, caller.context, async (unit) => {
    await deleteSession(unit.trx, sha256Hex(secret));
    await unit.append(event);
    return { signedOut: true as const };
  });
}

/** Who the actor is, with roles and employer. */
export async function getMe(store: Store, actor: Actor): Promise<Me> {
  const person = (await findPerson(store.read, actor.personId)) as Row<'person'>;
  const [view] = await personViews(store.read, [person]);
  return {
    person: view as PersonView,
    organisation: await organisationViewOf(store.read, person.organisationId),
    via: actor.via,
  };
}
