import { unitsToClaimFor } from '../claims/index.js';
import { groupBy } from '../core/collections.js';
import { ECONOMIC_CODES } from '../core/economic-codes.js';
import { DomainError } from '../core/errors.js';
import {
  BENEFICIARY_GROUPS,
  END_USER_LABELS,
  PAYEE_LABELS,
  SERVICE_ITEMS,
  SOURCE_LABELS,
  type SourceType,
} from '../core/vocabulary.js';
import type { Db } from '../db/store.js';
import { bureauSubject, demandFundRead } from '../ledger/index.js';
import { type Actor, demand, may } from '../organisations/index.js';
import type { ListName } from './columns.js';
import { plain } from './values.js';

export interface Option {
  readonly id: string;
  /** What the drop-down shows; no two of a list are the same. */
  readonly label: string;
  /** Other texts that mean it. */
  readonly also: readonly string[];
  /** Shown beside it on the sheet of lists. */
  readonly hint: string;
}

export interface ContractChoice extends Option {
  readonly providerId: string;
  readonly providerName: string;
}

export interface Choices extends Readonly<Record<ListName, readonly Option[]>> {
  readonly contracts: readonly ContractChoice[];
}

/** Nobody in particular, which is not the same as not known. */
export const NOBODY = 'nobody';

const labelled = (labels: Readonly<Record<string, string>>): Option[] =>
  Object.entries(labels).map(([id, label]) => ({ id, label, also: [id], hint: '' }));

/**
 * What the actor may choose from in the book: own units, funds that one may read or that own contracts name, and signed
 * contracts: those one may read, and those that serve a station of one's own or were claimed on by one's own unit.
 * @throws DomainError `forbidden` for who makes no claims in the book, `not_found` (book)
 */
export async function choicesFor(db: Db, actor: Actor, bookId: string): Promise<Choices> {
  const bureau = await bureauSubject(db, bookId);
  const units = await unitsToClaimFor(db, actor, bookId);
  if (units.length === 0) demand(actor, 'claim.create', bureau);
  const unitIds = new Set(units.map((unit) => unit.id));
  const { contracts, lines } = await contractsFor(db, actor, bookId, unitIds);
  const funds = await db
    .selectFrom('fund')
    .selectAll()
    .where('bookId', '=', bookId)
    .orderBy('id', 'desc')
    .execute();
  const named = new Set(lines.map((line) => line.fundId));
  const readsFunds = await isAllowed(demandFundRead(db, actor, bookId));
  const served = new Set(lines.flatMap((line) => (line.stationId ? [line.stationId] : [])));
  const stations = served.size
    ? await db
        .selectFrom('organisation')
        .select(['id', 'name'])
        .where('id', 'in', [...served])
        .execute()
    : [];
  const own = units.filter((unit) => unit.kind.startsWith('station_'));
  return {
    units: distinct(units.map(({ id, name }) => ({ id, label: name, also: [], hint: '' }))),
    payeeTypes: labelled(PAYEE_LABELS),
    contracts,
    funds: distinct(
      funds
        .filter((fund) => readsFunds || named.has(fund.id))
        .map((fund) => ({
          id: fund.id,
          label: fund.documentNo,
          also: [`${fund.documentNo} ${fund.name}`],
          hint: `${fund.name}（${SOURCE_LABELS[fund.type as SourceType]}，${fund.year} 年）`,
        })),
    ),
    economicCodes: Object.entries(ECONOMIC_CODES).map(([code, { name }]) => ({
      id: code,
      label: `${code} ${name}`,
      also: [code, name],
      hint: '',
    })),
    serviceItems: labelled(
      Object.fromEntries(Object.entries(SERVICE_ITEMS).map(([id, { label }]) => [id, label])),
    ),
    groups: [
      ...labelled(
        Object.fromEntries(Object.entries(BENEFICIARY_GROUPS).map(([id, { label }]) => [id, label])),
      ),
      { id: NOBODY, label: '无特定对象', also: [], hint: '' },
    ],
    stations: distinct(
      [...new Map([...own, ...stations].map((station) => [station.id, station])).values()].map(
        ({ id, name }) => ({
          id,
          label: name,
          also: [],
          hint: '',
        }),
      ),
    ),
    endUsers: labelled(END_USER_LABELS),
    coverages: labelled({ all: '全部', some: '部分', none: '没有' }),
    flags: labelled({ yes: '是', no: '否' }),
  };
}

