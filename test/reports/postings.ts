import fc from 'fast-check';
import { Unit } from '../../src/audit/index.js';
import { newId } from '../../src/core/ids.js';
import type { Store } from '../../src/db/store.js';
import { type Account, type Layer, type Posting, pool, post } from '../../src/ledger/index.js';
import { isSource } from '../../src/ledger/layers.js';
import { testContext } from '../helper.js';

/** What was posted, as the test itself remembers it. */
export interface Posted extends Posting {
  readonly effectiveDate: string;
  readonly recordedAt: string;
  readonly logIndex: number;
  readonly seq: number;
}

export const DAYS = ['2022-01-31', '2022-02-01', '2022-02-28', '2022-05-05', '2022-07-30'] as const;

/** One move of a fund: which, how much, dated when, and to or from which of two subjects. */
export const move = fc.record({
  kind: fc.nat(11),
  fund: fc.nat(2),
  amount: fc.integer({ min: 1, max: 50_000 }),
  day: fc.nat(DAYS.length - 1),
  subject: fc.nat(1),
});
export type Move = typeof move extends fc.Arbitrary<infer Value> ? Value : never;

const MOVES: readonly ((subject: string) => readonly [Account, Account][])[] = [
  () => [[pool('planned'), pool('expected')]],
  () => [[pool('allotted'), pool('available')]],
  () => [[pool('allotted'), pool('available')]],
  () => [[pool('received'), pool('bank')]],
  () => [[pool('received'), pool('bank')]],
  (subject) => [[pool('available'), pool('available', subject)]],
  (subject) => [[pool('available', subject), pool('encumbered', subject)]],
  (subject) => [[pool('encumbered', subject), pool('reserved')]],
  () => [[pool('available'), pool('reserved')]],
  () => [
    [pool('reserved'), pool('spent')],
    [pool('bank'), pool('paid_out')],
  ],
  (subject) => [[pool('available'), pool('passed_down', subject)]],
  () => [
    [pool('available'), pool('returned')],
    [pool('bank'), pool('paid_out')],
  ],
];

const keyOf = (fundId: string, { layer, subject }: Account) => `${fundId}/${layer}/${subject}`;

/** Makes the moves that the balances allow, each recorded an hour after the one before, and remembers them. */
export async function makeMoves(
  store: Store,
  bookId: string,
  funds: readonly string[],
  subjects: readonly string[],
  moves: readonly Move[],
): Promise<Posted[]> {
  const balances = new Map<string, bigint>();
  const posted: Posted[] = [];
  for (const [index, { kind, fund, amount, day, subject }] of moves.entries()) {
    const fundId = funds[fund % funds.length] as string;
    const pairs = (MOVES[kind] as (typeof MOVES)[number])(subjects[subject] as string);
    const amountFen = BigInt(amount);
    const isAllowed = pairs.every(
      ([from]) => isSource(from.layer) || (balances.get(keyOf(fundId, from)) ?? 0n) >= amountFen,
    );
    if (!isAllowed) continue;
    const postings = pairs.map(([from, to]) => ({ fundId, from, to, amountFen }));
    const at = new Date(Date.parse('2022-07-31T00:00:00.000Z') + index * 3_600_000).toISOString();
    const effectiveDate = DAYS[day] as string;
    const { logIndex, recordedAt } = await recorded(store, bookId, at, async (unit) => {
      await post(unit, { kind: 'test', effectiveDate, subject: { type: 'test', id: newId() }, postings });
    });
    for (const [seq, posting] of postings.entries()) {
      posted.push({ ...posting, effectiveDate, recordedAt, logIndex, seq });
      for (const [account, sign] of [
        [posting.from, -1n],
        [posting.to, 1n],
      ] as const) {
        const key = keyOf(fundId, account);
        balances.set(key, (balances.get(key) ?? 0n) + sign * amountFen);
      }
    }
  }
  return posted;
}

/** Writes as a command at an instant would. */
async function recorded(store: Store, bookId: string, at: string, work: (unit: Unit) => Promise<unknown>) {
  return store.write(bookId, async (trx) => {
    const book = await trx.selectFrom('book').selectAll().where('id', '=', bookId).executeTakeFirstOrThrow();
    const unit = new Unit(store.keys, trx, book, testContext({ at }));
    const { logIndex, recordedAt } = unit;
    await work(unit);
    await unit.append({ action: 'seed', subject: { type: 'seed', id: newId() } });
    return { logIndex, recordedAt };
  });
}

/** What one layer of a fund holds after some postings, added up one by one; sources count positive. */
export function naive(posted: readonly Posted[], fundId: string, layer: Layer, subject?: string): bigint {
  let total = 0n;
  for (const { fundId: id, from, to, amountFen } of posted) {
    if (id !== fundId) continue;
    const isOf = (account: Account) =>
      account.layer === layer && (subject === undefined || account.subject === subject);
    if (isOf(to)) total += amountFen;
    if (isOf(from)) total -= amountFen;
  }
  return isSource(layer) ? -total : total;
}
