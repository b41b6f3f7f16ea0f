import t from 'tap';
import { parseYuan } from '../../../src/core/money.js';
import { Sankey, type SankeyLink, type SankeyNode } from '../../../src/web/charts/index.js';
import { layoutSankey } from '../../../src/web/charts/sankey-layout.js';
import { drawing, elements, figure, render, tableRows, withClass } from './render.js';

const WIDE = { name: 'wide', width: 880, fontSize: 14, lineHeight: 18, id: 's-wide' } as const;
const NARROW = { name: 'narrow', width: 360, fontSize: 12, lineHeight: 15, id: 's-narrow' } as const;
const columns = ['文号', '县', '收款方'];
const about = { id: 'flow', title: '资金流向', basis: '按付款日期', unit: '元' } as const;

const nodes: readonly SankeyNode[] = [
  { id: 'a', column: 0, label: '川财社〔2022〕45号', amount: '4680000.00', href: '/funds/a' },
  { id: 'b', column: 0, label: '川财社〔2022〕81号', amount: '1170000.00' },
  { id: 'x', column: 1, label: '江阳区', amount: '3900000.00' },
  { id: 'y', column: 1, label: '泸县', amount: '1560000.00' },
  { id: 'p', column: 2, label: '惠民社工中心', amount: '2340000.01' },
];
const links: readonly SankeyLink[] = [
  { from: 'a', to: 'x', amount: '3120000.00' },
  { from: 'a', to: 'y', amount: '1560000.00' },
  { from: 'b', to: 'x', amount: '780000.00' },
  { from: 'x', to: 'p', amount: '1560000.01' },
  { from: 'y', to: 'p', amount: '780000.00' },
];

t.test('heights and ribbons are proportional to the amounts, and nothing is lost on the way', async (t) => {
  for (const plate of [WIDE, NARROW]) {
    const layout = layoutSankey({ columns, nodes, links }, plate, '元');
    const perYuan = layout.nodes[0]!.height / 4_680_000;
    for (const node of layout.nodes) {
      const wanted = Number(parseYuan(nodes.find(({ label }) => label === node.label)!.amount)) / 100;
      t.ok(Math.abs(node.height - wanted * perYuan) < 0.01, `${plate.name} ${node.label}`);
      for (const [own, side] of [
        ['from', 'y0'],
        ['to', 'y1'],
      ] as const) {
        const touching = layout.links.filter((link) => link[own].label === node.label);
        const edges = touching.map((link) => [
          link[side] - link.thickness / 2,
          link[side] + link.thickness / 2,
        ]);
        edges.sort(([a = 0], [b = 0]) => a - b);
        for (const [top = 0, bottom = 0] of edges)
          t.ok(
            top >= node.y - 0.01 && bottom <= node.y + node.height + 0.01,
            'a ribbon ends within its node',
          );
        for (let at = 1; at < edges.length; at++)
          t.ok(edges[at]![0]! >= edges[at - 1]![1]! - 0.01, 'ribbons do not share their place');
      }
    }
    const thickness = layout.links.map((link) => link.thickness / (Number(link.fen) / 100));
    t.ok(thickness.every((each) => Math.abs(each - perYuan) / perYuan < 1e-6));
  }
});

t.test('the markup draws what was laid out', async (t) => {
  const svg = drawing(render(<Sankey {...about} {...{ columns, nodes, links }} />), 'wide');
  const rects = withClass(elements(svg, 'rect'), 'chart-node');
  const heights = rects.map((rect) => figure(rect, 'height'));
  t.equal(heights.length, 5);
  t.ok(Math.abs(heights[0]! / heights[1]! - 4) < 0.01, '468 万 to 117 万');
  const titles = elements(svg, 'title').map(({ text }) => text);
  t.ok(titles.includes('川财社〔2022〕45号 → 江阳区：3,120,000.00 元'));
  t.equal(withClass(elements(svg, 'path'), 'chart-ribbon').length, links.length);
  t.match(svg, /<a class="chart-link" href="\/funds\/a">/);
  t.match(svg, /role="group"/, 'the inside of an image would hide the link');
  t.match(
    drawing(render(<Sankey {...about} {...{ columns, nodes: nodes.slice(1), links: [] }} />), 'wide'),
    /role="img"/,
  );
});

t.test('colours follow the source for as long as it is known', async (t) => {
  const seriesOf = (given: readonly SankeyLink[]) =>
    layoutSankey({ columns, nodes, links: given }, WIDE, '元').links.map(({ from, to, series }) => [
      from.label,
      to.label,
      series,
    ]);
  const mixed = seriesOf(links);
  t.same(
    mixed.filter(([from]) => from === '川财社〔2022〕45号').map(([, , series]) => series),
    [0, 0],
  );
  t.same(
    mixed.find(([from]) => from === '泸县'),
    ['泸县', '惠民社工中心', 0],
  );
  t.same(
    mixed.find(([from]) => from === '江阳区'),
    ['江阳区', '惠民社工中心', null],
  );
  const told = [
    ...links.filter(({ from }) => from !== 'x'),
    { from: 'x', to: 'p', amount: '1000000.00', source: 'a' },
    { from: 'x', to: 'p', amount: '560000.01', source: 'b' },
  ];
  t.same(
    seriesOf(told)
      .filter(([from]) => from === '江阳区')
      .map(([, , series]) => series),
    [0, 1],
  );
});

