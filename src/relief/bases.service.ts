import { demandAttachments } from '../attachments/index.js';
import { runCommand } from '../audit/index.js';
import { today } from '../core/dates.js';
import { refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { type Fen, formatYuan, parseYuan, showYuan, sumFen } from '../core/money.js';
import { BASE_BASES, BASE_BASIS_LABELS, BASE_LEVELS } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { bureauSubject, demandBookRead } from '../ledger/index.js';
import { type Actor, type Caller, demand } from '../organisations/index.js';
import type { BaseView, NewBase } from './relief.schema.js';

/**
 * Declares the year's base of the cap: 预计, then 年中投影, then 决算. It counts for later decisions, from its day on; a
 * decision that was made keeps the base it was made on.
 * @throws DomainError `relief_base_invalid` with every fault, `not_found` (evidence).
 */
export async function declareBase(
  store: Store,
  caller: Caller,
  bookId: string,
  input: NewBase,
): Promise<BaseView> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'relief_base.declare', subject: { type: 'expenditureBase', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'fund.manage', subject);
    const [last] = (await basesOf(unit.trx, bookId, input.year)).slice(-1);
    const faults = [...amountFaults(input), ...dateFaults(input, today(unit.context.now), last)];
    if (faults.length > 0)
      throw refuse('relief_base_invalid', `不能申报支出基数：${faults.join('；')}`, { faults });
    await demandAttachments(unit.trx, bookId, input.attachmentId ? [input.attachmentId] : []);
    const { amount, split, spentToDate, ...rest } = input;
    const row = await unit.insert('expenditureBase', {
      id,
      ...rest,
      amountFen: parseYuan(amount),
      centralFen: split && parseYuan(split.central),
      provincialFen: split && parseYuan(split.provincial),
      prefectureFen: split && parseYuan(split.prefecture),
      countyFen: split && parseYuan(split.county),
      spentFen: spentToDate === null ? null : parseYuan(spentToDate),
      logIndex: unit.logIndex,
    });
    await unit.append({ action: target.action, subject: target.subject });
    return toBaseView(row);
  });
}

function amountFaults({ amount, split, basis, attachmentId, spentToDate, spentAsOf }: NewBase): string[] {
  const faults: string[] = [];
  const amountFen = parseYuan(amount);
  if (split) {
    const parts = BASE_LEVELS.map((level) => parseYuan(split[level]));
    const sum = sumFen(parts);
    if (parts.some((part) => part < 0n)) faults.push('分级金额不能为负');
    if (sum !== amountFen)
      faults.push(`分级金额合计 ${showYuan(sum)} 元，与总额 ${showYuan(amountFen)} 元不符`);
  }
  const label = BASE_BASIS_LABELS[basis];
  if (basis !== 'estimate' && attachmentId === null) faults.push(`${label}须附依据文件`);
  if (basis !== 'projection') {
    if (spentToDate !== null || spentAsOf !== null)
      faults.push(`只有年中投影填写截至某日的实际支出，${label}不填`);
    return faults;
  }
  if (spentToDate === null || spentAsOf === null) faults.push('年中投影须写明截至何日、实际支出多少');
  if (spentToDate !== null && parseYuan(spentToDate) > amountFen)
    faults.push(`全年投影 ${showYuan(amountFen)} 元低于已经支出的 ${showYuan(parseYuan(spentToDate))} 元`);
  return faults;
}

function dateFaults(input: NewBase, now: string, last: Row<'expenditureBase'> | undefined): string[] {
  const { year, basis, documentDate, declaredDate, spentAsOf } = input;
  const faults: string[] = [];
  if (declaredDate > now) faults.push(`申报日 ${declaredDate} 尚未到来`);
  if (documentDate > declaredDate) faults.push(`依据文件日期 ${documentDate} 晚于申报日 ${declaredDate}`);
  if (basis === 'final' && documentDate <= `${year}-12-31`)
    faults.push(`${year} 年尚未终了，${documentDate} 的文件不能作为决算依据`);
  if (spentAsOf !== null && !spentAsOf.startsWith(`${year}-`))
    faults.push(`实际支出的截止日 ${spentAsOf} 不在 ${year} 年内`);
  if (spentAsOf !== null && spentAsOf > documentDate)
    faults.push(`实际支出的截止日 ${spentAsOf} 晚于依据文件日期 ${documentDate}`);
  if (!last) return faults;
  if (declaredDate < last.declaredDate)
    faults.push(`${last.declaredDate} 已有申报，申报日不能倒签为 ${declaredDate}`);
  if (BASE_BASES.indexOf(basis) < BASE_BASES.indexOf(last.basis))
    faults.push(`${year} 年已申报${BASE_BASIS_LABELS[last.basis]}，不能再申报${BASE_BASIS_LABELS[basis]}`);
  return faults;
}

/** The declarations of a year, in the order in which they came into force. */
export const basesOf = (db: Db, bookId: string, year: number): Promise<Row<'expenditureBase'>[]> =>
  db
    .selectFrom('expenditureBase')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('year', '=', year)
    .orderBy('declaredDate')
    .orderBy('id')
    .execute();

/** Every declaration of a base in the book, by year and day. */
export async function listBases(store: Store, actor: Actor, bookId: string): Promise<{ items: BaseView[] }> {
  await demandBookRead(store.read, actor, bookId);
  const rows = await store.read
    .selectFrom('expenditureBase')
    .selectAll()
    .where('bookId', '=', bookId)
    .orderBy('year')
    .orderBy('declaredDate')
    .orderBy('id')
    .execute();
  return { items: rows.map(toBaseView) };
}

export function toBaseView({
  amountFen,
  centralFen,
  provincialFen,
  prefectureFen,
  countyFen,
  spentFen,
  ...row
}: Row<'expenditureBase'>): BaseView {
  const yuan = (fen: Fen | null) => formatYuan(fen as Fen);
  return {
    ...row,
    amount: formatYuan(amountFen),
    split:
      centralFen === null
        ? null
        : {
            central: yuan(centralFen),
            provincial: yuan(provincialFen),
            prefecture: yuan(prefectureFen),
            county: yuan(countyFen),
          },
    spentToDate: spentFen === null ? null : formatYuan(spentFen),
  };
}
