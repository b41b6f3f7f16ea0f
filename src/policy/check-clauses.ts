import type { Say } from './check.js';
import { numbersIn } from './numbers.js';
import type { Clause, Pack } from './pack.schema.js';

/** Clauses: each carried, quoted from its own words, without a gap in their series, and their numbers accounted for. */
export function checkClauses(pack: Pack, leftOut: ReadonlySet<string>, say: Say): void {
  const carried = new Set(pack.rules.flatMap((rule) => [rule.clause, ...rule.also]));
  const stated = new Set(pack.parameters.map(({ clause }) => clause));
  for (const [index, clause] of pack.clauses.entries()) {
    const at = ['clauses', index];
    const isMentioned = leftOut.has(clause.id);
    if (clause.status === 'enforced' && !carried.has(clause.id) && !isMentioned) {
      say(at, `条款 ${clause.id} 标为 enforced，但没有规则落实`);
    }
    if (clause.status !== 'enforced' && carried.has(clause.id)) {
      say([...at, 'status'], `条款 ${clause.id} 有规则落实，应标为 enforced`);
    }
    const missing = partNotIn(clause);
    if (missing !== null) {
      say([...at, 'quotation'], `条款 ${clause.id} 的引文“${missing}”不在 text 中：须逐字照录，略去处写……`);
    }
    const numbers = numbersIn(clause.text);
    if (numbers.length > 0 && clause.numbers === undefined && !stated.has(clause.id) && !isMentioned) {
      say(
        [...at, 'text'],
        `条款 ${clause.id} 的原文有数（${numbers.join('、')}），没有参数写明它：加一个 clause 为 ${clause.id} 的参数，或在 numbers 说明它为什么不是参数`,
      );
    }
  }
  checkSeries(pack, leftOut, say);
}

/** The first part of the quotation that the text does not have behind the parts before it; null when all are there. */
function partNotIn({ text, quotation }: Clause): string | null {
  const plain = text.replaceAll(/\s+/g, '');
  let from = 0;
  for (const part of quotation.split('……')) {
    const wanted = part.replaceAll(/\s+/g, '');
    const found = plain.indexOf(wanted, from);
    if (found < 0) return part;
    from = found + wanted.length;
  }
  return null;
}

/** A document's clauses are numbered without a gap, so that none can be left out unseen. */
function checkSeries(pack: Pack, leftOut: ReadonlySet<string>, say: Say): void {
  const ids = new Set(pack.clauses.map(({ id }) => id));
  for (const [n, { prefix, last }] of pack.document.series.entries()) {
    const numbered = new Set<string>();
    for (let number = 1; number <= last; number += 1) {
      const id = `${prefix}-${String(number).padStart(2, '0')}`;
      numbered.add(id);
      if (!ids.has(id) && !leftOut.has(id)) {
        say(['document', 'series', n], `缺少条款 ${id}：series 写明 ${prefix} 有 ${last} 条，不能跳号`);
      }
    }
    for (const [index, { id }] of pack.clauses.entries()) {
      if (id.startsWith(`${prefix}-`) && !numbered.has(id)) {
        say(['clauses', index, 'id'], `条款 ${id} 不在编号序列 ${prefix}-01 至末号 ${last} 之内`);
      }
    }
  }
}
