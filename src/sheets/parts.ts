import { columnName, DECLARATION, MAIN, PACKAGE, RELATIONS, xmlText, xstring } from './xml.js';

/** A sheet that has been written. */
export interface SheetPart {
  readonly name: string;
  readonly columnCount: number;
  readonly headerRow: number;
  readonly lastDataRow: number;
}

/** A sheet that is no workpaper: without filter and printed titles. */
export interface PlainSheet {
  readonly name: string;
  readonly isPlain: true;
}

const FORMATS = {
  general: 0,
  integer: 1, // 0
  amount: 4, // #,##0.00
  text: 49, // @
  date: 164,
  longAmount: 165,
} as const;

/** Shown behind an amount that is a text, but no part of it. */
export const TEXT_MARK = '（文本）';

interface Style {
  readonly font?: 'bold' | 'title' | 'grey';
  readonly format?: keyof typeof FORMATS;
  readonly align?: 'left' | 'center' | 'right';
  readonly isWrapped?: boolean;
  readonly isHeader?: boolean;
  readonly isTotal?: boolean;
}

/** Cell styles; the place in this list is the number that a cell names. */
const STYLE_LIST = {
  none: {},
  title: { font: 'title' },
  note: { font: 'grey' },
  header: { font: 'bold', format: 'text', align: 'center', isWrapped: true, isHeader: true },
  // Away from a number to its left. The text format keeps a text a text when a person edits the cell.
  text: { format: 'text', align: 'left', isWrapped: true },
  amount: { format: 'amount', align: 'right' },
  integer: { format: 'integer', align: 'right' },
  date: { format: 'date', align: 'center' },
  longAmount: { format: 'longAmount', align: 'right' },
  totalText: { font: 'bold', format: 'text', isTotal: true },
  totalAmount: { font: 'bold', format: 'amount', align: 'right', isTotal: true },
  totalLongAmount: { font: 'bold', format: 'longAmount', align: 'right', isTotal: true },
} satisfies Readonly<Record<string, Style>>;

export type StyleName = keyof typeof STYLE_LIST;
export const STYLES = Object.fromEntries(
  Object.keys(STYLE_LIST).map((name, index) => [name, index]),
) as Readonly<Record<StyleName, number>>;

const FONTS = ['plain', 'bold', 'title', 'grey'] as const;
const font = (weight: string, size: number, colour: string): string =>
  `<font>${weight}<sz val="${size}"/><color rgb="${colour}"/><name val="宋体"/><charset val="134"/></font>`;

function styleXf(style: Style): string {
  const indent = style.align === 'left' ? ' indent="1"' : '';
  const align = style.align ? ` horizontal="${style.align}"${indent}` : '';
  const wrap = style.isWrapped ? ' wrapText="1"' : '';
  return (
    `<xf numFmtId="${FORMATS[style.format ?? 'general']}" fontId="${FONTS.indexOf(style.font ?? 'plain')}"` +
    ` fillId="${style.isHeader ? 2 : 0}" borderId="${style.isHeader ? 1 : style.isTotal ? 2 : 0}" xfId="0"` +
    ' applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">' +
    `<alignment${align} vertical="${style.isHeader ? 'center' : 'top'}"${wrap}/></xf>`
  );
}

const sides = (top: string, bottom: string): string =>
  `<border><left/><right/>${top ? `<top style="${top}"/>` : '<top/>'}` +
  `${bottom ? `<bottom style="${bottom}"/>` : '<bottom/>'}<diagonal/></border>`;

/** xl/styles.xml (§18.8). */
export const stylesXml = (): string =>
  `${DECLARATION}<styleSheet xmlns="${MAIN}">` +
  `<numFmts count="2"><numFmt numFmtId="${FORMATS.date}" formatCode="yyyy\\-mm\\-dd"/>` +
  `<numFmt numFmtId="${FORMATS.longAmount}" formatCode="${xmlText(`@"${TEXT_MARK}"`)}"/></numFmts>` +
  `<fonts count="${FONTS.length}">${font('', 11, 'FF000000')}${font('<b/>', 11, 'FF000000')}` +
  `${font('<b/>', 14, 'FF000000')}${font('', 11, 'FF595959')}</fonts>` +
  '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>' +
  '<fill><patternFill patternType="solid"><fgColor rgb="FFE7E6E6"/><bgColor indexed="64"/></patternFill></fill></fills>' +
  `<borders count="3">${sides('', '')}${sides('thin', 'thin')}${sides('thin', 'double')}</borders>` +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  `<cellXfs count="${Object.keys(STYLE_LIST).length}">${Object.values(STYLE_LIST).map(styleXf).join('')}</cellXfs>` +
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';

