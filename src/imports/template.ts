import { ZipWriter } from '../archive/index.js';
import { revealTexts } from '../audit/index.js';
import type { Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import {
  cellText,
  columnName,
  contentTypesXml,
  coreXml,
  DECLARATION,
  MAIN,
  packageRelationsXml,
  STYLES,
  type StyleName,
  stylesXml,
  textXml,
  workbookRelationsXml,
  workbookXml,
  xmlText,
} from '../sheets/index.js';
import { type Choices, choicesFor, type Option } from './choices.js';
import { COLUMN_KEYS, type ColumnDefinition, column, type ListName } from './columns.js';
import { MAX_LINES, SHEET_NAME } from './read-sheet.js';

const LISTS = '选项';
const GUIDE = '填写说明';
const HEADER_ROW = 2;
const STYLE: Readonly<Record<ColumnDefinition['kind'], StyleName>> = {
  text: 'text',
  digits: 'text',
  choice: 'text',
  choices: 'text',
  flag: 'text',
  amount: 'amount',
  date: 'date',
};
const INTRO = '每行是一笔支出，组号相同的各行是一张报账单；带 * 的栏目必须填写，详见“填写说明”。';
const GUIDANCE = [
  '一、在“报账明细”逐行填写，不要改动表头；可以调整栏目顺序，也可以加入自己的栏目。',
  '二、同一张报账单的各行填相同的组号，事由、申报单位、收款人等在首行填写一次即可；不填组号的行各成一张报账单。',
  '三、金额以元为单位，最多两位小数；发票号码的单元格须为文本格式，否则末几位会变成 0。',
  `四、一次最多 ${MAX_LINES} 行，文件最大 5 MB。导入前先预检，所有需要修改的单元格会一次列出；有一处错误就不会生成任何报账单。`,
  '五、导入后生成报账草稿，再逐张补充附件并提交。',
];

/**
 * The sheet to fill in, with drop-downs of what the actor may choose from in the book: XLSX.
 * @throws DomainError `forbidden` for who makes no claims in the book, `not_found` (book)
 */
export async function claimTemplate(store: Store, actor: Actor, bookId: string, now: Date): Promise<Buffer> {
  const choices = await choicesFor(store.read, actor, bookId);
  const hints = Object.values(choices).flatMap((options: readonly Option[]) =>
    options.map((option) => option.hint),
  );
  const reveal = await revealTexts(store.read, store.keys, hints);
  const lists = listsOf(choices, reveal);
  const parts: readonly (readonly [path: string, xml: string])[] = [
    ['_rels/.rels', packageRelationsXml()],
    ['docProps/core.xml', coreXml('报账导入模板', now.toISOString())],
    ['xl/styles.xml', stylesXml()],
    ['xl/worksheets/sheet1.xml', entrySheet(lists)],
    ['xl/worksheets/sheet2.xml', guideSheet()],
    ['xl/worksheets/sheet3.xml', listSheet(lists)],
    ['xl/workbook.xml', workbookXml([SHEET_NAME, GUIDE, LISTS].map((name) => ({ name, isPlain: true })))],
    ['xl/_rels/workbook.xml.rels', workbookRelationsXml(3)],
    ['[Content_Types].xml', contentTypesXml(3)],
  ];
  const zip = new ZipWriter();
  const pieces: Uint8Array[] = [];
  for (const [path, xml] of parts)
    for await (const piece of zip.entry(path, [Buffer.from(xml)], { isDeflated: true })) pieces.push(piece);
  for await (const piece of zip.end()) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** One column of the sheet of lists; hints have the column behind it. */
interface ListColumn {
  readonly name: ListName;
  readonly title: string;
  readonly labels: readonly string[];
  readonly hints: readonly string[] | null;
  readonly index: number;
}

function listsOf(choices: Choices, reveal: (text: string) => string): ListColumn[] {
  let index = 0;
  return COLUMN_KEYS.map(column).flatMap(({ list, title }) => {
    if (!list) return [];
    const options = choices[list];
    const hints = options.some(({ hint }) => hint !== '') ? options.map(({ hint }) => reveal(hint)) : null;
    const made = { name: list, title, labels: options.map(({ label }) => label), hints, index };
    index += hints ? 2 : 1;
    return [made];
  });
}

const titleOf = ({ title, isRequired }: ColumnDefinition): string => (isRequired ? `${title}*` : title);

/** The cells of one row, by column index. */
const rowXml = (
  number: number,
  cells: Iterable<readonly [index: number, text: string, style: StyleName]>,
): string =>
  `<row r="${number}">${[...cells].map(([index, text, style]) => textXml(`${columnName(index)}${number}`, cellText(text), style)).join('')}</row>`;

const colXml = (index: number, width: number, style: StyleName): string =>
  `<col min="${index + 1}" max="${index + 1}" width="${width}" style="${STYLES[style]}" customWidth="1"/>`;

const sheetOf = (head: string, columns: readonly string[], rows: readonly string[], tail = ''): string =>
  `${DECLARATION}<worksheet xmlns="${MAIN}">${head}<sheetFormatPr defaultRowHeight="15"/>` +
  `<cols>${columns.join('')}</cols><sheetData>${rows.join('')}</sheetData>${tail}` +
  '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/></worksheet>';

function entrySheet(lists: readonly ListColumn[]): string {
  const definitions = COLUMN_KEYS.map(column);
  const head =
    `<sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="${HEADER_ROW}" topLeftCell="A${HEADER_ROW + 1}" ` +
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>';
  const validations = definitions
    .map((definition, index) => validationXml(definition, index, lists))
    .filter(Boolean);
  return sheetOf(
    head,
    definitions.map(({ width, kind }, index) => colXml(index, width, STYLE[kind])),
    [
      rowXml(1, [[0, INTRO, 'note']]),
      rowXml(
        HEADER_ROW,
        definitions.map((each, index) => [index, titleOf(each), 'header'] as const),
      ),
    ],
    `<dataValidations count="${validations.length}">${validations.join('')}</dataValidations>`,
  );
}

/** §18.3.1.32. Warnings only: what was typed otherwise is read as far as it is understood. */
function validationXml(
  { kind, list, note }: ColumnDefinition,
  index: number,
  lists: readonly ListColumn[],
): string {
  const letter = columnName(index);
  const reach = `sqref="${letter}${HEADER_ROW + 1}:${letter}${HEADER_ROW + MAX_LINES}"`;
  const told =
    ' errorStyle="warning" allowBlank="1" showInputMessage="1" showErrorMessage="1" error="请核对填写的内容" ' +
    `prompt="${xmlText(Array.from(note).slice(0, 200).join(''))}" ${reach}`;
  if (kind === 'amount')
    return `<dataValidation type="decimal" operator="greaterThan"${told}><formula1>0</formula1></dataValidation>`;
  if (kind === 'date')
    return `<dataValidation type="date" operator="greaterThan"${told}><formula1>36526</formula1></dataValidation>`;
  const found = lists.find((each) => each.name === list);
  if (!found || found.labels.length === 0 || kind === 'choices') return '';
  const column = columnName(found.index);
  const range = xmlText(`'${LISTS}'!$${column}$2:$${column}$${found.labels.length + 1}`);
  return `<dataValidation type="list"${told}><formula1>${range}</formula1></dataValidation>`;
}

const PLAIN_VIEW = '<sheetViews><sheetView workbookViewId="0"/></sheetViews>';

function guideSheet(): string {
  const definitions = COLUMN_KEYS.map(column);
  const start = GUIDANCE.length + 3;
  return sheetOf(
    PLAIN_VIEW,
    [colXml(0, 28, 'none'), colXml(1, 10, 'none'), colXml(2, 90, 'none')],
    [
      rowXml(1, [[0, '报账导入模板填写说明', 'title']]),
      ...GUIDANCE.map((line, index) => rowXml(index + 2, [[0, line, 'none']])),
      rowXml(start, [
        [0, '栏目', 'header'],
        [1, '必填', 'header'],
        [2, '怎样填写', 'header'],
      ]),
      ...definitions.map(({ title, isRequired, note }, index) =>
        rowXml(start + 1 + index, [
          [0, title, 'text'],
          [1, isRequired ? '是' : '否', 'text'],
          [2, note, 'text'],
        ]),
      ),
    ],
  );
}

function listSheet(lists: readonly ListColumn[]): string {
  const longest = Math.max(...lists.map(({ labels }) => labels.length));
  const columns = lists.flatMap(({ index, hints }) => [
    colXml(index, 26, 'text'),
    ...(hints ? [colXml(index + 1, 30, 'text')] : []),
  ]);
  const rowOf = (number: number) =>
    lists.flatMap(({ index, title, labels, hints }): (readonly [number, string, StyleName])[] => {
      if (number === 0)
        return [[index, title, 'header'], ...(hints ? [[index + 1, '说明', 'header'] as const] : [])];
      const label = labels[number - 1];
      if (label === undefined) return [];
      const hint = hints?.[number - 1];
      return [[index, label, 'text'], ...(hint ? [[index + 1, hint, 'text'] as const] : [])];
    });
  const rows = Array.from({ length: longest + 1 }, (_, number) => rowXml(number + 1, rowOf(number)));
  return sheetOf(PLAIN_VIEW, columns, rows);
}
