import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { type Test, test } from 'tap';
import { canonicalJson } from '../../src/core/canonical-json.js';
import { newId, sha256Hex } from '../../src/core/ids.js';
import type { Store } from '../../src/db/store.js';
import type { Actor } from '../../src/organisations/index.js';
import { claimInput, fundInput, invoiceOf, lineInput, nextNo } from '../fixture.js';
import { engines, prepare, seedTree, testDatabaseUrl } from '../helper.js';
import { type Answer, type Ask, type Method, serve } from '../http/service.js';
import { openAt } from '../keys.js';
import { PACKS } from '../waivers/scene.js';

/** What the lifecycle is told about people and in free text; none of it may lie anywhere in clear. */
const SHOWN = {
  displayName: '欧阳晓燕',
  loginName: 'ouyang.xiaoyan.88',
  tokenName: '晓燕的财务软件',
  donorName: '东方朔先生',
  counterparty: '慕容氏家族基金',
  contractTitle: '为上官老人购买陪护',
  contractLine: '上官老人夜间陪护',
  condition: '上官老人家属签字认可',
  claimTitle: '司马小明助学',
  payeeName: '诸葛文具店',
  description: '司马小明的书包与文具',
  sellerName: '诸葛文具店发票专柜',
  reportLine: '护工皇甫某某补贴',
  sanctionReason: '皇甫某某虚报服务次数',
  explanation: '两处数字相差系皇甫某某笔误',
  differenceNote: '司马小明一户的款由皇甫某某代垫',
  waiverReason: '司马小明须配助听器',
  waiverRejection: '司马小明已由残联配发',
  waiverRevocation: '司马小明迁出本县',
  fileName: '司马小明身份证.pdf',
  dutyTitle: '皇甫某某一案整改完毕',
  dutyNote: '皇甫某某已退回补贴',
  dutyReason: '皇甫某某一案登记重复',
  fileContent: '%PDF-1.7 司马小明 510521201201010011',
} as const;
/** Told, logged as commitments, and part of no view. */
const KEPT = {
  password: '不外传的口令-2022',
  signNote: '已与上官老人家属核对',
  withdrawNote: '司马小明改名重填',
  reviewNote: '司马小明家访属实',
  approveNote: '同意资助司马小明',
  payNote: '已与司马小明监护人核对',
  refundNote: '司马小明退学退款',
  exportReason: '核查司马小明助学一案',
} as const;
const SECRETS: readonly (readonly [string, string])[] = Object.entries({ ...SHOWN, ...KEPT });

for (const engine of engines) {
  test(`no personal data and no free text lies anywhere in clear (${engine})`, async (t) => {
    const url = await testDatabaseUrl(t, engine);
    const store = await openAt(url);
    t.teardown(() => store.close());
    await prepare(store);
    const logged: string[] = [];
    const log = { write: (line: string) => void logged.push(line) };
    const { ask, attachmentsDir } = await serve(t, store, { log, packs: PACKS });
    const told = new Told(t, ask);
    await lifecycle(store, told);

    for (const [name, secret] of Object.entries(SHOWN))
      t.ok(told.answers.includes(secret), `${name}: people are shown it`);
    t.notMatch(told.answers, /sealed:[0-9a-f]{64}/, 'and no commitment in its place');

    for (const [table, text] of await everyRow(store)) clean(t, text, `table ${table}`);
    const bodies = await store.read.selectFrom('logEntry').select('body').execute();
    t.ok(bodies.length > 40, `${bodies.length} log entries`);
    clean(t, bodies.map(({ body }) => body).join('\n'), 'the audit log');
    t.ok(logged.length > 40, `${logged.length} lines of the service's own log`);
    clean(t, logged.join('\n'), "the service's own log");

    const kept = await store.read.selectFrom('idempotency').selectAll().execute();
    t.equal(kept.length, told.hashes.length, `${kept.length} answers are kept under their keys`);
    t.ok(kept.filter((row) => row.isRefusal === 1).length >= 2, 'refusals among them');
    t.same(
      kept.filter((row) => told.hashes.includes(row.requestHash)),
      [],
      'nobody can guess at a request by its hash without the master key',
    );

    const files = readdirSync(attachmentsDir, { recursive: true, withFileTypes: true });
    t.ok(files.some((file) => file.isFile()));
    for (const file of files.filter((entry) => entry.isFile()))
      clean(t, readFileSync(join(file.parentPath, file.name)), 'a file beside the database');
    if (engine === 'sqlite') {
      const database = url.slice('sqlite:'.length);
      for (const suffix of ['', '-wal'])
        clean(t, readFileSync(`${database}${suffix}`), `the bytes of the database ${suffix}`);
    }
  });
}

