import { ERASED, revealTexts, runCommand, type Unit } from '../audit/index.js';
import { DomainError, refuse } from '../core/errors.js';
import { sha256Hex } from '../core/ids.js';
import type { Row } from '../db/database.js';
import type { Store } from '../db/store.js';
import { type Caller, demand } from './may.js';
import { bookOf } from './organisations.service.js';
import { demandStrongPassword, hashPassword, verifyPassword } from './passwords.js';
import { endAccess, findPerson, personViews } from './people.repository.js';
import type { PasswordChange } from './people.schema.js';
import { managedPerson } from './people.service.js';

/**
 * Changes the actor's own password and ends their other sign-ins and their tokens; `sessionSecret` is the session
 * that goes on.
 * @throws DomainError `login_failed` (wrong current password), `password_too_weak`.
 */
export async function changePassword(
  store: Store,
  caller: Caller,
  input: PasswordChange,
  sessionSecret: string | null,
): Promise<{ changed: true }> {
  const { personId } = caller.actor;
  const person = (await findPerson(store.read, personId)) as Row<'person'>;
  const currentHash = await passwordHashOf(store, person);
  if (!(await verifyPassword(currentHash, input.currentPassword))) {
    throw new DomainError('login_failed', '当前密码不正确');
  }
  demandStrongPassword(input.newPassword, await loginNameOf(store, person));
  const passwordHash = await hashPassword(input.newPassword);
  const { bookId } = await bookOf(store.read, person.organisationId);
  const event = { action: 'person.change_password', subject: { type: 'person', id: personId } };
  return runCommand(store, { bookId, ...event }, caller.context, async (unit) => {
    await replaceHash(unit, person, passwordHash);
    await endAccess(unit, personId, sessionSecret === null ? null : sha256Hex(sessionSecret));
    await unit.append(event);
    return { changed: true as const };
  });
}

/**
 * Gives a person a new password, for one who has none or forgot it. The administrator must administer every
 * organisation where the person holds a role: otherwise a lower one could take an upper one's place.
 * @throws DomainError `not_found`, `forbidden`, `password_too_weak`, `wrong_status`.
 */
export async function resetPassword(
  store: Store,
  caller: Caller,
  personId: string,
  newPassword: string,
): Promise<{ changed: true }> {
  const home = await managedPerson(store.read, caller.actor, personId);
  const person = (await findPerson(store.read, personId)) as Row<'person'>;
  demandStrongPassword(newPassword, await loginNameOf(store, person));
  const passwordHash = await hashPassword(newPassword);
  const event = { action: 'person.reset_password', subject: { type: 'person', id: personId } };
  return runCommand(store, { bookId: home.bookId, ...event }, caller.context, async (unit) => {
    const [view] = await personViews(unit.trx, [person]);
    for (const grant of view?.grants ?? []) {
      demand(caller.actor, 'person.manage', await bookOf(unit.trx, grant.organisationId));
    }
    await replaceHash(unit, person, passwordHash);
    await endAccess(unit, personId);
    await unit.append(event);
    return { changed: true as const };
  });
}

/** Only from the state that was judged: a password changed meanwhile, or a person deactivated, is refused. */
async function replaceHash(unit: Unit, person: Row<'person'>, passwordHash: string): Promise<void> {
  const current = (await findPerson(unit.trx, person.id)) as Row<'person'>;
  if (current.version !== person.version || current.isActive === 0) {
    throw refuse('wrong_status', '该人员的资料刚被修改或已停用，请重试');
  }
  await unit.update('person', current, {
    passwordHash: await unit.seal(passwordHash, `person/${person.id}`),
    version: person.version + 1,
  });
}

/** The hash that sign-in compares with; null where there is none, or where it was erased. */
export async function passwordHashOf(
  { read, keys }: Store,
  person: Row<'person'> | undefined,
): Promise<string | null> {
  if (!person?.passwordHash) return null;
  const hash = (await revealTexts(read, keys, [person.passwordHash]))(person.passwordHash);
  return hash === ERASED ? null : hash;
}

const loginNameOf = async ({ read, keys }: Store, { loginName }: Row<'person'>): Promise<string> =>
  (await revealTexts(read, keys, [loginName]))(loginName);
