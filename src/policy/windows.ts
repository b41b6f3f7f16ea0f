import { addDays, type BusinessDate } from '../core/dates.js';

/** Days from `from` to `until`, both included; null until means without end. */
export interface Window {
  readonly from: BusinessDate;
  readonly until: BusinessDate | null;
}

export const overlap = (a: Window, b: Window): boolean =>
  (a.until === null || b.from <= a.until) && (b.until === null || a.from <= b.until);

/** The days that both have, or null. */
export function intersection(a: Window, b: Window): Window | null {
  if (!overlap(a, b)) return null;
  const until = a.until === null || (b.until !== null && b.until < a.until) ? b.until : a.until;
  return { from: a.from > b.from ? a.from : b.from, until };
}

/** The days of `whole` that no part has, as windows in order. */
export function uncovered(whole: Window, parts: readonly Window[]): Window[] {
  const left: Window[] = [];
  let from = whole.from;
  for (const part of [...parts].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    if (whole.until !== null && part.from > whole.until) break;
    if (part.from > from) left.push({ from, until: addDays(part.from, -1) });
    if (part.until === null) return left;
    const next = addDays(part.until, 1);
    if (next > from) from = next;
    if (whole.until !== null && from > whole.until) return left;
  }
  left.push({ from, until: whole.until });
  return left;
}
