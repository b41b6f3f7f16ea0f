import { t as root } from 'tap';
import type { Store } from '../../src/db/store.js';
import { createOrganisation, creditCheckCharacter } from '../../src/organisations/index.js';
import { type PackSet, parsePacks } from '../../src/policy/index.js';
import {
  by,
  type Organisation,
  openClaim,
  openContract,
  openFund,
  seedActor,
  seedWorld,
  TODAY,
  type World,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { kindText, packText, ruleText } from '../policy/pack-text.js';
import { openWaiver, PROVINCIAL, scene, PACKS as WAIVED } from '../waivers/scene.js';
import { type Browser, type Fields, servePages, type Visit } from './visit.js';

root.setTimeout(900_000);

/** No equipment in a contract, none with a provider on a blacklist. */
const scope = '{ sources: any, stages: [contract] }';
const RULES = [ruleText({ scope }), kindText('blacklist', { scope, severity: 'block' })];
const PACKS = parsePacks([{ file: 'test.yaml', bytes: Buffer.from(packText(RULES)) }]);

const EQUIPMENT = '31002';
const SERVICES = '30227';
const VALID_CODE = '51510000MJQ0000000';

const contractFields = (world: World, fundId: string, given: Fields = {}): Fields => ({
  contractNo: '泸县民政购〔2022〕7号',
  title: '社工站综合服务',
  providerId: world.provider.id,
  signedDate: '2022-07-01',
  startDate: '2022-07-01',
  endDate: '2023-06-30',
  'lines.0.fundId': fundId,
  'lines.0.amount': '￥60,000',
  'lines.0.description': '为老服务',
  'lines.0.economicCode': SERVICES,
  'lines.0.serviceItem': 'elderly_service',
  'lines.0.beneficiaryGroups[]': ['elderly'],
  ...given,
});

/** What a page posts, sent by somebody who was not offered the button. */
async function force(browser: Browser, at: Visit, fields: Readonly<Record<string, string>>): Promise<Visit> {
  const csrf = at.page.querySelector('input[name=_csrf]')?.getAttribute('value') ?? '';
  return browser.post(at.url, new URLSearchParams({ _csrf: csrf, ...fields }).toString());
}

forEachEngine('of many providers one is found without losing what was typed', async (t, store) => {
  const world = await worldWithProvider(store, { packs: PACKS });
  const { visitorAs } = await servePages(t, store, { packs: PACKS });
  const { county } = world;
  const fundId = await openFund(world);
  const few = await (await visitorAs(county.finance)).get(`/books/${county.bookId}/contracts/new`);
  t.notOk(few.page.querySelector('[name="_find.providers"]'), 'a short list needs no search');
  for (let n = 100; n < 301; n += 1) await register(world, `承接机构${n}中心`, `MJQ000${n}`);
  const finance = await visitorAs(county.finance);
  const offered = (visit: Visit) =>
    visit.page.querySelectorAll('select[name=providerId] option').map((option) => option.text);
  const form = await finance.get(`/books/${county.bookId}/contracts/new`);
  t.equal(offered(form).length, 201, 'as many as are offered at once, and none');
  t.match(form.text, '列表很长，只列出前 200 项');
  const typed = { title: '社工站综合服务', 'lines.0.fundId': fundId, 'lines.0.amount': '60,000' };
  const found = await finance.submit(
    form,
    'prepare',
    { ...typed, '_find.providers': '机构300' },
    'find:providers',
  );
  t.equal(found.status, 200);
  t.match(found.html, 'value="社工站综合服务"', 'what was typed stays');
  t.match(found.html, 'value="60,000"');
  t.match(offered(found)[1], '承接机构300中心');
  t.equal(offered(found).length, 2);
  const id = found.page
    .querySelectorAll('select[name=providerId] option')[1]
    ?.getAttribute('value') as string;
  const again = await finance.submit(
    found,
    'prepare',
    { providerId: id, '_find.providers': '没有这一家' },
    'find:providers',
  );
  const chosen = again.page.querySelector('select[name=providerId] option[selected]');
  t.equal(chosen?.getAttribute('value'), id, 'another search does not lose the choice');
  const whole = await finance.submit(
    again,
    'prepare',
    contractFields(world, fundId, { providerId: id }),
    'prepare',
  );
  t.match(whole.text, '承接机构300中心', whole.text);
  const list = `/books/${county.bookId}/contracts`;
  t.match((await finance.get(`${list}?text=综合服`)).text, '1 条', 'by a part of the sealed title');
  t.match(
    (await finance.get(`${list}?text=${encodeURIComponent('〔2022〕7')}`)).text,
    '1 条',
    'by a part of the number',
  );
  t.match((await finance.get(`${list}?text=无此合同`)).text, '没有符合条件的合同');
  const neighbour = await visitorAs(world.neighbour.finance);
  t.match(
    (await neighbour.get(`/books/${world.neighbour.bookId}/contracts?text=综合服`)).text,
    '没有符合条件的合同',
  );
});

forEachEngine(
  'a contract is tried, corrected, drafted, signed by another, evaluated and closed',
  async (t, store) => {
    const world = await worldWithProvider(store, { packs: PACKS });
    const { visitorAs } = await servePages(t, store, { packs: PACKS });
    const { county } = world;
    const fundId = await openFund(world);
    const book = `/books/${county.bookId}`;
    const maker = await visitorAs(county.finance);
    t.match((await maker.get(`${book}/contracts`)).text, '没有符合条件的合同');

    const form = await maker.get(`${book}/contracts/new`);
    const half = await maker.submit(form, 'prepare', { contractNo: '泸县民政购〔2022〕7号' }, 'preview');
    t.equal(half.status, 200, 'a trial is not a refusal');
    t.match(half.page.querySelector('#contract-preview')?.text, /还不能预检.*名称/s);
    const wrong = contractFields(world, fundId, { 'lines.0.economicCode': EQUIPMENT });
    const tried = await maker.submit(half, 'prepare', wrong, 'preview');
    const panel = tried.page.querySelector('#contract-preview')?.text;
    t.match(panel, '不能通过');
    t.match(panel, '不得购买货物', 'the clause is quoted');
    t.match(tried.html, 'value="￥60,000"', 'what was typed stays');
    const refused = await maker.submit(tried, 'prepare', {}, 'prepare');
    t.equal(refused.status, 422);
    t.match(refused.text, /没有记录.*不得购买货物/);
    t.equal((await store.read.selectFrom('contract').selectAll().execute()).length, 0, 'nothing is recorded');

    const file = { name: '预算批复.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.4\n%%EOF\n') };
    const corrected = {
      'lines.0.economicCode': SERVICES,
      'evidence.0.kind': 'budget_approval',
      'evidence.0.date': '2022-06-01',
      'evidence.0.documentNo': '泸县财预〔2022〕3号',
      'evidence.0.attachmentId': file,
    };
    const again = await maker.submit(refused, 'prepare', corrected, 'preview');
    t.match(again.page.querySelector('#contract-preview')?.text, '可以通过');
    t.match(again.text, '已上传：预算批复.pdf', 'a preview keeps the file');
    const drafted = await maker.submit(again, 'prepare', {}, 'prepare');
    t.match(drafted.text, '已起草 泸县民政购〔2022〕7号，等待另一位财务签订');
    t.match(drafted.text, '60,000.00');
    t.match(drafted.text, '预算批复.pdf');
    t.match(drafted.text, '等待另一位财务签订');
    t.equal(drafted.page.querySelector('#form-sign'), null, 'the maker is not offered to sign');
    const own = await force(maker, drafted, { _action: 'sign', note: '' });
    t.equal(own.status, 403, 'nor may the maker sign');
    t.match(own.text, '经办人与办理人不能是同一人');

    const signer = await visitorAs(county.finance2);
    const toSign = await signer.get(`${book}/contracts?toSign=true`);
    t.match(toSign.text, '泸县民政购〔2022〕7号');
    t.notMatch((await maker.get(`${book}/contracts?toSign=true`)).text, '泸县民政购〔2022〕7号');
    const signed = await signer.submit(await signer.get(drafted.url), 'sign', {});
    t.match(signed.text, '已签订 泸县民政购〔2022〕7号');
    const file2 = await signer.get(
      signed.page.querySelector('a[href*="/attachments/"]')?.getAttribute('href') ?? '',
    );
    t.equal(file2.status, 200, 'the file is downloaded');

    const bad = await signer.submit(signed, 'evaluate', {
      kind: 'interim',
      grade: 'good',
      evaluatorCreditCode: '1',
    });
    t.equal(bad.status, 400);
    t.match(bad.text, '统一社会信用代码应为 18 位');
    const evaluated = await signer.submit(bad, 'evaluate', { evaluatorCreditCode: VALID_CODE });
    t.match(evaluated.text, /评估已登记.*中期评估 第 1 执行年度 2022-07-31 良好/);
    const documented = await signer.submit(evaluated, 'evidence', {
      kind: 'signed_contract',
      documentNo: '已签合同扫描件',
    });
    t.match(documented.text, /材料已登记.*已签合同扫描件/);
    const stale = await signer.submit(signed, 'close', {});
    t.equal(stale.status, 412, 'a page from before is not closed on');
    const closed = await signer.submit(documented, 'close', {});
    t.match(closed.text, '已关闭 泸县民政购〔2022〕7号');
    t.equal(closed.page.querySelector('#form-close'), null);
    t.equal(closed.page.querySelector('#form-evidence'), null);
    t.match(closed.text, /办理记录.*关闭合同.*签订合同.*起草合同/);
  },
);

