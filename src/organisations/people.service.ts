import { runCommand, type Unit } from '../audit/index.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { type Page, pageOf } from '../core/page.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { type Actor, type Caller, demand, may, ROLE_LABELS, ROLES, type Role } from './may.js';
import { findOrganisation, type OrganisationBook } from './organisations.repository.js';
import { bookOf, visibleBookOf } from './organisations.service.js';
import { demandStrongPassword, hashPassword } from './passwords.js';
import {
  endAccess,
  endGrantsHere,
  findByLoginName,
  findGrant,
  findPerson,
  insertGrant,
  listManaged,
  lockAdmins,
  loginIndexOf,
  personViews,
} from './people.repository.js';
import type { NewGrant, NewPerson, PersonQuery, PersonView } from './people.schema.js';
import { isBureau } from './placement.js';

/**
 * Registers a person at the organisation that employs them, with roles there.
 * @throws DomainError `not_found`, `password_too_weak`, `already_exists` (login name), `organisation_closed`,
 * `role_misplaced`.
 */
export async function createPerson(store: Store, caller: Caller, input: NewPerson): Promise<PersonView> {
  const home = await visibleBookOf(store.read, caller.actor, input.organisationId);
  const { loginName, displayName, organisationId, password } = input;
  if (password !== null) demandStrongPassword(password, loginName);
  const isAllowed = may(caller.actor, 'person.manage', home).allowed;
  const passwordHash = password !== null && isAllowed ? await hashPassword(password) : null;
  const id = newId();
  const event = { action: 'person.create', subject: { type: 'person', id } };
  return runCommand(store, { bookId: home.bookId, ...event }, caller.context, async (unit) => {
    demand(caller.actor, 'person.manage', home);
    await demandOpen(unit, organisationId);
    if (await findByLoginName(unit.trx, unit.keys, loginName))
      // A refusal is kept under the request's key: it names nobody.
      throw refuse('already_exists', '这个登录名已有人使用');
    const row = await insertPerson(unit, { id, loginName, displayName, organisationId, passwordHash });
    for (const role of new Set(input.roles)) await addGrant(unit, home, id, role);
    await unit.append(event);
    return viewOf(unit.trx, row);
  });
}

interface PersonToInsert {
  readonly id: string;
  readonly loginName: string;
  readonly displayName: string;
  readonly organisationId: string;
  readonly passwordHash: string | null;
}

/** Also how set-up makes the first administrator. Names and password hash are sealed. */
export async function insertPerson(unit: Unit, person: PersonToInsert): Promise<Row<'person'>> {
  const { id, loginName, displayName, organisationId, passwordHash } = person;
  const subject = `person/${id}`;
  return unit.insert('person', {
    id,
    loginName: await unit.seal(loginName, subject),
    loginIndex: loginIndexOf(unit.keys, loginName),
    displayName: await unit.seal(displayName, subject),
    organisationId,
    passwordHash: await unit.sealNote(passwordHash, subject),
    isActive: 1,
    createdAt: unit.recordedAt,
    version: 1,
  });
}

async function demandOpen(unit: Unit, organisationId: string): Promise<void> {
  const organisation = await findOrganisation(unit.trx, organisationId);
  if (organisation?.closedDate)
    throw refuse('organisation_closed', `“${organisation.name}”已关闭，不能再安排人员`);
}

/** Roles that work on a bureau's book would reach nothing elsewhere. */
const BUREAU_ROLES: readonly Role[] = ['finance', 'payer', 'auditor', 'supervisor'];

/** Roles that may be granted at an organisation of a kind. */
export const rolesAt = (kind: string): Role[] =>
  ROLES.filter((role) => isBureau(kind) || !BUREAU_ROLES.includes(role));

async function addGrant(unit: Unit, at: OrganisationBook, personId: string, role: Role): Promise<void> {
  if (BUREAU_ROLES.includes(role) && !isBureau(at.organisationKind)) {
    throw refuse('role_misplaced', `${ROLE_LABELS[role]}岗只能设在民政部门`);
  }
  await insertGrant(unit, {
    personId,
    organisationId: at.organisationId,
    role,
    grantedBy: unit.context.actorId,
    grantedAt: unit.recordedAt,
  });
}

/**
 * Gives a person a role at an organisation.
 * @throws DomainError `not_found`, `already_exists`, `organisation_closed`, `role_misplaced`, `wrong_status`.
 */
