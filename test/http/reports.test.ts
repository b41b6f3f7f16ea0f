import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { t as root } from 'tap';
import { openClaim, openFund, seedActor, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { serve } from './service.js';

root.setTimeout(900_000);
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

forEachEngine('each report as JSON, CSV and XLSX, with the 口径 of every column', async (t, store) => {
  const world = await seedWorld(store);
  const { county, province } = world;
  const { ask } = await serve(t, store);
  const fundId = await openFund(world, { granted: '1000.00', received: '600.00' });
  const claim = await openClaim(world, 'paid', [{ fundId, amount: '10.01' }], { title: '绘画, “班”' });
  const get = (path: string, headers: Record<string, string> = {}) =>
    ask(county.auditor, 'GET', `/books/${county.bookId}/reports/${path}`, { headers });
  const paths = [
    'usage?lower=true',
    'trial-balance?detail=subject&from=2022-02-01',
    `ledger?fundId=${fundId}`,
    'expenditure?by=economic_item',
    'flow?year=2022',
    'execution?year=2022',
  ];
  const folder = mkdtempSync(join(tmpdir(), 'reports-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of paths) {
    const json = await get(path);
    t.equal(json.status, 200, path);
    t.ok(json.body.rows.length > 0, `${path} has rows`);
    t.ok(json.body.checks.every((check: { isHeld: boolean }) => check.isHeld));
    for (const { title, basis } of json.body.columns)
      t.match(basis, /[\u4e00-\u9fff]{4,}/, `${path}: ${title} says how it is counted`);
    const csv = await get(`${path}&format=csv`);
    t.equal(csv.status, 200);
    t.match(csv.headers['content-type'], 'text/csv');
    t.match(csv.headers['content-disposition'], /^attachment; .*filename\*=UTF-8''%E6%B3%B8/);
    const [head, ...lines] = csv.bytes.toString('utf8').trimEnd().split('\r\n');
    t.equal(
      head,
      `\ufeff${json.body.columns.map((column: { title: string }) => column.title).join(',')}`,
      'the same columns',
    );
    t.equal(lines.length, json.body.rows.length, 'and as many rows');
    t.notMatch(csv.bytes.toString('utf8'), /sealed:/, 'nothing sealed is left');
    const xlsx = await get(path, { accept: XLSX });
    t.equal(xlsx.headers['content-type'], XLSX);
    t.equal(xlsx.bytes.subarray(0, 2).toString(), 'PK');
    const file = join(folder, 'report.xlsx');
    writeFileSync(file, xlsx.bytes);
    const names = spawnSync('python3', [
      '-c',
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(z.read("xl/worksheets/sheet1.xml").decode())',
      file,
    ]);
    if (names.error === undefined) t.match(names.stdout.toString(), '口径：', `${path} is whole`);
  }
  const ledger = (await get(`ledger?fundId=${fundId}&format=csv`)).bytes.toString('utf8');
  t.match(ledger, '"绘画, “班”"', 'a title is opened in the sheet');
  t.equal((await get('usage', { accept: 'text/csv' })).headers['content-type'], 'text/csv; charset=utf-8');
  t.match((await get('usage', { accept: '*/*' })).headers['content-type'], 'application/json');
  const row = (await get('usage')).body.rows[0];
  t.match(row, { received: '600.00', spent: '10.01', executionRate: '1.67%' });
  t.match((await get('usage?years=2021,2023')).body.rows, []);
  t.equal((await get('usage?asOf=2022-01-09')).body.rows[0].executionRate, '—');

  const sheet = await ask(county.auditor, 'GET', `/books/${county.bookId}/claims/${claim.id}/sheet`);
  t.match(sheet.body, {
    title: '绘画, “班”',
    amountInWords: '壹拾元零壹分',
    makerName: 'station_township operator',
  });
  t.equal(
    (await ask(province.auditor, 'GET', `/books/${county.bookId}/reports/usage`)).status,
    200,
    'from above',
  );
});

forEachEngine('units see no report of the book, and what is malformed is said', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour, stationOperator, stationReviewer, providerOperator } = world;
  const { ask } = await serve(t, store);
  const fundId = await openFund(world);
  const foreign = await openFund(world, { bureau: neighbour });
  const paths = [
    'usage',
    'trial-balance',
    `ledger?fundId=${fundId}`,
    'expenditure?by=unit',
    'flow',
    'execution?year=2022',
  ];
  const township = await seedActor(store, world.township, 'reviewer');
  for (const actor of [stationOperator, stationReviewer, township, providerOperator, neighbour.finance])
    for (const path of paths)
      for (const format of ['json', 'csv', 'xlsx']) {
        const url = `/books/${county.bookId}/reports/${path}${path.includes('?') ? '&' : '?'}format=${format}`;
        t.match(await ask(actor, 'GET', url), { status: 404, body: { code: 'not_found' } }, url);
      }
  const get = (path: string) => ask(county.auditor, 'GET', `/books/${county.bookId}/reports/${path}`);
  for (const path of ['ledger', 'trial-balance', 'expenditure', 'flow', 'execution'])
    t.match(
      await get(`${path}?by=unit&year=2022&fundId=${foreign}`),
      { status: 404 },
      `${path}: a fund of another book does not exist here`,
    );
  for (const path of [
    'usage?format=pdf',
    'usage?asOf=2022-02-30',
    'usage?years=22',
    'usage?lower=1',
    'trial-balance?detail=x',
    'ledger',
    `ledger?fundId=${fundId}&limit=0`,
    `ledger?fundId=${fundId}&cursor=x`,
    `ledger?fundId=${fundId}&layer=cash`,
    'expenditure?by=colour',
    'flow?largest=0',
    'execution',
  ])
    t.match(await get(path), { status: 400, body: { code: 'validation_failed' } }, path);
});
