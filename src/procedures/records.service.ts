import type { z } from 'zod';
import { demandAttachments } from '../attachments/index.js';
import { runCommand, type Unit } from '../audit/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import { today } from '../core/dates.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import type { ListPage } from '../core/page.js';
import type { Row } from '../db/database.js';
import { countUpTo, keyset, listPage, type SortKey, within } from '../db/keyset.js';
import type { Store } from '../db/store.js';
import { bureauSubject, demandBookRead, fundOfBook } from '../ledger/index.js';
import { type Actor, type Caller, demand } from '../organisations/index.js';
import { PROCEDURES, type Procedure } from '../policy/index.js';
import type {
  NewProcedureRecord,
  PROCEDURE_SORTS,
  ProcedureRecordView,
  procedureRecordQuery,
  procedureWithdrawal,
} from './records.schema.js';

/**
 * Records that a duty was done for a fund, a contract or a year of the book. A record that no coverage would ever show
 * is refused.
 * @throws DomainError `procedure_record_invalid` with every fault at once, `not_found` (fund, contract, attachment),
 *   `forbidden`.
 */
export async function recordProcedure(
  store: Store,
  caller: Caller,
  bookId: string,
  input: NewProcedureRecord,
): Promise<ProcedureRecordView> {
  const id = newId();
  const bureau = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'procedure.record', subject: { type: 'procedureRecord', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'procedure.record', bureau);
    const faults = [...formFaults(input, today(unit.context.now)), ...(await yearFaults(unit, input))];
    if (faults.length > 0) {
      const details = { faults };
      throw new DomainError('procedure_record_invalid', `不能登记：${faults.join('；')}`, { details });
    }
    await demandAttachments(unit.trx, bookId, input.attachments);
    const subject = `procedureRecord/${id}`;
    const row = await unit.insert('procedureRecord', {
      ...input,
      id,
      attachments: canonicalJson([...new Set(input.attachments)]),
      title: await unit.seal(input.title, subject),
      note: await unit.sealNote(input.note, subject),
      recordedBy: caller.actor.personId,
      recordedAt: unit.recordedAt,
      withdrawnBy: null,
      withdrawnAt: null,
      withdrawnReason: null,
    });
    await unit.append({ action: target.action, subject: target.subject });
    return toView(row);
  });
}

const SUBJECTS = {
  fund: { word: '资金批次', isGiven: (given: NewProcedureRecord) => given.fundId !== null },
  contract: { word: '合同', isGiven: (given: NewProcedureRecord) => given.contractId !== null },
} as const;

function formFaults(input: NewProcedureRecord, now: string): string[] {
  const { label, per } = PROCEDURES[input.kind];
  const faults: string[] = [];
  for (const [each, { word, isGiven }] of Object.entries(SUBJECTS)) {
    if (per === each && !isGiven(input)) faults.push(`“${label}”按${word}登记，请指明${word}`);
    if (per !== each && isGiven(input)) faults.push(`“${label}”不按${word}登记，请勿指明${word}`);
  }
  if (input.documentNo === null && input.attachments.length === 0) faults.push('请填写文号或至少附一份材料');
  if (input.date > now) faults.push(`办理日期 ${input.date} 还没有到`);
  return faults;
}

/** A fund is shown in its budget year, a contract in the years of its term. @throws DomainError `not_found` */
async function yearFaults(unit: Unit, { kind, year, fundId, contractId }: NewProcedureRecord) {
  const { per } = PROCEDURES[kind];
  if (per === 'fund' && fundId !== null) {
    const fund = await fundOfBook(unit, fundId);
    if (fund.year !== year) return [`该资金批次属于 ${fund.year} 年度`];
  }
  if (per === 'contract' && contractId !== null) {
    const contract = await unit.trx
      .selectFrom('contract')
      .select(['startDate', 'endDate'])
      .where('id', '=', contractId)
      .where('bookId', '=', unit.book.id)
      .executeTakeFirst();
    if (!contract) throw notFound('合同');
    const [first, last] = [contract.startDate.slice(0, 4), contract.endDate.slice(0, 4)];
    if (String(year) < first || String(year) > last) return [`该合同的期限在 ${first} 至 ${last} 年`];
  }
  return [];
}

/**
 * Marks a record as withdrawn: it no longer counts and stays readable. Once only.
 * @throws DomainError `not_found`, `forbidden`, `wrong_status` (withdrawn already).
 */
export async function withdrawProcedure(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  input: z.infer<typeof procedureWithdrawal>,
): Promise<ProcedureRecordView> {
  const bureau = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'procedure.withdraw', subject: { type: 'procedureRecord', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'procedure.withdraw', bureau);
    const row = await unit.trx
      .selectFrom('procedureRecord')
      .selectAll()
      .where('id', '=', id)
      .where('bookId', '=', bookId)
      .executeTakeFirst();
    if (!row) throw notFound('程序记录');
    if (row.withdrawnAt !== null) throw refuse('wrong_status', '该程序记录已经撤销');
    const withdrawn = await unit.update('procedureRecord', row, {
      withdrawnBy: caller.actor.personId,
      withdrawnAt: unit.recordedAt,
      withdrawnReason: await unit.seal(input.reason, `procedureRecord/${id}`),
    });
    await unit.append({ action: target.action, subject: target.subject });
    return toView(withdrawn);
  });
}

/** Ids ascend with time. */
const SORTS: Readonly<Record<(typeof PROCEDURE_SORTS)[number], SortKey>> = {
  recordedAt: { column: 'id' },
  date: { column: 'date' },
};

/** Records of a book, newest first unless asked otherwise, withdrawn ones among them unless the query says otherwise. */
export async function listProcedures(
  store: Store,
  actor: Actor,
  bookId: string,
  query: z.infer<typeof procedureRecordQuery>,
): Promise<ListPage<ProcedureRecordView>> {
  await demandBookRead(store.read, actor, bookId);
  let rows = store.read.selectFrom('procedureRecord').selectAll().where('bookId', '=', bookId);
  for (const column of ['kind', 'year', 'fundId', 'contractId'] as const) {
    const value = query[column];
    if (value !== undefined) rows = rows.where(column, '=', value);
  }
  if (query.state !== 'all')
    rows = rows.where('withdrawnAt', query.state === 'counting' ? 'is' : 'is not', null);
  const set = keyset(SORTS, query);
  const total = query.count ? await countUpTo(store.read, rows) : null;
  return listPage(await within(rows, set).execute(), set, total, async (shown) => shown.map(toView));
}

/** @throws DomainError `not_found` */
export async function getProcedure(
  store: Store,
  actor: Actor,
  bookId: string,
  id: string,
): Promise<ProcedureRecordView> {
  await demandBookRead(store.read, actor, bookId);
  const row = await store.read
    .selectFrom('procedureRecord')
    .selectAll()
    .where('id', '=', id)
    .where('bookId', '=', bookId)
    .executeTakeFirst();
  if (!row) throw notFound('程序记录');
  return toView(row);
}

function toView(row: Row<'procedureRecord'>): ProcedureRecordView {
  const kind = row.kind as Procedure;
  return { ...row, kind, kindLabel: PROCEDURES[kind].label, attachments: JSON.parse(row.attachments) };
}
