import { isBusinessDate } from '../core/dates.js';
import { DomainError } from '../core/errors.js';
import { formatYuan, showYuan } from '../core/money.js';
import { DecisionReplayer, loggedDecisions, readPolicyHistory } from '../evidence/index.js';
import {
  Backtest,
  type BacktestResult,
  OUTCOME_LABELS,
  type Outcome,
  type PackSet,
  parsePack,
  readPackFile,
  UNJUDGED_LABELS,
  withPack,
} from '../policy/index.js';
import { progress } from './progress.js';
import { type Environment, type Session, withSession } from './session.js';

export interface HistoryOptions {
  readonly book?: string;
  /** Business dates, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly json: boolean;
}

/** Makes every recorded decision again under its own packs and engine; exit code 1 when one comes out otherwise. */
export async function replayDecisions(environment: Environment, options: HistoryOptions): Promise<void> {
  const result = await withSession(environment, async (session) => {
    const replayer = new DecisionReplayer(await readPolicyHistory(session.store.read, session.packs()));
    for await (const one of casesOf(session, options)) replayer.add(one);
    return replayer.result();
  });
  if (result.different > 0) process.exitCode = 1;
  if (options.json) {
    console.log(JSON.stringify(result, null, 2));
    return;
  }
  const unjudged = result.unjudged.reduce((total, { count }) => total + count, 0);
  console.log(
    `裁定 ${result.decisions} 项：一致 ${result.same}，不一致 ${result.different}，无法重算 ${unjudged}`,
  );
  for (const { reason, what, count } of result.unjudged)
    console.log(`  无法重算 ${count} 项：${UNJUDGED_LABELS[reason]} ${what}`);
  for (const { bookId, logIndex, action, subjectId, paths } of result.differences)
    console.log(`  ✗ 账套 ${bookId} 日志 ${logIndex} ${action} ${subjectId}：${paths.join('、')}`);
}

/** Judges recorded cases by the packs with this one in; nothing runs when it has a fault. */
export async function backtestPack(
  environment: Environment,
  file: string,
  options: HistoryOptions,
): Promise<void> {
  const pack = parsePack(file, readPackFile(file));
  await judge(environment, options, (loaded) => withPack(loaded, pack), `回测 ${file}`);
}

/** Judges recorded cases by the packs loaded today: an act of its own that changes no decision. */
export async function judgeByToday(environment: Environment, options: HistoryOptions): Promise<void> {
  await judge(environment, options, (loaded) => loaded, '按现行规则重评，不改变原决定');
}

async function judge(
  environment: Environment,
  options: HistoryOptions,
  rulesFrom: (loaded: PackSet) => PackSet,
  title: string,
): Promise<void> {
  const result = await withSession(environment, async (session) => {
    const loaded = session.packs();
    const backtest = new Backtest(rulesFrom(loaded), await readPolicyHistory(session.store.read, loaded));
    for await (const one of casesOf(session, options)) backtest.add(one);
    return backtest.result();
  });
  if (options.json) {
    const text = (key: string, value: unknown) =>
      typeof value === 'bigint' && key.endsWith('Fen') ? value.toString() : value;
    console.log(JSON.stringify({ title, ...result }, text, 2));
    return;
  }
  for (const line of backtestLines(title, result)) console.log(line);
}

async function* casesOf({ store, bookOf }: Session, { book, from, to }: HistoryOptions) {
  const first = dateOf(from, '--from') ?? '';
  const last = dateOf(to, '--to') ?? '9999-12-31';
  let books = store.read.selectFrom('book').select(['id', 'name', 'logSize']).orderBy('id');
  if (book !== undefined) books = books.where('id', '=', await bookOf(book));
  for (const { id, name, logSize } of await books.execute()) {
    const told = progress(name);
    for await (const one of loggedDecisions(store.read, id)) {
      told(one.logIndex, logSize);
      const { businessDate } = one.facts;
      if (first <= businessDate && businessDate <= last) yield one;
    }
    told(logSize, logSize);
  }
}

function dateOf(text: string | undefined, option: string): string | undefined {
  if (text === undefined || isBusinessDate(text)) return text;
  throw new DomainError('date_invalid', `${option} 应为日期 YYYY-MM-DD，而不是 ${text}`);
}

const name = (outcome: Outcome): string => OUTCOME_LABELS[outcome];

function backtestLines(title: string, result: BacktestResult): string[] {
  const lines = [title, `案例 ${result.cases} 件，结果不同 ${result.flipped} 件`];
  const section = (heading: string, rows: readonly string[]) => {
    if (rows.length > 0) lines.push('', `▍${heading}`, ...rows.map((row) => `  ${row}`));
  };
  section(
    '结果变化（按环节；同一笔用款在各环节各判一次，金额不能相加）',
    result.flips.map(
      ({ stage, before, after, cases, amountFen }) =>
        `${stage} ${name(before)} → ${name(after)}：${cases} 件，${showYuan(amountFen)} 元`,
    ),
  );
  section(
    '规则',
    result.rules.map(
      ({ rule, speaks, silent, otherwise, flips, amountFen }) =>
        `${rule}：新出现 ${speaks}，不再出现 ${silent}，轻重改变 ${otherwise}；其中结果不同 ${flips} 件，${showYuan(amountFen)} 元`,
    ),
  );
  section(
    '地区',
    result.places
      .filter(({ flips }) => flips > 0)
      .map(
        ({ divisionCode, cases, flips, amountFen }) =>
          `${divisionCode}：${cases} 件中 ${flips} 件结果不同，${showYuan(amountFen)} 元`,
      ),
  );
  section(
    '试运行的规则（假如正式执行）',
    result.onTrial.map(
      ({ rule, block, review, flips, amountFen }) =>
        `${rule}：禁止 ${block} 件，复核 ${review} 件；结果会变 ${flips} 件，${showYuan(amountFen)} 元`,
    ),
  );
  section(
    '无法回测的关键词（摘要已密封，当时没有查找这些词；不等于没有出现）',
    result.unread.map(
      ({ rule, keywords, cases, lines: count, amountFen }) =>
        `${rule} “${keywords.join('”“')}”：${cases} 件 ${count} 行，${showYuan(amountFen)} 元`,
    ),
  );
  section(
    '无法判断的案例（当时记录的事实不够）',
    result.unjudged.map(({ why, cases }) => `${cases} 件：${why}`),
  );
  section(
    `例子（业务日期最早的 ${result.samples.length} 件）`,
    result.samples.flatMap((sample) => [
      `${sample.businessDate} 账套 ${sample.bookId} 日志 ${sample.logIndex} ${sample.action}，${formatYuan(sample.amountFen)} 元：${name(sample.before)} → ${name(sample.after)}`,
      ...sample.reasonsBefore.map(({ rule, message }) => `    原 ${rule} ${message}`),
      ...sample.reasonsAfter.map(({ rule, message }) => `    新 ${rule} ${message}`),
    ]),
  );
  return lines;
}
