import { type ClaimQuery, countClaims, listClaims } from '../src/claims/index.js';
import { addDays, today } from '../src/core/dates.js';
import { listLog } from '../src/evidence/index.js';
import { listFunds } from '../src/ledger/index.js';
import { workloadOf } from '../src/workload/index.js';
import type { PagesBook } from './pages-data.js';

export type Query = (book: PagesBook) => Promise<unknown>;

const list =
  (who: 'auditor' | 'operator' | 'finance', query: (book: PagesBook) => Partial<ClaimQuery>): Query =>
  (book) =>
    listClaims(book.world.store, book[who], book.world.bookId, { limit: 50, ...query(book) });
const count =
  (who: 'auditor' | 'operator', query: (book: PagesBook) => Partial<ClaimQuery>): Query =>
  (book) =>
    countClaims(book.world.store, book[who], book.world.bookId, query(book));
const log =
  (query: (book: PagesBook) => object): Query =>
  (book) =>
    listLog(book.world.store, book.auditor, book.world.bookId, { limit: 50, order: 'desc', ...query(book) });

const middle = <T>(values: readonly T[]) => values[values.length >> 1] as T;
const lastQuarter = () => ({ businessFrom: addDays(today(), -90), businessUntil: today() });
const earlyMonth = () => ({ businessFrom: addDays(today(), -1000), businessUntil: addDays(today(), -970) });

/** What a page asks: lists of 50 with all that their rows show, counts, work counts, the log. */
export const QUERIES: Readonly<Record<string, Query>> = {
  'claims, newest first': list('auditor', () => ({})),
  'claims, oldest first': list('auditor', () => ({ order: 'asc' })),
  'claims by amount': list('auditor', () => ({ sort: 'amount' })),
  'claims by 业务日期': list('auditor', () => ({ sort: 'businessDate' })),
  'claims submitted, by amount': list('auditor', () => ({ status: 'submitted', sort: 'amount' })),
  'claims paid or closed': list('auditor', () => ({ status: ['paid', 'closed'] })),
  'claims of a unit, by 业务日期': list('auditor', ({ stationIds }) => ({
    organisationId: middle(stationIds),
    sort: 'businessDate',
  })),
  'claims of a unit, returned': list('auditor', ({ stationIds }) => ({
    organisationId: middle(stationIds),
    status: 'returned',
  })),
  'claims of an old fund': list('auditor', ({ fundIds }) => ({ fundId: fundIds[0] })),
  'claims of a fund, by amount': list('auditor', ({ fundIds }) => ({
    fundId: middle(fundIds),
    sort: 'amount',
  })),
  'claims of a fund and unit': list('auditor', ({ fundIds, stationIds }) => ({
    fundId: middle(fundIds),
    organisationId: stationIds[3],
  })),
  'claims decided review': list('auditor', () => ({ outcome: 'review' })),
  'claims under an exception': list('auditor', () => ({ hasWaiver: true })),
  'claims of a span of 业务日期': list('auditor', lastQuarter),
  'claims of an early month, by amount': list('auditor', () => ({ ...earlyMonth(), sort: 'amount' })),
  'claims over 9900 元': list('auditor', () => ({ amountMin: '9900.00' })),
  'claims of a payee': list('auditor', ({ payees }) => ({ payeeName: payees[7] })),
  'claims approved by me': list('finance', () => ({ approverId: 'me' })),
  'claims of an operator’s unit': list('operator', () => ({})),
  'claims made by me': list('operator', () => ({ makerId: 'me' })),
  'count of all claims': count('auditor', () => ({})),
  'count of a status': count('auditor', () => ({ status: 'submitted' })),
  'count of a unit': count('auditor', ({ stationIds }) => ({ organisationId: middle(stationIds) })),
  'count of a fund': count('auditor', ({ fundIds }) => ({ fundId: fundIds[0] })),
  'count of a span of 业务日期': count('auditor', lastQuarter),
  'work of 财务': ({ world, finance }) => workloadOf(world.store, finance, world.bookId, today()),
  'work of 经办': ({ world, operator }) => workloadOf(world.store, operator, world.bookId, today()),
  'work of 审核': ({ world, reviewer }) => workloadOf(world.store, reviewer, world.bookId, today()),
  'work of 出纳': ({ world, payer }) => workloadOf(world.store, payer, world.bookId, today()),
  'log, newest first': log(() => ({})),
  'log of a claim': log(({ claimIds }) => ({ subjectId: middle(claimIds), subjectType: 'claim' })),
  'log of claim.': log(() => ({ action: 'claim.' })),
  'log of a day': log(() => ({
    recordedFrom: `${addDays(today(), -400)}T00:00:00.000Z`,
    recordedUntil: `${addDays(today(), -399)}T00:00:00.000Z`,
  })),
  'funds with their amounts': ({ world, auditor }) =>
    listFunds(world.store, auditor, world.bookId, { limit: 50, count: true }),
};