forEachEngine(
  'a contract shows what was claimed and paid of it, in pages, lists and sheets',
  async (t, store) => {
    const world = await worldWithProvider(store);
    const { visitorAs } = await servePages(t, store);
    const { county, provider } = world;
    const [first, second] = [await openFund(world), await openFund(world)];
    const contractId = await openContract(world, [
      { fundId: first, amount: '1000.00', stationId: world.station.id },
      { fundId: second, amount: '500.00' },
    ]);
    const given = { contractId, payeeType: 'provider', payeeId: provider.id, payeeName: '中心' } as const;
    await openClaim(world, 'paid', [{ fundId: first, amount: '300.00' }], given);
    await openClaim(world, 'submitted', [{ fundId: first, amount: '0.01' }], given);
    await openClaim(world, 'draft', [{ fundId: second, amount: '7.00' }], given);
    const officer = await visitorAs(county.finance);
    const page = await officer.get(`/books/${county.bookId}/contracts/${contractId}`);
    t.match(page.text, /已报账 300\.01 元/);
    t.match(page.text, /已付 300\.00 元/);
    t.match(page.text, /尚可报账 1,199\.99 元/);
    const rows = page.page.querySelectorAll('table')[0]?.querySelectorAll('tbody tr') ?? [];
    t.match(rows[0]?.structuredText, /1,000\.00\s+300\.01\s+300\.00/);
    t.match(rows[1]?.structuredText, /500\.00\s+0\.00\s+0\.00/);
    t.match(page.text, '玉蟾街道社工站');
    t.match(page.text, /已支付.*已提交|已提交.*已支付/s);
    const csv = await officer.get(`/books/${county.bookId}/contracts?export=csv`);
    t.match(csv.html, /1500\.00,300\.00,已签订/);
    const one = await officer.get(`/books/${county.bookId}/providers/${provider.id}`);
    t.match(one.text, /合同 1 份/);
    t.match(one.text, /合同项下已支付的报账.*社工站服务费 300\.00/);
  },
);

