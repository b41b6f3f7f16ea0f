import { isBusinessDate, today } from '../core/dates.js';
import { DomainError } from '../core/errors.js';
import { SOURCE_LABELS, SOURCE_TYPES } from '../core/vocabulary.js';
import { gapsOf, lifeOf, loadPacks, type PolicyGap } from '../policy/index.js';

/**
 * Prints when and where clauses, sources of money and parameters are without a rule or a value. Values known to be
 * unknown (待补) are only listed; exit code 1 when anything else is missing.
 * @throws DomainError `date_malformed`, `period_inverted`
 */
export function printGaps(options: { packs?: string; from?: string; until?: string }): void {
  const { packs } = loadPacks(options.packs);
  for (const date of [options.from, options.until]) {
    if (date !== undefined && !isBusinessDate(date))
      throw new DomainError('date_malformed', `日期“${date}”不合规（YYYY-MM-DD）`);
  }
  const life = lifeOf(packs, today());
  const [from, until] = [options.from ?? life.from, options.until ?? life.until];
  const gaps = gapsOf(packs, from, until);
  for (const gap of gaps) console.log(`${gap.isKnown ? '待补' : '缺口'}\t${describeGap(gap)}`);
  const missing = gaps.filter(({ isKnown }) => !isKnown).length;
  console.log(`${from} 至 ${until}：缺口 ${missing} 处，待补 ${gaps.length - missing} 处`);
  if (missing > 0) process.exitCode = 1;
}

function describeGap({ pack, sourceTypes, places, fromMonth, untilMonth, what }: PolicyGap): string {
  const isAll = sourceTypes.length === SOURCE_TYPES.length;
  const sources = isAll ? '各类资金' : sourceTypes.map((type) => SOURCE_LABELS[type]).join('、');
  const where = places.map((place) => (place === '' ? '其他地区' : place)).join('、');
  const months = fromMonth === untilMonth ? fromMonth : `${fromMonth} 至 ${untilMonth}`;
  return [pack, months, places.length === 0 ? '全国' : where, sources, what].join('\t');
}
