import type { LoggedEntry, Unit } from '../audit/index.js';
import { type BusinessDate, today } from '../core/dates.js';
import { type DomainError, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { type Fen, showYuan, sumFen } from '../core/money.js';
import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';
import { type Account, isSource, LAYER_LABELS, type Layer } from './layers.js';

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
  const future = futureFault(unit, entry.effectiveDate);
  if (future) throw future;
  const [short] = await shortfallsOf(unit, entry.postings);
  if (short) throw shortfallError(short);
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

/** Why `post` would refuse: with the postings that draw on an account that is short, in their order. */
export interface EntryFault {
  readonly error: DomainError;
  readonly shortfall: Shortfall | null;
}
export interface Shortfall {
  readonly fundId: string;
  readonly layer: Layer;
  /** What the account has for the entry, and what all its postings need of it. */
  readonly availableFen: Fen;
  readonly neededFen: Fen;
  /** Places of those postings, the first of them that finds too little included. */
  readonly postings: readonly number[];
  readonly firstShort: number;
}

/**
 * Everything at once that `post` would refuse the entry for, in the order in which it would; nothing is written. Posting
 * itself leaves closed months to the database.
 */
export async function entryFaults(
  unit: Unit,
  entry: Pick<Entry, 'effectiveDate' | 'postings'>,
): Promise<EntryFault[]> {
  const future = futureFault(unit, entry.effectiveDate);
  const short = await shortfallsOf(unit, entry.postings);
  const closed = await closedFault(unit, entry.effectiveDate);
  return [
    ...(future ? [{ error: future, shortfall: null }] : []),
    ...short.map((shortfall) => ({ error: shortfallError(shortfall), shortfall })),
    ...(closed ? [{ error: closed, shortfall: null }] : []),
  ];
}

const futureFault = (unit: Unit, date: BusinessDate): DomainError | null =>
  date > today(unit.context.now) ? refuse('date_in_future', `业务日期 ${date} 尚未到来，不能记账`) : null;

/** Months close in order: the last closed one closes all before it. */
async function closedFault(unit: Unit, date: BusinessDate): Promise<DomainError | null> {
  const last = await unit.trx
    .selectFrom('period')
    .select('month')
    .where('bookId', '=', unit.book.id)
    .where('month', '>=', date.slice(0, 7))
    .orderBy('month', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!last) return null;
  return refuse('period_closed', `业务日期 ${date} 所在的会计期间已结账（已结到 ${last.month}），不能再记账`);
}

const keyOf = (fundId: string, { layer, subject }: Account) => `${fundId}/${layer}/${subject}`;

/** Says which accounts are short before the database's own check would refuse without figures. */
async function shortfallsOf(unit: Unit, postings: readonly Posting[]): Promise<Shortfall[]> {
  const balances = new Map<string, Fen>();
  for (const fundId of new Set(postings.map((posting) => posting.fundId))) {
    for (const { layer, subject, balanceFen } of await accountsOf(unit.trx, { fundId })) {
      balances.set(`${fundId}/${layer}/${subject}`, balanceFen);
    }
  }
  return shortfalls(balances, postings);
}

/** Accounts that the postings, made in their order, would leave with the wrong sign. */
function shortfalls(opening: ReadonlyMap<string, Fen>, postings: readonly Posting[]): Shortfall[] {
  const balances = new Map(opening);
  const short = new Map<string, { room: Fen; account: Account; fundId: string; firstShort: number }>();
  const move = (fundId: string, account: Account, amountFen: Fen, at: number) => {
    const key = keyOf(fundId, account);
    const after = (balances.get(key) ?? 0n) + amountFen;
    balances.set(key, after);
    const isWrong = isSource(account.layer) ? after > 0n && amountFen > 0n : after < 0n && amountFen < 0n;
    if (!isWrong || short.has(key)) return;
    const opened = opening.get(key) ?? 0n;
    short.set(key, { room: opened < 0n ? -opened : opened, account, fundId, firstShort: at });
  };
  for (const [at, { fundId, from, to, amountFen }] of postings.entries()) {
    move(fundId, from, -amountFen, at);
    move(fundId, to, amountFen, at);
  }
  return [...short].map(([key, { room, account, fundId, firstShort }]) => {
    const drawing = [...postings.entries()].filter(
      ([, posting]) => keyOf(posting.fundId, isSource(account.layer) ? posting.to : posting.from) === key,
    );
    return {
      fundId,
      layer: account.layer,
      availableFen: room,
      neededFen: sumFen(drawing.map(([, { amountFen }]) => amountFen)),
      postings: drawing.map(([at]) => at),
      firstShort,
    };
  });
}

const shortfallError = ({ fundId, layer, availableFen, neededFen }: Shortfall): DomainError =>
  refuse(
    'insufficient_balance',
    `${LAYER_LABELS[layer]}不足：现有 ${showYuan(availableFen)} 元，需要 ${showYuan(neededFen)} 元`,
    { fundId, layer, balanceFen: availableFen.toString(), neededFen: neededFen.toString() },
  );
