import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAttachment } from '../../src/attachments/index.js';
import { isSealed } from '../../src/audit/index.js';
import { sha256Hex } from '../../src/core/ids.js';
import { outcomesOf, seedWorld, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { type Ask, serve } from './service.js';

const PDF = Buffer.from('%PDF-1.7\n1 0 obj');
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10]);
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]);
const XML = Buffer.from('\ufeff<?xml version="1.0"?><发票/>');
const OFD = Buffer.from('PK\u0003\u0004 OFD.xml', 'latin1');
const ZIP = Buffer.from('PK\u0003\u0004 word/document.xml', 'latin1');

const file = (raw: Buffer, type = 'application/pdf', name = '发票 1.pdf', headers = {}): Ask => ({
  raw,
  headers: { 'content-type': type, 'x-file-name': encodeURIComponent(name), ...headers },
});
const NAME = "发票 'A'*(1).pdf";
const pathOf = (folder: string, sha256: string) => join(folder, sha256.slice(0, 2), sha256);
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

forEachEngine('files go up and come down unchanged', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { ask, attachmentsDir } = await serve(t, store);
  const path = `/books/${county.bookId}/attachments`;
  const types: [string, Buffer][] = [
    ['application/pdf', PDF],
    ['image/jpeg', JPEG],
    ['image/png', PNG],
    ['application/xml', XML],
    ['text/xml; charset=utf-8', XML],
    ['application/ofd', OFD],
  ];
  for (const [type, bytes] of types) {
    const up = await ask(world.stationOperator, 'POST', path, file(bytes, type, NAME));
    t.match(up, { status: 201, body: { sizeBytes: bytes.length, fileName: NAME } }, type);
    const stored = readFileSync(pathOf(attachmentsDir, up.body.contentSha256));
    t.equal(sha256Hex(stored), up.body.contentSha256, 'named by the hash of what lies there');
    t.notOk(stored.includes(bytes), 'which is not the file in clear');
    const down = await ask(county.auditor, 'GET', `${path}/${up.body.id}`);
    t.equal(down.status, 200);
    t.ok(down.bytes.equals(bytes), `${type} unchanged`);
    t.match(down.headers, { 'x-content-type-options': 'nosniff' });
    t.match(
      String(down.headers['content-disposition']),
      /^attachment; filename="attachment\.\w+"; filename\*=UTF-8''%E5%8F%91%E7%A5%A8%20%27A%27%2A%281%29\.pdf$/,
    );
    t.ok(String(down.headers['content-type']).startsWith(type.split(';')[0] as string));
  }
  t.equal(filesIn(attachmentsDir).length, 6, 'each upload is kept under a key of its own');
  const row = await store.read
    .selectFrom('attachment')
    .selectAll()
    .where('logIndex', '=', 0)
    .executeTakeFirstOrThrow();
  const { body } = (await ask(county.auditor, 'GET', `/books/${county.bookId}/log/0`)).body;
  t.match(body, { action: 'attachment.upload', subject: { type: 'attachment', id: row.id } });
  t.strictSame(body.rows, [['attachment', row.id, { ...row }]], 'the log tells the row');
  t.ok(isSealed(row.fileName), 'and the name only as a commitment');
  const opened = await openAttachment(store.read, store.keys, attachmentsDir, row);
  t.ok(opened?.bytes.equals(PDF));
  t.equal(
    sha256Hex(Buffer.concat([opened?.salt as Buffer, PDF])),
    row.plainCommitment,
    'salt and file open the commitment to it',
  );
  await verifyClean(t, world);
});

forEachEngine('an upload is bound to its key by its content', async (t, store) => {
  const world = await seedWorld(store);
  const { ask } = await serve(t, store);
  const path = `/books/${world.county.bookId}/attachments`;
  const key = { 'idempotency-key': 'u-1' };
  const first = await ask(world.county.finance, 'POST', path, file(PDF, 'application/pdf', 'a.pdf', key));
  const again = await ask(world.county.finance, 'POST', path, file(PDF, 'application/pdf', 'a.pdf', key));
  t.same(again.body, first.body);
  const changed = Buffer.concat([PDF, Buffer.from('x')]);
  for (const other of [
    file(changed, 'application/pdf', 'a.pdf', key),
    file(PDF, 'application/pdf', 'b.pdf', key),
  ]) {
    t.match(await ask(world.county.finance, 'POST', path, other), {
      status: 409,
      body: { code: 'idempotency_conflict' },
    });
  }
});

