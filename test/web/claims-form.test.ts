import { t as root } from 'tap';
import { editClaim, getClaim, listClaims, listUnfinished } from '../../src/claims/index.js';
import type { Store } from '../../src/db/store.js';
import { loadPacks } from '../../src/policy/index.js';
import {
  by,
  claimInput,
  openClaim,
  openContract,
  openFund,
  seedWorld,
  verifyClean,
  type World,
} from '../fixture.js';
import { forEachEngine, shown } from '../helper.js';
import { invoiceXml } from '../invoices/files.js';
import { type Fields, type SentFile, servePages, type Visit } from './visit.js';

root.setTimeout(900_000);

const LOTTERY = {
  type: 'welfare_lottery' as const,
  namedPurposes: ['elderly' as const],
  announcementDue: null,
};
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const file = (name: string, bytes: Buffer, type = 'application/octet-stream'): SentFile => ({
  name,
  type,
  bytes,
});

const claimsOf = async ({ store, county }: World) =>
  shown(store, (await listClaims(store, county.auditor, county.bookId, { limit: 50 })).items);
const unfinishedOf = async ({ store, county, stationOperator }: World) =>
  (await listUnfinished(store, stationOperator, county.bookId, new Date('2022-07-31T02:00:00.000Z'))).items;

async function lotteryWorld(store: Store) {
  const packs = loadPacks();
  const world = await seedWorld(store, { packs, province: '53' });
  const lottery = await openFund(world, { fund: { level: 'county', terms: LOTTERY } });
  const local = await openFund(world, { fund: { name: '社工站运行经费' }, granted: '5000.00' });
  return { packs, world, lottery, local };
}

/** A line's fields as somebody fills them in. */
const line = (index: number, given: Fields): Fields =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [`lines.${index}.${name}`, value]));

const FILLED = (fundId: string, amount: string): Fields => ({
  description: '为老服务活动物料',
  fundId,
  amount,
  economicCode: '30227',
  serviceItem: 'elderly_service',
  endUser: 'beneficiary',
  rosterCoverage: 'all',
});

forEachEngine('a claim from an unfinished form to submission', async (t, store) => {
  const { packs, world, lottery, local } = await lotteryWorld(store);
  const { bookId } = world.county;
  const { visitorAs } = await servePages(t, store, { packs });
  const operator = await visitorAs(world.stationOperator);
  const at = `/books/${bookId}/claims`;

  const list = await operator.get(at);
  t.match(list.text, '没有符合条件的报账单');
  t.ok(list.page.querySelector(`a[href="${at}/new"]`), 'the button to fill one in');
  const fresh = await operator.get(`${at}/new`);
  t.match(fresh.text, '玉蟾街道社工站');
  t.match(fresh.text, /社工站运行经费（可用 5,000\.00 元）/, 'what is available stands beside the fund');

  // As far as it is filled in, and kept so.
  const kept = await operator.submit(
    fresh,
    'claim',
    { title: '<script>七月</script>', ...line(0, { amount: '１,200', fundId: lottery }) },
    'keep',
  );
  t.match(kept.text, '已暂存');
  t.notMatch(kept.html, '<script>七月', 'what was typed is only text');
  t.equal((await claimsOf(world)).length, 0, 'nothing is in the books');
  const again = await operator.submit(kept, 'claim', { 'lines.0.amount': '300' }, 'keepAgain');
  t.equal((await unfinishedOf(world)).length, 1, 'kept in the same place');
  const shelf = await operator.get(at);
  t.match(shelf.text, '未填完的（暂存 1 份）');
  const link = shelf.page.querySelectorAll('.unfinished a')[0]?.getAttribute('href') ?? '';
  const resumed = await operator.get(link);
  t.match(resumed.html, 'value="300"');
  t.match(resumed.text, '这是您暂存的内容');
  t.same(again.status, 200);

  // What is missing is told mildly.
  const early = await operator.submit(resumed, 'claim', {}, 'preview');
  t.equal(early.status, 200);
  t.match(early.text, /还差 \d+ 项，填好后显示规则判断/);
  t.match(early.text, '第 1 行 用途说明');
  t.notMatch(early.text, '没有记录', 'it is no refusal');
  t.ok(early.page.querySelector('a[href="#claim-lines.0.description"]'));

  // The rules refuse it, with their clause and what would pass.
  const blocked = await operator.submit(
    early,
    'claim',
    {
      title: '七月活动',
      payeeName: '某文具店',
      businessDate: '2022-07-15',
      ...line(0, { ...FILLED(lottery, '300'), 'beneficiaryGroups[]': ['general_public'] }),
    },
    'preview',
  );
  t.equal(blocked.status, 200);
  t.match(blocked.text, '不能通过');
  t.match(blocked.text, '第 1 行：');
  t.match(blocked.text, '条款 YN-03');
  t.match(blocked.text, /第 1 行改由“社工站运行经费”/);
  t.equal((await claimsOf(world)).length, 0, 'a preview writes nothing');

  // Submitted all the same: it stays as a draft, and the reasons stand on its page.
  const refused = await operator.submit(blocked, 'claim', {}, 'submit');
  t.equal(refused.status, 200);
  t.match(refused.url, /\/edit\?refused=true$/);
  t.match(refused.text, '没有提交');
  t.match(refused.text, '条款 YN-03');
  t.match(refused.html, 'value="七月活动"', 'nothing is lost');
  const [draft] = await claimsOf(world);
  t.equal(draft?.status, 'draft');
  t.same(await unfinishedOf(world), [], 'what was kept is not needed any more');

  // Corrected, saved, submitted.
  const saved = await operator.submit(refused, 'claim', line(0, { fundId: local }), 'save');
  t.match(saved.text, '草稿已保存');
  t.match(saved.text, '可以通过', 'the draft is judged where it is opened');
  const done = await operator.submit(saved, 'claim', {}, 'submit');
  t.equal(done.status, 200);
  t.match(done.text, '已提交');
  const [claim] = await claimsOf(world);
  t.equal(claim?.status, 'submitted');
  t.equal(claim?.amount, '300.00');
  t.equal((await claimsOf(world)).length, 1, 'and all of it is one claim');
  await verifyClean(t, world);
});

