import { runCommand, type Unit } from '../audit/index.js';
import { today } from '../core/dates.js';
import { notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { type Fen, parseYuan, showYuan, sumFen } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Store } from '../db/store.js';
import { bureauOfBook, bureauSubject, type FundTerms, reliefCapOf } from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import type { PackSet } from '../policy/index.js';
import { basesOf } from './bases.service.js';
import { limitBy } from './cap.service.js';
import { takenFrom, takenOutBy } from './numerator.repository.js';
import { type NewResolutions, type NewTrueUp, RESOLUTION_LABELS, type TrueUpView } from './relief.schema.js';
import { trueUpViews } from './true-up.views.js';

/**
 * 年终校准: holds what the year bought with relief money against the cap of its final base, and records what is over.
 * It moves no money and changes no earlier decision: what is over is settled by postings of its own.
 * @throws DomainError `final_base_missing`, `cap_unknown`, `true_up_date_invalid`, `already_exists` (this base).
 */
export async function recordTrueUp(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  year: number,
  input: NewTrueUp,
): Promise<TrueUpView> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const { divisionCode } = await bureauOfBook(store.read, bookId);
  const target = { bookId, action: 'relief_cap.true_up', subject: { type: 'reliefTrueUp', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const { trx } = unit;
    demand(caller.actor, 'relief_cap.true_up', subject);
    const [base] = (await basesOf(trx, bookId, year)).slice(-1);
    if (base?.basis !== 'final')
      throw refuse('final_base_missing', `${year} 年尚未申报决算基数，不能校准；请先申报决算基数及其依据`);
    const now = today(unit.context.now);
    if (input.date < base.declaredDate || input.date > now)
      throw refuse(
        'true_up_date_invalid',
        `校准日应在决算基数申报日 ${base.declaredDate} 与今日 ${now} 之间`,
      );
    const done = await trx.selectFrom('reliefTrueUp').select('id').where('baseId', '=', base.id).execute();
    if (done.length > 0) throw refuse('already_exists', `${year} 年已按这一决算基数校准，不能重复校准`);
    const { capFen } = limitBy(packs, divisionCode, base);
    if (capFen === null)
      throw refuse(
        'cap_unknown',
        `无法计算 ${year} 年上限：没有有效的比例或级次口径，或决算基数没有分级列示`,
      );
    const { paidFen, committedFen } = await reliefCapOf(trx, { bookId, year, businessDate: input.date });
    const overFen = paidFen + committedFen - capFen;
    await unit.insert('reliefTrueUp', {
      id,
      year,
      baseId: base.id,
      trueUpDate: input.date,
      capFen,
      paidFen,
      committedFen,
      overrunFen: overFen > 0n ? overFen : 0n,
      note: await unit.seal(input.note, `reliefTrueUp/${id}`),
      recordedBy: caller.actor.personId,
      logIndex: unit.logIndex,
    });
    await unit.append({ action: target.action, subject: target.subject });
    return viewOf(unit, year, id);
  });
}

const viewOf = async (unit: Unit, year: number, id: string) =>
  (await trueUpViews(unit.trx, unit.book.id, year)).find((view) => view.id === id) as TrueUpView;

/**
 * Says what settled an overrun: each line names the posting that took its amount out of the cap after the true-up, and,
 * when another source bears it, the posting there. All lines together, or none.
 * @throws DomainError `true_up_missing`, `relief_resolution_invalid` with every fault.
 */
export async function resolveOverrun(
  store: Store,
  caller: Caller,
  bookId: string,
  year: number,
  input: NewResolutions,
): Promise<TrueUpView> {
  const subject = await bureauSubject(store.read, bookId);
  const trueUp = await lastTrueUp(store.read, bookId, year);
  const target = {
    bookId,
    action: 'relief_cap.resolve',
    subject: { type: 'reliefTrueUp', id: trueUp?.id ?? `${year}` },
  };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'relief_cap.true_up', subject);
    const current = await lastTrueUp(unit.trx, bookId, year);
    if (!current) throw refuse('true_up_missing', `${year} 年尚未校准，没有需要处理的超支`);
    if (current.id !== trueUp?.id) throw notFound('年终校准记录');
    const ledger = new Settlement(unit, current);
    const faults = await ledger.faults(input);
    if (faults.length > 0)
      throw refuse('relief_resolution_invalid', `不能登记超支处理：${faults.join('；')}`, { faults });
    for (const { kind, amount, entryId, target: borne, documentNo } of input.lines) {
      await unit.insert('reliefResolution', {
        id: newId(),
        trueUpId: current.id,
        kind,
        amountFen: parseYuan(amount),
        entryId,
        targetFundId: borne?.fundId ?? null,
        targetEntryId: borne?.entryId ?? null,
        documentNo,
        recordedBy: caller.actor.personId,
        logIndex: unit.logIndex,
      });
    }
    await unit.append({ action: target.action, subject: target.subject });
    return viewOf(unit, year, current.id);
  });
}

