import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

/**
 * Builds evidence packages from docs/evidence-package.md alone, with a small story in them. It shares nothing with the
 * service nor with the verifier, and every stage can be tampered with: before the hashes and signatures are made, as a
 * cheating exporter would, or after, as somebody without the key must.
 */

// Hashes and text -------------------------------------------------------------------------------------------------

export const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
export const sha256Hex = (...parts: (string | Uint8Array)[]): string => sha256(...parts).toString('hex');

export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = value as Record<string, unknown>;
    return `{${Object.keys(members)
      .filter((key) => members[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(members[key])}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

const parent = (left: Buffer, right: Buffer) => sha256(Uint8Array.of(1), left, right);
const split = (size: number) => 2 ** (Math.ceil(Math.log2(size)) - 1);

/** RFC 6962 §2.1, as it is written there. */
export function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256('');
  if (leaves.length === 1) return leaves[0]!;
  const k = split(leaves.length);
  return parent(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

/** RFC 6962 §2.1.1. */
export function pathOf(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...pathOf(index, leaves.slice(0, k)), rootOf(leaves.slice(k))]
    : [...pathOf(index - k, leaves.slice(k)), rootOf(leaves.slice(0, k))];
}

// Keys and notes --------------------------------------------------------------------------------------------------

export interface Signer {
  readonly name: string;
  readonly type: 1 | 4;
  readonly id: Buffer;
  readonly vkey: string;
  readonly privateKey: KeyObject;
}

export function newSigner(name: string, seed: string, type: 1 | 4 = 1): Signer {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), sha256(seed)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const typed = Buffer.concat([Uint8Array.of(type), spki.subarray(-32)]);
  const id = sha256(`${name}\n`, typed).subarray(0, 4);
  return { name, type, id, privateKey, vkey: `${name}+${id.toString('hex')}+${typed.toString('base64')}` };
}

export function signatureLine(text: string, signer: Signer, seconds = 1672531200): string {
  const message = signer.type === 1 ? text : `cosignature/v1\ntime ${seconds}\n${text}`;
  const time = Buffer.alloc(signer.type === 1 ? 0 : 8);
  if (signer.type === 4) time.writeBigUInt64BE(BigInt(seconds));
  const payload = Buffer.concat([signer.id, time, sign(null, Buffer.from(message), signer.privateKey)]);
  return `— ${signer.name} ${payload.toString('base64')}\n`;
}

export const signedNote = (text: string, signers: readonly Signer[]): string =>
  `${text}\n${signers.map((signer) => signatureLine(text, signer)).join('')}`;

export const checkpointText = (origin: string, leaves: readonly Buffer[]): string =>
  `${origin}\n${leaves.length}\n${rootOf(leaves).toString('base64')}\n`;

// Zip -------------------------------------------------------------------------------------------------------------

export interface ZipEntry {
  name: Buffer;
  content: Buffer;
}

/** §3: stored, sizes in data descriptors. */
export function storedZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content } of entries) {
    const crc = crc32(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(0x0808, 6);
    local.writeUInt16LE(0x0021, 12);
    local.writeUInt16LE(name.length, 26);
    const descriptor = Buffer.alloc(16);
    descriptor.writeUInt32LE(0x08074b50, 0);
    descriptor.writeUInt32LE(crc, 4);
    descriptor.writeUInt32LE(content.length, 8);
    descriptor.writeUInt32LE(content.length, 12);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(20, 4);
    central.writeUInt16LE(20, 6);
    central.writeUInt16LE(0x0808, 8);
    central.writeUInt16LE(0x0021, 14);
    central.writeUInt32LE(crc, 16);
    central.writeUInt32LE(content.length, 20);
    central.writeUInt32LE(content.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(at, 42);
    parts.push(local, name, content, descriptor);
    directory.push(central, name);
    at += 30 + name.length + content.length + 16;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, central, end]);
}

/** An ordinary deflated zip, as spreadsheets are. */
function deflatedZip(entries: readonly (readonly [string, string | Buffer])[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [path, text] of entries) {
    const name = Buffer.from(path);
    const packed = deflateRawSync(text);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(8, 4);
    head.writeUInt16LE(0x0021, 8);
    head.writeUInt32LE(crc32(text), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(Buffer.byteLength(text), 18);
    head.writeUInt16LE(name.length, 22);
    const central = Buffer.concat([Buffer.from('504b01021400', 'hex'), head, Buffer.alloc(14)]);
    central.writeUInt32LE(at, 42);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), head]);
    parts.push(local, name, packed);
    directory.push(central, name);
    at += local.length + name.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, central, end]);
}

// Tables ----------------------------------------------------------------------------------------------------------

export interface Table {
  file: string;
  sheet: string;
  basis: string;
  header: string[];
  rows: string[][];
  totalled: string[];
}

/** 分 of a cell such as `-1234.50`. */
const fen = (text: string) => BigInt(text.replace('.', ''));
export function yuan(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export function totalsOf({ header, rows, totalled }: Table): Record<string, string> {
  return Object.fromEntries(
    totalled.map((name) => {
      const at = header.indexOf(name);
      return [name, yuan(rows.reduce((sum, row) => sum + fen(row[at] || '0.00'), 0n))];
    }),
  );
}

const csvCell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
export const csvOf = ({ header, rows }: Table): string =>
  `\ufeff${[header, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')}`;

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const column = (at: number): string =>
  at < 26 ? String.fromCharCode(65 + at) : column(Math.floor(at / 26) - 1) + column(at % 26);

export interface SheetTable extends Table {
  /** The last row; by default 合计 and the sums. */
  last?: string[];
}

/** One sheet a table: title, 口径, watermark, header, data, 合计. With `rowsPerSheet` it goes on in 名称(2) … */
export function workbookOf(
  tables: readonly SheetTable[],
  {
    watermark = null as string | null,
    isShared = false,
    rowsPerSheet = Number.POSITIVE_INFINITY,
    edit = (_part: string, xml: string) => xml,
  } = {},
): Buffer {
  const shared: string[] = [];
  const cell = (text: string, at: number, row: number) => {
    const ref = `${column(at)}${row}`;
    if (text === '') return '';
    if (/^-?\d{1,13}\.\d\d$/.test(text))
      return `<c r="${ref}" s="1"><v>${text.replace(/\.?0+$/, '')}</v></c>`;
    if (/^\d{4}-\d\d-\d\d$/.test(text))
      return `<c r="${ref}" s="2"><v>${Date.parse(text) / 86_400_000 + 25_569}</v></c>`;
    if (!isShared) return `<c r="${ref}" t="inlineStr"><is><t>${escaped(text)}</t></is></c>`;
    shared.push(`<si><t xml:space="preserve">${escaped(text)}</t></si>`);
    return `<c r="${ref}" t="s"><v>${shared.length - 1}</v></c>`;
  };
  const sheets = tables.flatMap((table) => {
    const totals = totalsOf(table);
    const last = table.last ?? table.header.map((name, at) => (at === 0 ? '合计' : (totals[name] ?? '')));
    const heading = [
      [table.sheet],
      [`口径：${table.basis}`],
      ...(watermark ? [[watermark]] : []),
      table.header,
    ];
    const lines = [...heading, ...table.rows, last];
    const count = Math.max(1, Math.ceil(lines.length / rowsPerSheet));
    return Array.from({ length: count }, (_, part) => ({
      name: part === 0 ? table.sheet : `${table.sheet}(${part + 1})`,
      lines: count === 1 ? lines : lines.slice(part * rowsPerSheet, (part + 1) * rowsPerSheet),
    }));
  });
  const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packaged = 'http://schemas.openxmlformats.org/package/2006';
  const rowXml = (cells: readonly string[], i: number) =>
    `<row r="${i + 1}">${cells.map((text, at) => cell(text, at, i + 1)).join('')}</row>`;
  // In pieces: one string may not hold a large sheet.
  const sheetXml = sheets.map(({ lines }) => {
    const pieces = [Buffer.from(`${xml}<worksheet xmlns="${main}"><sheetData>`)];
    for (let at = 0; at < lines.length; at += 20_000)
      pieces.push(
        Buffer.from(
          lines
            .slice(at, at + 20_000)
            .map((cells, i) => rowXml(cells, at + i))
            .join(''),
        ),
      );
    const whole = Buffer.concat([...pieces, Buffer.from('</sheetData></worksheet>')]);
    return whole.length < 1_000_000 ? whole.toString() : whole;
  });
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`;
  const parts: (readonly [string, string | Buffer])[] = [
    [
      '[Content_Types].xml',
      `${xml}<Types xmlns="${packaged}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    ],
    [
      '_rels/.rels',
      `${xml}<Relationships xmlns="${packaged}/relationships">${relation('r1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `${xml}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${sheets
        .map(({ name }, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="s${i + 1}"/>`)
        .join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${xml}<Relationships xmlns="${packaged}/relationships">${sheets
        .map((_, i) => relation(`s${i + 1}`, 'worksheet', `worksheets/sheet${i + 1}.xml`))
        .join('')}${isShared ? relation('t', 'sharedStrings', 'sharedStrings.xml') : ''}</Relationships>`,
    ],
    ...sheetXml.map((text, i) => [`xl/worksheets/sheet${i + 1}.xml`, text] as const),
    ...(isShared
      ? ([['xl/sharedStrings.xml', `${xml}<sst xmlns="${main}">${shared.join('')}</sst>`]] as const)
      : []),
  ];
  return deflatedZip(
    parts.map(
      ([part, content]) => [part, typeof content === 'string' ? edit(part, content) : content] as const,
    ),
  );
}

// The story -------------------------------------------------------------------------------------------------------

export type Posting = [string, string, string, string, string, string];
export interface LedgerEntry {
  id: string;
  kind: string;
  effectiveDate: string;
  reverses: string | null;
  subject: { type: string; id: string };
  postings: Posting[];
}
export interface Body {
  v: number;
  book: string;
  index: number;
  at: string;
  actor: string;
  request: string;
  action: string;
  subject: { type: string; id: string };
  data?: unknown;
  facts?: unknown;
  decision?: {
    outcome: string;
    engine: string;
    packs: unknown[];
    reasons: { clause: string; message: string; waiver?: string }[];
  };
  refusal?: { code: string };
  entries?: LedgerEntry[];
  rows?: [string, string, Record<string, unknown> | null][];
  seals?: [string, string][];
}

export interface Attachment {
  ciphertext: Buffer;
  content: Buffer;
  salt: string;
}

export const BOOK = 'book-luxian';
export const ORIGIN = `station-funds/${BOOK}`;
const NAMES: Record<string, string> = {
  planned: '计划',
  expected: '计划（未下达口径）',
  allotted: '下达',
  available: '可用指标',
  reserved: '报账占用',
  spent: '支出',
  received: '到账',
  bank: '账面资金',
  paid_out: '已付资金',
};
const SOURCES = ['planned', 'allotted', 'received', 'entrusted', 'service_quota'];
const OUTCOMES: Record<string, string> = { allow: '允许', review: '复核', block: '拦截' };
export const PACK = Buffer.from('id: sichuan\nrules: []\n');

/** A value behind a commitment: the digest that the log holds and the line that opens it. */
export function sealed(salt: string, value: string): { digest: string; line: string } {
  const line = canonical([sha256Hex(salt).slice(0, 32), value]);
  return { digest: sha256Hex(line), line };
}

/** What a package is made of: a test may change it before anything is hashed. */
export interface Plan {
  bodies: Body[];
  /** Log indexes that are opened. */
  opened: number[];
  openings: string[];
  attachments: Attachment[];
  scope: { kind: string; id: string | null; from: string | null; until: string | null };
  funds: string[];
  isBalancesWhole: boolean;
  isRedacted: boolean;
  exportIndex: number;
  exportedAt: string;
  watermark: string;
  keys: {
    signer: Signer;
    retiredAt: string | null;
    revokedAt: string | null;
    revokedReason: string | null;
  }[];
  witnesses: Signer[];
  /** Who signs the checkpoint (with the witnesses) and the package. */
  checkpointSigners: Signer[];
  packageSigners: Signer[];
}

export const OLD_KEY = newSigner(ORIGIN, 'old key');
export const NEW_KEY = newSigner(ORIGIN, 'new key');
export const WITNESS = newSigner('shenji.example/luxian', 'witness', 4);

export function story(): Plan {
  const bodies: Body[] = [];
  const openings: string[] = [];
  const entry = (action: string, type: string, id: string, more: Partial<Body> = {}): Body => {
    const index = bodies.length;
    const body: Body = {
      v: 2,
      book: BOOK,
      index,
      at: `2022-0${1 + Math.floor(index / 3)}-1${index % 3}T02:00:00.000Z`,
      actor: 'person-1',
      request: `request-${index}`,
      action,
      subject: { type, id },
      ...more,
    };
    bodies.push(body);
    return body;
  };
  const ledger = (
    id: string,
    kind: string,
    postings: Posting[],
    reverses: string | null = null,
  ): LedgerEntry => ({
    id,
    kind,
    effectiveDate: `2022-0${1 + Math.floor(bodies.length / 3)}-1${bodies.length % 3}`,
    reverses,
    subject: kind.startsWith('claim') ? { type: 'claim', id: 'claim-1' } : { type: 'fund', id: 'fund-1' },
    postings,
  });
  const seal = (salt: string, value: string, subject: string) => {
    const { digest, line } = sealed(salt, value);
    openings.push(line);
    return { text: `sealed:${digest}`, seal: [digest, subject] as [string, string] };
  };
  const attachments = ['发票 2022-01', '验收单 2022-02'].map((content, i): Attachment => {
    const clear = Buffer.from(`%PDF-1.7 ${content}\n`);
    return {
      ciphertext: sha256(`cipher ${i}`, clear),
      content: clear,
      salt: sha256Hex(`salt ${i}`).slice(0, 32),
    };
  });
  const decision = (outcome: string, clauses: string[]): Body['decision'] => ({
    outcome,
    engine: '1',
    packs: [{ id: 'sichuan', sha256: sha256Hex(PACK) }],
    reasons: clauses.map((clause) => ({
      clause,
      message: `${clause}：“社工站”，可支出`,
      ...(clause === '第十条' ? { waiver: 'waiver-1' } : {}),
    })),
  });

  const bookName = seal('name', '张三', 'person/person-1');
  entry('book.create', 'book', BOOK, {
    rows: [['person', 'person-1', { id: 'person-1', name: bookName.text }]],
    seals: [bookName.seal],
  });
  entry('fund.create', 'fund', 'fund-1', {
    rows: [['fund', 'fund-1', { id: 'fund-1', title: '省级奖补 2022', amountFen: '100000' }]],
  });
  entry('fund.allot', 'fund', 'fund-1', {
    entries: [
      ledger('entry-plan', 'fund.plan', [
        ['fund-1', 'planned', '', 'expected', '', '100000'],
        ['fund-2', 'planned', '', 'expected', '', '1234567890123456789'],
      ]),
      ledger('entry-allot', 'fund.allot', [['fund-1', 'allotted', '', 'available', '', '100000']]),
    ],
  });
  entry('fund.receive', 'fund', 'fund-1', {
    entries: [ledger('entry-receive', 'fund.receive', [['fund-1', 'received', '', 'bank', '', '100000']])],
  });
  const note = seal('note', '购买办公用品，含“笔记本”10 本', 'claim/claim-1');
  const invoice = seal('invoice', '24512000000012345678', 'claim/claim-1');
  entry('claim.draft', 'claim', 'claim-1', {
    rows: [
      ['claim', 'claim-1', { id: 'claim-1', title: note.text, amountFen: '10000', paidFen: '0' }],
      ['spendingLine', 'line-1', { id: 'line-1', invoice: canonical({ number: invoice.text }) }],
      [
        'waiver',
        'waiver-1',
        {
          id: 'waiver-1',
          clause: 'SC-03',
          fundId: 'fund-1',
          subjectType: null,
          subjectId: null,
          limitFen: '50000',
          fromDate: '2022-02-01',
          untilDate: '2022-12-31',
          status: 'requested',
          documentNo: null,
        },
      ],
      ['waiver', 'waiver-1', { status: 'approved', documentNo: '泸县民函〔2022〕18号' }],
      ...['claim-9', 'claim-1'].map((subjectId): [string, string, Record<string, unknown>] => [
        'waiverUse',
        `waiver-1/${subjectId}`,
        { waiverId: 'waiver-1', subjectId, subjectType: 'claim' },
      ]),
      ['waiverUse', 'waiver-1/claim-9', null],
      ['waiverUse', 'waiver-1/claim-4', { waiverId: 'waiver-1', subjectId: 'claim-4', subjectType: 'claim' }],
      ...attachments.map(({ ciphertext, content, salt }, i): [string, string, Record<string, unknown>] => [
        'attachment',
        `attachment-${i}`,
        {
          id: `attachment-${i}`,
          contentSha256: sha256Hex(ciphertext),
          plainCommitment: sha256Hex(Buffer.from(salt, 'hex'), content),
        },
      ]),
    ],
    seals: [note.seal, invoice.seal],
  });
  entry('claim.submit', 'claim', 'claim-1', {
    facts: { amountFen: '10000' },
    decision: decision('allow', ['第八条', '第十条']),
    entries: [
      ledger('entry-reserve', 'claim.submit', [['fund-1', 'available', '', 'reserved', 'claim-1', '10000']]),
    ],
  });
  entry('claim.submit', 'claim', 'claim-2', {
    facts: { amountFen: '99999999' },
    decision: decision('block', []),
    refusal: { code: 'insufficient_balance' },
  });
  entry('claim.pay', 'claim', 'claim-1', {
    entries: [
      ledger('entry-pay', 'claim.pay', [
        ['fund-1', 'reserved', 'claim-1', 'spent', 'claim-1', '10000'],
        ['fund-1', 'bank', '', 'paid_out', 'claim-1', '10000'],
      ]),
    ],
    rows: [
      ['payment', 'payment-1', { id: 'payment-1', voucherNo: '付-1', amountFen: '10000' }],
      ['claim', 'claim-1', { status: 'paid', paidFen: '10000' }],
    ],
  });
  entry('claim.submit', 'claim', 'claim-3', {
    decision: decision('review', ['第十二条']),
    entries: [
      ledger('entry-mistake', 'claim.submit', [['fund-1', 'available', '', 'reserved', 'claim-3', '4001']]),
    ],
  });
  entry('claim.withdraw', 'claim', 'claim-3', {
    entries: [
      ledger(
        'entry-reversal',
        'claim.withdraw',
        [['fund-1', 'reserved', 'claim-3', 'available', '', '4001']],
        'entry-mistake',
      ),
    ],
    rows: [['draft', 'draft-1', null]],
  });
  entry('key.rotate', 'book', BOOK, {
    rows: [['signingKey', 'key-2', { id: 'key-2', verifierKey: NEW_KEY.vkey }]],
  });
  entry('evidence.export', 'book', BOOK, { data: { scope: 'book' } });

  return {
    bodies,
    opened: bodies.map(({ index }) => index),
    openings,
    attachments,
    scope: { kind: 'book', id: null, from: null, until: null },
    funds: ['fund-1', 'fund-2'],
    isBalancesWhole: true,
    isRedacted: false,
    exportIndex: bodies.length - 1,
    exportedAt: '2022-04-20T02:00:00.000Z',
    watermark: '审计局 2022-04-20',
    keys: [
      { signer: OLD_KEY, retiredAt: null, revokedAt: null, revokedReason: null },
      { signer: NEW_KEY, retiredAt: null, revokedAt: null, revokedReason: null },
    ],
    witnesses: [WITNESS],
    checkpointSigners: [OLD_KEY, NEW_KEY],
    packageSigners: [OLD_KEY, NEW_KEY],
  };
}

function tablesOf(plan: Plan): Table[] {
  const { scope, watermark, isRedacted } = plan;
  const opened = plan.opened.map((index) => plan.bodies[index]!);
  const balances = new Map<string, bigint>();
  const details: string[][] = [];
  const vouchers: string[][] = [];
  for (const { index, entries = [] } of opened)
    for (const { id, effectiveDate, postings } of entries) {
      for (const [seq, [fund, fromLayer, fromSubject, toLayer, toSubject, amount]] of postings.entries()) {
        const from = [fund, fromLayer, fromSubject].join('|');
        const to = [fund, toLayer, toSubject].join('|');
        balances.set(from, (balances.get(from) ?? 0n) - BigInt(amount));
        balances.set(to, (balances.get(to) ?? 0n) + BigInt(amount));
        const isIn =
          (scope.kind !== 'fund' || fund === scope.id) &&
          (!scope.from || effectiveDate >= scope.from) &&
          (!scope.until || effectiveDate <= scope.until);
        if (!isIn) continue;
        details.push([
          String(index),
          id,
          String(seq),
          effectiveDate,
          fund,
          NAMES[fromLayer] ?? '',
          fromLayer,
          fromSubject,
          NAMES[toLayer] ?? '',
          toLayer,
          toSubject,
          yuan(BigInt(amount)),
        ]);
      }
    }
  for (const { index, rows = [], action } of opened) {
    if (action === 'fund.receive') vouchers.push([String(index), '收-1', '1000.00']);
    for (const [name, , columns] of rows)
      if (name === 'payment' && columns)
        vouchers.push([
          String(index),
          String(columns['voucherNo']),
          yuan(BigInt(String(columns['amountFen']))),
        ]);
  }
  const accounts = [...balances]
    .map(([key, balance]) => ({ key: key.split('|') as [string, string, string], balance }))
    .filter(({ key, balance }) => balance !== 0n && plan.funds.includes(key[0]))
    .map(({ key: [fund, layer, subject], balance }) => [
      fund,
      NAMES[layer] ?? '',
      layer,
      subject,
      yuan(SOURCES.includes(layer) ? -balance : balance),
    ]);
  const total = (fund: string, layer: string) =>
    [...balances].reduce(
      (sum, [key, balance]) => (key.startsWith(`${fund}|${layer}|`) ? sum + balance : sum),
      0n,
    );
  const tables: Table[] = [
    {
      file: 'ledger-details.csv',
      sheet: '明细账',
      basis: '分录逐笔',
      header:
        '日志序号 分录编号 分录内序 业务日期 资金编号 转出科目 转出科目代码 转出对象 转入科目 转入科目代码 转入对象 金额'.split(
          ' ',
        ),
      rows: details,
      totalled: ['金额'],
    },
    {
      file: 'balances.csv',
      sheet: '余额表',
      basis: '截至导出时',
      header: ['资金编号', '科目', '科目代码', '对象', '余额'],
      rows: accounts,
      totalled: ['余额'],
    },
    {
      file: 'four-amounts.csv',
      sheet: '四列对照表',
      basis: '计划、下达、到账、支出',
      header: ['资金编号', '资金名称', '计划', '下达', '到账', '支出'],
      rows: plan.funds.map((fund) => [
        fund,
        fund === 'fund-1' ? '省级奖补 2022' : '“福彩”, 2022',
        yuan(-total(fund, 'planned')),
        yuan(-total(fund, 'allotted')),
        yuan(-total(fund, 'received')),
        yuan(total(fund, 'spent')),
      ]),
      totalled: ['计划', '下达', '到账', '支出'],
    },
    {
      file: 'relief-cap.csv',
      sheet: '5%额度表',
      basis: '困难群众救助补助',
      header: ['年度', '额度', '比例'],
      rows: [['2022', '0.00', '4.53%']],
      totalled: [],
    },
    {
      file: 'decisions.csv',
      sheet: '决定与依据',
      basis: '逐条依据',
      header: ['日志序号', '结果', '条款', '说明', '例外编号'],
      rows: opened.flatMap(({ index, decision }) => {
        if (!decision) return [];
        const outcome = OUTCOMES[decision.outcome] ?? decision.outcome;
        if (decision.reasons.length === 0) return [[String(index), outcome, '', '', '']];
        return decision.reasons.map(({ clause, message, waiver = '' }) => [
          String(index),
          outcome,
          clause,
          message,
          waiver,
        ]);
      }),
      totalled: [],
    },
    {
      file: 'evidence-sheets.csv',
      sheet: '取证单',
      basis: '每笔支付一行',
      header: ['报账单编号', '支付金额', '收款人'],
      rows: [['claim-1', '100.00', isRedacted ? '〔已脱敏〕' : '某某商店\n（个体户）']],
      totalled: ['支付金额'],
    },
    {
      file: 'vouchers.csv',
      sheet: '凭证',
      basis: '收款与支付',
      header: ['日志序号', '凭证号', '金额'],
      rows: vouchers,
      totalled: ['金额'],
    },
    {
      file: 'waivers.csv',
      sheet: '例外批准',
      basis: '状态为检查点时',
      header:
        '例外编号 条款 资金编号 针对单据 限额 起始日期 截止日期 状态 批准文号 用于 已用金额 申请理由'.split(
          ' ',
        ),
      rows: opened.some(({ rows = [] }) => rows.some(([name]) => name === 'waiver'))
        ? [
            [
              'waiver-1',
              'SC-03',
              'fund-1',
              '',
              '500.00',
              '2022-02-01',
              '2022-12-31',
              '已批准',
              '泸县民函〔2022〕18号',
              'claim/claim-1；claim/claim-4',
              '100.00',
              isRedacted ? '〔已脱敏〕' : '站点遭洪灾',
            ],
          ]
        : [],
      totalled: ['已用金额'],
    },
  ];
  if (!isRedacted)
    for (const table of tables) {
      table.header.push('水印');
      for (const row of table.rows) row.push(watermark);
    }
  return tables;
}

// Assembly --------------------------------------------------------------------------------------------------------

export type Files = Map<string, Buffer>;

/** Where a test may put its hand in, in the order in which a package comes to be. */
export interface Tampering {
  plan?(plan: Plan): void;
  /** Tables before anything is made of them: CSV, totals and workbook agree. */
  tables?(tables: Table[]): void;
  /** The CSV files only. */
  csv?(tables: Table[]): void;
  /** The workbook only. */
  sheets?(tables: SheetTable[]): void;
  workbook?: Parameters<typeof workbookOf>[1];
  /** Texts of all entries, before their leaves are hashed. */
  texts?(texts: string[]): void;
  /** Lines of the opened entries, after their leaves were hashed. */
  lines?(lines: string[]): void;
  openings?(lines: string[]): void;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a test likes
  packageJson?(json: any): void;
  /** All payload files, before manifests and signature: an exporter with the key. */
  payload?(files: Files): void;
  /** All files, after the signature: anybody. */
  files?(files: Files): void;
  zip?(entries: ZipEntry[]): void;
}

export interface Built {
  zip: Buffer;
  files: Files;
  plan: Plan;
  leaves: Buffer[];
}

export const leafOf = (entry: string): Buffer => sha256(Uint8Array.of(0), entry);

export const proofOf = (index: number, leaves: readonly Buffer[], checkpoint: string): string =>
  `c2sp.org/tlog-proof@v1\nindex ${index}\n${pathOf(index, leaves)
    .map((node) => `${node.toString('base64')}\n`)
    .join('')}\n${checkpoint}`;

const copied = (tables: readonly Table[]): Table[] => structuredClone(tables) as Table[];
const text = (value: string) => Buffer.from(value);

export function buildPackage(tampering: Tampering = {}): Built {
  const plan = story();
  tampering.plan?.(plan);
  const texts = plan.bodies.map(canonical);
  tampering.texts?.(texts);
  const leaves = texts.map(leafOf);
  const note = checkpointText(ORIGIN, leaves);
  const checkpoint = signedNote(note, [...plan.checkpointSigners, ...plan.witnesses]);
  const lines = plan.opened.map((index) => texts[index]!);
  const tables = tablesOf(plan);
  tampering.tables?.(tables);
  const [csv, sheets] = [copied(tables), copied(tables) as SheetTable[]];
  tampering.csv?.(csv);
  tampering.sheets?.(sheets);
  const openedFiles: Files = new Map();
  for (const [i, { ciphertext, content }] of plan.attachments.entries()) {
    openedFiles.set(`data/attachments/${sha256Hex(ciphertext)}.enc`, ciphertext);
    if (!plan.isRedacted)
      openedFiles.set(`data/attachments/${sha256Hex(ciphertext)}.${i === 0 ? 'pdf' : 'ofd'}`, content);
  }
  const salts = plan.attachments.map(({ ciphertext, salt }) =>
    canonical([salt, { attachment: sha256Hex(ciphertext) }]),
  );
  const openings = [...plan.openings, ...salts];
  tampering.openings?.(openings);
  tampering.lines?.(lines);
  const packageJson = {
    format: 2,
    book: { id: BOOK, name: '泸县民政局社工站资金账套', origin: ORIGIN },
    scope: plan.scope,
    exportedAt: plan.exportedAt,
    exportIndex: plan.exportIndex,
    size: leaves.length,
    root: rootOf(leaves).toString('hex'),
    opened: { count: plan.opened.length, isWhole: plan.opened.length === leaves.length },
    isRedacted: plan.isRedacted,
    recipient: plan.isRedacted ? null : '审计局',
    reason: plan.isRedacted ? null : '专项审计',
    balances: { isWhole: plan.isBalancesWhole, funds: plan.funds },
    counts: { funds: 2, claims: 3, payments: 1, attachments: 2, decisions: 3, waivers: 1 },
    tables: tables.map((table) => ({
      file: table.file,
      sheet: table.sheet,
      basis: table.basis,
      rows: table.rows.length,
      totals: totalsOf(table),
    })),
  };
  tampering.packageJson?.(packageJson);
  const keys = {
    keys: plan.keys.map(({ signer, ...state }, i) => ({
      vkey: signer.vkey,
      createdIndex: i === 0 ? 0 : 10,
      ...state,
    })),
    witnesses: plan.witnesses.map(({ name, vkey }) => ({ name, vkey })),
  };
  const files: Files = new Map([
    ['data/package.json', text(canonical(packageJson))],
    ['data/checkpoint.txt', text(checkpoint)],
    ['data/keys.json', text(canonical(keys))],
    ['data/log/leaves.bin', Buffer.concat(leaves)],
    ['data/log/entries.jsonl.gz', gzipSync(lines.map((line) => `${line}\n`).join(''))],
    ...(plan.isRedacted
      ? []
      : ([['data/log/openings.jsonl.gz', gzipSync(openings.map((line) => `${line}\n`).join(''))]] as const)),
    ...plan.opened.map(
      (index) => [`data/proofs/${index}.tlog-proof`, text(proofOf(index, leaves, checkpoint))] as const,
    ),
    ...openedFiles,
    [`data/packs/${sha256Hex(PACK)}.yaml`, PACK],
    ...csv.map((table) => [`data/tables/${table.file}`, text(csvOf(table))] as const),
    [
      'data/workpapers.xlsx',
      workbookOf(sheets, { watermark: plan.isRedacted ? null : plan.watermark, ...tampering.workbook }),
    ],
    ['data/standard/kmye.csv', text('\ufeff科目编号,余额\r\n')],
    ['data/timestamps/5.tsr', text('a token')],
    ['data/timestamps/5.txt', text(signedNote(checkpointText(ORIGIN, leaves.slice(0, 5)), [OLD_KEY]))],
    ['data/cover.html', text('<!doctype html><title>封面</title>')],
    ['data/verify.mjs', text('// the verifier\n')],
    ['data/verify.html', text('<!doctype html><title>核验</title>')],
  ]);
  tampering.payload?.(files);
  const all = seal(files, plan.packageSigners, plan.exportIndex);
  tampering.files?.(all);
  const entries = [...all].map(([path, content]) => ({ name: text(`luxian-2022/${path}`), content }));
  tampering.zip?.(entries);
  return { zip: storedZip(entries), files: all, plan, leaves };
}

/** Bag, manifests and package signature. */
export function seal(payload: Files, signers: readonly Signer[], exportIndex: number): Files {
  const lineOf = ([path, content]: readonly [string, Buffer]) => `${sha256Hex(content)}  ${path}\n`;
  const octets = [...payload.values()].reduce((sum, content) => sum + content.length, 0);
  const tagged: [string, Buffer][] = [
    ['bagit.txt', text('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n')],
    ['bag-info.txt', text(`Bagging-Date: 2022-04-20\nPayload-Oxum: ${octets}.${payload.size}\n`)],
    ['manifest-sha256.txt', text([...payload].map(lineOf).join(''))],
  ];
  const tagManifest = text(tagged.map(lineOf).join(''));
  const note = `${ORIGIN}/evidence\n${exportIndex}\nsha256:${sha256Hex(tagManifest)}\n`;
  return new Map([
    ...tagged,
    ['tagmanifest-sha256.txt', tagManifest],
    ['package.note', text(signedNote(note, signers))],
    ...payload,
  ]);
}