forEachEngine('rows keep what was typed; files are read, refused beside their field', async (t, store) => {
  const { packs, world, local } = await lotteryWorld(store);
  const { bookId } = world.county;
  const { visitorAs } = await servePages(t, store, { packs });
  const operator = await visitorAs(world.stationOperator);
  let form = await operator.get(`/books/${bookId}/claims/new`);
  const value = (visit: Visit, name: string) =>
    visit.page.querySelector(`[name="${name}"]`)?.getAttribute('value');
  const chosen = (visit: Visit, name: string) =>
    visit.page.querySelector(`select[name="${name}"] option[selected]`)?.getAttribute('value');

  form = await operator.submit(form, 'claim', { title: '物料', ...line(0, FILLED(local, '12.34')) }, 'next');
  t.equal(value(form, 'title'), '物料');
  t.equal(value(form, 'lines.0.amount'), '12.34');
  t.equal(chosen(form, 'lines.1.fundId'), local, 'the next line is paid as the one before it');
  t.equal(value(form, 'lines.1.amount'), '', 'but costs what it costs');
  form = await operator.submit(form, 'claim', line(1, { description: '第二', amount: '1' }), 'copy:lines.1');
  t.equal(value(form, 'lines.2.description'), '第二');
  form = await operator.submit(form, 'claim', line(2, { amount: '2,000.5' }), 'remove:lines.1');
  t.equal(value(form, 'lines.1.amount'), '2,000.5', 'the one that was removed is gone, not its neighbour');
  t.match(form.page.querySelector('#claim-sum')?.text, '2,012.84', 'the sum is the server’s');
  form = await operator.submit(form, 'claim', {}, 'close:lines.1');
  t.match(form.page.querySelector('.folded')?.text ?? '', '第二');
  form = await operator.submit(form, 'claim', {}, 'open:lines.1');
  t.equal(value(form, 'lines.1.amount'), '2,000.5', 'folded up and unfolded it says the same');
  t.equal(chosen(form, 'lines.1.economicCode'), '30227');

  const wrong = await operator.submit(
    form,
    'claim',
    { 'lines.0.invoiceFile': file('发票.pdf', Buffer.from('MZ not a pdf')) },
    'save',
  );
  t.equal(wrong.status, 400);
  t.match(wrong.page.querySelector('[id="claim-lines.0.invoiceFile-fault"]')?.text, '扩展名不符');
  t.equal(value(wrong, 'lines.1.amount'), '2,000.5');
  const large = await operator.submit(
    form,
    'claim',
    {
      'lines.0.invoiceFile': file(
        '发票.pdf',
        Buffer.concat([Buffer.from('%PDF-'), Buffer.alloc(10 * 1024 * 1024)]),
      ),
    },
    'save',
  );
  t.equal(large.status, 400);
  t.match(large.text, '文件超过 10 MB');
  t.equal(value(large, 'title'), '物料', 'a file too large loses nothing');
  const unknown = await operator.submit(
    form,
    'claim',
    { 'lines.0.invoiceFile': file('a.docx', PNG) },
    'save',
  );
  t.match(unknown.text, '只收 PDF、OFD、XML、JPG、PNG');

  const xml = Buffer.from(invoiceXml());
  const read = await operator.submit(
    form,
    'claim',
    { 'lines.0.amount': '', 'lines.0.invoiceFile': file('数电票.xml', xml) },
    'read:lines.0',
  );
  t.equal(read.status, 200);
  t.equal(value(read, 'lines.0.invoice.number'), '24512000000012345678');
  t.equal(value(read, 'lines.0.invoice.sellerName'), '泸县某文具店');
  t.equal(
    value(read, 'lines.0.amount'),
    '113.00',
    'an amount that was open is what the invoice has room for',
  );
  t.match(read.text, '已上传：数电票.xml');
  const photo = await operator.submit(
    form,
    'claim',
    { 'lines.0.invoiceFile': file('照片.png', PNG) },
    'read:lines.0',
  );
  t.match(photo.page.querySelector('[id="claim-lines.0.invoiceFile-fault"]')?.text, '手工填写');

  const documented = await operator.submit(read, 'claim', {}, 'add:lines.0.evidence');
  const saved = await operator.submit(
    documented,
    'claim',
    {
      payeeName: '泸县某文具店',
      'lines.0.evidence.0.kind': 'acceptance',
      'lines.0.evidence.0.attachmentId': file('验收.png', PNG),
      'lines.0.beneficiaryGroups[]': [''],
    },
    'save',
  );
  t.match(saved.text, '草稿已保存', saved.text);
  t.match(saved.text, '已上传：验收.png', 'files are told by their names');
  const [claim] = await claimsOf(world);
  t.same(
    claim?.lines[0]?.evidence.map(({ kind }) => kind),
    ['invoice', 'acceptance'],
  );
  t.same(claim?.lines[0]?.beneficiaryGroups, [], 'nobody in particular is not the same as not knowing');
  t.equal(claim?.lines[1]?.beneficiaryGroups, null);
  const resaved = await operator.submit(saved, 'claim', {}, 'save');
  t.match(resaved.text, '草稿已保存');
  const [same] = await claimsOf(world);
  t.same(
    same?.lines.map(({ id: _id, ...rest }) => rest),
    claim?.lines.map(({ id: _id, ...rest }) => rest),
    'opened and saved it is what it was',
  );
});