const lastTrueUp = (db: Store['read'], bookId: string, year: number) =>
  db
    .selectFrom('reliefTrueUp')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('year', '=', year)
    .orderBy('logIndex', 'desc')
    .limit(1)
    .executeTakeFirst();

/** What may still be named as having settled an overrun: no posting twice, by no more than it moved. */
class Settlement {
  readonly #used = new Map<string, Fen>();

  constructor(
    readonly unit: Unit,
    readonly trueUp: Row<'reliefTrueUp'>,
  ) {}

  async faults({ lines }: NewResolutions): Promise<string[]> {
    const { trx, book } = this.unit;
    const before = await trx
      .selectFrom('reliefResolution')
      .selectAll()
      .where('bookId', '=', book.id)
      .execute();
    for (const row of before) {
      this.#use(row.entryId, row.amountFen);
      if (row.targetEntryId) this.#use(`${row.targetFundId}/${row.targetEntryId}`, row.amountFen);
    }
    const faults: string[] = [];
    for (const [index, line] of lines.entries()) {
      for (const fault of await this.#lineFaults(line)) faults.push(`第 ${index + 1} 行${fault}`);
    }
    const own = before.filter((row) => row.trueUpId === this.trueUp.id).map((row) => row.amountFen);
    const total = sumFen([...own, ...lines.map((line) => parseYuan(line.amount))]);
    if (total > this.trueUp.overrunFen)
      faults.push(
        `处理金额合计 ${showYuan(total)} 元，超过校准时的超支 ${showYuan(this.trueUp.overrunFen)} 元`,
      );
    return faults;
  }

  async #lineFaults(line: NewResolutions['lines'][number]): Promise<string[]> {
    const { trx, book } = this.unit;
    const amountFen = parseYuan(line.amount);
    const faults: string[] = [];
    const takenOut = (await this.#isLater(line.entryId))
      ? await takenOutBy(trx, book.id, this.trueUp.year, line.entryId)
      : 0n;
    const left = takenOut - this.#use(line.entryId, amountFen);
    if (left < amountFen)
      faults.push(
        `所列分录在校准之后移出额度的金额中只有 ${showYuan(left > 0n ? left : 0n)} 元可用，不足 ${showYuan(amountFen)} 元`,
      );
    const { target } = line;
    if ((line.kind === 'move_to_source') !== (target !== null))
      faults.push(
        `：“${RESOLUTION_LABELS.move_to_source}”须写明改由哪笔资金、哪笔分录列支，“${RESOLUTION_LABELS.give_back}”不写`,
      );
    if (target === null) return faults;
    const fund = await trx.selectFrom('fund').selectAll().where('id', '=', target.fundId).executeTakeFirst();
    if (fund?.bookId !== book.id) return [...faults, '的资金不在本账套'];
    const terms = JSON.parse(fund.terms) as FundTerms;
    if (terms.type === 'social_relief' && !terms.isWorkFund)
      faults.push('改由的资金仍是受 5% 限制的救助资金');
    const spent = (await this.#isLater(target.entryId))
      ? await takenFrom(trx, target.fundId, target.entryId)
      : 0n;
    const rest = spent - this.#use(`${target.fundId}/${target.entryId}`, amountFen);
    if (rest < amountFen)
      faults.push(
        `改由的资金在所列分录中只有 ${showYuan(rest > 0n ? rest : 0n)} 元可用，不足 ${showYuan(amountFen)} 元`,
      );
    return faults;
  }

  /** Notes an amount against a posting and returns what was noted before. */
  #use(key: string, amountFen: Fen): Fen {
    const before = this.#used.get(key) ?? 0n;
    this.#used.set(key, before + amountFen);
    return before;
  }

  /** The entry is of this book and was recorded after the true-up: what came before is in its numerator. */
  async #isLater(entryId: string): Promise<boolean> {
    const entry = await this.unit.trx
      .selectFrom('ledgerEntry')
      .select(['bookId', 'logIndex'])
      .where('id', '=', entryId)
      .executeTakeFirst();
    return entry?.bookId === this.unit.book.id && entry.logIndex > this.trueUp.logIndex;
  }
}