async function isAllowed(demanded: Promise<void>): Promise<boolean> {
  try {
    await demanded;
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

async function contractsFor(db: Db, actor: Actor, bookId: string, unitIds: ReadonlySet<string>) {
  const bureau = await bureauSubject(db, bookId);
  const rows = await db
    .selectFrom('contract')
    .innerJoin('organisation as provider', 'provider.id', 'contract.providerId')
    .select(['contract.id', 'contract.contractNo', 'contract.providerId', 'provider.name', 'provider.path'])
    .where('contract.bookId', '=', bookId)
    .where('contract.status', '=', 'signed')
    .orderBy('contract.id', 'desc')
    .execute();
  const lines = await db
    .selectFrom('spendingLine')
    .select(['ownerId', 'fundId', 'stationId'])
    .where('bookId', '=', bookId)
    .where('ownerType', '=', 'contract')
    .execute();
  const claimed = await db
    .selectFrom('claim')
    .select(['contractId', 'organisationId'])
    .distinct()
    .where('bookId', '=', bookId)
    .where('contractId', 'is not', null)
    .execute();
  const linesOf = groupBy(lines, (line) => line.ownerId);
  const near = new Set(
    claimed.filter((each) => unitIds.has(each.organisationId)).map((each) => each.contractId),
  );
  const chosen = rows.filter(
    ({ id, path }) =>
      may(actor, 'contract.read', { ...bureau, organisationPath: path }).allowed ||
      near.has(id) ||
      (linesOf.get(id) ?? []).some((line) => line.stationId !== null && unitIds.has(line.stationId)),
  );
  const contracts = distinct(
    chosen.map(({ id, contractNo, providerId, name }) => ({
      id,
      label: contractNo,
      also: [],
      hint: name,
      providerId,
      providerName: name,
    })),
  );
  return { contracts, lines: chosen.flatMap(({ id }) => linesOf.get(id) ?? []) };
}

/** Labels that are there twice get their hint, and, where that does not do, a number. */
function distinct<Kind extends Option>(options: readonly Kind[]): Kind[] {
  const byLabel = groupBy(options, ({ label }) => plain(label));
  return options.map((option) => {
    const same = byLabel.get(plain(option.label)) as Kind[];
    if (same.length === 1) return option;
    const number = same.indexOf(option) + 1;
    return {
      ...option,
      label: `${option.label}〔${option.hint ? `${option.hint} ` : ''}${number}〕`,
      also: [],
    };
  });
}

const essence = (text: string): string => plain(text).replace(/^'/, '').toLowerCase();

/** Finds what a person typed among the options of a list. */
export class Finder {
  readonly #byText: ReadonlyMap<string, Option>;

  constructor(readonly options: readonly Option[]) {
    this.#byText = new Map(
      [...options]
        .reverse()
        .flatMap((option) =>
          [...option.also, option.id, option.label].map((text) => [essence(text), option] as const),
        ),
    );
  }

  find(text: string): Option | null {
    return this.#byText.get(essence(text)) ?? null;
  }

  /** The label that is nearest to what was typed, if it is near at all. */
  nearest(text: string): string | null {
    const typed = essence(text).slice(0, 100);
    let best: string | null = null;
    let least = Math.max(1, Math.floor(typed.length * 0.4)) + 1;
    for (const { label } of this.options) {
      const away = distance(typed, essence(label).slice(0, 100), least);
      if (away < least) [best, least] = [label, away];
    }
    return best;
  }
}

/** Characters to insert, leave out or replace (Levenshtein); `limit` when it is as many or more. */
function distance(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) >= limit) return limit;
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let at = 1; at <= other.length; at += 1) {
      const replaced = (previous[at - 1] as number) + (one[row - 1] === other[at - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[at] as number) + 1, (current[at - 1] as number) + 1));
    }
    if (Math.min(...current) >= limit) return limit;
    previous = current;
  }
  return Math.min(previous[other.length] as number, limit);
}
