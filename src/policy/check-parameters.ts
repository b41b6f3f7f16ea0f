import type { Placed, Say } from './check.js';
import type { Pack } from './pack.schema.js';
import { parametersOf } from './parameters.js';
import { overlap, uncovered } from './windows.js';

/** Parameters: dated without overlap, in one unit, and each read by some rule. */
export function checkParameters(pack: Pack, leftOut: ReadonlySet<string>, say: Say): void {
  const read = new Set(pack.rules.flatMap((rule) => parametersOf(rule).map(([, parameter]) => parameter)));
  const told = new Set<string>();
  for (const [index, parameter] of pack.parameters.entries()) {
    const { id, from, until } = parameter;
    const at = ['parameters', index];
    if (until !== null && until < from) say([...at, 'until'], `参数 ${id} 的截止日早于起始日`);
    for (const other of pack.parameters.slice(0, index)) {
      if (other.id !== id) continue;
      if (other.unit !== parameter.unit) say([...at, 'unit'], `参数 ${id} 的单位前后不一`);
      if (overlap(other, parameter)) say([...at, 'from'], `参数 ${id} 的两段有效期重叠`);
    }
    if (read.has(id) || leftOut.has(id) || told.has(id)) continue;
    told.add(id);
    say(
      [...at, 'id'],
      `参数 ${id} 没有规则使用：由规则引用它，或删去它并在条款 ${parameter.clause} 的 numbers 说明`,
    );
  }
}

/**
 * On every day of a rule's window each of its parameters has a value, if only the honest `null`. A value that has run
 * out is never taken for the current one, so the day on which it does must not come unnoticed.
 */
export function checkValues(
  { rule, pack, from, until }: Placed,
  leftOut: ReadonlySet<string>,
  say: Say,
): void {
  for (const [, parameter] of parametersOf(rule)) {
    const windows = pack.parameters
      .map((one, index) => ({ ...one, index }))
      .filter(({ id }) => id === parameter)
      .sort((a, b) => (a.from < b.from ? -1 : 1));
    if (windows.length === 0 || leftOut.has(parameter)) continue;
    for (const gap of uncovered({ from, until }, windows)) {
      const before = windows.findLast((window) => window.until !== null && window.until < gap.from);
      const [place, field] = before ? [before, 'until'] : [windows[0]!, 'from'];
      const days = gap.until === null ? `自 ${gap.from} 起` : `${gap.from} 至 ${gap.until} `;
      const why = before ? `上一个值只到 ${before.until}` : `第一个值自 ${place.from} 起`;
      say(
        ['parameters', place.index, field],
        `参数 ${parameter} ${days}没有值（${why}），而规则 ${rule.id} 仍要用它：另加一段 from: ${gap.from} 的新值，还不知道的写 value: null`,
      );
    }
  }
}
