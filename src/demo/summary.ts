import { listTransit } from '../allotments/index.js';
import { parseYuan, showYuan, sumFen } from '../core/money.js';
import { type BookVerification, verifyAll } from '../evidence/index.js';
import { OUTCOME_LABELS } from './cases.js';
import type { Demo } from './context.js';
import type { OpenContradiction } from './figures.js';
import type { Team } from './people.js';
import { type Column, rule, tableHead, tableRow } from './print.js';

/** End of the year that the demonstration works through. */
const AS_OF = '2022-12-31';

export interface Transit {
  readonly to: string;
  readonly amount: string;
  readonly ageDays: number;
}

const TRANSIT: readonly Column[] = [
  ['在途：接收单位', 36],
  ['凭证', 30],
  ['拨付日', 10],
  ['金额（元）', 16, 'right'],
  ['在途天数', 8, 'right'],
];

export async function showTransit(demo: Demo, province: Team): Promise<Transit[]> {
  const { actor } = await demo.as(province.finance, AS_OF);
  const { items } = await listTransit(demo.store, actor, province.bureau.bookId, AS_OF);
  const open = items.filter((item) => item.effectiveDate <= AS_OF);
  demo.say('');
  demo.say(
    `▍在途资金（截至 ${AS_OF}）：已拨付、下级未登记到账，账龄用于查截留滞留（YN-15）；县名为示例，不是该县的实际情况`,
  );
  demo.say(`  ${tableHead(TRANSIT)}`);
  for (const { toName, documentNo, effectiveDate, amount, ageDays } of open) {
    const cells = [toName, documentNo, effectiveDate, showYuan(parseYuan(amount)), String(ageDays)];
    demo.say(`  ${tableRow(TRANSIT, cells)}`);
  }
  return open.map(({ toName, amount, ageDays }) => ({ to: toName, amount, ageDays }));
}

export function showTotals({ cases, say }: Demo, open: readonly OpenContradiction[]): void {
  say('');
  say(rule());
  const counts = (['allow', 'review', 'block'] as const).map(
    (outcome) => `${OUTCOME_LABELS[outcome]} ${cases.count(outcome)}`,
  );
  say(`合计 ${cases.rows.length} 例：${counts.join('，')}；每例的裁定都与预期的条款一致`);
  say(`未说明的数字矛盾 ${open.length} 项：${open.map(({ topic }) => topic).join('、')}`);
}

const VERIFIED: readonly Column[] = [
  ['账套', 40],
  ['条目', 6, 'right'],
  ['分录', 6, 'right'],
  ['裁定重算', 8, 'right'],
  ['拒绝记录', 8, 'right'],
  ['根哈希', 16],
];

/** Recomputes everything from the logs; books without decisions are summed up in one line. */
export async function showVerification(demo: Demo): Promise<BookVerification[]> {
  const { say } = demo;
  const books = await demo.store.snapshot((db) => verifyAll(db, demo.store.keys, demo.packs));
  say('');
  say('▍核验：只凭日志重算每个哈希、每个余额、每项裁定');
  say(`  ${tableHead(VERIFIED)}`);
  const isBusy = (book: BookVerification) => book.decisions > 0;
  for (const book of books.filter(isBusy)) say(`  ${line(book.name, [book], `${book.root.slice(0, 15)}…`)}`);
  const quiet = books.filter((book) => !isBusy(book));
  say(`  ${line(`其余 ${quiet.length} 个账套`, quiet, '')}`);
  say(`  ${line(`全部 ${books.length} 个账套`, books, '')}`);
  const unchecked = books.reduce((total, book) => total + book.decisionsUnchecked, 0);
  if (unchecked > 0) say(`  未核验裁定 ${unchecked} 项（当时的政策包或引擎不在本程序内）`);
  const bad = books.find((book) => book.difference !== null);
  if (bad?.difference) {
    const { place, expected, got } = bad.difference;
    say(`  ✗ 第一处不一致：${bad.name} ${place}，应为 ${expected}，实为 ${got}`);
  } else say(`  ✓ 全部一致，没有发现差异`);
  return books;
}

function line(name: string, books: readonly BookVerification[], root: string): string {
  const total = (key: 'logEntries' | 'postings' | 'decisions' | 'refusals') =>
    String(sumFen(books.map((book) => BigInt(book[key]))));
  return tableRow(VERIFIED, [
    name,
    total('logEntries'),
    total('postings'),
    total('decisions'),
    total('refusals'),
    root,
  ]);
}