forEachEngine('a provider sees its own contracts and nothing to press; others see none', async (t, store) => {
  const world = await worldWithProvider(store);
  const { visitorAs } = await servePages(t, store);
  const { county, provider } = world;
  const { bookId } = county;
  const other = await register(world, '春晖社会工作服务中心', 'MJQ000002');
  const fundId = await openFund(world);
  const own = await openContract(world, [{ fundId, amount: '10.00' }], { contractNo: '自己的合同' });
  const foreign = await openContract(world, [{ fundId, amount: '20.00' }], {
    contractNo: '别家的合同',
    providerId: other.id,
  });
  const visitor = await visitorAs(world.providerOperator);
  const list = await visitor.get(`/books/${bookId}/contracts`);
  t.match(list.text, '自己的合同');
  t.notMatch(list.text, '别家的合同');
  t.notMatch(list.html, '/contracts/new"');
  const one = await visitor.get(`/books/${bookId}/contracts/${own}`);
  t.equal(one.status, 200, one.text);
  for (const form of ['sign', 'close', 'evidence', 'evaluate', 'waivers'])
    t.equal(one.page.querySelector(`#form-${form}`), null, form);
  t.notMatch(one.html, `/funds/${fundId}`, 'funds are not led to');
  t.notMatch(one.html, `/providers/${provider.id}`);
  t.equal((await visitor.get(`/books/${bookId}/contracts/${foreign}`)).status, 404);
  t.equal((await visitor.get(`/books/${bookId}/providers`)).status, 404);
  const forced = await force(visitor, one, { _action: 'close', effectiveDate: '2022-07-31', _version: '2' });
  t.equal(forced.status, 403);
  t.match((await visitor.get(`/books/${bookId}/contracts/new`)).text, '您没有起草合同的权限');

  for (const [who, stranger] of [
    ['a station', world.stationOperator],
    ['another county', world.neighbour.finance],
  ] as const) {
    const outside = await visitorAs(stranger);
    for (const path of [
      'contracts',
      `contracts/${own}`,
      'contracts/new',
      'providers',
      `providers/${provider.id}`,
    ]) {
      const { status, text } = await outside.get(`/books/${bookId}/${path}`);
      if (path === 'contracts/new') t.notMatch(text, '自己的合同', who);
      else t.equal(status, 404, `${who}: ${path}`);
    }
  }
  const station = await visitorAs(world.stationOperator);
  t.notMatch((await station.get('/home')).html, `${bookId}/contracts"`, 'no entry that leads nowhere');
  const auditor = await visitorAs(county.auditor);
  for (const path of [
    'contracts',
    `contracts/${own}`,
    'contracts/new',
    'providers',
    `providers/${provider.id}`,
  ]) {
    const { status, page } = await auditor.get(`/books/${bookId}/${path}`);
    t.equal(status, 200, path);
    t.equal(page.querySelectorAll('main form[method=post]').length, 0, `an auditor has no form: ${path}`);
  }
  const refusedAudit = await force(auditor, await auditor.get(`/books/${bookId}/contracts/${own}`), {
    _action: 'evaluate',
    kind: 'interim',
    executionYear: '1',
    date: '2022-07-31',
    grade: 'good',
    evaluatorCreditCode: VALID_CODE,
  });
  t.equal(refusedAudit.status, 403);
});

