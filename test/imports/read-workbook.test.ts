import t from 'tap';
import { openWorkbook } from '../../src/imports/read-workbook.js';
import { zipOf } from '../invoices/files.js';

const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

t.test('shared strings, rich text without its phonetic guides, and cells without addresses', async (t) => {
  const { sheets } = openWorkbook(
    zipOf([
      [
        '_rels/.rels',
        `<Relationships><Relationship Id="r" Type="${RELATIONS}/officeDocument" Target="/book/main.xml"/></Relationships>`,
      ],
      [
        'book/main.xml',
        '<workbook><sheets><sheet name="隐藏" r:id="a" state="hidden"/><sheet name="表" r:id="a"/></sheets></workbook>',
      ],
      [
        'book/_rels/main.xml.rels',
        `<Relationships><Relationship Id="a" Type="${RELATIONS}/worksheet" Target="one.xml"/><Relationship Id="b" Type="${RELATIONS}/sharedStrings" Target="/book/strings.xml"/></Relationships>`,
      ],
      [
        'book/strings.xml',
        '<sst><si><r><t>茶</t></r><r><t>叶</t></r><rPh sb="0" eb="1"><t>cha</t></rPh></si><si><t>一_x000A_二</t></si></sst>',
      ],
      [
        'book/one.xml',
        '<worksheet><sheetData><row><c t="s"><v>0</v></c><c/><c t="s"><v>1</v></c></row><row r="9" hidden="1"><c r="AA9"><v>1.5</v></c><c t="b"><v>1</v></c><c t="s"><v>7</v></c></row></sheetData></worksheet>',
      ],
    ]),
  );
  t.same(
    sheets.map(({ name, isVisible }) => [name, isVisible]),
    [
      ['隐藏', false],
      ['表', true],
    ],
  );
  const { rows = new Map(), hidden = new Set() } = sheets[1]?.read() ?? {};
  t.same([...hidden], [9]);
  t.same(
    [...rows].map(([row, cells]) => [row, [...cells]]),
    [
      [
        1,
        [
          [0, { kind: 'text', text: '茶叶' }],
          [2, { kind: 'text', text: '一\n二' }],
        ],
      ],
      [
        9,
        [
          [26, { kind: 'number', text: '1.5' }],
          [27, { kind: 'boolean', text: '1' }],
        ],
      ],
    ],
  );
});
