import type { z } from 'zod';
import { businessDate } from '../../../core/fields.js';
import { SOURCE_LABELS } from '../../../core/vocabulary.js';
import { gapsOf, lifeOf, type PolicyGap } from '../../../policy/index.js';
import { TextFilter } from '../../components/filter.js';
import { ListTable, listSheet, TextFilterBar, textQuery } from '../../components/list.js';
import { Badge, Notice } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage } from '../../page.js';
import { placesText } from '../../places.js';

const query = textQuery.extend({
  from: businessDate('First day looked at').optional(),
  until: businessDate('Last day looked at').optional(),
});

type GapRow = PolicyGap & { readonly documentNo: string };

function gapRows({ deps, today }: Pick<PageContext, 'deps' | 'today'>, asked: z.output<typeof query>) {
  const { packs } = deps.policy.current;
  const life = lifeOf(packs, today);
  const { from = life.from, until = life.until } = asked;
  const isInverted = from > until;
  const names = new Map(packs.map(({ document }) => [document.id, document.documentNo]));
  const rows = isInverted
    ? []
    : gapsOf(packs, from, until).map(
        (gap): GapRow => ({ ...gap, documentNo: names.get(gap.pack) ?? gap.pack }),
      );
  return { from, until, isInverted, rows };
}

const COLUMNS: readonly Column<GapRow>[] = [
  {
    key: 'kind',
    label: '性质',
    value: ({ isKnown }) => (isKnown ? '已知待补' : '缺规则'),
    show: ({ isKnown }) =>
      isKnown ? <Badge tone="warning">已知待补</Badge> : <Badge tone="danger">缺规则</Badge>,
  },
  { key: 'what', label: '缺什么', value: ({ what }) => what },
  { key: 'documentNo', label: '文件', value: ({ documentNo }) => documentNo },
  {
    key: 'sources',
    label: '资金来源',
    value: ({ sourceTypes }) => sourceTypes.map((type) => SOURCE_LABELS[type]).join('、'),
  },
  { key: 'places', label: '地区', value: ({ places }) => placesText(places) },
  { key: 'fromMonth', label: '从', kind: 'date', value: ({ fromMonth }) => fromMonth },
  { key: 'untilMonth', label: '到', kind: 'date', value: ({ untilMonth }) => untilMonth },
];

/** When and where the packs in force leave something undecided. */
export const gapsPage = definePage({
  path: '/policy/gaps',
  query,
  title: '规则空档',
  load: async ({ deps, today, query: asked }) => gapRows({ deps, today }, asked),
  view: ({ from, until, isInverted, rows }) => (
    <>
      <TextFilterBar label="缺什么、文件或地区">
        <TextFilter name="from" label="从" type="date" initial={from} />
        <TextFilter name="until" label="到" type="date" initial={until} />
      </TextFilterBar>
      {isInverted ? <Notice tone="danger" title="开始日期晚于结束日期，请修改后再查询。" isAlert /> : null}
      <p class="hint">
        空档期内的用款不会被放过：缺的事实一律按“未知”处理，须人工复核。补上规则或参数值之后，请用“回测”核对影响。
      </p>
      <ListTable
        caption={`${from} 至 ${until} 的空档`}
        columns={COLUMNS}
        rows={rows}
        idOf={(row) =>
          [row.what, row.pack, row.fromMonth, row.untilMonth, row.places.join(), row.sourceTypes.join()].join(
            '|',
          )
        }
        empty="这段时间没有空档：施行的条款都有规则，规则用到的参数都有值。"
      />
    </>
  ),
  exported: async (page) => listSheet(page, '规则空档', COLUMNS, gapRows(page, page.query).rows),
});