forEachEngine('an operator of the bureau drafts, and sees what was drafted', async (t, store) => {
  const world = await worldWithProvider(store);
  const { visitorAs } = await servePages(t, store);
  const { county } = world;
  const fundId = await openFund(world);
  const operator = await visitorAs(county.operator);
  const form = await operator.get(`/books/${county.bookId}/contracts/new?providerId=${world.provider.id}`);
  const fields = { ...contractFields(world, fundId) };
  const typed = await operator.submit(form, 'prepare', fields, 'add:lines');
  const drafted = await operator.submit(
    typed,
    'prepare',
    { 'lines.1.fundId': fundId, 'lines.1.amount': '0.01', 'lines.1.description': '尾数' },
    'prepare',
  );
  t.match(drafted.text, '已起草');
  t.match(drafted.text, '60,000.01');
  t.equal(drafted.page.querySelector('#form-sign'), null);
  t.match((await operator.get(`/books/${county.bookId}/contracts`)).text, '泸县民政购〔2022〕7号');
});

forEachEngine(
  'a sanctioned provider gets no new contract; an exit is settled by who decided it',
  async (t, store) => {
    const world = await worldWithProvider(store, { packs: PACKS });
    const { visitorAs } = await servePages(t, store, { packs: PACKS });
    const { county, provider } = world;
    const book = `/books/${county.bookId}`;
    const fundId = await openFund(world);
    const officer = await visitorAs(county.finance);
    const page = await officer.get(`${book}/providers/${provider.id}`);
    const inverted = await officer.submit(page, 'sanction', {
      kind: 'blacklist',
      documentNo: '泸县民〔2022〕8号',
      fromDate: '2022-07-01',
      untilDate: '2022-06-30',
      reason: '弄虚作假',
    });
    t.equal(inverted.status, 400);
    t.match(inverted.text, '期限的开始日期晚于结束日期');
    t.match(inverted.html, '弄虚作假', 'what was typed stays');
    const listed = await officer.submit(inverted, 'sanction', { untilDate: '2023-06-30' });
    t.match(listed.text, /已登记黑名单.*不能与它签订新合同：黑名单有效，至 2023-06-30/);
    const exited = await officer.submit(listed, 'sanction', {
      kind: 'exit',
      documentNo: '泸县民〔2022〕9号',
      fromDate: '2022-07-01',
      reason: '主动退出',
    });
    t.match(exited.text, '退出，尚未清算');
    const list = await officer.get(`${book}/providers?scope=sanctioned`);
    t.match(list.text, /向阳社会工作服务中心.*黑名单有效，至 2023-06-30/);
    t.match((await officer.get(`${book}/providers?scope=contracted`)).text, '没有符合条件的承接机构');

    const form = await officer.get(`${book}/contracts/new`);
    const refused = await officer.submit(form, 'prepare', contractFields(world, fundId), 'prepare');
    t.equal(refused.status, 422);
    t.match(refused.text, /没有记录.*名单有效期内/);

    const settle =
      exited.page.querySelector('form[id^=form-settle-]')?.getAttribute('id')?.replace('form-', '') ?? '';
    const upper = await visitorAs(await seedActor(store, world.province, 'supervisor'));
    const elsewhere = await upper.get(`/books/${world.province.bookId}/providers/${provider.id}`);
    t.equal(elsewhere.page.querySelector('form[id^=form-settle-]'), null, 'not the bureau that decided');
    const early = await officer.submit(exited, settle, { settledDate: '2022-06-30' });
    t.equal(early.status, 400);
    const settled = await officer.submit(early, settle, { settledDate: '2022-07-30' });
    t.match(settled.text, /退出清算已登记.*已于 2022-07-30 清算/);
    const neighbour = await visitorAs(world.neighbour.finance);
    const seen = await neighbour.get(`/books/${world.neighbour.bookId}/providers/${provider.id}`);
    t.match(seen.text, '泸县民〔2022〕8号', 'a sanction is known everywhere');
    t.notMatch(seen.text, '弄虚作假', 'its reason where the book may be read');
  },
);

