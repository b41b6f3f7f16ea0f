import { t as root } from 'tap';
import { cosign } from '../../src/core/checkpoint.js';
import { addSignatureLines, COSIGNATURE, parseNote, verifierKeyOf } from '../../src/core/note.js';
import { getCheckpoint } from '../../src/evidence/index.js';
import { createPerson, deactivatePerson } from '../../src/organisations/index.js';
import { loadPacks } from '../../src/policy/index.js';
import { openClaim, openFund, seedActor, seedWorld, verifyClean } from '../fixture.js';
import { asCaller, forEachEngine } from '../helper.js';
import { servePages, type Visit } from './visit.js';

root.setTimeout(900_000);

const csrfOf = (visit: Visit) => visit.page.querySelector('input[name=_csrf]')?.getAttribute('value') ?? '';
const formsOf = (visit: Visit, prefix: string) =>
  visit.page
    .querySelectorAll('form')
    .map((one) => (one.getAttribute('id') ?? '').slice('form-'.length))
    .filter((id) => id.startsWith(prefix));

forEachEngine('keys are rotated, retired and revoked; witnesses cosign a checkpoint', async (t, store) => {
  const world = await seedWorld(store);
  const { bookId } = world.county;
  await openFund(world);
  const { visitorAs } = await servePages(t, store);
  const admin = await visitorAs(await seedActor(store, world.county, 'admin'));
  const checkpoints = await admin.get(`/books/${bookId}/checkpoints`);
  t.match(checkpoints.text, '没有被检查点覆盖');
  const signed = await admin.submit(checkpoints, 'sign');
  t.match(signed.text, /已签检查点，覆盖 \d+ 条日志/);
  t.match(signed.text, '最新检查点覆盖全部');

  const keys = await admin.get(`/books/${bookId}/keys`);
  t.equal(formsOf(keys, 'retire-').length, 0, 'the only key is not offered to be retired');
  const rotated = await admin.submit(keys, 'rotate');
  const [old] = formsOf(rotated, 'retire-');
  t.equal(formsOf(rotated, 'retire-').length, 2);
  const retired = await admin.submit(rotated, old as string);
  t.match(retired.text, '密钥已停用');
  const [revoke] = formsOf(retired, 'revoke-');
  const groundless = await admin.submit(retired, revoke as string, { reason: ' ' });
  t.equal(groundless.status, 400);
  t.ok(groundless.page.querySelector(`[id="${revoke}-reason-fault"]`), 'a reason is asked for');
  t.ok(groundless.page.querySelector('details[open]'), 'where it can be seen');
  const revoked = await admin.submit(groundless, revoke as string, { reason: '主机失窃' });
  t.match(revoked.text, '主机失窃');
  t.match((await admin.get(`/books/${bookId}/keys?export=csv`)).html, '主机失窃');

  const witness = { name: 'audit.example', seed: Buffer.alloc(32, 7) };
  const wrong = await admin.submit(revoked, 'addWitness', { verifierKey: 'audit.example' });
  t.equal(wrong.status, 400);
  t.match(wrong.html, 'value="audit.example"');
  const key = verifierKeyOf(witness.name, witness.seed, COSIGNATURE);
  const added = await admin.submit(wrong, 'addWitness', { verifierKey: key });
  t.match(added.text, '已登记见证人 audit.example');
  await admin.submit(await admin.get(`/books/${bookId}/checkpoints`), 'sign');
  const { note } = await getCheckpoint(store, world.county.auditor, bookId);
  const cosigned = addSignatureLines(note, [cosign(parseNote(note).text, witness, 1_659_232_800)]);
  const unsigned = await admin.submit(added, 'cosign', { note });
  t.equal(unsigned.status, 422);
  t.match(unsigned.text, '没有找到本账套见证人的有效新联署');
  const taken = await admin.submit(added, 'cosign', {
    _noteFile: { name: 'cosigned.txt', type: 'text/plain', bytes: Buffer.from(cosigned) },
  });
  t.match(taken.text, '已登记 audit.example 的联署');
  t.match(taken.url, '/checkpoints');
  const [end] = formsOf(await admin.get(`/books/${bookId}/keys`), 'retireWitness-');
  const ended = await admin.submit(await admin.get(`/books/${bookId}/keys`), end as string);
  t.match(ended.text, '见证人 audit.example 已停用');
  t.match(taken.text, 'TSA_ROOTS_FILE', 'without trusted authorities it is said why no time stamp is taken');
  await verifyClean(t, world);
});

