import { revealTexts, type Unit } from '../audit/index.js';
import type { BusinessDate } from '../core/dates.js';
import { notFound, refuse } from '../core/errors.js';
import { type Fen, sumFen } from '../core/money.js';
import {
  type EndUser,
  type EvidenceKind,
  type Grade,
  type OrganisationKind,
  type PayeeType,
  type Pricing,
  type ProviderKind,
  SERVICE_ITEMS,
  type ServiceItem,
} from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';
import type { Trx } from '../db/store.js';
import { type BookBureau, fundFacts } from '../ledger/index.js';
import {
  type ContractFacts,
  type Facts,
  type FundFacts,
  type LineFacts,
  matchTerms,
  type PackSet,
  type PayeeFacts,
  type Stage,
} from '../policy/index.js';
import { type WaiverSubject, waiverFacts } from '../waivers/index.js';
import { evidenceOf, fundsOf, groupsOf, type LineRow } from './lines.repository.js';

/** A case for the rules, in rows: what is spent, by whom, on which contract. */
export interface SpendingCase {
  readonly stage: Stage;
  readonly businessDate: BusinessDate;
  readonly bureau: BookBureau;
  readonly contract: Row<'contract'> | null;
  /** The claim that is judged; null where the contract itself is, or what its provider spent of it. */
  readonly claimId: string | null;
  readonly payee: { readonly type: PayeeType; readonly organisationId: string | null };
  readonly lines: readonly LineRow[];
  /** The case newly promises money; false where its money was promised (and counted) before. */
  readonly isNewPromise: boolean;
}

/**
 * Reads, once, everything that the rules may look at.
 * @throws DomainError `not_found` for a fund or station outside the book.
 */
export async function spendingFacts(
  { trx, keys }: Unit,
  packs: PackSet,
  spending: SpendingCase,
): Promise<Facts> {
  const funds: Record<string, FundFacts> = {};
  for (const id of fundsOf(spending.lines).sort()) {
    const [fund] = await fundById(trx, { id });
    if (fund?.bookId !== spending.bureau.bookId) throw notFound('资金批次');
    const services = spending.lines.filter(
      (line) => line.fundId === id && buysService(line, spending.contract !== null),
    );
    funds[id] = await fundFacts(trx, fund, spending.bureau, {
      businessDate: spending.businessDate,
      addsServiceFen: spending.isNewPromise ? sumFen(services.map((line) => line.amountFen)) : 0n,
    });
  }
  const stations = await stationsOf(trx, spending, funds);
  const wordsOf = await revealTexts(
    trx,
    keys,
    spending.lines.map((line) => line.description),
  );
  return {
    stage: spending.stage,
    businessDate: spending.businessDate,
    divisionCode: spending.bureau.divisionCode,
    funds,
    contract: spending.contract ? await contractFacts(trx, spending.contract) : null,
    payee: await payeeFacts(trx, spending.payee),
    lines: spending.lines.map((line) => ({
      ...lineFacts(line, funds[line.fundId] as FundFacts, stations, spending.businessDate),
      matchedTerms: matchTerms(packs, wordsOf(line.description)),
    })),
    allotment: null,
    waivers: await waiverFacts(trx, caseOf(spending)),
  };
}

export const contractCase = (id: string): WaiverSubject => ({ type: 'contract', id, contractId: null });

/** What exceptions are applied to; what a provider spends of a contract passes under the contract's. */
const caseOf = ({ claimId, contract }: SpendingCase): WaiverSubject =>
  claimId === null
    ? contractCase((contract as Row<'contract'>).id)
    : { type: 'claim', id: claimId, contractId: contract?.id ?? null };

const fundById = prepared<{ id: string }, Row<'fund'>>((db, value) =>
  db.selectFrom('fund').selectAll().where('id', '=', value('id')),
);

type Station = Pick<
  Row<'organisation'>,
  'id' | 'name' | 'kind' | 'path' | 'parentId' | 'openedDate' | 'closedDate'
>;

const stationById = prepared<{ id: string }, Station>((db, value) =>
  db
    .selectFrom('organisation')
    .select(['id', 'name', 'kind', 'path', 'parentId', 'openedDate', 'closedDate'])
    .where('id', '=', value('id')),
);

/** Stations of the lines and, where a fund declares stations, those too. */
async function stationsOf(
  trx: Trx,
  spending: SpendingCase,
  funds: Readonly<Record<string, FundFacts>>,
): Promise<ReadonlyMap<string, Station>> {
  const own = spending.lines.flatMap((line) => (line.stationId ? [line.stationId] : []));
  const declared = Object.values(funds).flatMap((fund) => fund.declaredStationIds ?? []);
  const stations = new Map<string, Station>();
  for (const id of [...own, ...declared]) {
    if (stations.has(id)) continue;
    const [station] = await stationById(trx, { id });
    if (station) stations.set(id, station);
  }
  for (const id of own) {
    const station = stations.get(id);
    if (!station?.path.startsWith(spending.bureau.bureauPath)) throw notFound('站点');
    if (!station.kind.startsWith('station_')) throw refuse('not_a_station', '明细中的站点不是社工站（室）');
    if (!isOpen(station, spending.businessDate)) {
      throw refuse(
        'station_not_open',
        `“${station.name}”在 ${spending.businessDate} 尚未设立或已经撤销，不能列支`,
      );
    }
  }
  return stations;
}

const isOpen = (station: Station, on: BusinessDate) =>
  station.openedDate <= on && (station.closedDate === null || on < station.closedDate);

const TIER: Readonly<Record<string, number>> = {
  station_prefecture: 4,
  station_county: 3,
  station_township: 2,
  station_village: 1,
};

