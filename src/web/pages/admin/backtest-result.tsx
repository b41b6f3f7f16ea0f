import { type BacktestResultView, STAGE_LABELS } from '../../../backtests/index.js';
import { EFFECT_LABELS, OUTCOME_LABELS } from '../../../policy/index.js';
import { OutcomeBadge } from '../../components/decision.js';
import { Figure, Figures, Notice, Section } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PlaceOf } from '../../places.js';

type Sample = BacktestResultView['samples'][number];
type Rule = BacktestResultView['rules'][number];
type Flip = BacktestResultView['flips'][number];
type Place = BacktestResultView['places'][number];
type Trial = BacktestResultView['onTrial'][number];

const CASES = '经办事项按环节计，一张单据在提交、审批、付款各判断一次';
const AMOUNT = '结果涉及的行的金额；同一单据各环节的金额不相加';
const count = <Row,>(
  key: string,
  label: string,
  value: (row: Row) => number,
  basis: string = CASES,
): Column<Row> => ({ key, label, kind: 'count', basis, value });
const amount = <Row extends { readonly amount: string }>(): Column<Row> => ({
  key: 'amount',
  label: '金额',
  kind: 'amount',
  basis: AMOUNT,
  value: (row) => row.amount,
});

const SUBJECTS: Readonly<Record<string, readonly [label: string, part: string]>> = {
  claim: ['报账单', 'claims'],
  contract: ['合同', 'contracts'],
};

const reasonsText = (reasons: Sample['reasonsBefore']): string =>
  reasons.map(({ effect, message }) => `${EFFECT_LABELS[effect]}：${message}`).join('；') || '无';

export const sampleColumns = (placeOf: PlaceOf): readonly Column<Sample>[] => [
  { key: 'businessDate', label: '业务日期', kind: 'date', value: (row) => row.businessDate },
  {
    key: 'subject',
    label: '单据',
    value: ({ action, logIndex }) =>
      `${SUBJECTS[action.split('.')[0] ?? '']?.[0] ?? '单据'}（日志第 ${logIndex} 条）`,
    show: ({ action, subjectId, bookId, logIndex }) => {
      const [label, part] = SUBJECTS[action.split('.')[0] ?? ''] ?? ['单据', null];
      return (
        <>
          {part ? <a href={`/books/${bookId}/${part}/${subjectId}`}>{label}</a> : label}（日志第 {logIndex}{' '}
          条）
        </>
      );
    },
  },
  { key: 'place', label: '地区', value: ({ divisionCode }) => placeOf(divisionCode) },
  amount(),
  {
    key: 'before',
    label: '原裁定',
    value: ({ before }) => OUTCOME_LABELS[before],
    show: ({ before }) => <OutcomeBadge outcome={before} />,
  },
  {
    key: 'after',
    label: '回测裁定',
    value: ({ after }) => OUTCOME_LABELS[after],
    show: ({ after }) => <OutcomeBadge outcome={after} />,
  },
  { key: 'reasonsBefore', label: '原理由', isFixed: true, value: (row) => reasonsText(row.reasonsBefore) },
  { key: 'reasonsAfter', label: '回测理由', isFixed: true, value: (row) => reasonsText(row.reasonsAfter) },
];

const RULE_COLUMNS: readonly Column<Rule>[] = [
  { key: 'rule', label: '规则', value: ({ rule }) => rule },
  count('speaks', '新触发', (row) => row.speaks),
  count('silent', '不再触发', (row) => row.silent),
  count('otherwise', '结论改变', (row) => row.otherwise),
  count('flips', '其中结果不同', (row) => row.flips),
  amount(),
];

/** What a pack would have made of recorded cases. */
export function BacktestResult({ result, placeOf }: { result: BacktestResultView; placeOf: PlaceOf }) {
  const { cases, flipped, flips, rules, places, onTrial, unread, unjudged, samples } = result;
  return (
    <>
      <Figures>
        <Figure label="重新判断" basis={CASES}>
          {String(cases)} 件
        </Figure>
        <Figure label="结果不同" basis="回测裁定与当时裁定不同的件数" tone={flipped > 0 ? 'warning' : 'ok'}>
          {String(flipped)} 件
        </Figure>
      </Figures>
      {cases === 0 ? (
        <Notice tone="info" title="所选账套在这段时间没有判断过的单据。请放宽日期或账套。" />
      ) : flipped === 0 ? (
        <Notice tone="ok" title="没有一件的结果会不同。" />
      ) : null}
      {flips.length > 0 ? (
        <DataTable
          caption="结果怎样不同"
          rows={flips}
          idOf={({ stage, before, after }) => `${stage} ${before} ${after}`}
          empty=""
          columns={[
            { key: 'stage', label: '环节', value: ({ stage }) => STAGE_LABELS[stage] ?? stage },
            {
              key: 'before',
              label: '原裁定',
              value: ({ before }) => OUTCOME_LABELS[before],
              show: ({ before }) => <OutcomeBadge outcome={before} />,
            },
            {
              key: 'after',
              label: '回测裁定',
              value: ({ after }) => OUTCOME_LABELS[after],
              show: ({ after }) => <OutcomeBadge outcome={after} />,
            },
            count<Flip>('cases', '件数', (row) => row.cases),
            amount(),
          ]}
        />
      ) : null}
      {samples.length > 0 ? (
        <DataTable
          caption="结果不同的单据（最早的若干件）"
          rows={samples}
          idOf={({ bookId, logIndex }) => `${bookId} ${logIndex}`}
          canExport
          empty=""
          columns={sampleColumns(placeOf)}
        />
      ) : null}
      {rules.length > 0 ? (
        <DataTable caption="按规则" rows={rules} idOf={({ rule }) => rule} empty="" columns={RULE_COLUMNS} />
      ) : null}
      {places.length > 0 ? (
        <DataTable
          caption="按地区"
          rows={places}
          idOf={({ divisionCode }) => divisionCode}
          empty=""
          columns={[
            { key: 'place', label: '地区', value: ({ divisionCode }) => placeOf(divisionCode) },
            count<Place>('cases', '件数', (row) => row.cases),
            count<Place>('flips', '结果不同', (row) => row.flips),
            amount(),
          ]}
        />
      ) : null}
      {onTrial.length > 0 ? (
        <DataTable
          caption="试运行的规则，假如已正式执行"
          rows={onTrial}
          idOf={({ rule }) => rule}
          empty=""
          columns={[
            { key: 'rule', label: '规则', value: ({ rule }) => rule },
            count<Trial>('block', '会拦截', (row) => row.block),
            count<Trial>('review', '会要求复核', (row) => row.review),
            count<Trial>('flips', '结果更严', (row) => row.flips),
            amount(),
          ]}
        />
      ) : null}
      {unread.length + unjudged.length > 0 ? (
        <Section title="没有回测到的">
          <ul class="plain-list">
            {unread.map(({ rule, keywords, cases: number }) => (
              <li key={rule}>
                规则 {rule} 新增的字样“{keywords.join('、')}”当时没有查找，事由已密封，{number} 件无法回测
              </li>
            ))}
            {unjudged.map(({ why, cases: number }) => (
              <li key={why}>
                {number} 件没有判断：{why}
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
    </>
  );
}
