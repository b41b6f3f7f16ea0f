import type { Unit } from '../audit/index.js';
import { contractOfBook, type LineRow } from '../contracts/index.js';
import { notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { type Fen, parseYuan, showYuan, sumFen } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Caller } from '../organisations/index.js';
import type { Case } from './claims.repository.js';
import type { NewPayment } from './claims.schema.js';

export type Share = readonly [line: LineRow, amountFen: Fen];

/** How an amount falls on lines: as said, or filling the lines in their order. */
export function sharesOf(
  lines: readonly LineRow[],
  input: Pick<NewPayment, 'amount' | 'lines'>,
  roomOf: (line: LineRow) => Fen,
): Share[] {
  if (input.lines) {
    const shares = input.lines.map(({ lineId, amount }): Share => {
      const line = lines.find((candidate) => candidate.id === lineId);
      if (!line) throw notFound('明细行');
      return [line, parseYuan(amount)];
    });
    if (new Set(shares.map(([line]) => line.id)).size < shares.length)
      throw refuse('share_repeated', '同一明细行只能出现一次');
    const total = sumFen(shares.map(([, amountFen]) => amountFen));
    if (input.amount !== undefined && parseYuan(input.amount) !== total) {
      throw refuse('shares_disagree', `各明细合计 ${showYuan(total)} 元，与金额 ${input.amount} 元不符`);
    }
    for (const [line, amountFen] of shares) demandRoom(amountFen, roomOf(line));
    return shares;
  }
  let restFen = input.amount === undefined ? sumFen(lines.map(roomOf)) : parseYuan(input.amount);
  demandRoom(restFen, sumFen(lines.map(roomOf)));
  const shares: Share[] = [];
  for (const line of lines) {
    const roomFen = roomOf(line);
    const amountFen = restFen < roomFen ? restFen : roomFen;
    if (amountFen > 0n) shares.push([line, amountFen]);
    restFen -= amountFen;
  }
  return shares;
}

function demandRoom(amountFen: Fen, roomFen: Fen): void {
  if (amountFen > roomFen || amountFen === 0n) {
    throw refuse('share_exceeds_line', `本次 ${showYuan(amountFen)} 元，尚可办理 ${showYuan(roomFen)} 元`);
  }
}

export async function applyShares(
  unit: Unit,
  shares: readonly Share[],
  column: 'paidFen' | 'refundedFen',
  sign: 1n | -1n,
): Promise<void> {
  for (const [line, amountFen] of shares) {
    await unit.update('spendingLine', line, { [column]: line[column] + sign * amountFen });
  }
}

export async function addToContractPaid(unit: Unit, { claim }: Case, amountFen: Fen): Promise<void> {
  if (!claim.contractId) return;
  const contract = await contractOfBook(unit, claim.contractId, null);
  await unit.update('contract', contract, { paidFen: contract.paidFen + amountFen });
}

interface PaymentRecord {
  readonly kind: Row<'payment'>['kind'];
  readonly input: { readonly voucherNo: string; readonly effectiveDate: string };
  readonly shares: readonly Share[];
  readonly entryId: string;
  readonly reversesId: string | null;
}

export async function recordPayment(
  unit: Unit,
  caller: Caller,
  { claim }: Case,
  payment: PaymentRecord,
): Promise<void> {
  await unit.insert('payment', {
    id: newId(),
    claimId: claim.id,
    kind: payment.kind,
    voucherNo: payment.input.voucherNo,
    effectiveDate: payment.input.effectiveDate,
    amountFen: sumFen(payment.shares.map(([, amountFen]) => amountFen)),
    lines: JSON.stringify(storedShares(payment.shares)),
    entryId: payment.entryId,
    reversesId: payment.reversesId,
    personId: caller.actor.personId,
    logIndex: unit.logIndex,
  });
}

const storedShares = (shares: readonly Share[]) =>
  shares.map(([line, amountFen]) => [line.id, amountFen.toString()]);
