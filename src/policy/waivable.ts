import type { BusinessDate } from '../core/dates.js';
import { SOURCE_LABELS, type SourceType } from '../core/vocabulary.js';
import { rulePrefixes, ruleWindow } from './compile.js';
import type { PackSet } from './load.js';

/** What an exception (例外批准) is asked for. */
export interface WaivedCase {
  readonly clause: string;
  /** GB/T 2260 code of the bureau whose book it is. */
  readonly divisionCode: string;
  /** Of the only fund that it is for; null when it is for every fund of a case. */
  readonly sourceType: SourceType | null;
  readonly from: BusinessDate;
  readonly until: BusinessDate;
}

/** Why nobody may grant this exception, in Chinese; empty when one may be granted. */
export function waiverFaults({ packs }: PackSet, asked: WaivedCase): string[] {
  const { clause: id, divisionCode, sourceType, from, until } = asked;
  const naming = packs.filter(({ clauses }) => clauses.some((clause) => clause.id === id));
  if (naming.length === 0) return [`已加载的政策包中没有条款 ${id}`];
  const faults = naming
    .flatMap(({ clauses }) => clauses.filter((clause) => clause.id === id))
    .flatMap(({ nonWaivable }) => (nonWaivable === undefined ? [] : [`条款 ${id} 不得例外：${nonWaivable}`]));
  // An exception is applied to a claim or a contract, so what is asked of an allotment alone has none.
  const rules = naming.flatMap((pack) =>
    pack.rules
      .filter(({ clause, scope }) => clause === id && scope.stages.some((stage) => stage !== 'allotment'))
      .map((rule) => ({ pack, rule })),
  );
  if (rules.length === 0) return [...faults, `条款 ${id} 没有约束报账或合同的规则，无须例外`];
  const here = rules.filter(({ pack, rule }) => {
    const prefixes = rulePrefixes(pack, rule);
    return prefixes.length === 0 || prefixes.some((prefix) => divisionCode.startsWith(prefix));
  });
  if (here.length === 0) faults.push(`条款 ${id} 不约束本地（行政区划 ${divisionCode}）`);
  const inForce = here.filter(({ pack, rule }) => {
    const window = ruleWindow(pack, rule);
    return window.from <= until && (window.until === null || from <= window.until);
  });
  if (here.length > 0 && inForce.length === 0) faults.push(`条款 ${id} 在 ${from} 至 ${until} 期间没有施行`);
  const isBound = ({ rule: { scope } }: (typeof rules)[number]) =>
    sourceType === null || scope.sources === 'any' || scope.sources.includes(sourceType);
  if (sourceType !== null && !rules.some(isBound))
    faults.push(`条款 ${id} 不约束${SOURCE_LABELS[sourceType]}`);
  return faults;
}
