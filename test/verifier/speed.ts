import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  BOOK,
  canonical,
  checkpointText,
  csvOf,
  type Files,
  leafOf,
  NEW_KEY,
  ORIGIN,
  seal,
  sha256Hex,
  signedNote,
  storedZip,
  type Table,
  totalsOf,
  workbookOf,
  yuan,
} from './build-package.js';
import { verifierPath } from './verifier.js';

/**
 * How long a large package takes. No test: `node --import tsx test/verifier/speed.ts [postings]`. The story is one
 * payment after the other, four postings and one decision each.
 */
const postings = Number(process.argv[2] ?? 1_000_000);
const count = Math.ceil(postings / 4);
const FUNDS = 20;

const header =
  '日志序号 分录编号 分录内序 业务日期 资金编号 转出科目 转出科目代码 转出对象 转入科目 转入科目代码 转入对象 金额'.split(
    ' ',
  );
const NAMES: Record<string, string> = {
  allotted: '下达',
  available: '可用指标',
  reserved: '报账占用',
  spent: '支出',
  received: '到账',
  bank: '账面资金',
  in_transit: '在途资金',
  paid_out: '已付资金',
};
const balances = new Map<string, bigint>();
const leaves: Buffer[] = [];
const texts: string[] = [];
const tables: Record<string, Table> = {};
const table = (file: string, sheet: string, columns: string[], totalled: string[]): Table => {
  tables[file] = { file, sheet, basis: '测速', header: columns, rows: [], totalled };
  return tables[file];
};
const details = table('ledger-details.csv', '明细账', header, ['金额']);
const accounts = table('balances.csv', '余额表', ['资金编号', '科目代码', '对象', '余额'], []);
const four = table('four-amounts.csv', '四列对照表', ['资金编号', '计划', '下达', '到账', '支出'], ['支出']);
table('relief-cap.csv', '5%额度表', ['年度'], []);
const decisions = table('decisions.csv', '决定与依据', ['日志序号', '结果', '条款', '例外编号'], []);
table('evidence-sheets.csv', '取证单', ['报账单编号', '支付金额'], ['支付金额']);
table(
  'waivers.csv',
  '例外批准',
  '例外编号 条款 资金编号 针对单据 限额 起始日期 截止日期 状态 批准文号 用于'.split(' '),
  [],
);
const vouchers = table('vouchers.csv', '凭证', ['日志序号', '凭证号', '金额'], ['金额']);

function add(moved: [string, string, string, string, string, bigint][], more: object): void {
  const index = texts.length;
  const id = `0190a5e2-7f31-7c3b-9d2e-${index.toString(16).padStart(12, '0')}`;
  const date = `2022-${String(1 + (index % 12)).padStart(2, '0')}-15`;
  for (const [seq, [fund, from, fromSubject, to, toSubject, amount]] of moved.entries()) {
    const [source, target] = [`${fund}|${from}|${fromSubject}`, `${fund}|${to}|${toSubject}`];
    balances.set(source, (balances.get(source) ?? 0n) - amount);
    balances.set(target, (balances.get(target) ?? 0n) + amount);
    details.rows.push([
      String(index),
      id,
      String(seq),
      date,
      fund,
      NAMES[from]!,
      from,
      fromSubject,
      NAMES[to]!,
      to,
      toSubject,
      yuan(amount),
    ]);
  }
  const body = {
    v: 2,
    book: BOOK,
    index,
    at: '2022-01-10T02:00:00.000Z',
    actor: '0190a5e2-7f31-7c3b-9d2e-000000000001',
    request: `0190a5e2-7f31-7c3b-9d2e-${index.toString(16).padStart(12, '0')}`,
    action: 'claim.pay',
    subject: { type: 'claim', id: `claim-${index}` },
    entries: [
      {
        id,
        kind: 'claim.pay',
        effectiveDate: date,
        reverses: null,
        subject: { type: 'claim', id: `claim-${index}` },
        postings: moved.map((posting) => posting.map(String)),
      },
    ],
    ...more,
  };
  const text = canonical(body);
  texts.push(text);
  leaves.push(leafOf(text));
}

const fund = (i: number) => `fund-${i % FUNDS}`;
for (let i = 0; i < FUNDS; i += 1)
  add(
    [
      [fund(i), 'allotted', '', 'available', '', 10n ** 12n],
      [fund(i), 'received', '', 'bank', '', 10n ** 12n],
    ],
    {},
  );
