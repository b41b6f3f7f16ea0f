import { runCommand } from '../audit/index.js';
import { DomainError, refuse } from '../core/errors.js';
import { sha256Hex } from '../core/ids.js';
import type { Row } from '../db/database.js';
import type { Store, Trx } from '../db/store.js';
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
  if (!(await verifyPassword(person.passwordHash, input.currentPassword))) {
    throw new DomainError('login_failed', '当前密码不正确');
  }
  demandStrongPassword(input.newPassword, person.loginName);
  const passwordHash = await hashPassword(input.newPassword);
  const { bookId } = await bookOf(store.read, person.organisationId);
  const event = { action: 'person.change_password', subject: { type: 'person', id: personId } };
  return runCommand(store, { bookId, ...event }, caller.context, async (unit) => {
    await replaceHash(unit.trx, person, passwordHash);
    await endAccess(
      unit.trx,
      personId,
      unit.recordedAt,
      sessionSecret === null ? null : sha256Hex(sessionSecret),
    );
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
  demandStrongPassword(newPassword, person.loginName);
  const passwordHash = await hashPassword(newPassword);
  const event = { action: 'person.reset_password', subject: { type: 'person', id: personId } };
  return runCommand(store, { bookId: home.bookId, ...event }, caller.context, async (unit) => {
    const [view] = await personViews(unit.trx, [person]);
    for (const grant of view?.grants ?? []) {
      demand(caller.actor, 'person.manage', await bookOf(unit.trx, grant.organisationId));
    }
    await replaceHash(unit.trx, person, passwordHash);
    await endAccess(unit.trx, personId, unit.recordedAt);
    await unit.append(event);
    return { changed: true as const };
  });
}

/** Only from the state that was judged: a password changed meanwhile, or a person deactivated, is refused. */
async function replaceHash(trx: Trx, person: Row<'person'>, passwordHash: string): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('person')
    .set({ passwordHash, version: person.version + 1 })
    .where('id', '=', person.id)
    .where('version', '=', person.version)
    .where('isActive', '=', 1)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw refuse('wrong_status', '该人员的资料刚被修改或已停用，请重试');
}
