import { execFileSync, spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { t as root, type Test, test } from 'tap';
import { uploadAttachment } from '../../src/attachments/index.js';
import { createClaim, submitClaim } from '../../src/claims/index.js';
import { leafHash } from '../../src/core/merkle.js';
import { generateSeed, verifierKeyOf } from '../../src/core/note.js';
import { projectFile } from '../../src/core/project.js';
import type { Store } from '../../src/db/store.js';
import {
  type Checkpoints,
  importTimestamp,
  keepPacks,
  listKeys,
  type NewExport,
  newExport,
  prepareExport,
  proveEntry,
  revokeKey,
  timestampRequestFor,
  timestampsToRenew,
} from '../../src/evidence/index.js';
import { getFund } from '../../src/ledger/index.js';
import type { Actor } from '../../src/organisations/index.js';
import { loadPacks } from '../../src/policy/index.js';
import { eraseSubject } from '../../src/privacy/index.js';
import { approveWaiver, requestWaiver } from '../../src/waivers/index.js';
import {
  by,
  claimInput,
  openClaim,
  openContract,
  openFund,
  RELIEF,
  refused,
  seedActor,
  seedWorld,
  verifyClean,
  type World,
} from '../fixture.js';
import { forEachEngine, openTestStore } from '../helper.js';
import { serve } from '../http/service.js';
import { hasOpenssl, testAuthority } from './authority.js';
import { signing, temporaryFolder } from './outside.js';

root.setTimeout(900_000);

const PAYEE = '王某某个体经营部';
const TITLE = '困难家庭探访交通补助';
const SELLER = '李某某文具店';
const FILE_TEXT = 'the content of a file nobody else may read';
const WAIVED = '预算调整因孙某某住院延误';
const CLEAR = [PAYEE, TITLE, SELLER, FILE_TEXT, WAIVED];

interface Scene {
  readonly world: World;
  readonly admin: Actor;
  readonly fundId: string;
  readonly contractId: string;
  readonly claimId: string;
  readonly waiverId: string;
  readonly folder: string;
  readonly checkpoints: Checkpoints;
}

/** A county with two funds, a contract under an exception, claims in several states, a refusal and an attached file. */
async function scene(t: Test, store: Store): Promise<Scene> {
  const world = await seedWorld(store, { packs: loadPacks() });
  const { county, stationOperator, station } = world;
  const folder = temporaryFolder(t);
  const admin = await seedActor(store, county, 'admin');
  const fundId = await openFund(world, { granted: '1000.00' });
  await openFund(world, { fund: { terms: RELIEF } });
  const waiverId = await openWaiver(world, folder, fundId);
  const contractId = await openContract(world, [{ fundId, amount: '300.00' }], {
    budgetCode: null,
    waiverIds: [waiverId],
  });
  const provider = { contractId, payeeId: world.provider.id, payeeType: 'provider' as const };
  await openClaim(world, 'paid', [{ fundId, amount: '100.00' }], provider);
  const { id: attachmentId } = await uploadAttachment(store, folder, by(stationOperator), county.bookId, {
    fileName: '发票.pdf',
    mediaType: 'application/pdf',
    bytes: Buffer.from(`%PDF-1.4 ${FILE_TEXT}`),
  });
  const input = claimInput(station.id, [{ fundId, amount: '20.00' }], { payeeName: PAYEE, title: TITLE });
  const [line] = input.lines;
  const invoice = {
    number: '24512000000012345678',
    sellerName: SELLER,
    issuedDate: '2022-06-01',
    faceAmount: '20.00',
  };
  const claim = await createClaim(store, by(stationOperator), county.bookId, {
    ...input,
    lines: [
      { ...(line as NonNullable<typeof line>), invoice, evidence: [{ kind: 'invoice', attachmentId }] },
    ],
  });
  await submitClaim(store, world.packs, by(stationOperator), county.bookId, claim.id, null);
  await openClaim(world, 'submitted', [{ fundId, amount: '9999.00' }]).catch(() => {});
  const { checkpoints } = signing(t, store);
  return { world, admin, fundId, contractId, claimId: claim.id, waiverId, folder, checkpoints };
}

/** That a contract of the fund may be signed before it is in the budget (SP-05), approved early in 2022. */
async function openWaiver({ store, packs, county }: World, folder: string, fundId: string): Promise<string> {
  const { bookId } = county;
  const at = { at: '2022-02-20T02:00:00.000Z' };
  const file = await uploadAttachment(store, folder, by(county.finance, at), bookId, {
    fileName: '请示.pdf',
    mediaType: 'application/pdf',
    bytes: Buffer.from('%PDF-1.4 asks for an exception'),
  });
  const asked = await requestWaiver(store, packs, by(county.finance, at), bookId, {
    clause: 'SP-05',
    fundId,
    subject: null,
    limit: '500.00',
    reason: WAIVED,
    evidence: [file.id],
    from: '2022-02-20',
    until: '2022-12-31',
  });
  const approval = { documentNo: '泸县民函〔2022〕18号' };
  await approveWaiver(store, packs, by(county.finance2, at), bookId, asked.id, null, approval);
  return asked.id;
}

async function exported(
  { world, folder, checkpoints }: Scene,
  actor: Actor,
  input: Partial<NewExport> = {},
): Promise<string> {
  const { store, packs, county } = world;
  const tools = { store, packs, checkpoints, attachmentsFolder: folder };
  const prepared = await prepareExport(
    tools,
    by(actor),
    county.bookId,
    newExport.parse({ kind: 'book', ...input }),
  );
  const file = join(mkdtempSync(join(folder, 'out-')), prepared.fileName);
  await prepared.write(createWriteStream(file));
  return file;
}

interface Report {
  readonly exitCode: number;
  readonly status: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Runs the verifier as an auditor does: plain Node, a file, nothing of the service. */
function verify(file: string, ...options: string[]): Report {
  const run = spawnSync(
    process.execPath,
    [projectFile('src', 'verifier', 'verify.mjs'), file, '--json', ...options],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    },
  );
  const { checks } = JSON.parse(run.stdout) as {
    checks: { title: string; status: string; detail: string }[];
  };
  return {
    exitCode: run.status ?? -1,
    status: Object.fromEntries(checks.map(({ title, status }) => [title, status])),
    text: checks.map(({ title, status, detail }) => `${title} ${status} ${detail}`).join('\n'),
  };
}

const vkeyOf = async (store: Store, world: World) =>
  (await listKeys(store, world.county.auditor, world.county.bookId)).items.at(-1)?.verifierKey as string;

/** Everything in a package as one text, what is compressed opened. */
function contentsOf(t: Test, file: string): { folder: string; text: string } {
  const folder = temporaryFolder(t);
  execFileSync('unzip', ['-q', file, '-d', folder]);
  const texts: string[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    try {
      const bytes = readFileSync(join(folder, name));
      texts.push((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
      if (name.endsWith('.xlsx'))
        texts.push(execFileSync('unzip', ['-p', join(folder, name)], { encoding: 'utf8' }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error;
    }
  }
  return { folder: join(folder, readdirSync(folder)[0] as string), text: texts.join('\n') };
}

forEachEngine('every kind of package verifies offline with plain Node', async (t, store) => {
  const stage = await scene(t, store);
  const { world, admin, fundId, contractId, claimId, checkpoints } = stage;
  const { auditor, bookId } = { ...world.county };
  const known = join(stage.folder, 'known.txt');
  writeFileSync(known, (await checkpoints.sign(bookId, new Date())).note);
  const key = await vkeyOf(store, world);
  const trusted = ['--key', key, '--known', known];
  const whole = verify(await exported(stage, auditor), ...trusted);
  t.notOk(Object.values(whole.status).includes('不符'), whole.text);
  for (const check of [
    '压缩包结构',
    '文件校验',
    '包签名',
    '检查点签名',
    '公钥核对',
    '日志完整',
    '日志条目',
    '与旧检查点一致',
    '余额重算',
    '附件核对',
  ])
    t.equal(whole.status[check], '通过', check);
  for (const check of ['承诺核对', '裁定重算'])
    t.equal(whole.status[check], '未核验', `${check} was not run`);
  t.equal(whole.exitCode, 3, 'something was not verified, and the exit code says so');

  const chosen: Partial<NewExport>[] = [
    { kind: 'fund', id: fundId },
    { kind: 'project', id: contractId },
    { kind: 'claim', id: claimId },
    { kind: 'period', from: '2022-03-01', until: '2022-03-31' },
  ];
  for (const input of chosen) {
    const report = verify(await exported(stage, auditor, input), ...trusted);
    t.notOk(Object.values(report.status).includes('不符'), `${input.kind}: ${report.text}`);
    t.equal(report.status['余额重算'], input.kind === 'fund' ? '通过' : '未核验', `${input.kind}: balances`);
    t.equal(report.status['日志完整'], '通过');
  }

  const clear = { isRedacted: false, recipient: '泸州市审计局', reason: '专项审计' };
  const open = verify(await exported(stage, admin, clear), ...trusted);
  t.notOk(Object.values(open.status).includes('不符'), open.text);
  t.equal(open.status['承诺核对'], '通过', 'openings fit their commitments');

  await refused(
    t,
    exported(stage, world.county.finance, clear),
    'forbidden',
    'clear data is not for everybody',
  );
  await refused(t, exported(stage, world.neighbour.auditor), 'forbidden', 'nor a package for a neighbour');
  await refused(t, exported(stage, auditor, { kind: 'fund', id: 'nowhere' }), 'not_found');
  t.throws(() => newExport.parse({ kind: 'book', isRedacted: false }), /理由/, 'a reason is asked for');
  const stranger = verifierKeyOf(`station-funds/${bookId}`, generateSeed());
  const wrong = verify(await exported(stage, auditor), '--key', stranger);
  t.not(wrong.exitCode, 0);
  t.not(wrong.status['公钥核对'], '通过', 'another key than the auditor holds');
  await verifyClean(t, world);
});

forEachEngine('a package lists the exceptions of its scope with what passed under them', async (t, store) => {
  const stage = await scene(t, store);
  const { world, fundId, contractId, claimId, waiverId } = stage;
  const { county } = world;
  const tablesOf = async (input: Partial<NewExport>) => {
    const { folder } = contentsOf(t, await exported(stage, county.auditor, input));
    const read = (...path: string[]) => readFileSync(join(folder, 'data', ...path), 'utf8');
    const rows = read('tables', 'waivers.csv').trimEnd().split('\r\n').slice(1);
    return {
      rows,
      counts: JSON.parse(read('package.json')).counts,
      decisions: read('tables', 'decisions.csv'),
    };
  };
  const row = [
    waiverId,
    `SP-05,${fundId},,500.00,300.00,2022-02-20,2022-12-31,已批准,泸县民函〔2022〕18号`,
    `contract/${contractId}`,
    `〔已脱敏〕,${county.finance.personId}`,
  ].join();
  for (const input of [
    {},
    { kind: 'fund', id: fundId },
    { kind: 'project', id: contractId },
    { kind: 'period', from: '2022-12-31', until: '2023-12-31' },
  ] as const) {
    const { rows, counts } = await tablesOf(input);
    t.equal(counts.waivers, 1, JSON.stringify(input));
    t.equal(rows.length, 1);
    t.equal(rows[0]?.slice(0, row.length), row);
  }
  const { decisions } = await tablesOf({});
  const signed = decisions.split('\r\n').filter((line) => line.includes(`,${waiverId},`));
  t.equal(signed.length, 2, 'prepared and signed under it');
  for (const line of signed) t.match(line, /提示,SP-05/);
  for (const input of [
    { kind: 'claim', id: claimId },
    { kind: 'period', from: '2023-01-01', until: '2023-12-31' },
  ] as const) {
    const { rows, counts } = await tablesOf(input);
    t.same([rows, counts.waivers], [[], 0], `${input.kind}: it is of something else`);
  }
});

forEachEngine(
  'a redacted package holds nothing in clear; an unredacted one says for whom and why',
  async (t, store) => {
    const stage = await scene(t, store);
    const redacted = contentsOf(t, await exported(stage, stage.world.county.auditor));
    for (const secret of CLEAR) t.notMatch(redacted.text, secret, `${secret} is not in it`);
    t.match(redacted.text, '〔已脱敏〕');
    const clear = { isRedacted: false, recipient: '泸州市审计局', reason: '专项审计' };
    const open = contentsOf(t, await exported(stage, stage.admin, clear));
    for (const secret of CLEAR) t.match(open.text, secret);
    t.match(
      readFileSync(join(open.folder, 'data', 'tables', 'vouchers.csv'), 'utf8'),
      /水印\r\n.*泸州市审计局/,
    );
    t.notMatch(open.text, /argon2id\$v/, 'a password hash is nobody’s evidence');
    const logged = await store.read
      .selectFrom('logEntry')
      .select('body')
      .where('action', '=', 'evidence.export')
      .orderBy('logIndex')
      .execute();
    t.same(
      logged.map(({ body }) => JSON.parse(body).data.isRedacted),
      [true, false],
      'both exports are in the log',
    );
    t.notMatch(logged.map(({ body }) => body).join(), /泸州市审计局/, 'the recipient as a commitment');
  },
);

forEachEngine('erasing a person leaves every proof, hash and balance as it was', async (t, store) => {
  const stage = await scene(t, store);
  const { world, admin, claimId, fundId } = stage;
  const { bookId, auditor } = world.county;
  const { size } = await stage.checkpoints.sign(bookId, new Date());
  const { logIndex, body } = await store.read
    .selectFrom('logEntry')
    .select(['logIndex', 'body'])
    .where('action', '=', 'claim.create')
    .where('subjectId', '=', claimId)
    .executeTakeFirstOrThrow();
  const proof = await proveEntry(store, auditor, bookId, logIndex, size);
  const party = { kind: 'party' as const, id: null, documentNo: '删字1号', reason: '本人申请' };
  await refused(
    t,
    eraseSubject(store, by(admin), bookId, { ...party, name: PAYEE }),
    'wrong_status',
    'still at work',
  );
  await refused(
    t,
    eraseSubject(store, by(world.county.finance), bookId, { ...party, name: SELLER }),
    'forbidden',
  );
  await refused(t, eraseSubject(store, by(admin), bookId, { ...party, name: '没有这个人' }), 'not_found');
  const erased = await eraseSubject(store, by(admin), bookId, { ...party, name: SELLER });
  t.equal(erased.values, 1);
  await refused(
    t,
    eraseSubject(store, by(admin), bookId, { ...party, name: SELLER }),
    'not_found',
    'only once',
  );
  t.equal(
    await proveEntry(store, auditor, bookId, logIndex, size),
    proof,
    'the old proof still holds, to the byte',
  );
  t.match(
    proof,
    (
      await store.read
        .selectFrom('checkpoint')
        .select('note')
        .where('size', '=', size)
        .where('bookId', '=', bookId)
        .executeTakeFirstOrThrow()
    ).note,
  );
  t.equal(leafHash(body).length, 64);
  await verifyClean(t, world);
  t.match(await getFund(store, auditor, bookId, fundId, {}), { amounts: { spent: '100.00' } });
  const clear = { isRedacted: false, recipient: '泸州市审计局', reason: '专项审计' };
  const file = await exported(stage, admin, clear);
  const { text } = contentsOf(t, file);
  t.notMatch(text, SELLER, 'gone from what is exported later');
  t.match(text, PAYEE, 'and only that');
  const report = verify(file);
  t.notOk(Object.values(report.status).includes('不符'), report.text);
  const values = await store.read
    .selectFrom('vaultKey')
    .select('subject')
    .where('bookId', '=', bookId)
    .execute();
  t.notOk(
    values.some(({ subject }) => subject === erased.subject),
    'its key is destroyed',
  );
});

void test('over HTTP: the package streams, and views show what was erased as erased', async (t) => {
  const store = await openTestStore(t, 'sqlite');
  const world = await seedWorld(store, { packs: loadPacks() });
  // Other packs are in force by the time of the export; those that decided are shipped all the same.
  await keepPacks(store, world.packs, new Date());
  const { ask, app, tokenOf } = await serve(t, store);
  const { bookId, auditor } = world.county;
  const admin = await seedActor(store, world.county, 'admin');
  const fundId = await openFund(world);
  const claim = await openClaim(world, 'paid', [{ fundId, amount: '10.00' }], { payeeName: PAYEE });
  const path = `/books/${bookId}/claims/${claim.id}`;
  t.equal((await ask(auditor, 'GET', path)).body.payeeName, PAYEE, 'a reader sees the name');
  const sealed = await ask(auditor, 'GET', `/books/${bookId}/log/${claim.decisionIndex}`);
  t.notMatch(JSON.stringify(sealed.body), PAYEE, 'the log as evidence does not show it');
  const gone = await ask(admin, 'POST', `/books/${bookId}/erasures`, {
    body: { kind: 'party', name: PAYEE, documentNo: '删字2号', reason: '保存期满' },
  });
  t.equal(gone.status, 201, JSON.stringify(gone.body));
  t.equal((await ask(auditor, 'GET', path)).body.payeeName, '〔已删除〕');
  const bad = await ask(admin, 'POST', `/books/${bookId}/erasures`, { body: { kind: 'party', id: 'x' } });
  t.equal(bad.status, 400);

  const answer = await app.inject({
    method: 'POST',
    url: `/api/v1/books/${bookId}/evidence`,
    headers: { authorization: `Bearer ${await tokenOf(auditor)}` },
    payload: { kind: 'book' },
  });
  t.equal(answer.statusCode, 200);
  t.equal(answer.headers['content-type'], 'application/zip');
  const file = join(temporaryFolder(t), 'p.zip');
  writeFileSync(file, answer.rawPayload);
  const report = verify(file);
  t.notOk(Object.values(report.status).includes('不符'), report.text);
  t.notMatch(report.text, /规则包.*未附/);
  for (const [index, status] of [
    [0, 200],
    [9999, 400],
  ] as const) {
    const proof = await ask(auditor, 'GET', `/books/${bookId}/log/${index}/proof`);
    t.equal(proof.status, status, `proof of ${index}`);
  }
  const { body: newest } = await ask(auditor, 'GET', `/books/${bookId}/checkpoint`);
  const same = await ask(auditor, 'GET', `/books/${bookId}/consistency?from=1&until=${newest.size}`);
  t.equal(same.status, 200);
  t.ok(same.body.proof.length > 0);
});

void test('a time stamp on a checkpoint is taken in, shipped, and renewed', async (t) => {
  if (!hasOpenssl()) {
    t.fail('openssl is needed to play the time stamping authority');
    return;
  }
  const store = await openTestStore(t, 'sqlite');
  const stage = await scene(t, store);
  const { bookId, auditor, finance } = stage.world.county;
  const { size } = await stage.checkpoints.sign(bookId, new Date());
  const authority = testAuthority(temporaryFolder(t));
  const request = await timestampRequestFor(store, auditor, bookId, size);
  const token = authority.stamp(request).toString('base64');
  const input = { size, token, renewsId: null };
  await refused(t, importTimestamp(store, [], by(finance), bookId, input), 'tsa_not_configured');
  const stranger = testAuthority(temporaryFolder(t));
  await refused(
    t,
    importTimestamp(store, [stranger.root], by(finance), bookId, input),
    'timestamp_untrusted',
  );
  const wrong = {
    ...input,
    token: authority
      .stamp(await timestampRequestFor(store, auditor, bookId, size))
      .subarray(0, 400)
      .toString('base64'),
  };
  await t.rejects(importTimestamp(store, [authority.root], by(finance), bookId, wrong), 'a cut token');
  const first = await importTimestamp(store, [authority.root], by(finance), bookId, input);
  const later = new Date(Date.now() + 40 * 365 * 86_400_000).toISOString();
  const [due] = await timestampsToRenew(store.read, bookId, [authority.root], later);
  t.equal(due?.id, first.id, 'its certificate ends within forty years');
  const renewal = authority.stamp(await timestampRequestFor(store, auditor, bookId, size, first.id));
  await refused(
    t,
    importTimestamp(store, [authority.root], by(finance), bookId, {
      ...input,
      token: renewal.toString('base64'),
    }),
    'timestamp_imprint_mismatch',
    'a renewal is not a first stamp',
  );
  const second = await importTimestamp(store, [authority.root], by(finance), bookId, {
    size,
    token: renewal.toString('base64'),
    renewsId: first.id,
  });
  t.equal(second.renewsId, first.id);
  t.same(await timestampsToRenew(store.read, bookId, [authority.root], new Date().toISOString()), []);
  const file = await exported(stage, auditor);
  const { folder } = contentsOf(t, file);
  const shipped = join(folder, 'data', 'timestamps', String(size));
  authority.verify(`${shipped}.tsr`, `${shipped}.txt`);
  t.pass('openssl ts -verify accepts what the package ships, by the command in the documentation');
  t.notOk(Object.values(verify(file).status).includes('不符'));
});

void test('a revoked key is named by the offline verifier', async (t) => {
  const store = await openTestStore(t, 'sqlite');
  const stage = await scene(t, store);
  const { bookId, auditor } = stage.world.county;
  await stage.checkpoints.sign(bookId, new Date());
  const { items } = await listKeys(store, auditor, bookId);
  const before = await exported(stage, auditor);
  await revokeKey(store, by(stage.admin), bookId, items[0]?.id as string, '主机失窃');
  const after = await exported(stage, auditor);
  const key = items[0]?.verifierKey as string;
  t.equal(verify(before, '--key', key).status['公钥核对'], '通过');
  const report = verify(after, '--key', key);
  t.not(report.status['公钥核对'], '通过', 'the auditor’s old key no longer vouches');
  t.equal(verify(after).status['检查点签名'], '通过', 'the new one signs');
});

void test('the commands of the documentation work as they stand there', async (t) => {
  if (!hasOpenssl()) {
    t.fail('openssl is needed');
    return;
  }
  const store = await openTestStore(t, 'sqlite');
  const stage = await scene(t, store);
  const file = await exported(stage, stage.world.county.auditor);
  const document = readFileSync(projectFile('docs', 'evidence.zh-CN.md'), 'utf8');
  const chapter = document.slice(document.indexOf('## 3.'), document.indexOf('## 4.'));
  const blocks = [...chapter.matchAll(/```sh\n([^`]+)```/g)].map((found) => found[1] as string);
  const [files, signature] = blocks as [string, string];
  const script = `set -e\n${files}\n${signature}`
    .replace('证据包.zip', `'${file}'`)
    .replace(/VKEY='[^']*'/, `VKEY='${await vkeyOf(store, stage.world)}'`);
  const run = spawnSync('sh', ['-c', script], { cwd: temporaryFolder(t), encoding: 'utf8' });
  t.equal(run.status, 0, run.stderr);
  const [leaf, first, verdict] = run.stdout.trim().split('\n');
  t.equal(leaf?.split(' ')[0], first, 'the first entry hashes to the first leaf');
  t.match(verdict, /Signature Verified Successfully/);
});
