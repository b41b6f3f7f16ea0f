import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { choicesFor } from '../../src/imports/choices.js';
import { readClaimSheet } from '../../src/imports/index.js';
import { planClaims } from '../../src/imports/plan.js';
import { seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';

/**
 * The template, filled in and saved by LibreOffice 7.4 as .xlsx: shared strings, dates as serial numbers, formulas with
 * what they came to, merged cells, a hidden row, full-width digits, grouped digits in texts, numbers such as 1E2, blank
 * rows in between and a thousand behind.
 */
const bytes = readFileSync(join(process.cwd(), 'test/imports/files/libreoffice.xlsx'));

forEachEngine('a sheet that LibreOffice saved is read cell by cell', async (t, store) => {
  const world = await seedWorld(store);
  const choices = await choicesFor(store.read, world.stationOperator, world.county.bookId);
  const fund = { id: world.county.bookId, label: '示例文号', also: [], hint: '' };
  const sheet = readClaimSheet(bytes);
  const claims = planClaims(sheet, { ...choices, funds: [fund] });
  const read = claims.flatMap(({ rows, input }) => {
    const lines = input?.lines ?? [];
    return lines.map(({ amount, description }, at) => [
      rows[at]?.number,
      input?.title,
      input?.payeeName,
      input?.businessDate,
      amount,
      description,
    ]);
  });
  const usual = ['某文具店', '2022-07-15'];
  t.same(read, [
    [3, '办公用品', ...usual, '100', '打印纸'],
    [4, '办公用品', ...usual, '1234.50', '打印纸'],
    [5, '全角', ...usual, '12.5', '打印纸'],
    [6, '公式', ...usual, '200', '打印纸'],
    [7, '合并', ...usual, '3000', '打印纸'],
    [8, '合并', ...usual, '1234567.89', '打印纸'],
    [9, '隐藏行', ...usual, '100', '打印纸'],
    [10, '浮点', ...usual, '0.3', '打印纸'],
    [11, '带发票', ...usual, '100', '打印纸'],
    [12, '求和', '某文具店', '2022-07-16', '300', '办公用品（续）'],
  ]);
  t.match(claims.find(({ rows }) => rows[0]?.number === 11)?.input?.lines[0]?.invoice, {
    number: '24512000000012345678',
    issuedDate: '2022-07-01',
    faceAmount: '100',
  });
  t.match(
    sheet.faults.map(({ cell, value, message, gravity }) => [cell, value, message, gravity]),
    [
      ['B9', '隐藏行', /这一行是隐藏的/, 'warning'],
      ['J14', '12.345', '金额最多两位小数（到分）', 'error'],
      ['F15', '2022年2月30日', /真实存在的日期/, 'error'],
      ['J15', '一百元', /金额应为数字/, 'error'],
      ['J16', '#DIV/0!', /公式出错（#DIV\/0!）/, 'error'],
      ['I17', '没有的文号', /没有“没有的文号”/, 'error'],
      ['J18', '-5', '金额应大于零', 'error'],
      ['J19', '1.234,50', /金额应为数字/, 'error'],
      ['R21', /E\+0?19$/, /被表格当作数字保存/, 'error'],
      ['J22', '0', '金额应大于零', 'error'],
    ],
  );
  t.equal(sheet.faults.length, 10);
});
