import type { LoggedEntry, Unit } from '../audit/index.js';
import { type BusinessDate, today } from '../core/dates.js';
import { refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { type Fen, showYuan } from '../core/money.js';
import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';
import { type Account, isSource, LAYER_LABELS } from './layers.js';

/** One amount moved between two accounts of one fund; zero-sum by its shape. */
export interface Posting {
  readonly fundId: string;
  readonly from: Account;
  readonly to: Account;
  /** Above zero. */
  readonly amountFen: Fen;
}

export interface Entry {
  /** What happened, e.g. `claim.pay`. */
  readonly kind: string;
  readonly effectiveDate: BusinessDate;
  readonly subject: { readonly type: string; readonly id: string };
  /** The entry that this one corrects (冲红). */
  readonly reversesId?: string;
  readonly postings: readonly Posting[];
}

const insertEntry = prepared<Row<'ledgerEntry'>>((db, value) =>
  db.insertInto('ledgerEntry').values({
    id: value('id'),
    bookId: value('bookId'),
    logIndex: value('logIndex'),
    kind: value('kind'),
    effectiveDate: value('effectiveDate'),
    recordedAt: value('recordedAt'),
    subjectType: value('subjectType'),
    subjectId: value('subjectId'),
    reversesId: value('reversesId'),
  }),
);
const insertPosting = prepared<Row<'posting'>>((db, value) =>
  db.insertInto('posting').values({
    entryId: value('entryId'),
    seq: value('seq'),
    fundId: value('fundId'),
    fromLayer: value('fromLayer'),
    fromSubject: value('fromSubject'),
    toLayer: value('toLayer'),
    toSubject: value('toSubject'),
    amountFen: value('amountFen'),
  }),
);
const accountsOf = prepared<{ fundId: string }, Row<'account'>>((db, value) =>
  db.selectFrom('account').selectAll().where('fundId', '=', value('fundId')),
);

/**
 * Posts one entry: checks date and balances, writes entry and postings (the database carries them into the
 * balances) and hands them to the unit's log entry.
 * @throws DomainError `date_in_future`, `period_closed` (by the database), `insufficient_balance` with the
 *   first account that is short.
 * @returns the entry's id
 */
export async function post(unit: Unit, entry: Entry): Promise<string> {
  const { trx } = unit;
  if (entry.postings.length === 0) throw new Error(`entry ${entry.kind} moves nothing`);
  if (entry.effectiveDate > today(unit.context.now)) {
    throw refuse('date_in_future', `业务日期 ${entry.effectiveDate} 尚未到来，不能记账`);
  }
  await checkBalances(unit, entry.postings);
  const id = newId();
  await insertEntry(trx, {
    id,
    bookId: unit.book.id,
    logIndex: unit.logIndex,
    kind: entry.kind,
    effectiveDate: entry.effectiveDate,
    recordedAt: unit.recordedAt,
    subjectType: entry.subject.type,
    subjectId: entry.subject.id,
    reversesId: entry.reversesId ?? null,
  });
  for (const [seq, { fundId, from, to, amountFen }] of entry.postings.entries()) {
    await insertPosting(trx, {
      entryId: id,
      seq,
      fundId,
      fromLayer: from.layer,
      fromSubject: from.subject,
      toLayer: to.layer,
      toSubject: to.subject,
      amountFen,
    });
  }
  unit.addEntry({
    id,
    kind: entry.kind,
    effectiveDate: entry.effectiveDate,
    reverses: entry.reversesId ?? null,
    subject: entry.subject,
    postings: entry.postings.map(loggedPosting),
  });
  return id;
}

const loggedPosting = ({ fundId, from, to, amountFen }: Posting): LoggedEntry['postings'][number] => [
  fundId,
  from.layer,
  from.subject,
  to.layer,
  to.subject,
  amountFen.toString(),
];

/** Says which account is short before the database's own check would refuse without figures. */
async function checkBalances(unit: Unit, postings: readonly Posting[]): Promise<void> {
  const balances = new Map<string, Fen>();
  for (const fundId of new Set(postings.map((posting) => posting.fundId))) {
    for (const { layer, subject, balanceFen } of await accountsOf(unit.trx, { fundId })) {
      balances.set(`${fundId}/${layer}/${subject}`, balanceFen);
    }
  }
  for (const { fundId, from, to, amountFen } of postings) {
    const fromKey = `${fundId}/${from.layer}/${from.subject}`;
    const toKey = `${fundId}/${to.layer}/${to.subject}`;
    const before = balances.get(fromKey) ?? 0n;
    balances.set(fromKey, before - amountFen);
    const after = (balances.get(toKey) ?? 0n) + amountFen;
    balances.set(toKey, after);
    const isShort = !isSource(from.layer) && before < amountFen;
    const isOverdrawnSource = isSource(to.layer) && after > 0n;
    if (isShort || isOverdrawnSource) {
      const { layer } = isShort ? from : to;
      const room = isShort ? before : amountFen - after;
      throw refuse(
        'insufficient_balance',
        `${LAYER_LABELS[layer]}不足：现有 ${showYuan(room)} 元，需要 ${showYuan(amountFen)} 元`,
        { fundId, layer, balanceFen: room.toString(), neededFen: amountFen.toString() },
      );
    }
  }
}
