import { sql } from 'kysely';
import { groupBy } from '../core/collections.js';
import { type Fen, formatYuan } from '../core/money.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import {
  type Actor,
  listOrganisations,
  type OrganisationView,
  sanctionedProviders,
  sanctionsOf,
} from '../organisations/index.js';
import type { ProviderQuery, ProviderView } from './providers.schema.js';

/** So many are shown at once; of more, the name is asked for. */
export const MAX_PROVIDERS = 200;

/**
 * Registered providers, which every book under the same root may contract, with what this book has contracted and
 * their sanctions. `isWhole` is false where there are more than are given.
 * @throws DomainError `not_found`
 */
export async function listProviders(
  store: Store,
  actor: Actor,
  bookId: string,
  { scope, text }: ProviderQuery,
): Promise<{ items: ProviderView[]; isWhole: boolean }> {
  await demandBookRead(store.read, actor, bookId);
  const sums = await contractSums(store.read, bookId);
  const ids =
    scope === 'contracted'
      ? [...sums.keys()]
      : scope === 'sanctioned'
        ? await sanctionedProviders(store.read, MAX_PROVIDERS)
        : undefined;
  const { items, nextCursor } = await listOrganisations(store, actor, {
    kind: 'provider',
    limit: MAX_PROVIDERS,
    ...(ids ? { ids } : {}),
    ...(text ? { text } : {}),
  });
  return { items: await providerViews(store, actor, items, sums), isWhole: nextCursor === null };
}

/** What the book has to do with one provider. @throws DomainError `not_found` */
export async function providerInBook(
  store: Store,
  actor: Actor,
  bookId: string,
  providerId: string,
): Promise<ProviderView | null> {
  await demandBookRead(store.read, actor, bookId);
  const { items } = await listOrganisations(store, actor, { kind: 'provider', ids: [providerId], limit: 1 });
  const sums = await contractSums(store.read, bookId, providerId);
  const [view] = await providerViews(store, actor, items, sums);
  return view ?? null;
}

async function providerViews(
  store: Store,
  actor: Actor,
  organisations: readonly OrganisationView[],
  sums: ReadonlyMap<string, Sums>,
): Promise<ProviderView[]> {
  const ids = organisations.map(({ id }) => id);
  const sanctions = groupBy(await sanctionsOf(store, actor, ids), ({ providerId }) => providerId);
  return organisations.map((organisation) => {
    const { contracts, pending, amountFen, paidFen } = sums.get(organisation.id) ?? NONE;
    return {
      organisation,
      contractCount: Number(contracts),
      pendingCount: Number(pending),
      amount: formatYuan(amountFen),
      paid: formatYuan(paidFen),
      sanctions: sanctions.get(organisation.id) ?? [],
    };
  });
}

interface Sums {
  readonly contracts: number | bigint;
  readonly pending: number | bigint;
  readonly amountFen: Fen;
  readonly paidFen: Fen;
}
const NONE: Sums = { contracts: 0, pending: 0, amountFen: 0n, paidFen: 0n };

async function contractSums(db: Db, bookId: string, providerId?: string): Promise<Map<string, Sums>> {
  let rows = db
    .selectFrom('contract')
    .select([
      'providerId',
      sql<number | bigint>`sum(case when "status" = 'pending' then 0 else 1 end)`.as('contracts'),
      sql<number | bigint>`sum(case when "status" = 'pending' then 1 else 0 end)`.as('pending'),
      sql<Fen>`cast(sum(case when "status" = 'pending' then 0 else "amountFen" end) as bigint)`.as(
        'amountFen',
      ),
      sql<Fen>`cast(sum("paidFen") as bigint)`.as('paidFen'),
    ])
    .where('bookId', '=', bookId)
    .groupBy('providerId');
  if (providerId !== undefined) rows = rows.where('providerId', '=', providerId);
  return new Map((await rows.execute()).map(({ providerId: id, ...sums }) => [id, sums]));
}