forEachEngine(
  'what asks for a person is signed with a note; what is forbidden, under an exception',
  async (t, store) => {
    const stage = await scene(t, store);
    const { county } = stage.world;
    const provider = await register(stage.world, '向阳社会工作服务中心', 'MJQ000001');
    const world = { ...stage.world, provider };
    const { visitorAs } = await servePages(t, store, { packs: WAIVED });
    const book = `/books/${county.bookId}`;
    const maker = await visitorAs(county.finance);
    const signer = await visitorAs(county.finance2);
    const looked = await maker.submit(
      await maker.get(`${book}/contracts/new`),
      'prepare',
      contractFields(world, stage.fundId, { 'lines.0.economicCode': '399' }),
      'prepare',
    );
    t.match(looked.text, '规则要求人工复核，签订人须填写复核意见');
    const silent = await signer.submit(await signer.get(looked.url), 'sign', {});
    t.equal(silent.status, 422);
    t.match(silent.text, '需要人工复核并填写复核意见');
    t.match((await signer.submit(silent, 'sign', { note: '已核对用途' })).text, '已签订');

    const waiverId = await openWaiver(stage);
    // An exception holds from the day of its approval.
    const own = {
      contractNo: '例外合同',
      signedDate: TODAY,
      'lines.0.amount': '100',
      'lines.0.economicCode': PROVINCIAL,
    };
    const operator = await visitorAs(county.operator);
    const asked = await operator.get(`${book}/contracts/new`);
    t.match(asked.text, '条款 AA-01', 'an approved exception is offered');
    const given = contractFields(world, stage.fundId, { ...own, 'waiverIds[]': [waiverId] });
    const drafted = await operator.submit(asked, 'prepare', given, 'prepare');
    t.match(drafted.text, /已起草.*适用的例外批准.*AA-01/);
    const without = await operator.submit(drafted, 'waivers', { 'waiverIds[]': [''] });
    t.match(without.text, '不再适用例外批准');
    const blocked = await signer.submit(await signer.get(without.url), 'sign', {});
    t.equal(blocked.status, 422);
    t.match(blocked.text, /没有记录.*条款 AA-01/);
    const again = await operator.submit(without, 'waivers', { 'waiverIds[]': [waiverId] });
    t.match(again.text, '适用的例外批准已更新');
    t.match((await signer.submit(await signer.get(again.url), 'sign', {})).text, '已签订 例外合同');
  },
);

/** A provider that the province registered, so that all its bureaus know it. */
async function register(world: World, name: string, serial: string): Promise<Organisation> {
  const { store, province } = world;
  const code = `51510500${serial}`;
  const admin = await seedActor(store, province, 'admin');
  const { id } = await createOrganisation(store, by(admin), {
    kind: 'provider',
    name,
    parentId: province.id,
    divisionCode: '510521',
    creditCode: `${code}${creditCheckCharacter(code)}`,
    providerKind: 'social_organisation',
    districtClass: null,
    openedDate: '2020-01-01',
  });
  return { id, path: `${province.path}${id}/`, kind: 'provider' };
}

/** A world whose provider is registered under its province. */
async function worldWithProvider(store: Store, options: { packs?: PackSet } = {}): Promise<World> {
  const world = await seedWorld(store, options);
  const provider = await register(world, '向阳社会工作服务中心', 'MJQ000001');
  return { ...world, provider, providerOperator: await seedActor(store, provider, 'operator') };
}
