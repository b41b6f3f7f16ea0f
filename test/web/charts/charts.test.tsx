import { readFileSync } from 'node:fs';
import type { VNode } from 'preact';
import t from 'tap';
import { projectFile } from '../../../src/core/project.js';
import {
  CapGauge,
  ExecutionChart,
  MiniBar,
  RankedBars,
  Sankey,
  Sparkline,
  StackedBar,
} from '../../../src/web/charts/index.js';
import { drawing, elements, figure, render, tableRows, withClass } from './render.js';

const HOSTILE = '"><script>alert(1)</script><style>*{}</style>&\'';
const HUGE = '999999999999999.00';

/** Every picture with the same words and amounts in all its places. */
const gallery = (words: string, amount: string, href = '/x'): Readonly<Record<string, VNode>> => {
  const about = { title: words, basis: words, unit: '元' } as const;
  return {
    sankey: (
      <Sankey
        {...about}
        id="sankey"
        columns={[words, words]}
        nodes={[
          { id: 'a', column: 0, label: words, amount, href },
          { id: 'b', column: 1, label: words, amount: '1.00' },
        ]}
        links={[{ from: 'a', to: 'b', amount }]}
      />
    ),
    execution: (
      <ExecutionChart
        {...about}
        id="execution"
        year={2022}
        whole={{ label: words, amount }}
        points={[
          { month: 1, received: '0.00', spent: amount },
          { month: 12, received: amount, spent: '-3.21' },
        ]}
      />
    ),
    gauge: <CapGauge {...about} id="gauge" label={words} used={amount} limit="234000.00" />,
    noLimit: <CapGauge {...about} id="no-limit" label={words} used="0.00" limit={amount} />,
    bars: (
      <RankedBars
        {...about}
        id="bars"
        partLabel={words}
        wholeLabel={words}
        reference={{ label: words, share: '0.8333' }}
        items={[
          { id: '1', label: words, group: words, part: amount, whole: '12.00', href },
          { id: '2', label: words, group: words, part: '6.00', whole: amount },
        ]}
      />
    ),
    stacked: (
      <StackedBar
        {...about}
        id="stacked"
        received={amount}
        spent={amount}
        encumbered="0.01"
        available="-0.01"
      />
    ),
    mini: <MiniBar label={words} part={amount} whole="100.00" />,
    sparkline: <Sparkline label={words} amounts={['0.00', amount, '-5.00']} />,
  };
};

t.test('hostile words stay words, and nothing needs an exception from the policy of content', async (t) => {
  for (const [name, element] of Object.entries(gallery(HOSTILE, '4680000.00', 'javascript:alert(1)'))) {
    const markup = render(element);
    t.notMatch(markup, /<script|<style|\sstyle=|\son\w+=|javascript:|<foreignObject/i, name);
    t.match(markup, /&lt;script>|&lt;script&gt;/, name);
  }
});

t.test('links lead to places of this site alone', async (t) => {
  for (const href of [
    '//evil.example',
    'https://evil.example',
    '/\\evil',
    'java\tscript:x',
    ' /x',
    '/a b',
    'data:text/html,x',
    '',
  ])
    t.notMatch(render(gallery('词', '1.00', href)['bars']!), /<a /, JSON.stringify(href));
  for (const href of ['/counties/1?year=2022#top', '?page=2', '#sankey'])
    t.ok(
      render(gallery('词', '1.00', href)['bars']!).includes(`<a class="chart-link" href="${href}">`),
      href,
    );
});

