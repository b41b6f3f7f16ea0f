import { readFileSync } from 'node:fs';
import type { LogBody } from '../../audit/index.js';
import type { Fen } from '../../core/money.js';
import { projectFile } from '../../core/project.js';
import { isSource, LAYER_LABELS } from '../../ledger/index.js';
import type { Column, Table } from '../../sheets/index.js';
import {
  ACCOUNT_BALANCES,
  ACCOUNTS,
  CURRENCY_CODE,
  ELECTRONIC_BOOK,
  FUNCTIONAL_CURRENCY,
  SOFTWARE_NAME,
  STANDARD,
  type StandardTable,
  VOUCHER_LINES,
} from '../standard-names.js';
import type { PackageContents } from './contents.js';
import { openedEntries } from './log.js';
import type { PackageSource } from './source.js';

/** The same figures under the names of GB/T 24589 (docs/audit-data-standard.md). */
export function standardTables(contents: PackageContents): Table<never>[] {
  const tables: Table<Cells>[] = [
    tableOf(ELECTRONIC_BOOK, () => electronicBook(contents)),
    tableOf(ACCOUNTS, accounts),
    tableOf(VOUCHER_LINES, () => voucherLines(contents)),
  ];
  if (contents.scope.isBalanceWhole) tables.push(tableOf(ACCOUNT_BALANCES, () => accountBalances(contents)));
  return tables as Table<never>[];
}

/** A row's cells by the names of our own columns (`ours`); amounts are Fen. */
type Cells = Readonly<Record<string, string | Fen | null>>;

function tableOf(standard: StandardTable, rows: () => AsyncIterable<Cells> | Iterable<Cells>): Table<Cells> {
  return {
    file: standard.file,
    sheet: standard.name,
    basis: `${STANDARD.versionText} ${standard.name}`,
    rows,
    columns: standard.columns.map(
      ({ ours, name }): Column<Cells> => ({
        title: name,
        kind: AMOUNTS.has(ours) ? 'amount' : 'text',
        of: (row) => row[ours] ?? null,
      }),
    ),
  };
}

const AMOUNTS = new Set(['期初余额', '本期转入', '本期转出', '余额', '金额（转入）', '金额（转出）']);

async function* electronicBook({ db, book, checkpoint }: PackageContents): AsyncGenerator<Cells> {
  const { version } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string };
  const bureau = await db
    .selectFrom('organisation')
    .select(['name', 'creditCode'])
    .where('id', '=', book.bureauId)
    .executeTakeFirstOrThrow();
  const dates = await db
    .selectFrom('ledgerEntry')
    .select('effectiveDate')
    .distinct()
    .where('bookId', '=', book.id)
    .where('logIndex', '<', checkpoint.size)
    .execute();
  for (const year of [...new Set(dates.map(({ effectiveDate }) => effectiveDate.slice(0, 4)))].sort()) {
    yield {
      账套编号: book.id,
      账套名称: book.name,
      单位名称: bureau.name,
      统一社会信用代码: bureau.creditCode,
      软件名称与版本: `${SOFTWARE_NAME} ${version}`,
      本位币: FUNCTIONAL_CURRENCY,
      年度: year,
      所循标准: STANDARD.versionText,
    };
  }
}

function* accounts(): Generator<Cells> {
  for (const [layer, label] of Object.entries(LAYER_LABELS)) {
    yield { 科目代码: layer, 科目: label, 科目级次: '1', 余额方向: isSource(layer) ? '贷' : '借' };
  }
}