export async function grantRole(
  store: Store,
  caller: Caller,
  personId: string,
  input: NewGrant,
): Promise<PersonView> {
  await managedPerson(store.read, caller.actor, personId);
  const at = await visibleBookOf(store.read, caller.actor, input.organisationId);
  const event = { action: 'role.grant', subject: { type: 'person', id: personId } };
  return runCommand(store, { bookId: at.bookId, ...event }, caller.context, async (unit) => {
    demand(caller.actor, 'person.manage', at);
    await demandOpen(unit, input.organisationId);
    const person = (await findPerson(unit.trx, personId)) as Row<'person'>;
    if (person.isActive === 0) throw refuse('wrong_status', '该人员已停用，不能授予岗位');
    const before = await viewOf(unit.trx, person);
    if (
      before.grants.some(
        (grant) => grant.organisationId === input.organisationId && grant.role === input.role,
      )
    ) {
      throw refuse('already_exists', `该人员在此单位已有${ROLE_LABELS[input.role]}岗`);
    }
    await addGrant(unit, at, personId, input.role);
    await unit.append(event);
    return viewOf(unit.trx, person);
  });
}

/** @throws DomainError `not_found`, `wrong_status` (revoked already), `last_admin`. */
export async function revokeGrant(
  store: Store,
  caller: Caller,
  personId: string,
  grantId: string,
): Promise<PersonView> {
  const grant = await findGrant(store.read, grantId);
  if (!grant || grant.personId !== personId) throw notFound('该岗位');
  const at = await bookOf(store.read, grant.organisationId);
  if (!may(caller.actor, 'organisation.read', at).allowed) throw notFound('该岗位');
  const event = { action: 'role.revoke', subject: { type: 'person', id: personId } };
  return runCommand(store, { bookId: grant.bookId, ...event }, caller.context, async (unit) => {
    demand(caller.actor, 'person.manage', at);
    if (grant.role === 'admin') await demandAnotherAdmin(unit, at, personId);
    const current = (await findGrant(unit.trx, grantId)) as Row<'roleGrant'>;
    if (current.revokedAt) throw refuse('wrong_status', '该岗位已撤销');
    await unit.update('roleGrant', current, { revokedAt: unit.recordedAt });
    await unit.append(event);
    return viewOf(unit.trx, (await findPerson(unit.trx, personId)) as Row<'person'>);
  });
}

/** The root must keep an administrator, or nobody could ever appoint one. @throws DomainError `last_admin` */
async function demandAnotherAdmin(
  unit: Unit,
  at: { organisationId: string },
  personId: string,
): Promise<void> {
  const organisation = await findOrganisation(unit.trx, at.organisationId);
  if (!organisation || organisation.parentId !== null) return;
  const admins = await lockAdmins(unit.trx, organisation.id);
  if (admins.includes(personId) && admins.length === 1) {
    throw refuse('last_admin', '这是最上级民政部门的最后一名系统管理员，请先任命另一名');
  }
}

/**
 * Ends a person's roles and every way in, at once and in every process.
 * @throws DomainError `not_found`, `wrong_status`, `last_admin`.
 */
export async function deactivatePerson(store: Store, caller: Caller, personId: string): Promise<PersonView> {
  const home = await managedPerson(store.read, caller.actor, personId);
  const event = { action: 'person.deactivate', subject: { type: 'person', id: personId } };
  return runCommand(store, { bookId: home.bookId, ...event }, caller.context, async (unit) => {
    const { trx } = unit;
    const person = (await findPerson(trx, personId)) as Row<'person'>;
    if (person.isActive === 0) throw refuse('wrong_status', '该人员已停用');
    const before = await viewOf(trx, person);
    for (const grant of before.grants.filter(({ role }) => role === 'admin')) {
      await demandAnotherAdmin(unit, grant, personId);
    }
    await endGrantsHere(unit, personId);
    await endAccess(unit, personId);
    const ended = await unit.update('person', person, { isActive: 0, version: person.version + 1 });
    await unit.append(event);
    return viewOf(trx, ended);
  });
}

/** @throws DomainError `not_found` unless it is the actor or somebody whom the actor administers. */
export async function getPerson(store: Store, actor: Actor, id: string): Promise<PersonView> {
  if (id !== actor.personId) await managedPerson(store.read, actor, id);
  const person = await findPerson(store.read, id);
  if (!person) throw notFound('该人员');
  return viewOf(store.read, person);
}

export async function listPeople(store: Store, actor: Actor, query: PersonQuery): Promise<Page<PersonView>> {
  const rows = await listManaged(store.read, store.keys, actor, query);
  return pageOf(rows, query.limit, (shown) => personViews(store.read, shown));
}

/** The home of a person whom the actor administers. @throws DomainError `not_found` */
export async function managedPerson(db: Db, actor: Actor, id: string): Promise<OrganisationBook> {
  const person = await findPerson(db, id);
  const home = person && (await bookOf(db, person.organisationId));
  if (!home || !may(actor, 'person.manage', home).allowed) throw notFound('该人员');
  return home;
}

async function viewOf(db: Parameters<typeof personViews>[0], person: Row<'person'>): Promise<PersonView> {
  const [view] = await personViews(db, [person]);
  if (!view) throw new DomainError('not_found', '没有找到该人员');
  return view;
}
