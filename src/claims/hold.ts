import { type LineRow, poolOf, reliefServiceFen } from '../contracts/index.js';
import type { Trx } from '../db/store.js';
import { type Posting, pool } from '../ledger/index.js';
import type { Facts } from '../policy/index.js';
import type { ClaimRow } from './claims.repository.js';

/** The pool that a line draws on. */
export type PoolOf = (line: LineRow) => Promise<string>;
export const poolIn =
  (trx: Trx): PoolOf =>
  (line) =>
    poolOf(trx, line);

/**
 * The money that a claim holds when it is submitted, one posting for each line first; with the pools that the lines draw
 * on, null where a contract promised the money.
 */
export async function holdOf(
  { contractId }: Pick<ClaimRow, 'contractId'>,
  lines: readonly LineRow[],
  funds: Facts['funds'],
  subjectOf: PoolOf,
): Promise<{ readonly postings: Posting[]; readonly pools: readonly string[] | null }> {
  if (contractId)
    return { postings: lines.map((line) => held(line, pool('encumbered', contractId))), pools: null };
  const pools: string[] = [];
  for (const line of lines) pools.push(await subjectOf(line));
  const postings = lines.map((line, index) => held(line, pool('available', pools[index])));
  for (const [fundId, amountFen] of reliefServiceFen(lines, funds, false)) {
    postings.push({ fundId, from: pool('service_quota'), to: pool('service_committed'), amountFen });
  }
  return { postings, pools };
}

const held = ({ fundId, amountFen }: LineRow, from: Posting['from']): Posting => ({
  fundId,
  from,
  to: pool('reserved'),
  amountFen,
});
