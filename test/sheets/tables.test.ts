import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import t, { test } from 'tap';
import { csvOf } from '../../src/sheets/csv.js';
import { cellText, type Table, type TableTotals } from '../../src/sheets/table.js';
import { type WorkbookOptions, workbookOf } from '../../src/sheets/workbook.js';
import { columnName } from '../../src/sheets/xml.js';

const dir = mkdtempSync(join(tmpdir(), 'tables-'));
t.teardown(() => rmSync(dir, { recursive: true, force: true }));
const orSkip = (name: string, ...args: readonly string[]) =>
  spawnSync(name, args).status === 0 ? {} : { skip: `${name} is not on PATH` };

interface Line {
  readonly index: number;
  readonly date: string | null;
  readonly note: string;
  readonly fen: bigint | string | null;
}

const ledger = (lines: readonly Line[], over: Partial<Table<Line>> = {}): Table<Line> => ({
  file: 'ledger-details.csv',
  sheet: '明细账',
  basis: '已入账的分录，按日志次序',
  columns: [
    { title: '日志序号', kind: 'integer', of: (line) => line.index },
    { title: '业务日期', kind: 'date', of: (line) => line.date },
    { title: '摘要', kind: 'text', of: (line) => line.note },
    { title: '金额', kind: 'amount', of: (line) => line.fen, isTotalled: true },
  ],
  rows: () => lines,
  ...over,
});

const LINES: readonly Line[] = [
  { index: 0, date: '2022-03-01', note: '拨付，“首期”', fen: 468_000_000n },
  { index: 12, date: null, note: 'say "hi", twice\r\nand again', fen: -123_450n },
  { index: 13, date: '2022-12-31', note: '=HYPERLINK("http://x","y")', fen: 5n },
  { index: 14, date: '〔已脱敏〕', note: '_x0041_ <a & b>\u0000\u000b\ud800\ufffe 🀄 ]]>', fen: null },
  { index: 15, date: '1899-12-31', note: ' 前后有空格 ', fen: 0n },
];

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}

const csvText = async (table: Table<Line>, watermark?: string) => {
  let told: TableTotals | undefined;
  const options = {
    ...(watermark === undefined ? {} : { watermark }),
    onTotals: (totals: TableTotals) => (told = totals),
  };
  return { text: (await bytesOf(csvOf(table, options))).toString(), totals: told };
};

/** RFC 4180, strictly: quotes only around a whole cell, rows ended by CRLF. */
function parseCsv(text: string): string[][] {
  if (!text.startsWith('\ufeff')) throw new Error('no BOM');
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  cell.lastIndex = 1;
  const rows: string[][] = [];
  let row: string[] = [];
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const found = cell.exec(text);
    if (!found) throw new Error(`no cell at ${at}`);
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** The parts of a package, by its central directory; CRC and size are checked. */
function unzipped(bytes: Buffer): Map<string, string> {
  const parts = new Map<string, string>();
  let at = bytes.readUInt32LE(bytes.length - 6);
  for (let left = bytes.readUInt16LE(bytes.length - 12); left > 0; left -= 1) {
    const [nameLength, extraLength] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30)];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = inflateRawSync(bytes.subarray(from, from + bytes.readUInt32LE(at + 20)));
    if (crc32(content) !== bytes.readUInt32LE(at + 16) || content.length !== bytes.readUInt32LE(at + 24))
      throw new Error(`${name}: CRC or size`);
    if (parts.has(name)) throw new Error(`${name} twice`);
    parts.set(name, content.toString());
    at += 46 + nameLength + extraLength;
  }
  return parts;
}

const unescaped = (xml: string): string =>
  xml
    .replace(
      /&(lt|gt|quot|amp);/g,
      (_, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name] ?? '',
    )
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

interface SheetCell {
  readonly value: string;
  readonly isNumber: boolean;
  readonly format: string;
}
interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly SheetCell[])[];
  readonly xml: string;
}