forEachEngine('two windows, other units, other people', async (t, store) => {
  const { packs, world, local } = await lotteryWorld(store);
  const { county, neighbour, stationOperator } = world;
  const { bookId } = county;
  const { visitorAs } = await servePages(t, store, { packs });
  const operator = await visitorAs(stationOperator);
  const claim = await openClaim(world, 'draft', [{ fundId: local, amount: '10.00' }]);
  const at = `/books/${bookId}/claims`;

  const mine = await operator.get(`${at}/${claim.id}/edit`);
  const input = claimInput(world.station.id, [{ fundId: local, amount: '20.00' }]);
  await editClaim(store, by(stationOperator), bookId, claim.id, claim.version, input);
  const stale = await operator.submit(mine, 'claim', { title: '我的改动' }, 'save');
  t.equal(stale.status, 412);
  t.match(stale.text, '又被保存过');
  t.match(stale.html, 'value="我的改动"');
  const still = await operator.submit(stale, 'claim', {}, 'save');
  t.equal(still.status, 412, 'pressing again does not overwrite unseen');
  const kept = await operator.submit(still, 'claim', {}, 'keep');
  t.match(kept.text, '已暂存');
  t.match(kept.html, 'value="我的改动"');
  const older = await operator.submit(kept, 'claim', {}, 'save');
  t.equal(older.status, 412, 'nor does it after 暂存');
  const meant = await operator.submit(older, 'claim', {}, 'overwrite');
  t.match(meant.text, '草稿已保存');
  t.equal((await getClaim(store, stationOperator, bookId, claim.id)).amount, '10.00');

  // A unit that is not one's own.
  const fresh = await operator.get(`${at}/new`);
  const csrf = fresh.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
  const forged = (unit: string) =>
    operator.post(
      `${at}/new`,
      new URLSearchParams({
        _csrf: csrf,
        _form: 'claim',
        _action: 'save',
        organisationId: unit,
        title: 'x',
        businessDate: '2022-07-15',
        payeeType: 'supplier',
        payeeName: '某店',
        'lines.0.fundId': local,
        'lines.0.amount': '1',
        'lines.0.description': 'x',
      }).toString(),
    );
  t.equal((await forged(county.id)).status, 403, 'the bureau’s own');
  t.equal((await forged(world.neighbourStation.id)).status, 403, 'another county’s');
  t.equal((await claimsOf(world)).length, 1, 'neither is made');

  const auditor = await visitorAs(county.auditor);
  const asAuditor = await auditor.get(at);
  t.notMatch(asAuditor.html, '/claims/new"');
  t.notMatch((await auditor.get(`${at}/new`)).html, 'id="form-claim"', 'no form for whoever makes no claims');
  t.notMatch((await auditor.get(`${at}/${claim.id}/edit`)).html, 'id="form-claim"');
  const csv = await auditor.get(`${at}?export=csv`);
  t.match(csv.html, '我的改动');
  const stranger = await visitorAs(neighbour.finance);
  t.equal((await stranger.get(at)).status, 404);
  t.equal((await stranger.get(`${at}/new`)).status, 404);
  t.equal((await stranger.get(`${at}/${claim.id}/edit`)).status, 404);
});