/** Declared itself, in a declared township, or the county or township station above a declared one (SC-02). */
function isDeclared(
  station: Station,
  fund: FundFacts,
  stations: ReadonlyMap<string, Station>,
): boolean | null {
  if (fund.declaredStationIds === null) return null;
  return fund.declaredStationIds.some((id) => {
    if (id === station.id) return true;
    const declared = stations.get(id);
    if (!declared) return false;
    if (declared.kind === 'township') return station.path.startsWith(declared.path);
    const parentPath = station.path.slice(0, -(station.id.length + 1));
    return (TIER[station.kind] ?? 0) > (TIER[declared.kind] ?? 0) && declared.path.startsWith(parentPath);
  });
}

function lineFacts(
  line: LineRow,
  fund: FundFacts,
  stations: ReadonlyMap<string, Station>,
  businessDate: BusinessDate,
): Omit<LineFacts, 'matchedTerms'> {
  const station = line.stationId ? stations.get(line.stationId) : undefined;
  return {
    lineId: line.id,
    fundId: line.fundId,
    amountFen: line.amountFen,
    economicCode: line.economicCode,
    serviceItem: line.serviceItem as ServiceItem | null,
    beneficiaryGroups: groupsOf(line),
    stationId: line.stationId,
    stationKind: (station?.kind as OrganisationKind | undefined) ?? null,
    stationIsOpen: station ? isOpen(station, businessDate) : null,
    stationIsDeclared: station ? isDeclared(station, fund, stations) : null,
    endUser: line.endUser as EndUser | null,
    rosterCoverage: line.rosterCoverage as LineFacts['rosterCoverage'],
    evidence: [...new Set(evidenceOf(line).map((item) => item.kind))].sort(),
  };
}

async function contractFacts(trx: Trx, contract: Row<'contract'>): Promise<ContractFacts> {
  const parties = await trx
    .selectFrom('organisation')
    .select(['id', 'kind', 'creditCode'])
    .where('id', 'in', [contract.buyerId, contract.providerId])
    .execute();
  const evidence = await trx
    .selectFrom('contractEvidence')
    .select(['kind', 'date'])
    .where('contractId', '=', contract.id)
    .orderBy('date')
    .orderBy('id')
    .execute();
  const evaluations = await evaluationsOf(trx, contract.id);
  return {
    contractId: contract.id,
    signedDate: contract.signedDate,
    startDate: contract.startDate,
    endDate: contract.endDate,
    buyerKind: parties.find((party) => party.id === contract.buyerId)?.kind as OrganisationKind,
    providerId: contract.providerId,
    providerCreditCode: parties.find((party) => party.id === contract.providerId)?.creditCode ?? '',
    pricing: contract.pricing as Pricing | null,
    budgetCode: contract.budgetCode,
    isRenewal: contract.renewsId !== null,
    earlierGrades: contract.renewsId
      ? (await evaluationsOf(trx, contract.renewsId)).map((evaluation) => evaluation.grade)
      : null,
    evidence: evidence.map((item) => ({ kind: item.kind as EvidenceKind, date: item.date })),
    evaluations,
    unitLabourCostFen: contract.unitLabourCostFen,
    certifiedWorkersPerStation: contract.certifiedWorkersPerStation,
    fulltimeWorkersPerStation: contract.fulltimeWorkersPerStation,
    amountFen: contract.amountFen,
    paidFen: contract.paidFen,
  };
}

async function evaluationsOf(trx: Trx, contractId: string) {
  const rows = await trx
    .selectFrom('evaluation')
    .select(['kind', 'executionYear', 'date', 'grade', 'evaluatorCreditCode'])
    .where('contractId', '=', contractId)
    .orderBy('date')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ ...row, grade: row.grade as Grade }));
}

async function payeeFacts(trx: Trx, payee: SpendingCase['payee']): Promise<PayeeFacts> {
  if (!payee.organisationId) {
    return { type: payee.type, providerKind: null, blacklistings: [], hasUnsettledExit: null };
  }
  const organisation = await trx
    .selectFrom('organisation')
    .select('providerKind')
    .where('id', '=', payee.organisationId)
    .executeTakeFirst();
  const sanctions = await trx
    .selectFrom('sanction')
    .selectAll()
    .where('providerId', '=', payee.organisationId)
    .orderBy('id')
    .execute();
  return {
    type: payee.type,
    providerKind: (organisation?.providerKind as ProviderKind | undefined) ?? null,
    blacklistings: sanctions
      .filter((sanction) => sanction.kind === 'blacklist')
      .map((sanction) => ({
        from: sanction.fromDate,
        until: sanction.untilDate,
        documentNo: sanction.documentNo,
      })),
    hasUnsettledExit: sanctions.some((sanction) => sanction.kind === 'exit' && sanction.settledDate === null),
  };
}

/** Relief lines that buy services, by fund: what counts toward the 5%. */
export function reliefServiceFen(
  lines: readonly Pick<LineRow, 'fundId' | 'amountFen' | 'serviceItem'>[],
  funds: Facts['funds'],
  isOnContract: boolean,
): Map<string, Fen> {
  const totals = new Map<string, Fen>();
  for (const line of lines) {
    if (funds[line.fundId]?.reliefCap && buysService(line, isOnContract)) {
      totals.set(line.fundId, (totals.get(line.fundId) ?? 0n) + line.amountFen);
    }
  }
  return totals;
}

/**
 * Everything under a 政府购买服务 contract is a purchased service, whatever a line calls it; outside a contract,
 * relief handed to persons is not.
 */
export const buysService = (line: Pick<LineRow, 'serviceItem'>, isOnContract: boolean): boolean =>
  isOnContract ||
  line.serviceItem === null ||
  SERVICE_ITEMS[line.serviceItem as ServiceItem].catalogue !== 'direct';
