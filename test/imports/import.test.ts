import fc from 'fast-check';
import { submitClaim } from '../../src/claims/index.js';
import { formatYuan, parseYuan } from '../../src/core/money.js';
import { COLUMN_KEYS, type ColumnKey, column } from '../../src/imports/columns.js';
import { claimTemplate, importClaims, previewImport, readClaimSheet } from '../../src/imports/index.js';
import { amountOf } from '../../src/imports/values.js';
import {
  by,
  invoiceOf,
  openClaim,
  openContract,
  openFund,
  refused,
  seedActor,
  seedWorld,
  verifyClean,
  type World,
} from '../fixture.js';
import { forEachEngine, shown } from '../helper.js';
import { serve } from '../http/service.js';
import { zipOf } from '../invoices/files.js';
import { filled, formula, letter, number, type Typed, workbook } from './sheets.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const NUMBER = '24512000000012345678';
type Line = Partial<Record<ColumnKey, Typed>>;

/** A row in the order of the template, for a fund of the given 文号. */
const row = (documentNo: string, given: Line = {}): Typed[] => {
  const usual: Line = {
    title: '办公用品',
    unit: '玉蟾街道社工站',
    payeeType: '供应商',
    payeeName: '某文具店',
    businessDate: number('44757'),
    fund: documentNo,
    amount: '1,234.50',
    description: '打印纸',
    economicCode: '30201',
  };
  return COLUMN_KEYS.map((key) => ({ ...usual, ...given })[key] ?? null);
};
const titles: Typed[] = COLUMN_KEYS.map((key) => column(key).title);
const cellOf = (key: ColumnKey, at: number) => `${letter(COLUMN_KEYS.indexOf(key))}${at}`;
const invoiced = (invoiceNumber: Typed, given: Line = {}): Line => ({
  invoiceNumber,
  invoiceDate: '2022-06-01',
  sellerName: '某文具店',
  faceAmount: '2000',
  ...given,
});

async function scene(world: World) {
  const fundId = await openFund(world);
  const { documentNo } = await world.store.read
    .selectFrom('fund')
    .select('documentNo')
    .where('id', '=', fundId)
    .executeTakeFirstOrThrow();
  const preview = (bytes: Buffer, who = world.stationOperator) =>
    previewImport(world.store, world.packs, by(who), world.county.bookId, bytes);
  const sheet = (...lines: Line[]) => workbook([titles, ...lines.map((line) => row(documentNo, line))]);
  return { fundId, documentNo, preview, sheet };
}

