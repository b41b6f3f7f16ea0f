import { t as root } from 'tap';
import { loadPacks } from '../../src/policy/index.js';
import { openClaim, openFund, seedActor, seedWorld, standing } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { packText } from '../policy/pack-text.js';
import { servePages, type Visit } from './visit.js';

root.setTimeout(900_000);

const packs = loadPacks();
const yaml = packText([
  `  - { id: AA-01.look, clause: AA-01, kind: manual_review, severity: review,
      scope: { sources: any, stages: [submission] }, codes: ["301", "302", "303", "399"], because: 新文件要求逐笔复核 }`,
]);
const csrfOf = (visit: Visit) => visit.page.querySelector('input[name=_csrf]')?.getAttribute('value') ?? '';

forEachEngine(
  'packs, clauses and gaps are read by everybody, and reloaded by whom it concerns',
  async (t, store) => {
    const world = await seedWorld(store, { packs });
    const { visitorAs } = await servePages(t, store, { packs });
    const admin = await visitorAs(await seedActor(store, world.province, 'admin'));
    const list = await admin.get('/policy');
    for (const { document, sha256 } of packs.packs) {
      t.match(list.text, document.documentNo);
      t.match(list.html, sha256);
    }
    const reloaded = await admin.submit(list, 'reload');
    t.match(reloaded.text, '已重新载入');
    const officer = await visitorAs(world.county.finance);
    const seen = await officer.get('/policy');
    t.equal(seen.page.querySelector('#form-reload'), null);
    const forced = await officer.post('/policy', `_action=reload&_csrf=${csrfOf(seen)}`);
    t.equal(forced.status, 403);

    const [pack] = packs.packs;
    const clauses = await officer.get(`/policy/coverage?pack=${pack?.document.id}&status=enforced`);
    const enforced = pack?.clauses.filter(({ status }) => status === 'enforced') ?? [];
    for (const { id, quotation } of enforced.slice(0, 25)) {
      t.match(clauses.text, id);
      t.ok(
        clauses.page.querySelectorAll('mark').some(({ text }) => text === quotation),
        quotation,
      );
    }
    t.equal(clauses.page.querySelectorAll('tbody tr').length, Math.min(25, enforced.length));
    const csv = await officer.get(`/policy/coverage?pack=${pack?.document.id}&export=csv`);
    t.equal(
      csv.html
        .trim()
        .split('\n')
        .filter((line) => line.startsWith(pack?.clauses[0]?.id ?? '?')).length,
      1,
    );
    const gaps = await officer.get('/policy/gaps?from=2021-01-01&until=2022-12-31');
    t.match(gaps.text, '已知待补');
    const inverted = await officer.get('/policy/gaps?from=2022-12-31&until=2021-01-01');
    t.equal(inverted.status, 200);
    t.match(inverted.text, '开始日期晚于结束日期');
  },
);

forEachEngine('packs that do not load are told with file and line', async (t, store) => {
  const world = await seedWorld(store);
  const fault = {
    at: '2022-07-30T01:00:00.000Z',
    message: '政策包有 1 处错误',
    faults: [{ file: 'yunnan.yaml', line: 12, message: '不认识的键 severty' }],
  };
  const { visitorAs } = await servePages(t, store, { policy: { ...standing(packs), fault } });
  const admin = await visitorAs(await seedActor(store, world.province, 'admin'));
  for (const path of ['/policy', '/home', '/health']) {
    const page = await admin.get(path);
    t.match(page.text, /yunnan\.yaml 第 12 行：不认识的键 severty/, path);
    t.match(page.text, '没有生效', path);
  }
});

forEachEngine('a pack is tried on recorded cases, from a file or pasted', async (t, store) => {
  const world = await seedWorld(store, { packs });
  const fundId = await openFund(world, { granted: '100.00' });
  for (const amount of ['20.00', '30.00']) await openClaim(world, 'submitted', [{ fundId, amount }]);
  const { visitorAs } = await servePages(t, store, { packs });
  const admin = await visitorAs(await seedActor(store, world.county, 'admin'));
  const form = await admin.get('/policy/backtests');
  const broken = yaml.replace('severity', 'severty');
  const refused = await admin.submit(form, 'start', {
    _packFile: { name: 'new.yaml', type: 'application/yaml', bytes: Buffer.from(broken) },
    from: '2022-01-01',
    to: '2022-12-31',
  });
  t.match(refused.text, /pack\.yaml 第 \d+ 行/, 'every fault of the pack by its line');
  t.match(refused.page.querySelector('textarea')?.text, 'severty', 'the file’s text is there to be mended');
  let visit = await admin.submit(refused, 'start', { yaml });
  t.match(visit.url, /^\/policy\/backtests\/[\w-]+$/);
  for (let tries = 0; tries < 2000 && visit.text.includes('正在进行'); tries += 1) {
    t.match(visit.html, 'http-equiv="refresh"', 'a page that is under way is loaded anew without scripts');
    t.match(visit.html, 'hx-trigger="every 2s"', 'and with them');
    await new Promise((resolve) => setTimeout(resolve, 50));
    visit = await admin.get(visit.url);
  }
  t.match(visit.text, '已完成');
  t.notMatch(visit.html, 'http-equiv="refresh"', 'until nothing more changes');
  t.match(visit.text, '2 件');
  t.match(visit.text, '新文件要求逐笔复核');
  t.match(visit.text, '须人工复核');
  t.match((await admin.get(`${visit.url}?export=csv`)).html, '新文件要求逐笔复核');
  t.match((await admin.get('/policy/backtests')).html, `href="${visit.url}"`, 'found again later');
  const stranger = await visitorAs(world.county.finance);
  t.equal((await stranger.get(visit.url)).status, 404, 'somebody else’s');
  const gone = await admin.submit(visit, 'cancel');
  t.match(gone.text, '已取消或删除');
  t.equal((await admin.get(visit.url)).status, 404);

  const auditor = await visitorAs(world.county.auditor);
  t.equal((await auditor.get('/policy/backtests')).page.querySelector('#form-start'), null);
});
