import { demandAttachments } from '../attachments/index.js';
import { runCommand, type Unit } from '../audit/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import { addMonths, today } from '../core/dates.js';
import { notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { parseYuan } from '../core/money.js';
import type { SourceType } from '../core/vocabulary.js';
import type { Store } from '../db/store.js';
import { bureauOfBook, bureauSubject } from '../ledger/index.js';
import { type Action, type Caller, demand, type Subject } from '../organisations/index.js';
import { type PackSet, waiverFaults } from '../policy/index.js';
import { type WaiverRow, waiverOfBook } from './waivers.repository.js';
import {
  MAX_WAIVER_MONTHS,
  type NewWaiver,
  WAIVER_STATUS_LABELS,
  type WaiverView,
} from './waivers.schema.js';
import { waiverViews } from './waivers.views.js';

/**
 * Asks for an exception. Nothing passes under it until another person has approved it.
 * @throws DomainError `waiver_not_possible` with every fault at once, `not_found` (fund, claim, contract, attachment).
 */
export async function requestWaiver(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  input: NewWaiver,
): Promise<WaiverView> {
  const id = newId();
  const target = { bookId, action: 'waiver.request', subject: { type: 'waiver', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const { trx } = unit;
    const bureau = await bureauOfBook(trx, bookId);
    demand(caller.actor, 'waiver.request', {
      bureauPath: bureau.bureauPath,
      organisationPath: await unitOf(unit, input.subject, bureau.bureauPath),
    });
    const sourceType = input.fundId === null ? null : await sourceOf(unit, input.fundId);
    const faults = [...scopeFaults(input), ...termFaults(input, today(unit.context.now))];
    const { divisionCode } = bureau;
    faults.push(...waiverFaults(packs, { ...input, divisionCode, sourceType }));
    if (faults.length > 0)
      throw refuse('waiver_not_possible', `不能申请例外：${faults.join('；')}`, { faults });
    await demandAttachments(trx, bookId, input.evidence);
    const row = await unit.insert('waiver', {
      id,
      clause: input.clause,
      fundId: input.fundId,
      subjectType: input.subject?.type ?? null,
      subjectId: input.subject?.id ?? null,
      limitFen: input.limit === null ? null : parseYuan(input.limit),
      reason: await unit.seal(input.reason, `waiver/${id}`),
      evidence: canonicalJson([...new Set(input.evidence)]),
      fromDate: input.from,
      untilDate: input.until,
      status: 'requested',
      requestedBy: caller.actor.personId,
      requestedAt: unit.recordedAt,
      documentNo: null,
      decidedBy: null,
      decidedAt: null,
      decisionReason: null,
      revokedBy: null,
      revokedAt: null,
      revokedReason: null,
      version: 1,
    });
    return finish(unit, target, row);
  });
}

/** A blanket exception over a whole book is none. */
const scopeFaults = ({ fundId, subject }: NewWaiver): string[] =>
  fundId === null && subject === null ? ['须指明所针对的资金批次，或所针对的报账单或合同'] : [];

function termFaults({ from, until }: NewWaiver, now: string): string[] {
  const faults: string[] = [];
  const last = addMonths(now, MAX_WAIVER_MONTHS);
  if (from > until) faults.push('起始日期晚于截止日期');
  if (until < now) faults.push(`截止日期 ${until} 已过`);
  if (until > last) faults.push(`有效期最长 ${MAX_WAIVER_MONTHS} 个月，截止日期不能晚于 ${last}`);
  return faults;
}

/** The unit that asks: whose claim it is, or the bureau. @throws DomainError `not_found` */
async function unitOf(unit: Unit, subject: NewWaiver['subject'], bureauPath: string): Promise<string> {
  if (subject?.type === 'claim') {
    const claim = await unit.trx
      .selectFrom('claim')
      .innerJoin('organisation', 'organisation.id', 'claim.organisationId')
      .select('organisation.path')
      .where('claim.id', '=', subject.id)
      .where('claim.bookId', '=', unit.book.id)
      .executeTakeFirst();
    if (!claim) throw notFound('报账单');
    return claim.path;
  }
  if (subject?.type === 'contract') {
    const contract = await unit.trx
      .selectFrom('contract')
      .select('id')
      .where('id', '=', subject.id)
      .where('bookId', '=', unit.book.id)
      .executeTakeFirst();
    if (!contract) throw notFound('合同');
  }
  return bureauPath;
}

async function sourceOf(unit: Unit, fundId: string): Promise<SourceType> {
  const fund = await unit.trx
    .selectFrom('fund')
    .select('type')
    .where('id', '=', fundId)
    .where('bookId', '=', unit.book.id)
    .executeTakeFirst();
  if (!fund) throw notFound('资金批次');
  return fund.type as SourceType;
}

/**
 * Approves what another person asked for, under a 文号. An exception does not work backwards: it begins on the day of
 * the approval at the earliest.
 * @throws DomainError `separation_of_duties`, `wrong_status`, `waiver_not_possible` (expired, or the clause has
 *   become one that nobody may waive).
 */
export function approveWaiver(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  id: string,
  version: number | null,
  input: { readonly documentNo: string },
): Promise<WaiverView> {
  return step(store, caller, 'waiver.approve', 'requested', bookId, id, version, async (unit, waiver) => {
    const now = today(unit.context.now);
    const from = waiver.fromDate < now ? now : waiver.fromDate;
    const { divisionCode } = await bureauOfBook(unit.trx, bookId);
    const faults = from > waiver.untilDate ? [`截止日期 ${waiver.untilDate} 已过`] : [];
    const { clause, untilDate: until } = waiver;
    const sourceType = waiver.fundId === null ? null : await sourceOf(unit, waiver.fundId);
    faults.push(...waiverFaults(packs, { clause, divisionCode, sourceType, from, until }));
    if (faults.length > 0) throw refuse('waiver_not_possible', `不能批准：${faults.join('；')}`, { faults });
    return {
      status: 'approved',
      fromDate: from,
      documentNo: input.documentNo,
      decidedBy: caller.actor.personId,
      decidedAt: unit.recordedAt,
    };
  });
}

/** Turns a request down; final. @throws DomainError `separation_of_duties`, `wrong_status` */
export function rejectWaiver(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  version: number | null,
  input: { readonly reason: string },
): Promise<WaiverView> {
  return step(store, caller, 'waiver.reject', 'requested', bookId, id, version, async (unit) => ({
    status: 'rejected',
    decidedBy: caller.actor.personId,
    decidedAt: unit.recordedAt,
    decisionReason: await unit.seal(input.reason, `waiver/${id}`),
  }));
}

/** Ends an exception at once: what was not paid under it by now is judged without it. @throws DomainError `wrong_status` */
export function revokeWaiver(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  version: number | null,
  input: { readonly reason: string },
): Promise<WaiverView> {
  return step(store, caller, 'waiver.revoke', 'approved', bookId, id, version, async (unit) => ({
    status: 'revoked',
    revokedBy: caller.actor.personId,
    revokedAt: unit.recordedAt,
    revokedReason: await unit.seal(input.reason, `waiver/${id}`),
  }));
}

async function step(
  store: Store,
  caller: Caller,
  action: Action,
  from: WaiverRow['status'],
  bookId: string,
  id: string,
  version: number | null,
  change: (unit: Unit, waiver: WaiverRow) => Promise<Partial<WaiverRow>>,
): Promise<WaiverView> {
  const bureau: Subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action, subject: { type: 'waiver', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const waiver = await waiverOfBook(unit, id, version);
    demand(caller.actor, action, { ...bureau, makerId: waiver.requestedBy });
    if (waiver.status !== from) {
      const now = WAIVER_STATUS_LABELS[waiver.status];
      throw refuse('wrong_status', `例外${now}，这一步只适用于：${WAIVER_STATUS_LABELS[from]}`);
    }
    const changes = { ...(await change(unit, waiver)), version: waiver.version + 1 };
    return finish(unit, target, await unit.update('waiver', waiver, changes));
  });
}

async function finish(
  unit: Unit,
  { action, subject }: { readonly action: string; readonly subject: { type: string; id: string } },
  row: WaiverRow,
): Promise<WaiverView> {
  await unit.append({ action, subject });
  const [view] = await waiverViews(unit.trx, [row]);
  return view as WaiverView;
}