forEachEngine('the template, filled in and imported, makes drafts', async (t, store) => {
  const world = await seedWorld(store);
  const { county, station, stationOperator } = world;
  const { fundId, documentNo } = await scene(world);
  const contractId = await openContract(world, [{ fundId, amount: '5000.00', stationId: station.id }]);
  const { contractNo } = await store.read
    .selectFrom('contract')
    .select('contractNo')
    .where('id', '=', contractId)
    .executeTakeFirstOrThrow();
  const { ask } = await serve(t, store);
  const book = `/books/${county.bookId}`;
  const template = await ask(stationOperator, 'GET', `${book}/claim-template`);
  t.match(template, { status: 200, headers: { 'content-type': XLSX } });
  t.equal((await ask(county.auditor, 'GET', `${book}/claim-template`)).status, 403);
  await refused(
    t,
    Promise.resolve().then(() => readClaimSheet(template.bytes)),
    'sheet_unreadable',
    'it is empty',
  );

  const bytes = filled(template.bytes, [
    row(documentNo, { group: '1', groups: '老年人、残疾人', station: '玉蟾街道社工站', ...invoiced(NUMBER) }),
    row(documentNo, {
      group: '1',
      title: null,
      unit: null,
      payeeType: null,
      payeeName: null,
      businessDate: null,
      amount: number('0.10000000000000001'),
      groups: '无特定对象',
    }),
    row(documentNo, {
      title: '第一季度服务费',
      contract: contractNo,
      payeeType: null,
      payeeName: null,
      isFinal: '是',
      amount: '３００',
    }),
  ]);
  const raw = { raw: bytes, headers: { 'content-type': XLSX } };
  const seen = await ask(stationOperator, 'POST', `${book}/claim-imports/preview`, raw);
  t.match(
    seen,
    {
      status: 200,
      body: {
        isImportable: true,
        lines: 3,
        faults: [],
        claims: [
          { group: '1', row: 3, lines: 2, amount: '1234.60', outcome: 'allow' },
          { group: '', row: 5, amount: '300.00', title: '第一季度服务费' },
        ],
      },
    },
    JSON.stringify(seen.body),
  );
  t.equal((await store.read.selectFrom('claim').select('id').execute()).length, 0, 'nothing is written');

  t.match(await ask(stationOperator, 'POST', `${book}/claim-imports`, raw), { status: 428 });
  const keyed = { ...raw, headers: { ...raw.headers, 'idempotency-key': 'i-1' } };
  const made = await ask(stationOperator, 'POST', `${book}/claim-imports`, keyed);
  t.match(
    made,
    { status: 201, body: { amount: '1534.60', claims: [{ row: 3 }, { row: 5, amount: '300.00' }] } },
    JSON.stringify(made.body),
  );
  const first = (await ask(stationOperator, 'GET', `${book}/claims/${made.body.claims[0].id}`)).body;
  t.match(first, {
    status: 'draft',
    title: '办公用品',
    businessDate: '2022-07-15',
    organisationId: station.id,
    lines: [
      {
        amount: '1234.50',
        fundId,
        beneficiaryGroups: ['elderly', 'disabled'],
        stationId: station.id,
        economicCode: '30201',
        invoice: { number: NUMBER, faceAmount: '2000' },
      },
      { amount: '0.10', beneficiaryGroups: [], invoice: null },
    ],
  });
  const second = (await ask(stationOperator, 'GET', `${book}/claims/${made.body.claims[1].id}`)).body;
  t.match(second, {
    contractId,
    payeeId: world.provider.id,
    payeeType: 'provider',
    payeeName: '某社会工作服务中心',
    isFinalPayment: true,
  });

  await submitClaim(store, world.packs, by(stationOperator), county.bookId, first.id, null);
  const again = await ask(stationOperator, 'POST', `${book}/claim-imports`, keyed);
  t.strictSame(again.body, made.body, 'sent again, also after one was submitted');
  t.equal((await store.read.selectFrom('claim').select('id').execute()).length, 2, 'none is made twice');
  const other = filled(template.bytes, [row(documentNo)]);
  t.match(await ask(stationOperator, 'POST', `${book}/claim-imports`, { ...keyed, raw: other }), {
    status: 409,
  });
  t.equal((await ask(world.neighbourOperator, 'POST', `${book}/claim-imports/preview`, raw)).status, 404);
  await verifyClean(t, world);
});