forEachEngine('a provider claims on its contract; a copy begins a new claim', async (t, store) => {
  const world = await seedWorld(store);
  const { bookId } = world.county;
  const local = await openFund(world);
  const contractId = await openContract(world, [{ fundId: local, amount: '1000.00' }]);
  const { visitorAs } = await servePages(t, store);
  const provider = await visitorAs(world.providerOperator);
  const fresh = await provider.get(`/books/${bookId}/claims/new`);
  t.match(fresh.text, '按合同付给承接机构：某社会工作服务中心');
  t.match(fresh.text, '合同可报 1,000.00 元');
  const saved = await provider.submit(
    fresh,
    'claim',
    { title: '一季度服务费', ...line(0, { ...FILLED(local, '250'), serviceItem: 'station_service' }) },
    'save',
  );
  t.match(saved.text, '草稿已保存', saved.text);
  const [claim] = await claimsOf(world);
  t.same([claim?.contractId, claim?.payeeId, claim?.payeeType], [contractId, world.provider.id, 'provider']);
  const copied = await provider.get(`/books/${bookId}/claims/new?copy=${claim?.id}`);
  t.match(copied.text, '已按原报账单填好');
  t.match(copied.html, 'value="一季度服务费"');
  t.match(copied.html, 'value="2022-07-31"', 'dated today');
});

forEachEngine('500 lines do not break the form', async (t, store) => {
  const world = await seedWorld(store);
  const fundId = await openFund(world, { granted: '1000000.00' });
  const { visitorAs } = await servePages(t, store);
  const operator = await visitorAs(world.stationOperator);
  const at = `/books/${world.county.bookId}/claims/new`;
  const fresh = await operator.get(at);
  const fields = new URLSearchParams({
    _csrf: fresh.page.querySelector('[name=_csrf]')?.getAttribute('value') ?? '',
    _form: 'claim',
    title: '五百行',
    organisationId: world.station.id,
    businessDate: '2022-07-15',
    payeeType: 'supplier',
    payeeName: '某店',
  });
  for (let index = 0; index < 500; index += 1)
    for (const [name, value] of Object.entries({
      ...FILLED(fundId, '1.01'),
      'beneficiaryGroups[]': 'elderly',
    }))
      fields.set(`lines.${index}.${name}`, String(value));
  const folded = await operator.post(at, `${fields}&_action=close:lines.0`);
  t.equal(folded.status, 200);
  t.match(folded.page.querySelector('#claim-sum')?.text, '505.00');
  t.ok(folded.html.length < 2_500_000, `${folded.html.length} bytes`);
  const saved = await operator.submit(folded, 'claim', {}, 'save');
  t.match(saved.text, '草稿已保存', saved.text.slice(0, 400));
  const [claim] = await claimsOf(world);
  t.equal(claim?.lines.length, 500);
  t.equal(claim?.amount, '505.00');
  const many = await operator.post(at, `${fields}&lines.500.description=x&lines.500.amount=1&_action=save`);
  t.equal(many.status, 400);
  t.match(many.text, '没有记录');
});
