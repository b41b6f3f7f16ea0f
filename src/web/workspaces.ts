import type { Db, Store } from '../db/store.js';
import { type BookView, listBooks } from '../ledger/index.js';
import { type Actor, bookOf, type Me, type Role } from '../organisations/index.js';

/** The places of work (工作台): one for each kind of user, besides that of the administrator. */
export const WORKSPACE_LABELS = {
  operator: '站点经办',
  finance: '资金财务',
  audit: '审计督导',
  admin: '系统管理',
} as const;
export type WorkspaceKind = keyof typeof WORKSPACE_LABELS;

/** Acting for one organisation in one of its kinds of work. */
export interface Workspace {
  /** `kind:organisation id`, as the cookie says it. */
  readonly id: string;
  readonly kind: WorkspaceKind;
  readonly organisationId: string;
  readonly organisationName: string;
  /** A provider (承接机构) draws on contracts and sees no funds. */
  readonly isProvider: boolean;
  readonly isBureau: boolean;
  readonly roles: readonly Role[];
  readonly roleLabels: readonly string[];
  /** Where the organisation's affairs are booked; null for a provider with several books or none. */
  readonly bookId: string | null;
}

/** A reviewer at a station works where its operators work, one at a bureau where its finance officers do. */
function kindOf(role: Role, isBureau: boolean): WorkspaceKind {
  if (role === 'admin') return 'admin';
  if (role === 'auditor' || role === 'supervisor') return 'audit';
  if (role === 'operator') return 'operator';
  if (role === 'reviewer') return isBureau ? 'finance' : 'operator';
  return 'finance';
}

const ORDER = Object.keys(WORKSPACE_LABELS) as WorkspaceKind[];

/** Every workspace that the grants of a person open, in a fixed order. */
export async function workspacesOf(store: Store, actor: Actor, me: Me): Promise<Workspace[]> {
  const kinds = new Map(actor.grants.map((grant) => [grant.organisationId, grant.organisationKind]));
  const found = new Map<string, Workspace>();
  for (const grant of me.person.grants) {
    const organisationKind = kinds.get(grant.organisationId);
    if (organisationKind === undefined) continue;
    const isBureau = organisationKind.startsWith('bureau_');
    const kind = kindOf(grant.role, isBureau);
    const id = `${kind}:${grant.organisationId}`;
    const known = found.get(id);
    const bookId = known
      ? known.bookId
      : organisationKind === 'provider'
        ? await onlyBookOf(store, actor)
        : await bookIdOf(store.read, grant.organisationId);
    found.set(id, {
      id,
      kind,
      organisationId: grant.organisationId,
      organisationName: grant.organisationName,
      isProvider: organisationKind === 'provider',
      isBureau,
      roles: [...(known?.roles ?? []), grant.role],
      roleLabels: [...(known?.roleLabels ?? []), grant.roleLabel],
      bookId,
    });
  }
  return [...found.values()].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

const bookIdOf = async (db: Db, organisationId: string) => (await bookOf(db, organisationId)).bookId;

/** A provider's affairs are booked where it has contracts. */
async function onlyBookOf(store: Store, actor: Actor): Promise<string | null> {
  const { items } = await listBooks(store, actor);
  return items.length === 1 ? (items[0] as BookView).id : null;
}
