import type { z } from 'zod';
import { runCommand, type Unit } from '../audit/index.js';
import type { BusinessDate } from '../core/dates.js';
import { notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { formatYuan } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Store, Trx } from '../db/store.js';
import { bureauSubject, type FundTerms, type Posting, pool, post } from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import type { intakeView, newIntake } from './allotments.schema.js';

interface Issue {
  readonly bookId: string;
  readonly recipientBookId: string | null;
  readonly fundId: string;
  readonly amountFen: bigint;
  readonly logIndex: number;
  readonly effectiveDate: BusinessDate;
  readonly documentNo: string;
  readonly allotmentItemId: string;
  readonly parts: readonly { organisationId: string; amountFen: string }[];
}

/**
 * 收文/到账: takes into this book what the upper book issued to it, naming the issue by its log hash. Authority
 * opens (or adds to) the lower book's fund of the same grant, and the document's split becomes the stations'
 * own pools. Cash goes to the fund that its authority was taken into.
 * @throws DomainError `not_found` (nothing issued to this book), `already_exists` (taken in before),
 *   `intake_before_issue`, `authority_not_taken_in`.
 */
export async function takeIn(
  store: Store,
  caller: Caller,
  bookId: string,
  input: z.infer<typeof newIntake>,
): Promise<z.infer<typeof intakeView>> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: `intake.${input.kind}`, subject: { type: 'intake', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'intake.record', subject);
    const { trx } = unit;
    const issue =
      input.kind === 'allotment'
        ? await allotmentIssue(trx, input.issueId)
        : await cashIssue(trx, input.issueId);
    if (!issue || issue.recipientBookId !== bookId) throw notFound('下达给本级的这笔资金');
    if (input.effectiveDate < issue.effectiveDate) {
      throw refuse(
        'intake_before_issue',
        `收文日期 ${input.effectiveDate} 早于上级下达日期 ${issue.effectiveDate}`,
      );
    }
    const { leafHash } = await trx
      .selectFrom('logEntry')
      .select('leafHash')
      .where('bookId', '=', issue.bookId)
      .where('logIndex', '=', issue.logIndex)
      .executeTakeFirstOrThrow();
    const fundId =
      input.kind === 'allotment'
        ? await openFund(unit, issue)
        : await fundTakenIn(trx, issue.allotmentItemId);
    const row = {
      id,
      bookId,
      fundId,
      kind: input.kind,
      issueId: input.issueId,
      issueBookId: issue.bookId,
      issueLogIndex: issue.logIndex,
      issueLeafHash: leafHash,
      documentNo: input.documentNo,
      effectiveDate: input.effectiveDate,
      amountFen: issue.amountFen,
      logIndex: unit.logIndex,
    };
    await unit.insert('intake', row);
    await post(unit, {
      kind: target.action,
      effectiveDate: input.effectiveDate,
      subject: target.subject,
      postings: intakePostings(input.kind, fundId, issue),
    });
    await unit.append({ action: target.action, subject: target.subject });
    return {
      ...input,
      id,
      bookId,
      fundId,
      amount: formatYuan(issue.amountFen),
      issueLeafHash: leafHash,
      logIndex: unit.logIndex,
    };
  });
}

function intakePostings(kind: 'allotment' | 'disbursement', fundId: string, issue: Issue): Posting[] {
  if (kind === 'disbursement') {
    return [{ fundId, from: pool('received'), to: pool('bank'), amountFen: issue.amountFen }];
  }
  const postings: Posting[] = [
    { fundId, from: pool('allotted'), to: pool('available'), amountFen: issue.amountFen },
  ];
  for (const { organisationId, amountFen } of issue.parts) {
    postings.push({
      fundId,
      from: pool('available'),
      to: pool('available', organisationId),
      amountFen: BigInt(amountFen),
    });
  }
  return postings;
}

async function allotmentIssue(trx: Trx, itemId: string): Promise<Issue | null> {
  const row = await trx
    .selectFrom('allotmentItem')
    .innerJoin('allotment', 'allotment.id', 'allotmentItem.allotmentId')
    .selectAll('allotmentItem')
    .select(['allotment.effectiveDate', 'allotment.documentNo', 'allotment.logIndex'])
    .where('allotmentItem.id', '=', itemId)
    .executeTakeFirst();
  return row ? { ...row, allotmentItemId: row.id, parts: JSON.parse(row.parts) } : null;
}

async function cashIssue(trx: Trx, disbursementId: string): Promise<Issue | null> {
  const row = await trx
    .selectFrom('disbursement')
    .selectAll()
    .where('id', '=', disbursementId)
    .executeTakeFirst();
  return row ? { ...row, documentNo: row.voucherNo, parts: [] } : null;
}

/** The lower book's fund of the same grant: type, level, year and terms come down unchanged. */
async function openFund(unit: Unit, issue: Issue): Promise<string> {
  const { trx } = unit;
  const upper = await trx
    .selectFrom('fund')
    .selectAll()
    .where('id', '=', issue.fundId)
    .executeTakeFirstOrThrow();
  const known = await trx
    .selectFrom('fund')
    .select('id')
    .where('bookId', '=', unit.book.id)
    .where('documentNo', '=', issue.documentNo)
    .where('type', '=', upper.type)
    .where('level', '=', upper.level)
    .where('name', '=', upper.name)
    .executeTakeFirst();
  if (known) return known.id;
  const fund = await unit.insert('fund', {
    ...upper,
    id: newId(),
    documentNo: issue.documentNo,
    createdAt: unit.recordedAt,
    version: 1,
    terms: await termsBelow(trx, upper, issue),
  });
  return fund.id;
}

/** A split among stations is the declaration of those stations, where the grant itself records no list. */
async function termsBelow(trx: Trx, upper: Row<'fund'>, issue: Issue): Promise<string> {
  const terms = JSON.parse(upper.terms) as FundTerms;
  if (terms.type !== 'provincial_subsidy' || terms.declaredStationIds !== null || issue.parts.length === 0)
    return upper.terms;
  const stations = await trx
    .selectFrom('organisation')
    .select('id')
    .where(
      'parentId',
      'in',
      issue.parts.map((part) => part.organisationId),
    )
    .where('kind', '=', 'station_township')
    .orderBy('id')
    .execute();
  const named = [...issue.parts.map((part) => part.organisationId), ...stations.map((station) => station.id)];
  return JSON.stringify({ ...terms, declaredStationIds: named });
}

async function fundTakenIn(trx: Trx, allotmentItemId: string): Promise<string> {
  const intake = await trx
    .selectFrom('intake')
    .select('fundId')
    .where('kind', '=', 'allotment')
    .where('issueId', '=', allotmentItemId)
    .executeTakeFirst();
  if (!intake) throw refuse('authority_not_taken_in', '请先收文登记这笔资金的下达指标，再登记到账');
  return intake.fundId;
}
