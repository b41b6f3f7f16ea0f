import type { ComponentChildren } from 'preact';
import type { z } from 'zod';
import { addDays, type BusinessDate } from '../../../core/dates.js';
import { businessDate } from '../../../core/fields.js';
import type { ReportColumn, reportHead } from '../../../reports/index.js';
import { type AmountUnit, MiniBar } from '../../charts/index.js';
import { bookFunds } from '../../choices.js';
import { UNIT_LABELS } from '../../components/amount.js';
import type { Choice } from '../../components/field.js';
import { Notice } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import { type PageContext, usePage } from '../../context.js';
import { API_PREFIX } from '../../operations.js';

/** What the pages of reports share: columns out of a report's own, its checks, its point in time, its files. */

type Cells = Readonly<Record<string, string | number | null>>;

/** "33.33%" as 3333 hundredths of a percent, to compare and sort by; "—" as none. */
export const hundredthsOf = (percent: unknown): number | null => {
  const text = String(percent);
  return /^-?\d+\.\d\d%$/.test(text) ? Number(text.replace(/[.%]/g, '')) : null;
};

const KINDS = { text: 'text', amount: 'amount', integer: 'count', date: 'date', percent: 'count' } as const;

/** The columns of a report as those of a table, with the same 口径; some are shown in another way. */
export const columnsOf = <Row extends object>(
  columns: readonly ReportColumn[],
  shows: Readonly<Record<string, (row: Row) => ComponentChildren>> = {},
): Column<Row>[] =>
  columns.map(({ key, title, kind, basis, isTotalled }) => {
    const cell = (row: Row) => (row as Cells)[key] ?? null;
    return {
      key,
      label: title,
      basis,
      kind: KINDS[kind],
      isTotalled,
      isWide: kind === 'text' && ['fundName', 'documentNo', 'label', 'subjectName'].includes(key),
      value: kind === 'percent' ? (row) => hundredthsOf(cell(row)) : cell,
      ...(kind === 'percent' ? { show: (row: Row) => cell(row) ?? '—' } : {}),
      ...(shows[key] ? { show: shows[key] } : {}),
    };
  });

/** An execution rate as a bar and its figure. */
export const Rate = ({ rate, part, whole }: { rate: string; part: string; whole: string }) =>
  hundredthsOf(rate) === null ? (
    <span class="none">—</span>
  ) : (
    <span class="rate">
      <MiniBar label="执行率" part={part} whole={whole} /> {rate}
    </span>
  );

type Head = { readonly [Key in keyof typeof reportHead]: z.infer<(typeof reportHead)[Key]> };

/** The checks that a report made of its own sums. What does not hold is said loudly. */
export function Checks({ checks }: Pick<Head, 'checks'>) {
  if (checks.length === 0) return null;
  const failed = checks.filter(({ isHeld }) => !isHeld);
  return failed.length === 0 ? (
    <p class="checks-line">
      <span aria-hidden="true">✓</span> 已核对相等：{checks.map(({ name }) => name).join('；')}
    </p>
  ) : (
    <Notice tone="danger" title="核对不相等，请停止使用本表并报告系统管理员">
      <ul>
        {failed.map(({ name, difference }) => (
          <li key={name}>
            {name}：相差 {difference} 元
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** Days to look back to, as people ask for them: 登记时间 by the end of a day in China. */
export const pastQuery = {
  asOf: businessDate('Only what has 业务日期 on or before this day').optional(),
  recordedBy: businessDate('Only what was recorded by the end of this day').optional(),
};
export const endOfDay = (day: BusinessDate): string =>
  new Date(Date.parse(`${addDays(day, 1)}T00:00:00.000+08:00`) - 1).toISOString();
export const pointOf = ({
  asOf,
  recordedBy,
}: {
  asOf?: string | undefined;
  recordedBy?: string | undefined;
}) => ({
  ...(asOf ? { asOf } : {}),
  ...(recordedBy ? { recordedUntil: endOfDay(recordedBy) } : {}),
});

/** Which state of the books is shown; a past one is counted from the entries. */
export function PointInTime({
  asOf,
  recordedBy,
}: {
  asOf?: string | undefined;
  recordedBy?: string | undefined;
}) {
  const parts = [
    asOf ? `业务日期截至 ${asOf}` : null,
    recordedBy ? `登记时间截至 ${recordedBy}` : null,
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return (
    <Notice tone="info" title={`按历史日期计算：${parts.join('，')}`}>
      <p>逐笔重算当时的余额，一百万笔分录约两三秒；不填日期即为当前，最快。</p>
    </Notice>
  );
}

/** The whole report as a file of the API, with every sheet and the 口径 of every column. */
export function Downloads({
  report,
  query,
}: {
  report: string;
  query: Readonly<Record<string, string | number | undefined>>;
}) {
  const { params } = usePage();
  const asked = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const hrefOf = (format: string) =>
    `${API_PREFIX}/books/${params['bookId']}/reports/${report}?${new URLSearchParams([...asked, ['format', format]])}`;
  return (
    <>
      <a class="button plain" href={hrefOf('xlsx')}>
        导出 Excel
      </a>
      <a class="button plain" href={hrefOf('csv')}>
        导出 CSV
      </a>
    </>
  );
}

/** Funds of the book to filter by, as one list. */
export const fundFilterChoices = async (
  page: Pick<PageContext, 'deps' | 'actor'>,
  bookId: string,
): Promise<Choice[]> =>
  (await bookFunds(page, bookId)).map(({ id, documentNo, name }) => [id, `${documentNo} ${name}`]);

export const useUnit = (): AmountUnit => UNIT_LABELS[usePage().unit] as AmountUnit;