forEachEngine('the upper book takes note of the checkpoints below', async (t, store) => {
  const packs = loadPacks();
  const world = await seedWorld(store, { packs });
  const { visitorAs } = await servePages(t, store, { packs });
  const admin = await visitorAs(await seedActor(store, world.province, 'admin'));
  for (const { bookId } of [world.county, world.neighbour, world.province])
    await admin.submit(await admin.get(`/books/${bookId}/checkpoints`), 'sign');
  const upper = await admin.get(`/books/${world.province.bookId}/checkpoints`);
  const noted = await admin.submit(upper, 'lower');
  t.match(noted.text, '已把 2 个下级账套的最新检查点记入本账套的日志');
  const county = await admin.get(`/books/${world.county.bookId}/checkpoints`);
  t.equal(county.page.querySelector('#form-lower'), null, 'a county has none below');
  const health = await admin.get('/health');
  t.match(health.text, '服务正常');
  t.match(health.text, '待签', 'the province’s log has grown by it');
});

forEachEngine('a person’s data are erased by those who may, with a document', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const root = await seedActor(store, world.province, 'admin');
  const { visitorAs } = await servePages(t, store);
  const admin = await visitorAs(root);
  const at = `/books/${county.bookId}/erasures`;
  const { id: leaver } = await createPerson(store, asCaller(root), {
    loginName: 'liu.yan',
    displayName: '刘燕',
    organisationId: county.id,
    password: null,
    roles: ['reviewer'],
  });
  t.match((await admin.get(`${at}?kind=person`)).text, '没有已停用的人员');
  await deactivatePerson(store, asCaller(root), leaver);
  const list = await admin.get(`${at}?kind=person`);
  const choice = list.page.querySelector(`a[href*="${leaver}"]`)?.getAttribute('href') ?? '';
  const form = await admin.get(`${at}${choice.replaceAll('&amp;', '&')}`);
  t.match(form.text, '将删除：刘燕');
  const groundless = await admin.submit(form, 'erase', { documentNo: '', reason: '' });
  t.equal(groundless.status, 400);
  t.ok(groundless.page.querySelector('[id="erase-documentNo-fault"]'));
  const erased = await admin.submit(groundless, 'erase', {
    documentNo: '泸县民政局个信处〔2022〕1号',
    reason: '本人申请',
  });
  t.match(erased.text, /已删除 \d+ 项内容（泸县民政局个信处〔2022〕1号），记入日志第 \d+ 条/);
  t.notMatch((await admin.get(`/people/${leaver}`)).text, '刘燕');
  const elsewhere = await admin.get(`/books/${world.neighbour.bookId}/erasures?kind=person`);
  t.match(elsewhere.text, '没有已停用的人员', 'each book erases what it keeps');

  const fundId = await openFund(world);
  await openClaim(world, 'submitted', [{ fundId, amount: '12.00', stationId: world.station.id }]);
  const claims = await admin.get(`${at}?kind=claim`);
  t.match(claims.text, '尚未办结', 'what is at work is not offered');
  t.equal(claims.page.querySelectorAll('main td a').length, 0);
  const party = await admin.submit(await admin.get(`${at}?kind=party`), 'erase', {
    name: '查无此人',
    documentNo: '1号',
    reason: '本人申请',
  });
  t.equal(party.status, 404);
  t.match(party.text, '没有找到这一主体的个人信息');
  for (const kind of ['contract', 'waiver', 'attachment', 'procedureRecord', 'sanction', 'organisation'])
    t.equal((await admin.get(`${at}?kind=${kind}`)).status, 200, kind);
  await verifyClean(t, world);
});

forEachEngine('readers see keys and checkpoints without a form; strangers see nothing', async (t, store) => {
  const world = await seedWorld(store);
  const { bookId, auditor, finance } = world.county;
  const { visitorAs } = await servePages(t, store);
  const reader = await visitorAs(auditor);
  const officer = await visitorAs(finance);
  const stranger = await visitorAs(world.neighbour.finance);
  for (const part of ['keys', 'checkpoints']) {
    const page = await reader.get(`/books/${bookId}/${part}`);
    t.equal(page.status, 200, part);
    t.equal(page.page.querySelectorAll('main form[method=post]').length, 0, `${part}: an auditor only reads`);
    t.equal((await stranger.get(`/books/${bookId}/${part}`)).status, 404, part);
  }
  const seen = await officer.get(`/books/${bookId}/keys`);
  t.equal(seen.page.querySelector('#form-rotate'), null);
  const forced = await officer.post(`/books/${bookId}/keys`, `_action=rotate&_csrf=${csrfOf(seen)}`);
  t.equal(forced.status, 403);
  for (const who of [reader, officer, stranger])
    t.equal((await who.get(`/books/${bookId}/erasures?kind=person`)).status, 404);
  const erased = await officer.post(
    `/books/${bookId}/erasures`,
    `_action=erase&_csrf=${csrfOf(seen)}&kind=party&name=x&documentNo=1&reason=y`,
  );
  t.match(String(erased.status), /403|404/);
});