/** xl/workbook.xml (§18.2): the sheets, the range of each filter, and the header as title of every printed page. */
export function workbookXml(sheets: readonly (SheetPart | PlainSheet)[]): string {
  const list = sheets
    .map(
      ({ name }, index) => `<sheet name="${xstring(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
    )
    .join('');
  const named = (name: string, index: number, attributes: string, range: string) =>
    `<definedName name="_xlnm.${name}" localSheetId="${index}"${attributes}>` +
    `${xmlText(`'${sheets[index]!.name.replaceAll("'", "''")}'!${range}`)}</definedName>`;
  const names = sheets.flatMap((sheet, index) => {
    if ('isPlain' in sheet) return [];
    const { columnCount, headerRow, lastDataRow } = sheet;
    const last = columnName(columnCount - 1);
    return (
      named('_FilterDatabase', index, ' hidden="1"', `$A$${headerRow}:$${last}$${lastDataRow}`) +
      named('Print_Titles', index, '', `$${headerRow}:$${headerRow}`)
    );
  });
  return (
    `${DECLARATION}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}">` +
    '<bookViews><workbookView activeTab="0"/></bookViews>' +
    `<sheets>${list}</sheets>${names.length > 0 ? `<definedNames>${names.join('')}</definedNames>` : ''}</workbook>`
  );
}

const relations = (all: readonly (readonly [type: string, target: string])[]): string =>
  `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">` +
  `${all.map(([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${type}" Target="${target}"/>`).join('')}` +
  '</Relationships>';

/** _rels/.rels (Part 2 §9.3). */
export const packageRelationsXml = (): string =>
  relations([
    [`${RELATIONS}/officeDocument`, 'xl/workbook.xml'],
    [`${PACKAGE}/relationships/metadata/core-properties`, 'docProps/core.xml'],
  ]);

/** xl/_rels/workbook.xml.rels: sheet n has rId n. */
export const workbookRelationsXml = (sheetCount: number): string =>
  relations([
    ...Array.from(
      { length: sheetCount },
      (_, index) => [`${RELATIONS}/worksheet`, `worksheets/sheet${index + 1}.xml`] as const,
    ),
    [`${RELATIONS}/styles`, 'styles.xml'],
  ]);

/** [Content_Types].xml (Part 2 §10.1.2). */
export function contentTypesXml(sheetCount: number): string {
  const type = (part: string, name: string) =>
    `<Override PartName="${part}" ContentType="application/${name}+xml"/>`;
  const sheetType = 'vnd.openxmlformats-officedocument.spreadsheetml';
  return (
    `${DECLARATION}<Types xmlns="${PACKAGE}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    type('/docProps/core.xml', 'vnd.openxmlformats-package.core-properties') +
    type('/xl/workbook.xml', `${sheetType}.sheet.main`) +
    type('/xl/styles.xml', `${sheetType}.styles`) +
    Array.from({ length: sheetCount }, (_, index) =>
      type(`/xl/worksheets/sheet${index + 1}.xml`, `${sheetType}.worksheet`),
    ).join('') +
    '</Types>'
  );
}

/** docProps/core.xml (Part 2 §11). */
export const coreXml = (title: string, createdAt: string): string =>
  `${DECLARATION}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties"` +
  ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"' +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
  `<dc:title>${xmlText(title)}</dc:title><dc:creator>社工站资金合规台账</dc:creator>` +
  `<dcterms:created xsi:type="dcterms:W3CDTF">${createdAt}</dcterms:created></cp:coreProperties>`;