forEachEngine('what is not what it says is refused, and nothing is kept', async (t, store) => {
  const world = await seedWorld(store);
  const { ask, attachmentsDir } = await serve(t, store);
  const path = `/books/${world.county.bookId}/attachments`;
  const refused = async (given: Ask, status: number, code: string, what: string) =>
    t.match(await ask(world.county.finance, 'POST', path, given), { status, body: { code } }, what);
  const wrong: [string, Buffer][] = [
    ['application/pdf', JPEG],
    ['image/jpeg', PNG],
    ['image/png', PDF],
    ['application/xml', PDF],
    ['application/xml', Buffer.from('<a>\0</a>')],
    ['application/ofd', ZIP],
    ['application/pdf', Buffer.from(' %PDF-')],
  ];
  for (const [type, bytes] of wrong) await refused(file(bytes, type), 400, 'media_type_mismatch', type);
  await refused(file(Buffer.alloc(0)), 400, 'attachment_empty', 'empty');
  await refused(file(PDF, 'text/html'), 415, 'media_type_unsupported', 'html');
  await refused(file(Buffer.from('{}'), 'application/json'), 415, 'media_type_unsupported', 'json');
  await refused(file(Buffer.concat([PDF, Buffer.alloc(10 * 1024 * 1024)])), 413, 'too_large', 'over 10 MiB');
  const names = [
    '../../etc/passwd',
    '..',
    'a/b.pdf',
    'a\\b.pdf',
    'a\0.pdf',
    'a\r\nX-Evil: 1.pdf',
    'gpj.\u202eexe',
    ' ',
    'x'.repeat(201),
  ];
  for (const name of names) await refused(file(PDF, 'application/pdf', name), 400, 'validation_failed', name);
  const raw = (name: string) => ({
    ...file(PDF),
    headers: { 'content-type': 'application/pdf', 'x-file-name': name },
  });
  await refused(raw('%'), 400, 'validation_failed', 'broken encoding');
  await refused(raw('%ed%a0%80'), 400, 'validation_failed', 'a surrogate');
  await refused(
    { raw: PDF, headers: { 'content-type': 'application/pdf' } },
    400,
    'validation_failed',
    'no name',
  );
  t.same(filesIn(attachmentsDir), [], 'nothing was kept');
  t.same(await outcomesOf(world, world.county.bookId), [], 'mistakes of form are not logged');
});

forEachEngine('who may upload and download', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { ask, attachmentsDir } = await serve(t, store);
  const path = `/books/${county.bookId}/attachments`;
  t.match(await ask(county.auditor, 'POST', path, file(PDF)), { status: 403, body: { code: 'forbidden' } });
  t.same(await outcomesOf(world, county.bookId), ['attachment.upload refused:forbidden']);
  for (const stranger of [world.neighbour.finance, world.neighbourOperator, world.providerOperator]) {
    t.match(await ask(stranger, 'POST', path, file(PDF)), { status: 404 });
  }
  t.match(await ask(null, 'POST', path, file(PDF)), { status: 401 });
  t.same(filesIn(attachmentsDir), [], 'nothing was kept for them');
  const { id } = (await ask(world.stationOperator, 'POST', path, file(PDF))).body;
  t.equal((await ask(world.stationOperator, 'GET', `${path}/${id}`)).status, 200);
  t.equal((await ask(world.neighbourOperator, 'GET', `${path}/${id}`)).status, 404);
  t.equal(
    (await ask(world.neighbour.auditor, 'GET', `/books/${world.neighbour.bookId}/attachments/${id}`)).status,
    404,
  );
});

forEachEngine('content that was changed or lost on disk is not handed out', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { ask, attachmentsDir } = await serve(t, store);
  const path = `/books/${county.bookId}/attachments`;
  const { id } = (await ask(county.finance, 'POST', path, file(PDF))).body;
  const [kept] = filesIn(attachmentsDir);
  const place = join(kept?.parentPath as string, kept?.name as string);
  const stored = readFileSync(place);
  appendFileSync(place, 'x');
  t.match(await ask(county.auditor, 'GET', `${path}/${id}`), {
    status: 500,
    body: { code: 'attachment_damaged' },
  });
  rmSync(place);
  t.match(await ask(county.auditor, 'GET', `${path}/${id}`), {
    status: 500,
    body: { code: 'attachment_damaged' },
  });
  const again = (await ask(county.finance, 'POST', path, file(PDF))).body;
  writeFileSync(place, readFileSync(pathOf(attachmentsDir, again.contentSha256)));
  t.match(
    await ask(county.auditor, 'GET', `${path}/${id}`),
    { status: 500, body: { code: 'attachment_damaged' } },
    'another upload of the same file does not pass for it',
  );
  writeFileSync(place, stored);
  const mended = await ask(county.auditor, 'GET', `${path}/${id}`);
  t.equal(mended.status, 200, 'a backup of what was stored mends it');
  t.ok(mended.bytes.equals(PDF));
});
