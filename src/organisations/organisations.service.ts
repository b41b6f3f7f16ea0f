import { runCommand, type Unit } from '../audit/index.js';
import { today } from '../core/dates.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { type Page, pageOf } from '../core/page.js';
import { ORGANISATION_LABELS, type OrganisationKind, type ProviderKind } from '../core/vocabulary.js';
import type { Db, Store, Trx } from '../db/store.js';
import { type Actor, type Caller, demand, may } from './may.js';
import {
  countOpenChildren,
  findBookOf,
  findByCreditCode,
  findOrganisation,
  listAdministered,
  listVisible,
  type OrganisationBook,
  type OrganisationRow,
  rootOf,
} from './organisations.repository.js';
import type { NewOrganisation, OrganisationQuery, OrganisationView } from './organisations.schema.js';
import { demandPlacement, isBureau } from './placement.js';

/**
 * The book that an organisation's affairs are kept in: of the nearest bureau at or above it.
 * @throws DomainError `not_found`
 */
export async function bookOf(db: Db | Trx, organisationId: string): Promise<OrganisationBook> {
  const book = await findBookOf(db, organisationId);
  if (!book) throw notFound('该单位');
  return book;
}

/** As `bookOf`, for what the actor may see; anything else does not exist. @throws DomainError `not_found` */
export async function visibleBookOf(db: Db, actor: Actor, organisationId: string): Promise<OrganisationBook> {
  const book = await bookOf(db, organisationId);
  if (!maySee(actor, book.organisationKind, book)) throw notFound('该单位');
  return book;
}

/** A provider works for many bureaus under one credit code, so everybody under the same root sees it. */
function maySee(
  actor: Actor,
  kind: string,
  subject: { bureauPath: string; organisationPath: string },
): boolean {
  const root = rootOf(subject.organisationPath);
  if (kind === 'provider') return actor.grants.some((grant) => rootOf(grant.organisationPath) === root);
  return may(actor, 'organisation.read', subject).allowed;
}

/**
 * Registers an organisation under its parent; a bureau gets its book in the same transaction.
 * @throws DomainError `not_found` (parent), `organisation_closed`, `already_exists` (credit code), or a fault of
 * placement.
 */
export async function createOrganisation(
  store: Store,
  caller: Caller,
  input: NewOrganisation,
): Promise<OrganisationView> {
  const above = await visibleBookOf(store.read, caller.actor, input.parentId);
  const id = newId();
  const event = { action: 'organisation.create', subject: { type: 'organisation', id } };
  return runCommand(store, { bookId: above.bookId, ...event }, caller.context, async (unit) => {
    demand(caller.actor, 'organisation.manage', above);
    const parent = (await findOrganisation(unit.trx, input.parentId)) as OrganisationRow;
    demandPlacement(input, parent);
    if (parent.closedDate)
      throw refuse('organisation_closed', `上级单位“${parent.name}”已关闭，不能再设下级`);
    await demandNewCreditCode(unit.trx, input.creditCode);
    // A donor may be a person.
    const name = input.kind === 'donor' ? await unit.seal(input.name, `organisation/${id}`) : input.name;
    const row = await unit.insert('organisation', {
      id,
      ...input,
      name,
      path: `${parent.path}${id}/`,
      closedDate: null,
      createdAt: unit.recordedAt,
      version: 1,
    });
    const bookId = isBureau(input.kind) ? await openBook(unit, row) : null;
    await unit.append(event);
    return toView({ ...row, bookId });
  });
}

async function demandNewCreditCode(trx: Trx, creditCode: string | null): Promise<void> {
  const known = creditCode ? await findByCreditCode(trx, creditCode) : undefined;
  if (known) {
    throw refuse('already_exists', `统一社会信用代码 ${creditCode} 已登记，请直接使用该单位`, {
      organisationId: known.id,
    });
  }
}

async function openBook(unit: Unit, bureau: { id: string; name: string }): Promise<string> {
  const book = await unit.insert('book', newBook(bureau, unit.recordedAt));
  return book.id;
}

/** One book per bureau (D1); its log starts empty. */
export const newBook = (bureau: { id: string; name: string }, createdAt: string) => ({
  id: newId(),
  bureauId: bureau.id,
  name: `${bureau.name}社工站资金账套`,
  createdAt,
  logSize: 0,
  logFrontier: '',
});