/** Two lines a posting: what money left (贷), then what it went to (借). */
async function* voucherLines({ db, bookId, scope }: PackageSource): AsyncGenerator<Cells> {
  for await (const row of openedEntries(db, bookId, scope.opened)) {
    const { entries = [], actor } = JSON.parse(row.body) as LogBody;
    for (const entry of entries) {
      const common = {
        业务日期: entry.effectiveDate.replaceAll('-', ''),
        年度: entry.effectiveDate.slice(0, 4),
        月份: monthOf(entry.effectiveDate),
        分录类型: entry.kind,
        分录编号: entry.id,
        摘要: `${entry.kind} ${entry.subject.type}${entry.reverses ? ` 冲红 ${entry.reverses}` : ''}`,
        币种: CURRENCY_CODE,
        经办人: actor,
        记账标志: '1',
        作废标志: '0',
      };
      for (const [index, posting] of entry.postings.entries()) {
        const [fundId, fromLayer, fromSubject, toLayer, toSubject, amount] = posting;
        const amountFen = BigInt(amount);
        yield {
          ...common,
          分录内序: String(2 * index + 1),
          科目代码: fromLayer,
          资金编号: fundId,
          对象: fromSubject,
          '金额（转入）': 0n,
          '金额（转出）': amountFen,
        };
        yield {
          ...common,
          分录内序: String(2 * index + 2),
          科目代码: toLayer,
          资金编号: fundId,
          对象: toSubject,
          '金额（转入）': amountFen,
          '金额（转出）': 0n,
        };
      }
    }
  }
}

const monthOf = (date: string): string => String(Number(date.slice(5, 7)));

interface Movement {
  inFen: Fen;
  outFen: Fen;
}

/** Each account's month in which it moved, by 业务日期; one fund at a time is held in memory. */
async function* accountBalances({ db, checkpoint, scope }: PackageSource): AsyncGenerator<Cells> {
  for (const fundId of scope.fundIds) {
    const moved = new Map<string, Map<string, Movement>>();
    const rows = await db
      .selectFrom('posting')
      .innerJoin('ledgerEntry', 'ledgerEntry.id', 'posting.entryId')
      .select(['fromLayer', 'fromSubject', 'toLayer', 'toSubject', 'amountFen', 'effectiveDate'])
      .where('fundId', '=', fundId)
      .where('logIndex', '<', checkpoint.size)
      .execute();
    for (const { fromLayer, fromSubject, toLayer, toSubject, amountFen, effectiveDate } of rows) {
      const month = effectiveDate.slice(0, 7);
      movementOf(moved, `${fromLayer}/${fromSubject}`, month).outFen += amountFen;
      movementOf(moved, `${toLayer}/${toSubject}`, month).inFen += amountFen;
    }
    for (const account of [...moved.keys()].sort()) {
      const [layer = '', subject = ''] = account.split('/');
      let balanceFen = 0n;
      const months = moved.get(account) as Map<string, Movement>;
      for (const month of [...months.keys()].sort()) {
        const { inFen, outFen } = months.get(month) as Movement;
        const openingFen = balanceFen;
        balanceFen += inFen - outFen;
        yield {
          科目代码: layer,
          资金编号: fundId,
          对象: subject,
          期初余额方向: sideOf(layer, openingFen),
          期末余额方向: sideOf(layer, balanceFen),
          币种: CURRENCY_CODE,
          年度: month.slice(0, 4),
          月份: monthOf(month),
          期初余额: openingFen < 0n ? -openingFen : openingFen,
          本期转入: inFen,
          本期转出: outFen,
          余额: balanceFen < 0n ? -balanceFen : balanceFen,
        };
      }
    }
  }
}

function movementOf(moved: Map<string, Map<string, Movement>>, account: string, month: string): Movement {
  const months = moved.get(account) ?? new Map<string, Movement>();
  moved.set(account, months);
  const movement = months.get(month) ?? { inFen: 0n, outFen: 0n };
  months.set(month, movement);
  return movement;
}

/** The side that a balance stands on; a zero one stands on its layer's own side. */
const sideOf = (layer: string, balanceFen: Fen): string =>
  balanceFen === 0n ? (isSource(layer) ? '贷' : '借') : balanceFen < 0n ? '贷' : '借';