/** Sheets as a program that opens the file sees them: through content types, relations, styles and cell places. */
function readWorkbook(bytes: Buffer): Sheet[] {
  const parts = unzipped(bytes);
  const part = (name: string) => parts.get(name) ?? t.fail(`no part ${name}`).toString();
  const all = (xml: string, pattern: RegExp) =>
    [...xml.matchAll(pattern)].map((match) => match.slice(1).map(String));
  const types = new Map(
    all(part('[Content_Types].xml'), /<Override PartName="\/([^"]+)" ContentType="([^"]+)"/g) as [
      string,
      string,
    ][],
  );
  const target = (rels: string, id: RegExp) =>
    all(part(rels), /Id="([^"]+)" Type="([^"]+)" Target="([^"]+)"/g).find(([rid, type]) =>
      id.test(`${rid} ${type}`),
    )![2]!;
  const workbook = part(target('_rels/.rels', /officeDocument$/));
  const styles = part(`xl/${target('xl/_rels/workbook.xml.rels', /styles$/)}`);
  const formats = new Map([
    ['0', ''],
    ['1', '0'],
    ['4', '#,##0.00'],
    ['49', '@'],
    ...(all(styles, /<numFmt numFmtId="(\d+)" formatCode="([^"]+)"/g) as [string, string][]),
  ]);
  const cellFormats = all(styles.slice(styles.indexOf('<cellXfs')), /<xf numFmtId="(\d+)"/g).map(
    ([id]) => formats.get(id!)!,
  );
  return all(workbook, /<sheet name="([^"]+)" sheetId="\d+" r:id="([^"]+)"\/>/g).map(([name, id]) => {
    const path = `xl/${target('xl/_rels/workbook.xml.rels', new RegExp(`^${id} `))}`;
    if (!types.get(path)?.endsWith('worksheet+xml')) throw new Error(`${path} has no type`);
    const xml = part(path);
    const rows = all(xml, /<row r="(\d+)"(?: ht="\d+")?>(.*?)<\/row>/gs).map(([number, body], index) => {
      if (number !== String(index + 1)) throw new Error(`row ${number} stands at ${index + 1}`);
      const cells: SheetCell[] = [];
      for (const [place, style, type, text, value] of all(
        body!,
        /<c r="([A-Z]+\d+)" s="(\d+)"(?: t="(\w+)")?(?:\/>|>(?:<is><t(?: xml:space="preserve")?>([^<]*)<\/t><\/is>|<v>([^<]*)<\/v>)<\/c>)/g,
      )) {
        while (place !== `${columnName(cells.length)}${number}`) {
          cells.push({ value: '', isNumber: false, format: '' });
          if (cells.length > 50) throw new Error(`cell ${place}`);
        }
        const isText = type === 'inlineStr';
        const shown = isText ? unescaped(text!) : value === 'undefined' ? '' : value!;
        cells.push({ value: shown, isNumber: !isText && shown !== '', format: cellFormats[Number(style)]! });
      }
      return cells;
    });
    return { name: unescaped(name!), rows, xml };
  });
}

const OPTIONS: WorkbookOptions = { title: '泸县民政局社工站资金账套', createdAt: '2023-03-01T08:00:00.000Z' };
const values = (sheet: Sheet | undefined) => sheet?.rows.map((row) => row.map(({ value }) => value)) ?? [];

test('a table as CSV', async (t) => {
  const { text, totals } = await csvText(ledger(LINES));
  t.same(parseCsv(text), [
    ['日志序号', '业务日期', '摘要', '金额'],
    ['0', '2022-03-01', '拨付，“首期”', '4680000.00'],
    ['12', '', 'say "hi", twice\nand again', '-1234.50'],
    ['13', '2022-12-31', `'=HYPERLINK("http://x","y")`, '0.05'],
    ['14', '〔已脱敏〕', '_x0041_ <a & b> 🀄 ]]>', ''],
    ['15', '1899-12-31', ' 前后有空格 ', '0.00'],
  ]);
  t.same(totals, { rows: 5, totals: { 金额: '4678765.55' } });
  t.match(text, '\r\n12,,"say ""hi"", twice\nand again",-1234.50\r\n');
  t.ok(text.endsWith('0.00\r\n'));
});

