import {
  actorOfPerson,
  type Caller,
  completeSetup,
  createOrganisation,
  createSetupLink,
  foundRoot,
  hashPassword,
  newOrganisation,
  type OrganisationView,
} from '../organisations/index.js';
import type { Demo } from './context.js';

/** Day before everything: the bureaus and stations of the demonstration work from here on. */
export const OPENED = '2020-01-02';

export interface Root {
  readonly bureau: Bureau;
  readonly adminId: string;
}

/** A bureau with the book that is its own. */
export type Bureau = OrganisationView & { readonly bookId: string };

export interface RootForm {
  readonly kind: 'bureau_provincial' | 'bureau_prefecture';
  readonly name: string;
  readonly divisionCode: string;
  readonly admin: { readonly loginName: string; readonly displayName: string; readonly password: string };
}

/** The installation's first bureau, made as at any first start: through the one-time set-up link. */
export async function setUp(demo: Demo, form: RootForm): Promise<Root> {
  const now = demo.at(OPENED);
  const link = await createSetupLink(demo.store, now);
  const token = new URLSearchParams(link?.split('?')[1]).get('token');
  if (!token) throw new Error('the demonstration needs an empty installation');
  const { kind, name, divisionCode, admin } = form;
  const made = await completeSetup(
    demo.store,
    { requestId: 'demo-setup', now },
    { token, bureau: { kind, name, divisionCode }, admin },
  );
  return { bureau: withBook(made.bureau), adminId: made.admin.id };
}

/** A further topmost bureau, so that one demonstration can show places of three provinces. */
export async function foundBeside(demo: Demo, form: RootForm): Promise<Root> {
  const { kind, name, divisionCode, admin } = form;
  const passwordHash = await hashPassword(admin.password);
  const context = { requestId: 'demo-setup', now: demo.at(OPENED) };
  const made = await demo.store.write('setup', (trx) =>
    foundRoot(demo.store.keys, trx, context, { bureau: { kind, name, divisionCode }, admin }, passwordHash),
  );
  return { bureau: withBook(made.bureau), adminId: made.admin.id };
}

export interface NewUnit {
  readonly kind: OrganisationView['kind'];
  readonly name: string;
  readonly parentId: string;
  readonly divisionCode: string;
  readonly creditCode?: string;
  readonly providerKind?: OrganisationView['providerKind'];
  readonly districtClass?: OrganisationView['districtClass'];
}

export type Found = (unit: NewUnit) => Promise<OrganisationView>;

/** Registers organisations on behalf of a root's administrator. */
export async function founder(demo: Demo, root: Root): Promise<Found> {
  const actor = await actorOfPerson(demo.store.read, root.adminId);
  return (unit) => {
    const context = {
      actorId: actor.personId,
      requestId: 'demo-found',
      now: demo.at(OPENED),
      idempotency: null,
    };
    const caller: Caller = { actor, context };
    return createOrganisation(demo.store, caller, newOrganisation.parse({ ...unit, openedDate: OPENED }));
  };
}

/** The bureau with its book. */
export function withBook(organisation: OrganisationView): Bureau {
  if (organisation.bookId === null) throw new Error(`${organisation.name} has no book`);
  return { ...organisation, bookId: organisation.bookId };
}

/** 成都市 → 成都市民政局 and so on, whatever the place is called. */
export const bureauName = (place: string): string => `${place}民政局`;
