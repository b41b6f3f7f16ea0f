import { isSealed } from '../../src/audit/index.js';
import { explainFigures, listFigureTopics, recordFigure, showFigure } from '../../src/ledger/index.js';
import { by, refused, seedActor, seedWorld, verifyClean } from '../fixture.js';
import { forEachEngine, shown } from '../helper.js';

const figure = (amount: string, given: object = {}) => ({
  topic: '红河州福彩公益金投入社工站',
  basis: 'spent' as const,
  sourceType: null,
  amount,
  qualifier: 'exact' as const,
  asOf: '截至2022-06',
  sourceName: '云南2022年中推进会 材料一',
  sourceSection: '二(五)',
  ...given,
});

forEachEngine('figures that differ contradict until somebody says why', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const record = (input: ReturnType<typeof figure>) =>
    recordFigure(store, by(county.finance), county.bookId, input);
  const explain = (text: string, topic = figure('1').topic) =>
    explainFigures(store, by(county.finance), county.bookId, { topic, text });
  const topic = async () =>
    (await shown(store, await listFigureTopics(store, county.auditor, county.bookId))).items[0];
  await refused(t, explain('没有这一事项'), 'not_found');
  t.match(await record(figure('3800000.00')), {
    isContradicting: false,
    difference: '0.00',
    explanation: null,
  });
  t.match(await record(figure('3800000.00')), { isContradicting: false }, 'two that agree');
  t.match(await record(figure('4160000.00')), {
    isContradicting: true,
    difference: '360000.00',
    explanation: null,
  });
  const explained = await explain('416万元含截至6月补充下达部分');
  t.ok(isSealed(explained.explanation));
  t.match(await shown(store, explained), { explanation: '416万元含截至6月补充下达部分' });
  t.match(
    await topic(),
    { isContradicting: true, explanation: '416万元含截至6月补充下达部分' },
    'the difference stays visible',
  );
  t.match(
    await record(figure('4160000.01')),
    { isContradicting: true, explanation: null },
    'one 分 more opens it again',
  );
  t.match(await topic(), { explanation: null, difference: '360000.01' });
  await explain('尾差');
  t.match(await topic(), { explanation: '尾差' });
  await record(figure('5.00', { topic: '另一事项' }));
  await record(figure('6.00', { topic: '另一事项' }));
  const { items } = await listFigureTopics(store, county.auditor, county.bookId);
  t.strictSame(
    items.map((item) => item.topic),
    ['另一事项', figure('1').topic],
    'open contradictions first',
  );
  await verifyClean(t, world);
});

forEachEngine('who may state figures, and whose', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour, province } = world;
  await refused(t, recordFigure(store, by(county.payer), county.bookId, figure('1.00')), 'forbidden');
  await refused(t, recordFigure(store, by(neighbour.finance), county.bookId, figure('1.00')), 'forbidden');
  const supervisor = await seedActor(store, province, 'supervisor');
  await recordFigure(store, by(supervisor), county.bookId, figure('1.00'));
  await refused(t, listFigureTopics(store, neighbour.finance, county.bookId), 'not_found');
});

forEachEngine('a figure is shown as people write it', async (t) => {
  t.equal(showFigure(200_000_000n, 'about'), '约 2,000,000.00 元');
  t.equal(showFigure(380_000_000n, 'more'), '3,800,000.00 余元');
  t.equal(showFigure(100n, 'nearly'), '近 1.00 元');
  t.equal(showFigure(100n, 'at_least'), '1.00 元以上');
  t.equal(showFigure(100n, 'exact').trim(), '1.00 元');
});