test('the watermark is the last column', async (t) => {
  const { text } = await csvText(ledger(LINES.slice(0, 1)), '=审计局 张三');
  t.same(
    parseCsv(text).map((row) => row.at(-1)),
    ['水印', `'=审计局 张三`],
  );
  t.same(parseCsv((await csvText(ledger([]))).text), [['日志序号', '业务日期', '摘要', '金额']]);
});

test('a column that is not seen in full has no total', async (t) => {
  const lines = [...LINES, { ...LINES[0]!, fen: '〔已脱敏〕' }];
  t.same((await csvText(ledger(lines))).totals, { rows: 6, totals: {} });
  const [sheet] = readWorkbook(await bytesOf(workbookOf([ledger(lines)], OPTIONS)));
  t.same(values(sheet).at(-1), ['合计', '', '', '〔未合计〕']);
});

test('no text becomes a formula, no number becomes a text', (t) => {
  for (const start of ['=', '+', '-', '@', '\t', '\n', '＝', '＋', '－', '＠'])
    t.equal(cellText(`${start}1+1`), `'${start}1+1`);
  t.equal(cellText('\r=1'), `'\n=1`);
  t.equal(cellText('\u0000=1'), `'=1`, 'what is left out does not hide what follows');
  for (const text of ['', "'quoted", '1-1', '（=1）', '〔已脱敏〕']) t.equal(cellText(text), text);
  t.equal(cellText('a'.repeat(40_000)).length, 32_767);
  t.match(cellText('🀄'.repeat(40_000)), /^🀄+…〔过长，已截断〕$/u);
  t.end();
});

test('values that a column cannot hold', async (t) => {
  const read = async (fen: unknown, kind: 'amount' | 'integer' = 'amount') => {
    const table: Table<unknown> = {
      file: 'x.csv',
      sheet: 'x',
      basis: 'x',
      columns: [
        { title: '编号', kind: 'text', of: () => 'a' },
        { title: '数', kind, of: () => fen as bigint },
      ],
      rows: () => [null],
    };
    return bytesOf(csvOf(table));
  };
  await t.rejects(read(1.5), TypeError);
  await t.rejects(read('1.50'), TypeError, 'digits as text would be missing from the total');
  await t.rejects(read(1.5, 'integer'), TypeError);
  await t.rejects(read(2 ** 53, 'integer'), TypeError);
  t.match((await read(2n ** 70n, 'integer')).toString(), /a,1180591620717411303424\r\n/);

  const columns = ledger([]).columns;
  const csv = (over: Partial<Table<Line>>) => () => csvOf(ledger([], over));
  t.throws(csv({ columns: [] }), TypeError);
  t.throws(csv({ columns: [columns[3]!] }), TypeError, 'the first column takes the word 合计');
  t.throws(csv({ columns: [columns[0]!, columns[0]!] }), TypeError);
  t.throws(csv({ columns: [columns[0]!, { ...columns[2]!, isTotalled: true }] }), TypeError);
});