/**
 * Closes an organisation from the version that the caller saw.
 * @throws DomainError `not_found`, `precondition_required`, `stale_version`, `wrong_status` (closed already, or open
 * ones below it), `closing_date_invalid`.
 */
export async function closeOrganisation(
  store: Store,
  caller: Caller,
  id: string,
  input: { readonly closedDate: string; readonly version: number | null },
): Promise<OrganisationView> {
  const book = await visibleBookOf(store.read, caller.actor, id);
  const event = { action: 'organisation.close', subject: { type: 'organisation', id } };
  // What registered it also closes it: of a bureau, the upper level's book.
  const { registeredIn } = (await findOrganisation(store.read, id)) as OrganisationRow;
  return runCommand(store, { bookId: registeredIn, ...event }, caller.context, async (unit) => {
    demand(caller.actor, 'organisation.manage', book);
    const row = (await findOrganisation(unit.trx, id)) as OrganisationRow;
    demandVersion(row.version, input.version);
    if (row.closedDate) throw refuse('wrong_status', `“${row.name}”已于 ${row.closedDate} 关闭`);
    if (row.parentId === null) throw refuse('wrong_status', '最上级民政部门不能关闭');
    if (input.closedDate < row.openedDate || input.closedDate > today(unit.context.now)) {
      throw new DomainError('closing_date_invalid', `关闭日期应在 ${row.openedDate} 与今天之间`);
    }
    const children = await countOpenChildren(unit.trx, id);
    if (children > 0)
      throw refuse('wrong_status', `“${row.name}”之下还有 ${children} 个未关闭的单位，请先关闭它们`);
    const { bookId, ...stored } = row;
    const closed = await unit.update('organisation', stored, {
      closedDate: input.closedDate,
      version: row.version + 1,
    });
    await unit.append(event);
    return toView({ ...closed, bookId });
  });
}

/** @throws DomainError `precondition_required` without a version, `stale_version` when somebody was faster. */
function demandVersion(current: number, given: number | null): void {
  if (given === null) {
    throw new DomainError(
      'precondition_required',
      '请带上 If-Match（所依据版本的 ETag），以免覆盖他人的修改',
    );
  }
  if (given !== current) throw new DomainError('stale_version', '内容已被他人修改，请刷新后再试');
}

/** @throws DomainError `not_found` */
export async function getOrganisation(store: Store, actor: Actor, id: string): Promise<OrganisationView> {
  await visibleBookOf(store.read, actor, id);
  return organisationViewOf(store.read, id);
}

/** Without asking who looks: for what people are told of themselves. @throws DomainError `not_found` */
export async function organisationViewOf(db: Db, id: string): Promise<OrganisationView> {
  const row = await findOrganisation(db, id);
  if (!row) throw notFound('该单位');
  return toView(row);
}

/** What the actor may see, in order of registration. */
export async function listOrganisations(
  store: Store,
  actor: Actor,
  query: OrganisationQuery & { readonly ids?: readonly string[] },
): Promise<Page<OrganisationView>> {
  if (query.ids?.length === 0) return { items: [], nextCursor: null };
  const rows = await listVisible(store.read, actor, query);
  return pageOf(rows, query.limit, async (shown) => shown.map(toView));
}

/** Those at and below where the actor is admin: where people and organisations may be registered. */
export async function listManagedOrganisations(
  store: Store,
  actor: Actor,
  query: OrganisationQuery,
): Promise<Page<OrganisationView>> {
  const rows = await listAdministered(store.read, actor, query);
  return pageOf(rows, query.limit, async (shown) => shown.map(toView));
}

export function toView(row: OrganisationRow): OrganisationView {
  const kind = row.kind as OrganisationKind;
  return {
    id: row.id,
    kind,
    kindLabel: ORGANISATION_LABELS[kind],
    name: row.name,
    parentId: row.parentId,
    divisionCode: row.divisionCode,
    creditCode: row.creditCode,
    providerKind: row.providerKind as ProviderKind | null,
    districtClass: row.districtClass as OrganisationView['districtClass'],
    openedDate: row.openedDate,
    closedDate: row.closedDate,
    bookId: row.bookId,
    version: row.version,
  };
}
