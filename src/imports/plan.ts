import { type NewClaim, newClaim } from '../claims/index.js';
import { groupBy } from '../core/collections.js';
import { type Choices, type ContractChoice, Finder, NOBODY } from './choices.js';
import { COLUMN_KEYS, type ColumnKey, column, type ListName } from './columns.js';
import type { ClaimRow, ClaimSheet } from './read-sheet.js';
import { NO_RESULT, type SheetCell } from './read-workbook.js';
import { amountOf, dateOf, digitsOf, flagOf, plain, textOf, type Value } from './values.js';

/** The rows of one claim, and the claim, when nothing is wrong with them. */
export interface PlannedClaim {
  /** As the sheet names it; empty for a row that stands alone. */
  readonly group: string;
  readonly rows: readonly ClaimRow[];
  readonly input: NewClaim | null;
}

const BLANK = '不能为空';
const INVOICE: readonly ColumnKey[] = ['invoiceNumber', 'invoiceDate', 'sellerName', 'faceAmount'];

/** Groups the rows to claims and notes every fault of every cell in the sheet. */
export function planClaims(sheet: ClaimSheet, choices: Choices): PlannedClaim[] {
  const finders = new Map(
    Object.entries(choices).map(([name, options]) => [name as ListName, new Finder(options)]),
  );
  const groups = groupBy(sheet.rows, (row) => {
    const cell = row.cells.get('group');
    return cell ? `group ${plain(textOf(cell))}` : `row ${row.number}`;
  });
  return [...groups.values()].map((rows) => new Planner(sheet, choices, finders, rows).plan());
}

class Planner {
  /** Cells that a fault was noted of: the schema need not say more. */
  readonly #faulty = new Set<string>();

  constructor(
    readonly sheet: ClaimSheet,
    readonly choices: Choices,
    readonly finders: ReadonlyMap<ListName, Finder>,
    readonly rows: readonly ClaimRow[],
  ) {}

  plan(): PlannedClaim {
    const first = this.rows[0] as ClaimRow;
    const group = first.cells.get('group');
    const raw: Record<string, unknown> = {};
    for (const key of COLUMN_KEYS)
      if (column(key).level === 'claim' && key !== 'group') this.#claimField(key, raw);
    const contract = this.choices.contracts.find((each) => each.id === raw['contractId']);
    if (contract) payProvider(raw, contract);
    for (const key of ['title', 'unit', 'payeeType', 'payeeName', 'businessDate'] as const)
      if (raw[column(key).path[0] as string] === undefined) this.#note(first.number, key, this.#blankOf(key));
    const lines = this.rows.map((row) => this.#line(row));
    const parsed = newClaim.safeParse({ ...raw, lines });
    if (!parsed.success) for (const issue of parsed.error.issues) this.#issue(issue.path, issue.message);
    const isClean = parsed.success && this.#faulty.size === 0;
    return {
      group: group ? textOf(group).slice(0, 40) : '',
      rows: this.rows,
      input: isClean ? parsed.data : null,
    };
  }

  #blankOf(key: ColumnKey): string {
    return this.rows.length === 1 && !this.rows[0]?.cells.has('group') && key === 'title'
      ? `${BLANK}；如与上一行同属一张报账单，请填写相同的组号`
      : BLANK;
  }

