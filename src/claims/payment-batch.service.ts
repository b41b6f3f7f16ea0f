import { answeredKeys, idempotencyConflict, runCommand } from '../audit/index.js';
import { decisionView } from '../contracts/index.js';
import { groupBy } from '../core/collections.js';
import { DomainError } from '../core/errors.js';
import { formatYuan, parseYuan, sumFen } from '../core/money.js';
import type { Store } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Caller, demand, may } from '../organisations/index.js';
import { type PackSet, reviveDecision } from '../policy/index.js';
import type { NewPaymentBatch, PaymentBatchAnswer } from './claims.schema.js';
import { payClaim } from './payments.service.js';

type Item = PaymentBatchAnswer['items'][number];

/**
 * 批量支付: pays claim after claim by `payClaim`, each a command of its own, so that one refused item stops no other.
 * Under an Idempotency-Key each item is answered under `key/index`: sent again, nothing is paid twice and what was
 * cut short goes on.
 * @throws DomainError before anything is paid: `forbidden` (no payer of the book), `idempotency_conflict` (the key was
 *   used for another batch), `voucher_taken` with every voucher that is missing, repeated or in use.
 */
export async function payBatch(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  input: NewPaymentBatch,
): Promise<PaymentBatchAnswer> {
  await demandPayer(store, caller, bookId);
  const vouchers = voucherNumbers(input);
  // In this order: whatever made a voucher used has its answer kept as well.
  const used = await usedVouchers(store, bookId, vouchers);
  const answered = await answeredItems(store, caller, input.items.length);
  demandVouchersFree(vouchers, used, answered);
  const items: Item[] = [];
  for (const [index, { claimId, amount, note }] of input.items.entries()) {
    const voucherNo = vouchers[index] as string;
    const payment = {
      voucherNo,
      effectiveDate: input.effectiveDate,
      note,
      ...(amount === undefined ? {} : { amount }),
    };
    try {
      const { claim } = await payClaim(store, packs, itemCaller(caller, index), bookId, claimId, payment);
      const made = claim.payments.findLast((one) => one.voucherNo === voucherNo && one.kind === 'payment');
      if (!made) throw new Error(`payment ${voucherNo} is not among those of claim ${claimId}`);
      items.push({ claimId, voucherNo, ok: true, payment: made, claimStatus: claim.status, problem: null });
    } catch (thrown) {
      if (!(thrown instanceof DomainError)) throw thrown;
      items.push({
        claimId,
        voucherNo,
        ok: false,
        payment: null,
        claimStatus: null,
        problem: problemOf(thrown),
      });
    }
  }
  const made = items.flatMap((item) => (item.payment ? [item.payment] : []));
  return {
    paidItems: made.length,
    refusedItems: items.length - made.length,
    amount: formatYuan(sumFen(made.map((payment) => parseYuan(payment.amount)))),
    items,
  };
}

/** Whoever is no payer of the book at all is refused as a whole, once, and the log says so. */
async function demandPayer(store: Store, caller: Caller, bookId: string): Promise<void> {
  const subject = await bureauSubject(store.read, bookId);
  if (may(caller.actor, 'claim.pay', subject).allowed) return;
  const target = { bookId, action: 'claim.pay', subject: { type: 'book', id: bookId } };
  await runCommand(store, target, caller.context, async () => demand(caller.actor, 'claim.pay', subject));
}

/** The voucher of each item; undefined where neither it nor a series names one. */
function voucherNumbers({ items, voucherSeries }: NewPaymentBatch): (string | undefined)[] {
  let next = voucherSeries?.start ?? 0;
  return items.map(({ voucherNo }) => {
    if (voucherNo !== undefined || !voucherSeries) return voucherNo;
    const number = String(next).padStart(voucherSeries.digits, '0');
    next += 1;
    return `${voucherSeries.prefix}${number}`;
  });
}

const keyOfItem = (key: string, index: number) => `${key}/${index}`;

function itemCaller({ actor, context }: Caller, index: number): Caller {
  const { idempotency } = context;
  if (!idempotency) return { actor, context };
  const key = keyOfItem(idempotency.key, index);
  return { actor, context: { ...context, idempotency: { ...idempotency, key } } };
}

/** The items that were answered when the batch was sent before. @throws DomainError `idempotency_conflict` */
async function answeredItems(store: Store, { context }: Caller, count: number): Promise<Set<number>> {
  const { idempotency } = context;
  if (!idempotency) return new Set();
  const keys = Array.from({ length: count }, (_, index) => keyOfItem(idempotency.key, index));
  const kept = await answeredKeys(store.read, context.actorId, keys);
  if ([...kept.values()].some((hash) => hash !== idempotency.requestHash)) throw idempotencyConflict();
  return new Set(keys.flatMap((key, index) => (kept.has(key) ? [index] : [])));
}

async function usedVouchers(
  store: Store,
  bookId: string,
  vouchers: readonly (string | undefined)[],
): Promise<ReadonlySet<string>> {
  const named = vouchers.filter((voucher) => voucher !== undefined);
  if (named.length === 0) return new Set();
  const rows = await store.read
    .selectFrom('payment')
    .select('voucherNo')
    .where('bookId', '=', bookId)
    .where('voucherNo', 'in', named)
    .execute();
  return new Set(rows.map((row) => row.voucherNo));
}

/** @throws DomainError `voucher_taken`, naming the place of every fault at once */
function demandVouchersFree(
  vouchers: readonly (string | undefined)[],
  used: ReadonlySet<string>,
  answered: ReadonlySet<number>,
): void {
  const places = groupBy(vouchers.keys(), (index) => vouchers[index]);
  const faultOf = (voucher: string | undefined, index: number): [code: string, message: string] | null => {
    if (voucher === undefined) return ['voucher_missing', '请填写凭证号，或给出统一的凭证号前缀与起始号'];
    if (places.get(voucher)?.[0] !== index) return ['voucher_repeated', `凭证号 ${voucher} 在本批中重复`];
    if (used.has(voucher) && !answered.has(index)) return ['voucher_used', `凭证号 ${voucher} 已经使用`];
    return null;
  };
  const errors = vouchers.flatMap((voucher, index) => {
    const fault = faultOf(voucher, index);
    const path = `/items/${index}/voucherNo`;
    return fault ? [{ in: 'body' as const, path, code: fault[0], message: fault[1] }] : [];
  });
  if (errors.length === 0) return;
  const message = `有 ${errors.length} 处凭证号不能使用，本批未支付任何一笔`;
  throw new DomainError('voucher_taken', message, { details: { errors } });
}

/** A refusal as it was kept: its decision is JSON with amounts in 分. */
function problemOf({ code, message, options }: DomainError): Item['problem'] {
  const decision = options.details?.['decision'];
  return {
    code,
    detail: message,
    decision: decision === undefined ? null : decisionView(reviveDecision(decision)),
  };
}