test('a table as sheet', async (t) => {
  const told: TableTotals[] = [];
  const options = { ...OPTIONS, onTotals: (_: Table<unknown>, totals: TableTotals) => told.push(totals) };
  const bytes = await bytesOf(workbookOf([ledger(LINES)], options));
  const [sheet] = readWorkbook(bytes);
  t.same(values(sheet), [
    ['泸县民政局社工站资金账套　明细账'],
    ['口径：已入账的分录，按日志次序'],
    ['日志序号', '业务日期', '摘要', '金额'],
    ['0', '44621', '拨付，“首期”', '4680000.00'],
    ['12', '', 'say "hi", twice\nand again', '-1234.50'],
    ['13', '44926', `'=HYPERLINK("http://x","y")`, '0.05'],
    ['14', '〔已脱敏〕', '_x0041_ <a & b> 🀄 ]]>'],
    ['15', '1899-12-31', ' 前后有空格 ', '0.00'],
    ['合计', '', '', '4678765.55'],
  ]);
  const row = sheet!.rows[3]!;
  t.same(
    row.map(({ isNumber }) => isNumber),
    [true, true, false, true],
  );
  t.same(
    row.map(({ format }) => format),
    ['0', 'yyyy\\-mm\\-dd', '@', '#,##0.00'],
  );
  t.match(sheet!.rows.at(-1)!.at(-1), { isNumber: true, format: '#,##0.00' });
  t.match(sheet!.xml, '<autoFilter ref="A3:D8"/>');
  t.match(sheet!.xml, 'ySplit="3" topLeftCell="A4"');
  t.notMatch(sheet!.xml, '<f');
  t.same(told, [(await csvText(ledger(LINES))).totals]);
  t.ok(
    (await bytesOf(workbookOf([ledger(LINES)], options))).equals(bytes),
    'the same input gives the same bytes',
  );
});

test('sheets and CSV show the same', async (t) => {
  const mark = '仅供审计局 & 张三';
  const bytes = await bytesOf(workbookOf([ledger(LINES)], { ...OPTIONS, watermark: mark }));
  const [sheet] = readWorkbook(bytes);
  t.equal(values(sheet)[2]?.[0], `水印：${mark}`);
  const wanted = parseCsv((await csvText(ledger(LINES), mark)).text);
  const shown = sheet!.rows
    .slice(3, -1)
    .map((row) =>
      row.map(({ value, format }) =>
        format.startsWith('yyyy')
          ? new Date((Number(value) - 25_569) * 86_400_000).toISOString().slice(0, 10)
          : value,
      ),
    );
  t.same(shown, wanted);
  t.match(sheet!.xml, '&amp;L仅供审计局 &amp;&amp; 张三&amp;C');
});

test('amounts beyond 15 digits stay exact', async (t) => {
  const fens = [999_999_999_999_999n, 1_000_000_000_000_000n, -9_223_372_036_854_775_807n];
  const lines = fens.map((fen) => ({ ...LINES[0]!, fen }));
  const [sheet] = readWorkbook(await bytesOf(workbookOf([ledger(lines)], OPTIONS)));
  t.same(
    sheet!.rows.slice(3).map((row) => row[3]),
    [
      { value: '9999999999999.99', isNumber: true, format: '#,##0.00' },
      ...['10000000000000.00', '-92233720368547758.07', '-92213720368547758.08'].map((value) => ({
        value,
        isNumber: false,
        format: '@&quot;（文本）&quot;',
      })),
    ],
  );
});

test('a table that is too long goes on in a further sheet', async (t) => {
  const lines = Array.from({ length: 12 }, (_, index) => ({ ...LINES[0]!, index, fen: 100n }));
  for (const limits of [{ rows: 9 }, { length: 700 }]) {
    const sheets = readWorkbook(
      await bytesOf(workbookOf([ledger(lines), ledger([], { sheet: '余额表' })], { ...OPTIONS, limits })),
    );
    t.same(
      sheets.map(({ name }) => name),
      ['明细账', '明细账(2)', '明细账(3)', '余额表'],
    );
    t.same(
      sheets.slice(0, 3).flatMap((sheet) =>
        values(sheet)
          .slice(3)
          .map(([first]) => first),
      ),
      [...lines.map(({ index }) => String(index)), '合计'],
    );
    t.equal(values(sheets[1])[0]?.[0], '泸县民政局社工站资金账套　明细账(2)');
    t.same(values(sheets[1])[2], ['日志序号', '业务日期', '摘要', '金额']);
    t.equal(values(sheets[2]).at(-1)?.at(-1), '12.00', 'the total is that of all sheets');
    t.same(values(sheets[3]).slice(3), [['合计', '', '', '0.00']]);
  }
  const exact = readWorkbook(
    await bytesOf(workbookOf([ledger(lines)], { ...OPTIONS, limits: { rows: 16 } })),
  );
  t.equal(exact.length, 1, '3 rows of heading, 12 of data, one total');
});

