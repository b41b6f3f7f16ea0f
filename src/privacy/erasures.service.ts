import { type DataSubject, partySubject, runCommand, type Unit } from '../audit/index.js';
import { today } from '../core/dates.js';
import { notFound, refuse } from '../core/errors.js';
import type { Store, Trx } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import type { ErasureView, NewErasure } from './erasures.schema.js';

/** Claims whose words are still needed by those who work on them. */
const OPEN_STATUSES = ['draft', 'submitted', 'returned', 'reviewed', 'approved', 'partly_paid'];

/**
 * Erases a data subject in one book (PIPL art. 47): values and key are destroyed, the erasure itself is logged, and every
 * hash, balance and proof stays as it is, because tables and log never held more than commitments.
 * @throws DomainError `not_found` (nothing kept of it), `forbidden`, `wrong_status` (still at work).
 */
export async function eraseSubject(
  store: Store,
  caller: Caller,
  bookId: string,
  input: NewErasure,
): Promise<ErasureView> {
  const bureau = await bureauSubject(store.read, bookId);
  const subject: DataSubject =
    input.kind === 'party' ? partySubject(store.keys, input.name as string) : `${input.kind}/${input.id}`;
  const target = { bookId, action: 'data.erase', subject: { type: 'dataSubject', id: subject } };
  const erased: string[] = [];
  const view = await runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'data.erase', bureau);
    await demandAtRest(unit, input, subject);
    const key = await unit.trx
      .selectFrom('vaultKey')
      .selectAll()
      .where('bookId', '=', bookId)
      .where('subject', '=', subject)
      .executeTakeFirst();
    if (!key) throw notFound('这一主体的个人信息');
    erased.push(key.wrappedKey);
    if (input.kind === 'person') await freeLoginName(unit, input.id as string);
    await dropUnfinished(unit.trx, bookId, input);
    const values = await destroy(unit.trx, bookId, subject);
    const data = {
      documentNo: input.documentNo,
      values,
      reason: await unit.seal(input.reason, `erasure/${unit.logIndex}`),
    };
    await unit.append({ action: target.action, subject: target.subject, data });
    return { subject, values, documentNo: input.documentNo, at: unit.recordedAt, logIndex: unit.logIndex };
  });
  for (const wrapped of erased) store.keys.forget(wrapped);
  return view;
}

async function destroy(trx: Trx, bookId: string, subject: DataSubject): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('vaultValue')
    .where('bookId', '=', bookId)
    .where('subject', '=', subject)
    .executeTakeFirst();
  await trx.deleteFrom('vaultKey').where('bookId', '=', bookId).where('subject', '=', subject).execute();
  return Number(numDeletedRows);
}

/** Claims still being filled in, by the person in any book, or of the claim; and queries that the person kept. */
async function dropUnfinished(trx: Trx, bookId: string, { kind, id }: NewErasure): Promise<void> {
  const unfinished = trx.deleteFrom('unfinishedClaim');
  if (kind === 'person') {
    await unfinished.where('personId', '=', id).execute();
    await trx.deleteFrom('savedFilter').where('personId', '=', id).execute();
  }
  if (kind === 'claim') await unfinished.where('claimId', '=', id).where('bookId', '=', bookId).execute();
}

/** @throws DomainError `wrong_status` while somebody still works with the data. */
async function demandAtRest(unit: Unit, input: NewErasure, subject: DataSubject): Promise<void> {
  const { trx, book } = unit;
  if (input.kind === 'person') {
    const person = await trx
      .selectFrom('person')
      .select('isActive')
      .where('id', '=', input.id)
      .executeTakeFirst();
    if (person?.isActive === 1) throw refuse('wrong_status', '该人员仍在岗，请先停用再删除其个人信息');
  }
  if (input.kind === 'contract') {
    const contract = await trx
      .selectFrom('contract')
      .select('status')
      .where('id', '=', input.id)
      .executeTakeFirst();
    if (contract && contract.status !== 'closed')
      throw refuse('wrong_status', '合同尚未关闭，其内容仍在使用');
  }
  if (input.kind === 'waiver') {
    const waiver = await trx
      .selectFrom('waiver')
      .select('id')
      .where('id', '=', input.id)
      .where('status', 'in', ['requested', 'approved'])
      .where('untilDate', '>=', today(unit.context.now))
      .executeTakeFirst();
    if (waiver) throw refuse('wrong_status', '例外批准尚在办理或有效期内，其内容仍在使用');
  }
  const claims = trx.selectFrom('claim').select('id').where('bookId', '=', book.id);
  const open = claims.where('status', 'in', OPEN_STATUSES);
  if (input.kind === 'claim') {
    const claim = await open.where('id', '=', input.id).executeTakeFirst();
    if (claim) throw refuse('wrong_status', '报账单尚未办结，其内容仍在使用');
  }
  if (input.kind === 'party') {
    const kept = await trx
      .selectFrom('vaultValue')
      .select('digest')
      .where('bookId', '=', book.id)
      .where('subject', '=', subject)
      .execute();
    for (const { digest } of kept) {
      const claim = await open.where('payeeName', '=', `sealed:${digest}`).executeTakeFirst();
      if (claim) throw refuse('wrong_status', '该收款人还有未办结的报账单，办结后才能删除');
    }
  }
}

/** The blind index of a login name would tell who had it, to somebody with the master key. */
async function freeLoginName(unit: Unit, personId: string): Promise<void> {
  const person = await unit.trx
    .selectFrom('person')
    .selectAll()
    .where('id', '=', personId)
    .executeTakeFirstOrThrow();
  await unit.update('person', person, { loginIndex: `erased ${personId}`, version: person.version + 1 });
}
