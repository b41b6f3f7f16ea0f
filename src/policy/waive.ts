import { sumFen } from '../core/money.js';
import type { CompiledRule } from './compile.js';
import type { Facts, WaiverFacts } from './facts.js';
import { within } from './kinds/base.js';

/** What the exceptions applied to a case say about one finding: one that holds, or why none does. */
export interface Waived {
  readonly by: WaiverFacts | null;
  /** Chinese; empty where no exception names the clause. */
  readonly faults: readonly string[];
}

const NONE: Waived = { by: null, faults: [] };

/**
 * The first applied exception (例外批准) that names the finding's own clause and holds today. `fundId` is null for a
 * finding about the whole case. Being applied is not enough: dates, revocation, fund and limit are looked at again at
 * every stage.
 */
export function waivedBy({ clause }: CompiledRule, facts: Facts, fundId: string | null): Waived {
  if (facts.waivers.length === 0) return NONE;
  const faults: string[] = [];
  for (const waiver of facts.waivers) {
    if (waiver.clause !== clause.id) continue;
    const fault = clause.nonWaivable
      ? `本条款不得例外：${clause.nonWaivable}`
      : faultOf(waiver, facts, fundId);
    if (fault === null) return { by: waiver, faults: [] };
    faults.push(`例外批准${waiver.documentNo}不适用：${fault}`);
  }
  return { by: null, faults };
}

function faultOf(waiver: WaiverFacts, facts: Facts, fundId: string | null): string | null {
  const date = facts.businessDate;
  if (waiver.isRevoked) return '已被撤销';
  if (!within(date, waiver.from, waiver.until)) {
    return `有效期为 ${waiver.from} 至 ${waiver.until}，业务日期是 ${date}`;
  }
  if (waiver.fundId !== null) {
    const isItsFund = fundId === null ? Object.hasOwn(facts.funds, waiver.fundId) : fundId === waiver.fundId;
    if (!isItsFund) return '它只针对另一笔资金';
  }
  if (waiver.limitFen !== null) {
    const own = facts.lines.filter((line) => waiver.fundId === null || line.fundId === waiver.fundId);
    if (waiver.usedFen + sumFen(own.map((line) => line.amountFen)) > waiver.limitFen) {
      return '本次金额加上已按它使用的金额超过批准的限额';
    }
  }
  return null;
}
