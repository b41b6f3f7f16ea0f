import { t as root } from 'tap';
import { openFund, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { servePages } from './visit.js';

root.setTimeout(900_000);

forEachEngine('a query is kept under a name, found on its list, replaced and forgotten', async (t, store) => {
  const world = await seedWorld(store);
  const { visitorAs, ask } = await servePages(t, store);
  const { bookId, finance, auditor } = world.county;
  await openFund(world);
  const list = `/books/${bookId}/funds`;
  const officer = await visitorAs(finance);
  const asked = await officer.get(`${list}?year=2022&type=`);
  const kept = await officer.submit(asked, 'keep-filter', { name: '今年 <i>' });
  t.match(kept.text, '已存为常用查询');
  t.match(kept.html, `href="${list}?year=2022"`);
  t.match(kept.html, '今年 &lt;i>', 'shown as it was typed');
  const refused = await officer.submit(asked, 'keep-filter', { name: '' });
  t.equal(refused.status, 400);
  t.match(refused.text, '名称：必须填写');
  const again = await officer.submit(refused, 'keep-filter', { name: '今年 <i>' });
  t.equal(again.page.querySelectorAll('.saved-filters li').length, 1, 'the same name replaces');
  t.match((await officer.get('/saved-filters')).text, '今年 <i>');
  t.equal((await ask(auditor, 'GET', '/saved-filters')).body.items.length, 0, 'nobody else has it');
  const { id } = (await ask(finance, 'GET', '/saved-filters')).body.items[0];
  await ask(auditor, 'DELETE', `/saved-filters/${id}`);
  t.equal((await ask(finance, 'GET', '/saved-filters')).body.items.length, 1, 'nor forgets it');
  const raw = await store.read.selectFrom('savedFilter').selectAll().execute();
  t.notMatch(JSON.stringify(raw), '2022&', 'nothing lies in clear');
  const outside = { name: 'x', path: '//evil.example', query: 'a=1' };
  t.equal((await ask(finance, 'POST', '/saved-filters', { body: outside })).status, 400);
  const dropped = await officer.submit(again, `drop-${id}`);
  t.match(dropped.text, '常用查询已删除');
  t.equal(dropped.page.querySelectorAll('.saved-filters li').length, 0);
});
