import { z } from 'zod';
import { fundYears, type OverviewQuery, overviewQuery } from '../../../supervision/index.js';
import type { PageContext } from '../../context.js';

/** What the pages of a year are asked with: nothing means the newest year that there is money of. */
export const yearQuery = z.object({ year: overviewQuery.shape.year.optional() });
export const figuresQuery = yearQuery.extend({
  asOf: overviewQuery.shape.asOf,
  idleDays: overviewQuery.shape.idleDays,
});

export interface Years {
  readonly year: number;
  /** To choose from, newest first; the one asked for is among them. */
  readonly years: readonly number[];
}

/** The year asked for, else the newest with funds that is not to come, else this one. */
export async function yearsOf(
  { deps, actor, today }: Pick<PageContext, 'deps' | 'actor' | 'today'>,
  bookId: string | null,
  asked: number | undefined,
): Promise<Years> {
  const found = await fundYears(deps.store, actor, bookId);
  const thisYear = Number(today.slice(0, 4));
  const year = asked ?? found.find((one) => one <= thisYear) ?? thisYear;
  return { year, years: [...new Set([...found, year, thisYear])].sort((a, b) => b - a) };
}

export const yearChoices = (years: readonly number[]) =>
  years.map((year) => [String(year), `${year} 年`] as const);

/** The last day of the year, or today while it lasts, unless another is asked for. One that has not come is not. */
export function dayAsked(asOf: string | undefined, year: number, today: string) {
  const isAhead = asOf !== undefined && asOf > today;
  const last = `${year}-12-31`;
  return { isAhead, asOf: asOf === undefined || isAhead ? (last < today ? last : today) : asOf };
}

export const askedOf = (
  { year, asOf, idleDays }: { year: number; asOf: string; idleDays: number },
  now: Date,
): OverviewQuery & { now: Date } => ({ year, asOf, idleDays, now });

/** "58.33%" as the ratio "0.5833" that charts compare with. */
export function ratioOf(percent: string): string {
  const digits = percent.replace(/[%.]/g, '').padStart(5, '0');
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`;
}