test('names that Excel refuses', async (t) => {
  const refused = [
    '',
    'a/b',
    'a[b',
    'a]b',
    'a:b',
    'a*b',
    'a?b',
    'a\\b',
    "'a",
    "a'",
    'History',
    'a\nb',
    '=a',
    '明细账(2)',
    '长'.repeat(27),
  ];
  for (const sheet of refused)
    await t.rejects(bytesOf(workbookOf([ledger([], { sheet })], OPTIONS)), TypeError, sheet);
  await t.rejects(
    bytesOf(workbookOf([ledger([], { sheet: 'a' }), ledger([], { sheet: 'A' })], OPTIONS)),
    TypeError,
  );
  await t.rejects(bytesOf(workbookOf([], OPTIONS)), TypeError);
  await t.rejects(bytesOf(workbookOf([ledger([])], { ...OPTIONS, createdAt: 'today' })), TypeError);
  const names = ['5%额度表', "A & 'B' <1>", '长'.repeat(26)];
  const sheets = readWorkbook(
    await bytesOf(
      workbookOf(
        names.map((sheet) => ledger([], { sheet })),
        OPTIONS,
      ),
    ),
  );
  t.same(
    sheets.map(({ name }) => name),
    names,
  );
});

const PYTHON = `
import sys, zipfile, xml.etree.ElementTree as tree
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
main = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
for name in archive.namelist():
    root = tree.fromstring(archive.read(name))
    if 'worksheets' in name:
        print(''.join(repr(cell.text) for cell in root.iter(main + 't')))
print(len(archive.namelist()))
`;

test('a strict XML parser reads every part', orSkip('python3', '--version'), async (t) => {
  const path = join(dir, 'book.xlsx');
  const watermark = '<&">';
  writeFileSync(
    path,
    await bytesOf(workbookOf([ledger(LINES), ledger([], { sheet: "A & 'B' c" })], { ...OPTIONS, watermark })),
  );
  const env = { ...process.env, PYTHONIOENCODING: 'utf-8' };
  const child = spawnSync('python3', ['-c', PYTHON, path], { encoding: 'utf8', env });
  t.equal(child.status, 0, child.stderr);
  t.match(child.stdout, `_x005F_x0041_ <a & b> 🀄 ]]>`);
  t.match(child.stdout, `say "hi", twice\\nand again`);
  t.match(child.stdout, /\n8\n$/);
});

test('rows are read one by one, and a source that fails ends the output', async (t) => {
  let asked = 0;
  let isClosed = false;
  const endless = ledger([], {
    rows: async function* () {
      try {
        for (;;) {
          asked += 1;
          yield LINES[0]!;
        }
      } finally {
        isClosed = true;
      }
    },
  });
  for await (const piece of csvOf(endless)) if (piece.length > 0) break;
  t.ok(asked < 5000 && isClosed, `${asked} rows for the first piece`);
  asked = 0;
  isClosed = false;
  let pieces = 0;
  for await (const _ of workbookOf([endless], OPTIONS)) {
    pieces += 1;
    if (pieces === 20) break;
  }
  t.ok(asked < 200_000 && isClosed, `${asked} rows for the first pieces`);

  const failing = ledger([], {
    rows: async function* () {
      yield LINES[0]!;
      throw new Error('the database is gone');
    },
  });
  await t.rejects(bytesOf(csvOf(failing)), { message: 'the database is gone' });
  await t.rejects(bytesOf(workbookOf([failing], OPTIONS)), { message: 'the database is gone' });
});
