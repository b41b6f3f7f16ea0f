import { type CommandContext, Unit, withSeal } from '../audit/index.js';
import { today } from '../core/dates.js';
import { DomainError } from '../core/errors.js';
import { newId, newSecret, sha256Hex } from '../core/ids.js';
import type { KeyRing } from '../core/keys.js';
import type { Db, Store, Trx } from '../db/store.js';
import { newBook, toView } from './organisations.service.js';
import { demandStrongPassword, hashPassword } from './passwords.js';
import { insertGrant, personViews } from './people.repository.js';
import type { PersonView } from './people.schema.js';
import { insertPerson } from './people.service.js';
import { checkDivisionOfBureau } from './placement.js';
import type { SetupForm, SetupView } from './sessions.schema.js';

const LINK_HOURS = 24;
const LANE = 'setup';

/**
 * For the first start: a link, good for 24 hours and for one use, through which the first administrator is made.
 * Gives the URL path to print, or null once there is a person.
 */
export async function createSetupLink(store: Store, now: Date): Promise<string | null> {
  if (await hasPeople(store.read)) return null;
  const secret = newSecret();
  const expiresAt = new Date(now.getTime() + LINK_HOURS * 3_600_000).toISOString();
  await store.write(LANE, (trx) =>
    trx
      .insertInto('setupLink')
      .values(
        withSeal(store.keys, 'setupLink', {
          tokenHash: sha256Hex(secret),
          createdAt: now.toISOString(),
          expiresAt,
          usedAt: null,
        }),
      )
      .execute(),
  );
  return `/setup?token=${secret}`;
}

/**
 * Makes the topmost bureau, its book and the first administrator, all or nothing, once per installation. The
 * book's log begins with this.
 * @throws DomainError `setup_link_invalid`, `password_too_weak`, `division_mismatch`.
 */
export async function completeSetup(
  store: Store,
  context: Omit<CommandContext, 'actorId' | 'idempotency'>,
  form: SetupForm,
): Promise<SetupView> {
  const { bureau, admin } = form;
  const tokenHash = sha256Hex(form.token);
  // Looked up before the password is hashed, so that a stranger's guess costs us nothing.
  await demandSetupLink(store, form.token, context.now);
  demandStrongPassword(admin.password, admin.loginName);
  const fault = checkDivisionOfBureau(bureau.kind, bureau.divisionCode);
  if (fault) throw new DomainError(...fault);
  const passwordHash = await hashPassword(admin.password);
  return store.write(LANE, async (trx) => {
    await useLink(store.keys, trx, tokenHash, context.now);
    return foundRoot(store.keys, trx, context, form, passwordHash);
  });
}

/**
 * A topmost bureau with its book and first administrator. The set-up makes the one that an installation has; only
 * a demonstration of several provinces makes more.
 */
export async function foundRoot(
  keys: KeyRing,
  trx: Trx,
  context: Omit<CommandContext, 'actorId' | 'idempotency'>,
  { bureau, admin }: Omit<SetupForm, 'token'>,
  passwordHash: string,
): Promise<SetupView> {
  const organisationId = newId();
  const personId = newId();
  const at = context.now.toISOString();
  const opened = newBook({ id: organisationId, name: bureau.name }, at);
  const unit = new Unit(
    keys,
    trx,
    { ...opened, registeredIn: opened.id },
    {
      ...context,
      actorId: personId,
      idempotency: null,
    },
  );
  const organisation = await unit.insert('organisation', {
    id: organisationId,
    ...bureau,
    parentId: null,
    path: `${organisationId}/`,
    creditCode: null,
    providerKind: null,
    districtClass: null,
    openedDate: today(context.now),
    closedDate: null,
    createdAt: at,
    version: 1,
  });
  const book = await unit.insert('book', opened);
  const person = await insertPerson(unit, { id: personId, ...admin, organisationId, passwordHash });
  await insertGrant(unit, { personId, organisationId, role: 'admin', grantedBy: personId, grantedAt: at });
  await unit.append({
    action: 'setup.complete',
    subject: { type: 'organisation', id: organisationId },
  });
  const [view] = await personViews(trx, [person]);
  return { bureau: toView({ ...organisation, bookId: book.id }), admin: view as PersonView };
}

/**
 * Uses up every open link with this one. Two set-ups at once, even in two processes and on two links, meet on these
 * rows; the second finds its link used.
 */
async function useLink(keys: KeyRing, trx: Trx, tokenHash: string, now: Date): Promise<void> {
  const usedAt = now.toISOString();
  const used = await trx
    .updateTable('setupLink')
    .set({ usedAt })
    .where('usedAt', 'is', null)
    .returningAll()
    .execute();
  for (const { seal: _old, ...link } of used) {
    const { seal } = withSeal(keys, 'setupLink', link);
    await trx.updateTable('setupLink').set({ seal }).where('tokenHash', '=', link.tokenHash).execute();
  }
  if (!used.some((link) => link.tokenHash === tokenHash && link.expiresAt > usedAt)) throw linkInvalid();
  if (await hasPeople(trx)) throw linkInvalid();
}

/** @throws DomainError `setup_link_invalid` unless the set-up can still be completed with this token. */
export async function demandSetupLink(store: Store, token: string, now: Date): Promise<void> {
  const isOpen = await isOpenLink(store.read, sha256Hex(token), now);
  if (!isOpen || (await hasPeople(store.read))) throw linkInvalid();
}

const isOpenLink = async (db: Db, tokenHash: string, now: Date): Promise<boolean> =>
  (await db
    .selectFrom('setupLink')
    .select('tokenHash')
    .where('tokenHash', '=', tokenHash)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now.toISOString())
    .executeTakeFirst()) !== undefined;

const hasPeople = async (db: Db | Trx): Promise<boolean> =>
  (await db.selectFrom('person').select('id').limit(1).executeTakeFirst()) !== undefined;

const linkInvalid = () =>
  new DomainError(
    'setup_link_invalid',
    '设置链接无效、已使用或已过期；如尚未完成设置，请重新启动服务以获得新链接',
  );