t.test('huge, zero and negative amounts give whole pictures', async (t) => {
  for (const amount of [HUGE, '0.00', '-999999999999999.00', '0.01']) {
    for (const [name, element] of Object.entries(gallery('词', amount))) {
      const markup = render(element);
      t.notMatch(markup, /NaN|Infinity|undefined|\[object/, `${name} ${amount}`);
      t.notMatch(markup, /(width|height|r)="-/, `${name} ${amount}: no negative size`);
    }
  }
});

t.test('every picture has a role, a name and a description, and ids of its own', async (t) => {
  const markup = Object.values(gallery('词', '4680000.00')).map(render).join('');
  for (const [svg] of markup.matchAll(/<svg[\s\S]*?<\/svg>/g))
    t.match(svg, /^<svg[^>]*role="(img|group)"[^>]*><title>[^<]+<\/title><desc>[^<]+<\/desc>/);
  for (const [svg] of markup.matchAll(/<svg[\s\S]*?<\/svg>/g))
    t.equal(/role="group"/.test(svg), /<a /.test(svg), 'a group exactly where there are links');
  const ids = [...markup.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  t.equal(new Set(ids).size, ids.length);
  for (const [, id = ''] of markup.matchAll(/url\(#([^)]+)\)/g)) t.ok(ids.includes(id), id);
});

t.test('the style sheet knows every class, and asks for nothing from elsewhere', async (t) => {
  const css = readFileSync(projectFile('src/web/assets/charts.css'), 'utf8');
  t.notMatch(css, /@import|url\(/);
  const markup = ['4680000.00', '200000.00', '0.00'].flatMap((amount) =>
    Object.values(gallery('词', amount)).map(render),
  );
  const names = new Set(
    markup.flatMap((text) =>
      [...text.matchAll(/class="([^"]+)"/g)].flatMap(([, list = '']) => list.split(' ')),
    ),
  );
  // Names for what has the look of any other text or rect; kept out of the sheet on purpose.
  const plain = ['chart-node', 'chart-bar', 'chart-segment', 'chart-over'];
  for (const name of [...names].filter((each) => each && !plain.includes(each)))
    t.ok(new RegExp(`\\.${name}(?![\\w-])`).test(css), name);
});

t.test('end labels, percentages and the mark of time of the year', async (t) => {
  const points = [1, 2, 3, 4, 5, 6].map((month) => ({
    month,
    received: month < 3 ? '0.00' : '3500000.00',
    spent: `${month * 200_000}.55`,
  }));
  const element = (
    <ExecutionChart
      id="e"
      title="执行"
      basis="口径"
      unit="万元"
      year={2022}
      whole={{ label: '下达', amount: '4680000.00' }}
      points={points}
    />
  );
  const markup = render(element);
  const svg = drawing(markup, 'wide');
  const texts = elements(svg, 'text').map(({ text }) => text);
  for (const text of [
    '到账 74.79%',
    '350.00 万元',
    '支出 25.64%',
    '120.000055 万元',
    '500万',
    '100%',
    '序时进度',
  ])
    t.ok(texts.includes(text), text);
  t.match(markup, /序时进度 50\.00%/);
  const marks = elements(svg, 'circle').map(
    (circle) => [figure(circle, 'cx'), figure(circle, 'cy')] as const,
  );
  const axis = elements(svg, 'text').find(({ text }) => text === '0')!;
  const zero = marks[0]![1];
  t.ok(Math.abs(figure(axis, 'y') - zero - 14 * 0.36) < 0.1, 'nothing received lies on the zero line');
  t.ok(
    marks.every(
      ([x], at) => at < 2 || Math.abs(x - marks[at - 1]![0] - (marks[1]![0] - marks[0]![0])) < 0.02,
    ),
  );
  const squares = elements(svg, 'rect').map((rect) => figure(rect, 'y') + 3);
  const rises = squares.map((y) => zero - y);
  t.ok(Math.abs(rises[5]! / rises[0]! - 1_200_000.55 / 200_000.55) < 0.02, 'heights are in proportion');
  t.same(
    tableRows(markup).map((row) => row.slice(1, 3).map(({ text }) => text.replaceAll(',', ''))),
    points.map(({ received, spent }) => [received, spent]),
  );
  t.match(render(<ExecutionChart {...{ ...element.props, points: [] }} />), /暂无数据/);
});

t.test('a cap is met at the limit and broken one 分 later', async (t) => {
  const gauge = (used: string, limit = '234000.00') =>
    render(<CapGauge id="g" title="上限" basis="口径" unit="元" label="工作经费" {...{ used, limit }} />);
  t.match(gauge('187199.99'), /余量 46,800\.01 元.*在上限内/s);
  t.match(gauge('187200.00'), /余量 46,800\.00 元.*已达 80% 预警线/s);
  const met = gauge('234000.00');
  t.match(met, /（100\.00%）.*余量 0\.00 元/s);
  t.notMatch(met, /chart-over/);
  const over = gauge('234000.01');
  t.match(over, /（&gt;100%）|（>100%）/);
  t.match(over, /超出 0\.01 元.*已超上限/s);
  t.match(over, /chart-over/);
  t.match(gauge('0.01', '0.00'), /超出 0\.01 元.*上限为零/s);
  t.notMatch(gauge('0.00', '0.00'), /chart-over|预警线/);
  const bars = withClass(elements(drawing(gauge('117000.00'), 'wide'), 'rect'), 'chart-accent-mark');
  const track = withClass(elements(drawing(gauge('117000.00'), 'wide'), 'rect'), 'chart-track');
  t.ok(Math.abs(figure(bars[0]!, 'width') * 2 - figure(track[0]!, 'width')) < 0.05, 'half of the limit');
  t.match(drawing(gauge('468000.01'), 'wide'), /chart-cut" d=/, 'a bar that leaves the axis is cut');
  t.same(
    tableRows(over).map((row) => row.map(({ text }) => text)),
    [
      ['已用', '234,000.01'],
      ['上限', '234,000.00'],
      ['超出', '0.01'],
    ],
  );
});

t.test('counties are ranked within their prefecture by exact shares', async (t) => {
  const item = (label: string, group: string, part: string, whole: string) => ({
    id: label,
    label,
    group,
    part,
    whole,
  });
  const markup = render(
    <RankedBars
      id="r"
      title="进度"
      basis="口径"
      unit="元"
      partLabel="支出"
      wholeLabel="到账"
      reference={{ label: '序时进度', share: '0.5' }}
      items={[
        item('没有', '泸州市', '0.00', '0.00'),
        item('一半少一分', '泸州市', '499999999999999.98', '999999999999999.98'),
        item('宜宾一', '宜宾市', '9.00', '10.00'),
        item('一半', '泸州市', '499999999999999.99', '999999999999999.98'),
        item('超过', '泸州市', '31.00', '10.00'),
        item('负数', '泸州市', '-1.00', '10.00'),
      ]}
    />,
  );
  t.same(
    tableRows(markup).map(([, label]) => label!.text),
    ['超过', '一半', '一半少一分', '负数', '没有', '宜宾一'],
  );
  const svg = drawing(markup, 'wide');
  const bars = withClass(elements(svg, 'rect'), 'chart-bar');
  t.same(
    bars.map(({ attributes }) => attributes['fill'] !== undefined),
    [false, false, true, true, false, false],
    'who is behind the mark is striped; who is level with it or received nothing is not',
  );
  const mark = withClass(elements(svg, 'line'), 'chart-limit')[0]!;
  t.ok(Math.abs(figure(bars[1]!, 'x') + figure(bars[1]!, 'width') - figure(mark, 'x1')) < 0.05);
  t.equal(figure(bars[3]!, 'width'), 0);
  t.match(markup, /无到账/);
  t.match(markup, /6 个地区.*2 个低于序时进度 50\.00%/);
});

t.test('the parts of a fund fill what was received, and a difference is said', async (t) => {
  const bar = (available: string) =>
    render(
      <StackedBar
        id="s"
        title="资金"
        basis="口径"
        unit="元"
        received="4680000.00"
        spent="2500000.55"
        encumbered="1400000.00"
        available={available}
      />,
    );
  const whole = withClass(elements(drawing(bar('779999.45'), 'wide'), 'rect'), 'chart-segment').slice(0, 3);
  const widths = whole.map((rect) => figure(rect, 'width'));
  t.ok(Math.abs(widths.reduce((a, b) => a + b) - 879) < 0.05);
  t.ok(Math.abs(widths[0]! / widths[1]! - 2_500_000.55 / 1_400_000) < 0.001);
  t.notMatch(bar('779999.45'), /差额/);
  t.match(bar('779999.44'), /差额 0\.01 元/);
  t.match(bar('779999.46'), /差额 -0\.01 元/);
  t.same(
    tableRows(bar('779999.44')).map((row) => row.slice(0, 2).map(({ text }) => text)),
    [
      ['到账', '4,680,000.00'],
      ['支出', '2,500,000.55'],
      ['占用', '1,400,000.00'],
      ['可用', '779,999.44'],
      ['差额', '0.01'],
    ],
  );
});

t.test('the small ones for table cells', async (t) => {
  const bar = (part: string, whole: string) => render(<MiniBar label="支出占到账" {...{ part, whole }} />);
  const lengthOf = (markup: string) => figure(elements(markup, 'rect')[1]!, 'width');
  t.equal(lengthOf(bar('50.00', '100.00')), 47);
  t.equal(lengthOf(bar('-1.00', '100.00')), 0);
  t.equal(lengthOf(bar('300.00', '100.00')), 94);
  t.match(bar('100.01', '100.00'), /chart-danger-mark/);
  t.notMatch(bar('100.00', '100.00'), /chart-danger-mark/);
  t.match(bar('50.00', '100.00'), /<title>支出占到账 50\.00%<\/title>/);
  const line = render(<Sparkline label="支出" amounts={['0.00', '5.00', '10.00']} />);
  const [points = ''] = elements(line, 'polyline').map(({ attributes }) => attributes['points']);
  const ys = points.split(' ').map((point) => Number(point.split(',')[1]));
  t.ok(Math.abs(ys[0]! - ys[1]! - (ys[1]! - ys[2]!)) < 0.02, 'equal steps');
  t.match(line, /最新 10\.00 元/);
  t.match(render(<Sparkline label="支出" amounts={[]} />), /暂无数据/);
});
