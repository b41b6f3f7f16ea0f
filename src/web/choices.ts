import { groupBy } from '../core/collections.js';
import { ECONOMIC_CODES } from '../core/economic-codes.js';
import { BENEFICIARY_GROUPS, SERVICE_ITEMS, SOURCE_LABELS } from '../core/vocabulary.js';
import { type FundView, listFunds } from '../ledger/index.js';
import { listOrganisations } from '../organisations/index.js';
import { showAmount, UNIT_LABELS } from './components/amount.js';
import type { Choice } from './components/field.js';
import type { PageContext } from './context.js';

type Reader = Pick<PageContext, 'deps' | 'actor'>;

/** Choices of a form that come from the books. Lists are bounded; longer ones are searched in pages of their own. */
const MOST = 200;
/** A select of funds has no search, so it holds more than a bureau comes to. */
const MOST_FUNDS = 1_000;

export interface ChoiceGroup {
  readonly label: string;
  readonly choices: readonly Choice[];
}

/** Funds by source type, each with its 文号 and what is still available. */
export const fundChoices = (funds: readonly FundView[], { unit }: Pick<PageContext, 'unit'>): ChoiceGroup[] =>
  [...groupBy(funds, ({ type }) => SOURCE_LABELS[type])].map(([label, members]) => ({
    label,
    choices: members.map((fund) => [
      fund.id,
      `${fund.documentNo} ${fund.name}（可用 ${showAmount(fund.amounts.available, unit)} ${UNIT_LABELS[unit]}）`,
    ]),
  }));

export const bookFunds = async ({ deps, actor }: Reader, bookId: string): Promise<FundView[]> =>
  (await listFunds(deps.store, actor, bookId, { limit: MOST_FUNDS })).items;

/** 支出经济分类 款 under their 类. What is not verified says so. */
export const economicCodeChoices = (): ChoiceGroup[] =>
  Object.entries(ECONOMIC_CODES)
    .filter(([code]) => code.length === 3)
    .map(([head, { name }]) => ({
      label: `${head} ${name}`,
      choices: Object.entries(ECONOMIC_CODES)
        .filter(([code]) => code.startsWith(head))
        .map(([code, item]) => [code, `${code} ${item.name}${item.status === 'verified' ? '' : '（待核）'}`]),
    }));

/** Organisations of the kinds whose names begin with `kind`, such as `station_`. */
export async function organisationChoices({ deps, actor }: Reader, kind: string): Promise<Choice[]> {
  const { items } = await listOrganisations(deps.store, actor, { limit: MOST });
  return items
    .filter((one) => one.kind.startsWith(kind) && one.closedDate === null)
    .map(({ id, name }) => [id, name]);
}

/** Words of the field as choices. */
export const SERVICE_ITEM_CHOICES: readonly Choice[] = Object.entries(SERVICE_ITEMS).map(
  ([code, { label }]) => [code, label],
);
export const BENEFICIARY_CHOICES: readonly Choice[] = Object.entries(BENEFICIARY_GROUPS).map(
  ([code, { label }]) => [code, label],
);