const crowd = Array.from({ length: 60 }, (_, at) => ({
  id: `p${at}`,
  column: 1,
  label: `第 ${at} 社会工作服务站（承接机构：泸州市惠民社会工作服务中心）`,
  amount: `${(at + 1) * 1000}.0${at % 10}`,
}));
const crowdData = {
  columns: ['文号', '收款方'],
  nodes: [{ id: 'a', column: 0, label: '川财社〔2022〕45号', amount: '2000000.00' }, ...crowd],
  links: crowd.map(({ id, amount }) => ({ from: 'a', to: id, amount })),
};

t.test('sixty nodes: labels never touch, whether shown or gathered', async (t) => {
  for (const limit of [60, 12]) {
    for (const size of ['wide', 'narrow'] as const) {
      const svg = drawing(render(<Sankey {...about} {...crowdData} limit={limit} />), size);
      const texts = withClass(elements(svg, 'text'), 'chart-halo');
      for (const x of new Set(texts.map((text) => figure(text, 'x')))) {
        const column = texts.filter((text) => figure(text, 'x') === x);
        const ys = column.map((text) => figure(text, 'y')).sort((a, b) => a - b);
        const gaps = ys.slice(1).map((y, at) => y - ys[at]!);
        t.ok(
          gaps.every((gap) => gap >= figure(column[0]!, 'font-size')),
          `${size}, ${limit} a column`,
        );
      }
      const height = Number(/viewBox="0 0 \d+ (\d+)"/.exec(svg)?.[1]);
      t.ok(
        texts.every((text) => figure(text, 'y') > 0 && figure(text, 'y') <= height),
        'within the picture',
      );
    }
  }
});

t.test('from one source into one column, the order is by amount and nothing crosses', async (t) => {
  const { nodes: placed, links: flows } = layoutSankey({ ...crowdData, limit: 60 }, WIDE, '元');
  const column = placed.filter((node) => node.column === 1).sort((a, b) => a.y - b.y);
  t.ok(column.every((node, at) => at === 0 || node.fen <= column[at - 1]!.fen));
  const ends = [...flows].sort((a, b) => a.y0 - b.y0);
  t.ok(ends.every((flow, at) => at === 0 || flow.y1 > ends[at - 1]!.y1));
});

t.test('the smallest of a crowded column become one that adds them up', async (t) => {
  const { nodes: placed, links: flows } = layoutSankey(crowdData, WIDE, '元');
  t.equal(placed.length, 13);
  const others = placed.find(({ label }) => label === '其他 49 项')!;
  const wanted = crowd.slice(0, 49).reduce((sum, { amount }) => sum + parseYuan(amount), 0n);
  t.equal(others.fen, wanted);
  t.equal(flows.find(({ to }) => to.label === others.label)?.fen, wanted);
  const markup = render(<Sankey {...about} {...crowdData} />);
  t.match(markup, /其他 49 项（.*第 0 社会工作服务站/, 'who they are is in the title');
  t.equal(tableRows(markup).length, 61 + 60, 'the table gathers nothing');
});

t.test('no data, one node, zero, negative and huge amounts', async (t) => {
  t.match(render(<Sankey {...about} columns={columns} nodes={[]} links={[]} />), /暂无数据/);
  const one = { id: 'a', column: 0, label: '一个', amount: '999999999999999.00' };
  const single = layoutSankey({ columns, nodes: [one], links: [] }, NARROW, '元');
  t.ok(single.nodes[0]!.height > 0 && Number.isFinite(single.height));
  t.equal(single.nodes[0]!.figure.join(''), '999,999,999,999,999.00');
  const odd = {
    columns,
    nodes: [
      { ...one, amount: '0.00' },
      { id: 'b', column: 2, label: '退回', amount: '-5.00' },
    ],
    links: [{ from: 'a', to: 'b', amount: '-5.00' }],
  };
  const markup = render(<Sankey {...about} {...odd} />);
  t.notMatch(markup, /NaN|Infinity|undefined/);
  t.match(markup, /一个 → 退回：-5\.00 元/);
  t.equal(
    withClass(elements(drawing(markup, 'wide'), 'path'), 'chart-ribbon').length,
    0,
    'less than nothing has no width',
  );
  t.match(markup, /chart-danger-text/);
});

t.test('a node that passes on more than it has is marked', async (t) => {
  const over = links.map((link) => (link.from === 'y' ? { ...link, amount: '1560000.01' } : link));
  const { nodes: placed } = layoutSankey({ columns, nodes, links: over }, WIDE, '元');
  t.same(
    placed.filter((node) => node.isExceeded).map(({ label }) => label),
    ['泸县', '惠民社工中心'],
  );
  t.match(render(<Sankey {...about} {...{ columns, nodes, links: over }} />), /流入或流出合计大于本项金额/);
  t.notMatch(render(<Sankey {...about} {...{ columns, nodes, links }} />), /流入或流出合计/);
});

t.test('flows to nowhere, backwards and malformed amounts are refused', async (t) => {
  const flow = (link: SankeyLink) => () => layoutSankey({ columns, nodes, links: [link] }, WIDE, '元');
  t.throws(flow({ from: 'a', to: 'nobody', amount: '1.00' }), RangeError);
  t.throws(flow({ from: 'x', to: 'a', amount: '1.00' }), RangeError);
  t.throws(flow({ from: 'x', to: 'x', amount: '1.00' }), RangeError);
  t.throws(flow({ from: 'a', to: 'x', amount: '1e3' }), { code: 'amount_malformed' });
});

t.test('the tables hold every amount to the 分', async (t) => {
  const rows = tableRows(render(<Sankey {...about} {...{ columns, nodes, links }} unit="万元" />));
  t.same(
    rows.map((row) => row.at(-1)!.text.replaceAll(',', '')),
    [...nodes, ...links].map(({ amount }) => amount),
  );
  t.ok(rows.every((row) => row.at(-1)!.attributes['class'] === 'chart-amount'));
});
