import { reveal } from '../audit/index.js';
import { DomainError } from '../core/errors.js';
import { clauseCoverage, FORCES, loadPacks } from '../policy/index.js';
import { bookCoverage, type ClauseState, clauseOfBook } from '../procedures/index.js';
import { type Environment, withSession } from './session.js';

const STATUS_LABELS = { enforced: '规则执行', procedural: '程序留痕', no_duty: '不设义务' } as const;
const STATE_LABELS = {
  shown: '已留痕',
  partly: '部分留痕',
  missing: '没有记录',
  nothing_due: '本年没有应留痕的事项',
} as const;

/** Prints what carries each clause; exit code 1 when a clause of a document has nothing that does. */
export function printCoverage(folder?: string): void {
  // A series with a number left out does not load at all, and the error names it.
  const rows = clauseCoverage(folder ? loadPacks(folder) : loadPacks());
  for (const { pack, clause, force, status, by, quotation } of rows) {
    const carried = by.join('、') || '缺口：没有任何承接';
    console.log([pack, clause, FORCES[force], STATUS_LABELS[status], carried, `“${quotation}”`].join('\t'));
  }
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  const gaps = rows.filter((row) => row.by.length === 0).length;
  console.log(
    `共 ${rows.length} 条：规则执行 ${count('enforced')}，程序留痕 ${count('procedural')}，不设义务 ${count('no_duty')}，缺口 ${gaps}`,
  );
  if (gaps > 0 || rows.length === 0) process.exitCode = 1;
}

export interface BookCoverageOptions {
  readonly packs?: string;
  readonly book?: string;
  readonly as?: string;
  readonly year?: number;
  readonly clause?: string;
}

/** Prints what a book shows of each clause in a year; with one clause, for which funds or contracts as well. */
export async function printBookCoverage(
  environment: Environment,
  options: BookCoverageOptions,
): Promise<void> {
  const { year, clause } = options;
  if (year === undefined) throw new DomainError('year_missing', '请用 --year 说明是哪一年');
  await withSession(environment, async (session) => {
    const { store } = session;
    const of = {
      store,
      packs: options.packs === undefined ? session.packs() : loadPacks(options.packs),
      actor: (await session.callerOf(options.as)).actor,
      bookId: await session.bookOf(options.book),
      year,
      now: new Date(),
    };
    const coverage = await bookCoverage(of, clause);
    console.log(`${year} 年度，截至 ${coverage.asOf}；有效政策包：${coverage.packs.join('、')}`);
    for (const item of coverage.items) console.log(lineOf(item));
    const counted = `已统计审核决定 ${coverage.decisionsCounted} 项`;
    console.log(coverage.isCountComplete ? counted : `${counted}（更早的未统计）`);
    if (clause !== undefined) await printSubjects(of, clause);
  });
}

function lineOf({ clause, force, status, decisions, evidence, quotation, by }: ClauseState): string {
  const carried = decisions
    ? `禁止 ${decisions.block}，复核 ${decisions.review}，提示 ${decisions.warn}，允许 ${decisions.pass}`
    : evidence
      ? `${evidence.label}：${STATE_LABELS[evidence.state]}（应留痕 ${evidence.due}，已留痕 ${evidence.shown}）`
      : by.join('、');
  return [clause, FORCES[force], STATUS_LABELS[status], carried, `“${quotation}”`].join('\t');
}

async function printSubjects(of: Parameters<typeof clauseOfBook>[0], clause: string): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await clauseOfBook(of, clause, { limit: 200, show: 'all', cursor });
    for (const { subject, missing, shownBy } of (await reveal(of.store.read, of.store.keys, page)).items) {
      console.log(`${subject.no} ${subject.title}${missing === null ? '' : `：${missing}`}`);
      for (const { what, title, date, documentNo } of shownBy)
        console.log(`    ${[date, documentNo, what, title].filter(Boolean).join(' ')}`);
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