forEachEngine('every fault of every cell at once, and then no claim at all', async (t, store) => {
  const world = await seedWorld(store);
  const { county, stationOperator } = world;
  const { fundId, documentNo, preview, sheet } = await scene(world);
  const elsewhere = await openContract(world, [{ fundId, amount: '5.00' }]);
  const { contractNo } = await store.read
    .selectFrom('contract')
    .select('contractNo')
    .where('id', '=', elsewhere)
    .executeTakeFirstOrThrow();
  const faults: [Line, ColumnKey, RegExp, string?][] = [
    [{ amount: '12.345' }, 'amount', /两位小数/, '12.345'],
    [{ amount: '1e3' }, 'amount', /金额应为数字/],
    [{ amount: '-5' }, 'amount', /大于零/],
    [{ amount: number('9007199254740993') }, 'amount', /金额过大/],
    [{ amount: '9007199254740993' }, 'amount', /金额/],
    [{ amount: null }, 'amount', /不能为空/],
    [{ amount: { raw: '<f>A1</f>' } }, 'amount', /公式没有算出结果/],
    [{ amount: { type: 'e', raw: '<v>#DIV/0!</v>' } }, 'amount', /公式出错（#DIV\/0!）/, '#DIV/0!'],
    [{ businessDate: '2022-02-30' }, 'businessDate', /真实存在/],
    [{ title: null }, 'title', /不能为空/],
    [{ title: 'x'.repeat(201) }, 'title', /最多 200 个字/],
    [{ unit: '玉蟾街道社工所' }, 'unit', /是不是“玉蟾街道社工站”/],
    [{ unit: '合江镇社工站' }, 'unit', /无权使用/],
    [{ fund: `${documentNo}0` }, 'fund', new RegExp(`是不是“${documentNo}”`)],
    [{ contract: contractNo }, 'contract', /合同编号没有/, contractNo],
    [{ economicCode: '99999' }, 'economicCode', /经济分类没有/],
    [{ groups: '老年人、外星人' }, 'groups', /外星人/],
    [{ isFinal: '也许' }, 'isFinal', /“是”或“否”/],
    [invoiced(number('2.4512000000012345E+19')), 'invoiceNumber', /当作数字/],
    [invoiced('123'), 'invoiceNumber', /8 至 24 位/],
    [invoiced(NUMBER, { sellerName: null }), 'sellerName', /不能为空/],
  ];
  const bytes = sheet(...faults.map(([line]) => line));
  const { faults: found, isImportable, claims } = await preview(bytes);
  t.notOk(isImportable);
  t.equal(claims.length, faults.length);
  for (const [index, [, key, message, value]] of faults.entries()) {
    const at = found.filter((fault) => fault.row === index + 2);
    t.match(
      at,
      [{ cell: cellOf(key, index + 2), message, column: column(key).title, sheet: '报账明细' }],
      `row ${index + 2} ${key}`,
    );
    t.equal(at.length, 1, JSON.stringify(at));
    if (value !== undefined) t.equal(at[0]?.value, value);
  }
  const before = await store.read
    .selectFrom('book')
    .select('logSize')
    .where('id', '=', county.bookId)
    .executeTakeFirst();
  const keyed = by(stationOperator, { key: 'k' });
  const error = await refused(
    t,
    importClaims(store, world.packs, keyed, county.bookId, bytes),
    'import_faulty',
  );
  t.match(error?.options.details, { faults: { length: faults.length } });
  t.same(
    await store.read.selectFrom('book').select('logSize').where('id', '=', county.bookId).executeTakeFirst(),
    before,
  );
});

forEachEngine('invoices twice in the sheet, or used already', async (t, store) => {
  const world = await seedWorld(store);
  const { fundId, preview, sheet } = await scene(world);
  const messages = async (...lines: Line[]) =>
    (await preview(sheet(...lines))).faults.map(
      ({ cell, gravity, message }) => [cell, gravity, message] as const,
    );
  const at = (row: number) => cellOf('invoiceNumber', row);
  t.match(await messages(invoiced(NUMBER), invoiced(NUMBER)), [
    [at(2), 'error', /超出票面/],
    [at(3), 'error', /第 2、3 行/],
  ]);
  const shared = { amount: '1000' };
  t.match(await messages(invoiced(NUMBER, shared), invoiced(NUMBER, shared)), [
    [at(2), 'warning', /同一张发票/],
    [at(3), 'warning'],
  ]);
  t.same(
    await messages(invoiced(NUMBER, { ...shared, group: 'a' }), invoiced(NUMBER, { ...shared, group: 'a' })),
    [],
    'in one claim',
  );
  t.match(await messages(invoiced(NUMBER, shared), invoiced(NUMBER, { ...shared, sellerName: '另一店' })), [
    [at(2), 'error', /不一致/],
    [at(3), 'error'],
  ]);
  const invoice = invoiceOf(NUMBER, '2000.00', { sellerName: '某文具店' });
  await openClaim(world, 'submitted', [{ fundId, amount: '1500.00', invoice }]);
  t.match(await messages(invoiced(NUMBER, { amount: '500' })), [[at(2), 'warning', /已报销 1,500.00/]]);
  t.match(
    await messages(invoiced(NUMBER, { amount: '500.01' })),
    [[at(2), 'error', /超出票面/]],
    'one 分 over',
  );
});

forEachEngine('sheets as people hand them in', async (t, store) => {
  const world = await seedWorld(store);
  const { documentNo, preview } = await scene(world);
  const order = [...COLUMN_KEYS].reverse();
  const backwards = (cells: Typed[]) => [...cells].reverse();
  const mixed = workbook(
    [
      ['请逐行填写'],
      [],
      backwards(titles).map((title, index) => `${title} *${index === 0 ? '（必填）' : ''}`),
      backwards(row(documentNo)),
      [],
      [null, '   ', null],
      backwards(
        row(documentNo, {
          title: formula('HYPERLINK("http://x","点")', '=HYPERLINK("x")'),
          amount: '２，０００．５０',
        }),
      ),
    ],
    { name: 'Sheet1' },
  );
  const seen = await preview(mixed);
  t.match(
    seen,
    {
      isImportable: true,
      sheet: 'Sheet1',
      claims: [{ row: 4 }, { row: 7, title: '=HYPERLINK("x")', amount: '2000.50' }],
    },
    JSON.stringify(seen.faults),
  );
  t.equal(order.length, titles.length);

  const grouped = ['group', 'title', 'unit', 'payeeType', 'payeeName', 'businessDate'] as const;
  const blank = Object.fromEntries(grouped.map((key) => [key, null]));
  const merged = (...refs: string[]) =>
    workbook([titles, row(documentNo, { group: '1' }), row(documentNo, blank)], { merged: refs });
  const refs = grouped.map((key) => `${cellOf(key, 2)}:${cellOf(key, 3)}`);
  t.match(await preview(merged(...refs)), { isImportable: true, claims: [{ lines: 2, amount: '2469.00' }] });
  const amounts = await preview(merged(...refs, `${cellOf('amount', 2)}:${cellOf('amount', 3)}`));
  t.match(
    amounts.faults,
    [{ cell: cellOf('amount', 3), message: /不能合并/ }],
    'an amount must not count twice',
  );

  const twice = await preview(workbook([[...titles, '金额'], row(documentNo)]));
  t.match(twice.faults, [
    { cell: cellOf('amount', 1) },
    { cell: `${letter(titles.length)}1`, message: /只留一栏/ },
  ]);
  const lacking = await preview(
    workbook([titles.map((title) => (title === '金额（元）' ? '备注' : title)), row(documentNo)]),
  );
  t.match(lacking, { ignoredColumns: ['备注'], isImportable: false });
  t.ok(lacking.faults.some((fault) => /缺少“金额（元）”栏/.test(fault.message)));
  const differing = await preview(
    workbook([titles, row(documentNo, { group: '1' }), row(documentNo, { group: '１', title: '别的' })]),
  );
  t.match(differing.faults, [{ cell: cellOf('title', 3), message: /与本单第 2 行不同/ }]);

  const usual = [titles, row(documentNo)];
  const bomb = '0'.repeat(40 * 1024 * 1024);
  const many = Array.from({ length: 2001 }, () => row(documentNo));
  const cases: Readonly<Record<string, [string, Buffer]>> = {
    'an old .xls': ['sheet_unreadable', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    CSV: ['sheet_unreadable', Buffer.from('事由,金额\n茶叶,12')],
    nothing: ['sheet_unreadable', Buffer.alloc(0)],
    'another archive': ['sheet_unreadable', zipOf([['a.txt', 'x']])],
    'no such sheet': [
      'sheet_unreadable',
      workbook([
        ['姓名', '电话'],
        ['张三', '1'],
      ]),
    ],
    'only a header': ['sheet_unreadable', workbook([titles])],
    'too many rows': ['sheet_unreadable', workbook([titles, ...many])],
    'a commitment': [
      'sheet_unreadable',
      workbook([titles, row(documentNo, { title: `ｓealed:${'0'.repeat(64)}` })]),
    ],
    'a bomb': [
      'archive_unreadable',
      workbook(usual, {
        more: [
          ['xl/sharedStrings.xml', bomb],
          ['_rels/.rels', bomb],
        ],
      }),
    ],
    'too large': ['too_large', Buffer.alloc(5 * 1024 * 1024 + 1)],
    'an entity': [
      'xml_unreadable',
      zipOf([['xl/workbook.xml', '<!DOCTYPE a [<!ENTITY b "c">]><workbook/>']]),
    ],
    'columns merged whole': ['sheet_unreadable', workbook(usual, { merged: ['A1:A1048576'] })],
  };
  for (const [what, [code, bytes]] of Object.entries(cases)) await refused(t, preview(bytes), code, what);
});

forEachEngine(
  'a long import says where it is, stops when told, and goes on under its key',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county, stationOperator } = world;
    const { sheet } = await scene(world);
    const bytes = sheet(...Array.from({ length: 6 }, (_, index) => ({ title: `第 ${index} 份` })));
    const run = (progress = {}) =>
      importClaims(store, world.packs, by(stationOperator, { key: 'long' }), county.bookId, bytes, progress);
    const steps: string[] = [];
    const stop = new AbortController();
    const onProgress = (done: number, total: number) => {
      steps.push(`${done}/${total}`);
      if (done === 9) stop.abort();
    };
    await t.rejects(run({ onProgress, signal: stop.signal }), { name: 'AbortError' });
    t.same(steps, ['1/12', '2/12', '3/12', '4/12', '5/12', '6/12', '7/12', '8/12', '9/12']);
    t.equal((await store.read.selectFrom('claim').select('id').execute()).length, 3);
    const { claims } = await run();
    const rows = await store.read.selectFrom('claim').select(['id', 'title']).orderBy('id').execute();
    t.same(
      claims.map((claim) => claim.id),
      rows.map((claim) => claim.id),
      'the missing three, and no other',
    );
    t.same(
      (await shown(store, rows)).map((claim) => claim.title),
      ['第 0 份', '第 1 份', '第 2 份', '第 3 份', '第 4 份', '第 5 份'],
    );
    await refused(
      t,
      importClaims(store, world.packs, by(stationOperator), county.bookId, bytes),
      'precondition_required',
    );
    await verifyClean(t, world);
  },
);

forEachEngine('amounts come through a sheet exactly; others see only their own choices', async (t, store) => {
  const world = await seedWorld(store);
  const { county, providerOperator } = world;
  const { fundId, documentNo } = await scene(world);
  const amounts = fc.sample(fc.bigInt({ min: 1n, max: 999_999_999_999_999n }), 300).map(formatYuan);
  const found = readClaimSheet(
    workbook([
      titles,
      ...amounts.map((amount, at) => row(documentNo, { amount: at % 2 ? amount : number(amount) })),
    ]),
  );
  t.same(
    found.rows.map(({ cells }) => {
      const read = amountOf(cells.get('amount') as Parameters<typeof amountOf>[0]);
      return 'value' in read ? formatYuan(parseYuan(read.value)) : read.fault;
    }),
    amounts,
  );
  const now = new Date('2022-07-31T02:00:00.000Z');
  const of = (who: typeof providerOperator) => claimTemplate(store, who, county.bookId, now);
  await refused(t, of(providerOperator), 'forbidden', 'a provider without a contract');
  await openContract(world, [{ fundId, amount: '5.00' }]);
  t.ok((await of(providerOperator)).length > 0);
  await refused(t, of(await seedActor(store, world.station, 'reviewer')), 'forbidden');
});
