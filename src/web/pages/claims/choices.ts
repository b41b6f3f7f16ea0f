import { unitsToClaimFor } from '../../../claims/index.js';
import { type ContractView, demandRelated, listContracts } from '../../../contracts/index.js';
import { DomainError } from '../../../core/errors.js';
import { balancesOf, type FundTitle, type FundView, fundTitles } from '../../../ledger/index.js';
import { listOrganisations } from '../../../organisations/index.js';
import { bookFunds, type ChoiceGroup, fundChoices } from '../../choices.js';
import { showAmount, UNIT_LABELS } from '../../components/amount.js';
import type { Choice } from '../../components/field.js';
import type { PageContext } from '../../context.js';

type Reader = PageContext<{ bookId: string }, unknown>;
const MOST = 200;

/** What one may choose from in the form of a claim. */
export interface ClaimChoices {
  readonly units: readonly { readonly id: string; readonly name: string; readonly kind: string }[];
  readonly contracts: readonly ContractView[];
  /** Empty for a provider, who is paid out of contracts. */
  readonly funds: readonly FundView[];
  readonly contractFunds: Readonly<Record<string, FundTitle>>;
  /** What may still be drawn on each contract out of each of its funds, in yuan; and what that is called. */
  readonly contractRoom: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly roomLabel: string;
  readonly stations: readonly Choice[];
  readonly providers: readonly Choice[];
}

/** What claims draw on a contract, and what its provider has yet to account for. */
const ROOM_LABELS = { encumbered: '合同可报', held: '已收未报账' } as const;

/** @throws DomainError `not_found` for who has nothing to do with the book. */
export async function claimChoices(
  page: Reader,
  layer: keyof typeof ROOM_LABELS = 'encumbered',
): Promise<ClaimChoices> {
  const { deps, actor, params } = page;
  const { bookId } = params;
  const { store } = deps;
  await demandRelated(store.read, actor, bookId);
  const units = await unitsToClaimFor(store.read, actor, bookId);
  const contracts = await orNone(
    listContracts(store, actor, bookId, { limit: MOST, status: 'signed' }).then(({ items }) => items),
  );
  const fundIds = contracts.flatMap(({ lines }) => lines.map(({ fundId }) => fundId));
  return {
    units: units.map(({ id, name, kind }) => ({ id, name, kind })),
    contracts,
    funds: await orNone(bookFunds(page, bookId)),
    contractFunds: await fundTitles(store.read, fundIds),
    contractRoom: await balancesOf(
      store.read,
      layer,
      contracts.map(({ id }) => id),
    ),
    roomLabel: ROOM_LABELS[layer],
    stations: (
      await Promise.all(
        (['station_county', 'station_township', 'station_village'] as const).map((kind) => named(page, kind)),
      )
    ).flat(),
    providers: await named(page, 'provider'),
  };
}

async function named(
  { deps, actor }: Reader,
  kind: 'provider' | `station_${'county' | 'township' | 'village'}`,
) {
  const { items } = await listOrganisations(deps.store, actor, { kind, limit: MOST });
  return items.filter(({ closedDate }) => closedDate === null).map(({ id, name }): Choice => [id, name]);
}

/** What one may not see is nothing to choose from. */
async function orNone<Item>(list: Promise<Item[]>): Promise<Item[]> {
  try {
    return await list;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not_found') return [];
    throw error;
  }
}

/** Funds by source with what is available; those of each contract where one is paid out of contracts alone. */
export function fundGroups(
  { funds, contracts, contractFunds, contractRoom, roomLabel }: ClaimChoices,
  page: Pick<PageContext, 'unit'>,
): ChoiceGroup[] {
  if (funds.length > 0) return fundChoices(funds, page);
  return contracts.map(({ id, contractNo, title, lines }) => ({
    label: `${contractNo} ${title}`,
    choices: [...new Set(lines.map(({ fundId }) => fundId))].map((fundId) => {
      const { documentNo = '', name = '' } = contractFunds[fundId] ?? {};
      const room = showAmount(contractRoom[id]?.[fundId] ?? '0.00', page.unit);
      return [fundId, `${documentNo} ${name}（${roomLabel} ${room} ${UNIT_LABELS[page.unit]}）`];
    }),
  }));
}

/** What a fund is called in the sums of a form. */
export function fundName({ funds, contractFunds }: ClaimChoices, fundId: string): string {
  const found = funds.find(({ id }) => id === fundId) ?? contractFunds[fundId];
  return found ? `${found.documentNo} ${found.name}` : '所选经费';
}

export const contractLabel = ({ contractNo, title, providerName }: ContractView): string =>
  `${contractNo} ${title}（${providerName}）`;
