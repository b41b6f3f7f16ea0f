import type { BusinessDate } from '../core/dates.js';
import { type Fen, sumFen } from '../core/money.js';
import { BASE_LEVELS, type Level, type SourceType } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import type { Db, Trx } from '../db/store.js';
import type { CharityFacts, FundFacts, ReliefBaseFacts, ReliefCapFacts } from '../policy/index.js';
import type { BookBureau } from './books.js';
import type { FundTerms, NewConsent } from './funds.schema.js';

/** What the rules may know of a fund. `charity` and `reliefCap` are read only for the sources that have them. */
export async function fundFacts(
  trx: Trx,
  fund: Row<'fund'>,
  bureau: BookBureau,
  at: { readonly businessDate: BusinessDate; readonly addsServiceFen: bigint },
): Promise<FundFacts> {
  const terms = JSON.parse(fund.terms) as FundTerms;
  return {
    fundId: fund.id,
    type: fund.type as SourceType,
    level: fund.level as Level,
    year: fund.year,
    documentNo: fund.documentNo,
    documentDate: fund.documentDate,
    programme: fund.programme,
    holderKind: bureau.bureauKind,
    declaredStationIds: terms.type === 'provincial_subsidy' ? terms.declaredStationIds : null,
    declarationConfirmed: terms.type === 'provincial_subsidy' ? terms.declarationConfirmed : null,
    namedPurposes: terms.type === 'welfare_lottery' ? terms.namedPurposes : [],
    fromSurplus: terms.type === 'social_relief' && terms.fromSurplus,
    isReliefWorkFund: terms.type === 'social_relief' && terms.isWorkFund,
    budgetCode: terms.type === 'local_budget' ? terms.budgetCode : null,
    charity: terms.type === 'charity' ? await charityFacts(trx, fund.id, terms) : null,
    reliefCap:
      terms.type === 'social_relief' && !terms.isWorkFund
        ? {
            ...(await reliefCapOf(trx, {
              bookId: fund.bookId,
              year: fund.year,
              businessDate: at.businessDate,
            })),
            addsFen: at.addsServiceFen,
          }
        : null,
  };
}

async function charityFacts(
  trx: Trx,
  fundId: string,
  terms: Extract<FundTerms, { type: 'charity' }>,
): Promise<CharityFacts> {
  const consents = await trx
    .selectFrom('consent')
    .selectAll()
    .where('fundId', '=', fundId)
    .orderBy('id')
    .execute();
  const { type: _type, form: _form, donorId: _donor, ...agreed } = terms;
  return {
    ...agreed,
    consents: consents.map((consent) => {
      const { serviceItems, beneficiaryGroups, areas, extendsUntil } = JSON.parse(
        consent.terms,
      ) as NewConsent;
      return {
        consentId: consent.id,
        from: consent.fromDate,
        serviceItems,
        beneficiaryGroups,
        areas,
        extendsUntil,
      };
    }),
  };
}

/** The county's year: the base declared last by the business date, and what relief money already buys (YN-22). */
export async function reliefCapOf(
  db: Db | Trx,
  at: { readonly bookId: string; readonly year: number; readonly businessDate: BusinessDate },
): Promise<Omit<ReliefCapFacts, 'addsFen'>> {
  const base = await baseInForce(db, at);
  const last = base ? null : await baseInForce(db, { ...at, year: at.year - 1 });
  const used = await db
    .selectFrom('account')
    .innerJoin('fund', 'fund.id', 'account.fundId')
    .select(['layer', 'balanceFen'])
    .where('fund.bookId', '=', at.bookId)
    .where('fund.type', '=', 'social_relief')
    .where('fund.year', '=', at.year)
    .where('layer', 'in', ['service_committed', 'service_paid'])
    .execute();
  const totalOf = (layer: string) =>
    sumFen(used.filter((account) => account.layer === layer).map((account) => account.balanceFen));
  return {
    year: at.year,
    base: base && reliefBaseOf(base),
    lastFinal: last?.basis === 'final' ? reliefBaseOf(last) : null,
    paidFen: totalOf('service_paid'),
    committedFen: totalOf('service_committed'),
  };
}

/** The base of a year that was declared last by the business date. */
async function baseInForce(
  db: Db | Trx,
  at: { readonly bookId: string; readonly year: number; readonly businessDate: BusinessDate },
): Promise<Row<'expenditureBase'> | null> {
  const base = await db
    .selectFrom('expenditureBase')
    .selectAll()
    .where('bookId', '=', at.bookId)
    .where('year', '=', at.year)
    .where('declaredDate', '<=', at.businessDate)
    .orderBy('declaredDate', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return base ?? null;
}

export const reliefBaseOf = (row: Row<'expenditureBase'>): ReliefBaseFacts => ({
  amountFen: row.amountFen,
  basis: row.basis,
  documentNo: row.documentNo,
  // All four or none (`expenditureBase_split`).
  split:
    row.centralFen === null
      ? null
      : BASE_LEVELS.map((level) => ({ level, amountFen: row[`${level}Fen`] as Fen })),
});
