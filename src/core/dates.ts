/**
 * Business dates are calendar dates "YYYY-MM-DD" in China and compare as text. Instants are ISO 8601 UTC with
 * milliseconds.
 */
export type BusinessDate = string;

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** True for a date that the calendar has: 2023-02-29 is refused. */
export function isBusinessDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}

/** China keeps UTC+8 the year round (no summer time since 1991). */
const CHINA_OFFSET_MS = 8 * 3_600_000;
export const today = (now = new Date()): BusinessDate =>
  new Date(now.getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 10);

export function addDays(date: BusinessDate, days: number): BusinessDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The same day `months` later; a day the month lacks becomes its last one (01-31 + 1 month → 02-28). */
export function addMonths(date: BusinessDate, months: number): BusinessDate {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(day, last));
  return first.toISOString().slice(0, 10);
}

export function daysBetween(from: BusinessDate, until: BusinessDate): number {
  return Math.round((Date.parse(`${until}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