/** Asks as somebody, under a key wherever the route keeps answers, and remembers what it was shown. */
class Told {
  answers = '';
  /** SHA-256 of what was asked under a key. */
  readonly hashes: string[] = [];

  constructor(
    private readonly t: Test,
    private readonly ask: (actor: Actor | null, method: Method, path: string, given?: Ask) => Promise<Answer>,
  ) {}

  /** A write: the same again under the same key gets the same answer, as readable as at first. */
  async write(
    actor: Actor,
    method: Method,
    path: string,
    given: Ask,
    status: number,
  ): Promise<Answer['body']> {
    const keyed = { ...given, headers: { ...given.headers, 'idempotency-key': newId() } };
    const answer = await this.once(actor, method, path, keyed, status);
    const again = await this.ask(actor, method, path, keyed);
    const { instance: _1, ...first } = answer.body;
    const { instance: _2, ...second } = again.body;
    this.t.same(second, first, `${method} ${path}: the kept answer`);
    this.hashes.push(
      sha256Hex(
        canonicalJson([method, `/api/v1${path}`, given.headers?.['if-match'] ?? null, given.body ?? null]),
      ),
    );
    return answer.body;
  }

  async once(actor: Actor | null, method: Method, path: string, given: Ask, status: number): Promise<Answer> {
    const answer = await this.ask(actor, method, path, given);
    this.t.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body?.detail ?? '')}`);
    this.answers += `${answer.bytes.toString('utf8')}\n${answer.headers['content-disposition'] ?? ''}\n`;
    return answer;
  }
}

/** People, a donor, money, a contract, an attachment, a claim there and back, a report, a sanction, a figure. */
async function lifecycle(store: Store, told: Told): Promise<void> {
  const { county, station, provider, actors } = await seedTree(store);
  const { admin, finance, secondFinance, payer, stationOperator, stationReviewer, auditor } = actors;
  const book = `/books/${county.bookId}`;
  const post = (actor: Actor, path: string, body: object, status = 201) =>
    told.write(actor, 'POST', path, { body }, status);

  const { displayName, loginName } = SHOWN;
  const person = { displayName, loginName, organisationId: county.id, roles: ['auditor'] };
  const { id: personId } = await post(admin, '/people', { ...person, password: KEPT.password });
  await post(admin, '/people', { ...person, password: null }, 409);
  await post(admin, `/people/${personId}/grants`, { organisationId: county.id, role: 'supervisor' });
  const form = { loginName, password: KEPT.password };
  const session = await told.once(null, 'POST', '/session', { body: form }, 200);
  const cookie = String(session.headers['set-cookie']).split(';', 1)[0] as string;
  const token = { headers: { cookie }, body: { name: SHOWN.tokenName, days: 1 } };
  await told.once(null, 'POST', '/tokens', token, 201);
  await told.once(null, 'GET', '/tokens', { headers: { cookie } }, 200);
  await told.once(admin, 'GET', `/people?text=${encodeURIComponent('晓燕')}`, {}, 200);
  const donor = {
    kind: 'donor',
    name: SHOWN.donorName,
    parentId: county.id,
    divisionCode: '510521',
    openedDate: '2022-01-01',
  };
  await post(admin, '/organisations', donor);

  const fund = await post(finance, `${book}/funds`, fundInput());
  for (const kind of ['grant', 'arrival']) {
    const document = { kind, effectiveDate: '2022-02-01', amount: '1000.00', documentNo: nextNo(kind) };
    await post(finance, `${book}/funds/${fund.id}/documents`, {
      ...document,
      counterparty: SHOWN.counterparty,
    });
  }

  const line = (amount: string, words: string) => ({
    ...lineInput({ fundId: fund.id, amount, stationId: station.id }),
    description: words,
  });
  const { invoice: _invoice, evidence: _evidence, ...contractLine } = line('600.00', SHOWN.contractLine);
  const draft = {
    contractNo: nextNo('泸县民政购〔2022〕'),
    title: SHOWN.contractTitle,
    buyerId: county.id,
    providerId: provider.id,
    signedDate: '2022-03-01',
    startDate: '2022-03-01',
    endDate: '2023-02-28',
    schedule: [{ dueDate: '2022-06-30', amount: '600.00', condition: SHOWN.condition }],
    lines: [contractLine],
  };
  await told.once(finance, 'POST', `${book}/contracts/preview`, { body: draft }, 200);
  const { contract } = await post(finance, `${book}/contracts`, draft);
  await post(secondFinance, `${book}/contracts/${contract.id}/sign`, { note: KEPT.signNote }, 200);

  const upload = {
    raw: Buffer.from(SHOWN.fileContent),
    headers: { 'content-type': 'application/pdf', 'x-file-name': encodeURIComponent(SHOWN.fileName) },
  };
  const file = await told.write(stationOperator, 'POST', `${book}/attachments`, upload, 201);
  await told.once(auditor, 'GET', `${book}/attachments/${file.id}`, {}, 200);

  const claimLine = {
    ...line('100.00', SHOWN.description),
    invoice: invoiceOf('24512000000012345678', '100.00', { sellerName: SHOWN.sellerName }),
    evidence: [{ kind: 'invoice', attachmentId: file.id }],
  };
  const claimBody = {
    ...claimInput(station.id, []),
    title: SHOWN.claimTitle,
    payeeName: SHOWN.payeeName,
    lines: [claimLine],
  };
  await told.once(stationOperator, 'POST', `${book}/claims/preview`, { body: claimBody }, 200);
  const claim = await post(stationOperator, `${book}/claims`, claimBody);
  const path = `${book}/claims/${claim.id}`;
  const step = (actor: Actor, name: string, body: object, status = 200) =>
    post(actor, `${path}/${name}`, body, status);
  await step(stationOperator, 'submit', {});
  await step(stationOperator, 'withdraw', { note: KEPT.withdrawNote });
  const { version } = (await told.once(stationOperator, 'GET', path, {}, 200)).body;
  const edit = { body: claimBody, headers: { 'if-match': `"${version}"` } };
  await told.write(stationOperator, 'PUT', path, edit, 200);
  await step(stationOperator, 'submit', {});
  await step(stationReviewer, 'review', { note: KEPT.reviewNote });
  await step(finance, 'approve', { note: KEPT.approveNote });
  const money = { effectiveDate: '2022-07-20', amount: '100.00' };
  await step(payer, 'pay', { ...money, voucherNo: nextNo('付字'), note: KEPT.payNote });
  await step(payer, 'refund', {
    ...money,
    amount: '10.00',
    voucherNo: nextNo('退字'),
    note: KEPT.refundNote,
  });
  // More than the fund has: refused, and the refusal kept.
  const large = { ...claimBody, lines: [{ ...line('5000.00', SHOWN.description) }] };
  const { id: largeId } = await post(stationOperator, `${book}/claims`, large);
  await post(stationOperator, `${book}/claims/${largeId}/submit`, {}, 409);

  const ofContract = {
    ...claimInput(station.id, []),
    contractId: contract.id,
    payeeType: 'provider',
    payeeId: provider.id,
    title: SHOWN.claimTitle,
    lines: [line('300.00', SHOWN.contractLine)],
  };
  const { id: partId } = await post(stationOperator, `${book}/claims`, ofContract);
  await post(stationOperator, `${book}/claims/${partId}/submit`, {}, 200);
  await post(stationReviewer, `${book}/claims/${partId}/review`, {}, 200);
  await post(finance, `${book}/claims/${partId}/approve`, {}, 200);
  await post(
    payer,
    `${book}/claims/${partId}/pay`,
    { voucherNo: nextNo('付字'), effectiveDate: '2022-07-20' },
    200,
  );
  const report = {
    contractId: contract.id,
    businessDate: '2022-07-25',
    lines: [line('30.00', SHOWN.reportLine)],
  };
  await post(actors.providerOperator, `${book}/provider-reports`, report);

  await post(finance, `/organisations/${provider.id}/sanctions`, {
    kind: 'blacklist',
    bureauId: county.id,
    documentNo: '泸县民〔2022〕示例号',
    reason: SHOWN.sanctionReason,
    fromDate: '2022-07-28',
  });
  const exception = {
    clause: 'BB-01',
    fundId: fund.id,
    reason: SHOWN.waiverReason,
    evidence: [file.id],
    from: '2022-07-31',
    until: '2022-12-31',
  };
  const decided = [
    ['approve', { documentNo: nextNo('泸县民函〔2022〕') }],
    ['reject', { reason: SHOWN.waiverRejection }],
  ] as const;
  for (const [name, body] of decided) {
    const { id } = await post(finance, `${book}/waivers`, exception);
    await post(secondFinance, `${book}/waivers/${id}/${name}`, body, 200);
    if (name === 'approve')
      await post(finance, `${book}/waivers/${id}/revoke`, { reason: SHOWN.waiverRevocation }, 200);
    await told.once(auditor, 'GET', `${book}/waivers/${id}`, {}, 200);
  }
  const duty = { kind: 'rectification', year: 2022, date: '2022-07-20', attachments: [file.id] };
  const words = { title: SHOWN.dutyTitle, note: SHOWN.dutyNote };
  const { id: dutyId } = await post(finance, `${book}/procedures`, { ...duty, ...words });
  await post(finance, `${book}/procedures/${dutyId}/withdraw`, { reason: SHOWN.dutyReason }, 200);
  await told.once(auditor, 'GET', `${book}/procedures`, {}, 200);
  const figure = {
    basis: 'spent',
    sourceType: null,
    qualifier: 'exact',
    asOf: '2022-06',
    sourceName: '材料一',
    sourceSection: '二',
  };
  for (const amount of ['1.00', '2.00'])
    await post(finance, `${book}/figures`, { ...figure, topic: '福彩', amount });
  await post(finance, `${book}/figure-explanations`, { topic: '福彩', text: SHOWN.explanation });

  const fromAbove = fundInput({ level: 'provincial' });
  const { id: aboveId } = await post(finance, `${book}/funds`, fromAbove);
  await post(finance, `${book}/funds/${aboveId}/documents`, {
    kind: 'grant',
    effectiveDate: '2022-02-01',
    amount: '1.00',
    documentNo: nextNo('下达'),
    counterparty: SHOWN.counterparty,
  });
  const compared = `${book}/upper-comparison?year=2022`;
  const { body: comparison } = await told.once(auditor, 'GET', compared, {}, 200);
  const note = { key: comparison.differences[0].key, explanation: SHOWN.differenceNote };
  await post(finance, `${book}/difference-notes`, { ...note, ownerId: personId });
  await told.once(auditor, 'GET', compared, {}, 200);

  const clear = {
    kind: 'claim',
    id: claim.id,
    isRedacted: false,
    recipient: '市审计局',
    reason: KEPT.exportReason,
  };
  for (const kind of ['evidence_package', 'table_export']) {
    const { body } = await told.once(auditor, 'POST', `${book}/jobs`, { body: { kind, input: clear } }, 202);
    let job = body;
    while (job.status === 'queued' || job.status === 'running') {
      await new Promise((resolve) => setTimeout(resolve, 50));
      job = (await told.once(auditor, 'GET', `/jobs/${body.id}`, {}, 200)).body;
    }
    if (job.status !== 'done') throw new Error(`${kind}: ${job.message}`);
  }

  for (const read of [
    'claims',
    'contracts',
    'waivers',
    'figures',
    'difference-notes',
    'payments',
    `funds/${fund.id}/documents`,
  ])
    await told.once(auditor, 'GET', `${book}/${read}`, {}, 200);
}

/** None of the texts, in no form that is read without a key. */
function clean(t: Test, content: string | Buffer, where: string): void {
  const found = SECRETS.filter(([, secret]) => {
    const bytes = Buffer.from(secret);
    const encoded = [
      encodeURIComponent(secret),
      bytes.toString('base64').slice(0, -4),
      bytes.toString('hex'),
    ];
    return [secret, ...encoded, sha256Hex(bytes)].some((form) => content.includes(form));
  });
  t.same(
    found.map(([name]) => name),
    [],
    `nothing in clear: ${where}`,
  );
}

/** Every table of the database with the text of all its rows. */
async function everyRow(store: Store): Promise<[string, string][]> {
  const all: [string, string][] = [];
  for (const { name } of await store.read.introspection.getTables()) {
    const { rows } = await sql<object>`select * from ${sql.table(name)}`.execute(store.read);
    const texts = rows.flatMap((row) => Object.values(row).map((value) => String(value)));
    all.push([name, texts.join('\n')]);
  }
  return all;
}
