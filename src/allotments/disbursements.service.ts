import type { z } from 'zod';
import { runCommand } from '../audit/index.js';
import type { BusinessDate } from '../core/dates.js';
import { notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { parseYuan, showYuan, sumFen } from '../core/money.js';
import type { Store } from '../db/store.js';
import { bureauSubject, pool, post } from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import type { disbursementView, newDisbursement } from './allotments.schema.js';

/**
 * 拨付: pays cash down, following an allotment to a lower book and never beyond it; the cash is in transit until
 * the lower book's intake is acknowledged.
 * @throws DomainError `disbursement_exceeds_allotment`, `recipient_has_no_book`, `insufficient_balance` (bank).
 */
export async function disburse(
  store: Store,
  caller: Caller,
  bookId: string,
  input: z.infer<typeof newDisbursement>,
): Promise<z.infer<typeof disbursementView>> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'disbursement.issue', subject: { type: 'disbursement', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'disbursement.issue', subject);
    const { trx } = unit;
    const item = await trx
      .selectFrom('allotmentItem')
      .selectAll()
      .where('id', '=', input.allotmentItemId)
      .where('bookId', '=', bookId)
      .executeTakeFirst();
    if (!item) throw notFound('下达明细');
    if (!item.recipientBookId)
      throw refuse('recipient_has_no_book', '接收单位没有独立账套，资金由本级直接支付，不作拨付');
    const paid = await trx
      .selectFrom('disbursement')
      .select('amountFen')
      .where('allotmentItemId', '=', item.id)
      .execute();
    const amountFen = parseYuan(input.amount);
    const roomFen = item.amountFen - sumFen(paid.map((row) => row.amountFen));
    if (amountFen > roomFen) {
      throw refuse(
        'disbursement_exceeds_allotment',
        `拨付超过下达数：该笔下达尚可拨付 ${showYuan(roomFen)} 元，本次 ${showYuan(amountFen)} 元`,
      );
    }
    const row = {
      id,
      bookId,
      fundId: item.fundId,
      allotmentItemId: item.id,
      recipientBookId: item.recipientBookId,
      voucherNo: input.voucherNo,
      effectiveDate: input.effectiveDate,
      amountFen,
      logIndex: unit.logIndex,
    };
    await unit.insert('disbursement', row);
    await post(unit, {
      kind: target.action,
      effectiveDate: input.effectiveDate,
      subject: target.subject,
      postings: [{ fundId: item.fundId, from: pool('bank'), to: pool('in_transit', id), amountFen }],
    });
    await unit.append({ action: target.action, subject: target.subject });
    return {
      ...input,
      id,
      bookId,
      fundId: item.fundId,
      recipientBookId: item.recipientBookId,
      logIndex: unit.logIndex,
    };
  });
}

/** The upper book takes note of the lower one's intake: the cash is no longer in transit. */
export async function acknowledge(
  store: Store,
  caller: Caller,
  bookId: string,
  disbursementId: string,
  effectiveDate: BusinessDate,
) {
  const subject = await bureauSubject(store.read, bookId);
  const target = {
    bookId,
    action: 'disbursement.acknowledge',
    subject: { type: 'disbursement', id: disbursementId },
  };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'intake.record', subject);
    const { trx } = unit;
    const disbursement = await trx
      .selectFrom('disbursement')
      .selectAll()
      .where('id', '=', disbursementId)
      .where('bookId', '=', bookId)
      .executeTakeFirst();
    if (!disbursement) throw notFound('拨付记录');
    const intake = await trx
      .selectFrom('intake')
      .selectAll()
      .where('kind', '=', 'disbursement')
      .where('issueId', '=', disbursementId)
      .executeTakeFirst();
    if (!intake) throw refuse('not_taken_in', '下级尚未登记到账，不能确认');
    const row = { disbursementId, bookId, intakeId: intake.id, logIndex: unit.logIndex };
    await unit.insert('acknowledgement', row);
    await post(unit, {
      kind: target.action,
      effectiveDate,
      subject: target.subject,
      postings: [
        {
          fundId: disbursement.fundId,
          from: pool('in_transit', disbursementId),
          to: pool('paid_out'),
          amountFen: disbursement.amountFen,
        },
      ],
    });
    const { leafHash } = await trx
      .selectFrom('logEntry')
      .select('leafHash')
      .where('bookId', '=', intake.bookId)
      .where('logIndex', '=', intake.logIndex)
      .executeTakeFirstOrThrow();
    const data = { intakeId: intake.id, intakeBookId: intake.bookId, intakeLeafHash: leafHash };
    await unit.append({ action: target.action, subject: target.subject, data });
    return { disbursementId, intakeId: intake.id, logIndex: unit.logIndex };
  });
}