  /** Of the claim: said in any of its rows, and nowhere otherwise. */
  #claimField(key: ColumnKey, raw: Record<string, unknown>): void {
    const said = this.rows.filter((row) => row.cells.has(key));
    const [first] = said;
    if (!first) return;
    const value = this.#value(first, key);
    if (value !== undefined) raw[column(key).path[0] as string] = value;
    const essence = (row: ClaimRow) => plain(textOf(row.cells.get(key) as SheetCell));
    for (const row of said.slice(1))
      if (essence(row) !== essence(first)) this.#note(row.number, key, `与本单第 ${first.number} 行不同`);
  }

  #line(row: ClaimRow): Record<string, unknown> {
    const line: Record<string, unknown> = {};
    const invoice: Record<string, unknown> = {};
    const hasInvoice = INVOICE.some((key) => row.cells.has(key));
    for (const key of COLUMN_KEYS) {
      const { level, path, isRequired } = column(key);
      if (level !== 'line') continue;
      const isOfInvoice = path[0] === 'invoice';
      if (row.cells.has(key)) {
        const value = this.#value(row, key);
        if (value !== undefined) (isOfInvoice ? invoice : line)[path.at(-1) as string] = value;
      } else if (isRequired) this.#note(row.number, key, BLANK);
      else if (isOfInvoice && hasInvoice) this.#note(row.number, key, '填写了发票，这一栏不能为空');
    }
    if (hasInvoice) line['invoice'] = invoice;
    return line;
  }

  #value(row: ClaimRow, key: ColumnKey): unknown {
    const cell = row.cells.get(key) as SheetCell;
    if (cell.kind === 'error') {
      this.#note(
        row.number,
        key,
        cell.text === NO_RESULT
          ? '公式没有算出结果：请在表格程序里打开、保存一次，或直接填写'
          : `公式出错（${cell.text}），请改正或直接填写`,
      );
      return undefined;
    }
    const read = this.#read(key, cell);
    if (!('fault' in read)) return read.value;
    this.#note(row.number, key, read.fault);
    return undefined;
  }

  #read(key: ColumnKey, cell: SheetCell): Value<unknown> {
    const { kind, list } = column(key);
    if (kind === 'amount') return amountOf(cell);
    if (kind === 'date') return dateOf(cell, this.sheet.is1904);
    if (kind === 'digits') return digitsOf(cell);
    if (kind === 'flag') return flagOf(cell);
    if (kind === 'text') return { value: textOf(cell) };
    const finder = this.finders.get(list as ListName) as Finder;
    const name = column(key).title;
    if (kind === 'choice') return this.#choice(finder, name, textOf(cell));
    const ids: string[] = [];
    for (const said of textOf(cell)
      .split(/[、，,;；/\n]/)
      .filter((part) => part.trim() !== '')) {
      const found = this.#choice(finder, name, said);
      if ('fault' in found) return found;
      ids.push(found.value);
    }
    if (!ids.includes(NOBODY)) return { value: [...new Set(ids)] };
    return ids.length === 1 ? { value: [] } : { fault: '填了“无特定对象”，就不能再填其他对象' };
  }

  #choice(finder: Finder, name: string, said: string): Value<string> {
    const found = finder.find(said);
    if (found) return { value: found.id };
    const near = finder.nearest(said);
    const shown = said.trim().slice(0, 40);
    return {
      fault: `${name}没有“${shown}”，或您无权使用${near ? `；是不是“${near}”？` : '，请从下拉列表选择'}`,
    };
  }

  /** What the schema says of the whole claim, at the cell that it is about. */
  #issue(path: readonly PropertyKey[], message: string): void {
    const [head, index, ...rest] = path;
    const inLine = head === 'lines' && typeof index === 'number';
    const row = (inLine ? this.rows[index] : this.rows[0]) as ClaimRow;
    const wanted = (inLine ? rest : path).filter((step) => typeof step === 'string');
    const key = COLUMN_KEYS.find((each) => {
      const { level, path: own } = column(each);
      return (
        level === (inLine ? 'line' : 'claim') &&
        own.length > 0 &&
        own.every((step, at) => step === wanted[at])
      );
    });
    const place = key ?? (inLine ? 'amount' : 'title');
    const said = inLine ? row : (this.rows.find((each) => each.cells.has(place)) ?? row);
    this.#note(said.number, place, message);
  }

  #note(row: number, key: ColumnKey, message: string): void {
    const place = `${row} ${key}`;
    if (this.#faulty.has(place)) return;
    this.#faulty.add(place);
    this.sheet.fault(row, key, message);
  }
}

/** A contract pays its provider, so its name need not be typed. */
function payProvider(raw: Record<string, unknown>, { providerId, providerName }: ContractChoice): void {
  raw['payeeId'] = providerId;
  raw['payeeName'] ??= providerName;
  raw['payeeType'] ??= 'provider';
}