for (let i = 0; i < count; i += 1) {
  const amount = BigInt(10_000 + (i % 9973));
  const index = texts.length;
  const claim = `claim-${index}`;
  const station = `station-${i % 500}`;
  add(
    [
      [fund(i), 'available', '', 'reserved', claim, amount],
      [fund(i), 'reserved', claim, 'spent', station, amount],
      [fund(i), 'bank', '', 'in_transit', station, amount],
      [fund(i), 'in_transit', station, 'paid_out', station, amount],
    ],
    {
      decision: {
        outcome: 'allow',
        packs: [],
        reasons: [{ clause: '第八条', message: '可以支出', figures: [['本年已用', '15,000,000.00 元']] }],
      },
      rows: [
        [
          'payment',
          `payment-${index}`,
          { id: `payment-${index}`, amountFen: String(amount), voucherNo: `付-${index}` },
        ],
      ],
    },
  );
  decisions.rows.push([String(index), '允许', '第八条', '']);
  vouchers.rows.push([String(index), `付-${index}`, yuan(amount)]);
}
const sources = ['allotted', 'received'];
for (const [key, balance] of balances) {
  const [of, layer, subject] = key.split('|') as [string, string, string];
  if (balance !== 0n)
    accounts.rows.push([of, layer, subject, yuan(sources.includes(layer) ? -balance : balance)]);
}
for (let i = 0; i < FUNDS; i += 1) {
  const total = (layer: string) =>
    [...balances].reduce(
      (sum, [key, balance]) => (key.startsWith(`${fund(i)}|${layer}|`) ? sum + balance : sum),
      0n,
    );
  four.rows.push([fund(i), '0.00', yuan(-total('allotted')), yuan(-total('received')), yuan(total('spent'))]);
}

/** The texts in chunks: one string may not hold them all. */
const bytesOf = (lines: readonly string[]): Buffer => {
  const parts: Buffer[] = [];
  for (let at = 0; at < lines.length; at += 50_000)
    parts.push(
      Buffer.from(
        lines
          .slice(at, at + 50_000)
          .map((line) => `${line}\n`)
          .join(''),
      ),
    );
  return Buffer.concat(parts);
};
const checkpoint = signedNote(checkpointText(ORIGIN, leaves), [NEW_KEY]);
const entries = bytesOf(texts);
const root = Buffer.from(checkpoint.split('\n')[2]!, 'base64').toString('hex');
const list = Object.values(tables);
const packageJson = {
  format: 2,
  book: { id: BOOK, name: '测速', origin: ORIGIN },
  scope: { kind: 'book', id: null, from: null, until: null },
  exportedAt: '2023-01-01T00:00:00.000Z',
  exportIndex: 0,
  size: leaves.length,
  root,
  opened: { count: leaves.length, isWhole: true },
  isRedacted: true,
  recipient: null,
  reason: null,
  balances: { isWhole: true, funds: Array.from({ length: FUNDS }, (_, i) => fund(i)) },
  counts: {},
  tables: list.map((one) => ({
    file: one.file,
    sheet: one.sheet,
    basis: one.basis,
    rows: one.rows.length,
    totals: totalsOf(one),
  })),
};
/** A table as CSV, in chunks. */
const csv = (one: Table): Buffer => {
  const parts = [Buffer.from(csvOf({ ...one, rows: [] }))];
  for (let at = 0; at < one.rows.length; at += 50_000)
    parts.push(Buffer.from(csvOf({ ...one, header: [], rows: one.rows.slice(at, at + 50_000) }).slice(3)));
  return Buffer.concat(parts);
};
const workbook = workbookOf(list);
const files: Files = new Map([
  ['data/package.json', Buffer.from(canonical(packageJson))],
  ['data/checkpoint.txt', Buffer.from(checkpoint)],
  [
    'data/keys.json',
    Buffer.from(
      canonical({
        keys: [
          { vkey: NEW_KEY.vkey, createdIndex: 0, retiredAt: null, revokedAt: null, revokedReason: null },
        ],
        witnesses: [],
      }),
    ),
  ],
  ['data/log/leaves.bin', Buffer.concat(leaves)],
  ['data/log/entries.jsonl.gz', gzipSync(entries)],
  ...list.map((one) => [`data/tables/${one.file}`, csv(one)] as const),
  ['data/workpapers.xlsx', workbook],
  ['data/cover.html', Buffer.from('x')],
  ['data/verify.mjs', Buffer.from('x')],
  ['data/verify.html', Buffer.from('x')],
]);
const folder = mkdtempSync(join(tmpdir(), 'speed-'));
const path = join(folder, 'large.zip');
const sealed = seal(files, [NEW_KEY], 0);
writeFileSync(
  path,
  storedZip([...sealed].map(([name, content]) => ({ name: Buffer.from(`large/${name}`), content }))),
);
const size = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
console.log(
  `${details.rows.length} postings, ${leaves.length} entries, ${balances.size} accounts; entries ${size(entries.length)}`,
);
for (const name of ['data/log/entries.jsonl.gz', 'data/tables/ledger-details.csv', 'data/workpapers.xlsx'])
  console.log(`${name} ${size(files.get(name)!.length)} ${sha256Hex(files.get(name)!).slice(0, 8)}`);
const usage = `data:text/javascript,process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.error('CPU ' + (userCPUTime + systemCPUTime) / 1e6 + ' s, ' + Math.round(maxRSS / 1024) + ' MiB');
})`;
const started = performance.now();
try {
  execFileSync(process.execPath, ['--import', usage, verifierPath, path], { stdio: 'inherit' });
} catch {
  // Some checks always remain 未核验, which the exit code says.
}
console.log(`verified in ${((performance.now() - started) / 1000).toFixed(1)} s`);
if (!process.env['KEEP']) rmSync(folder, { recursive: true });
else console.log(path);
