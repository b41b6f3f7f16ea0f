import { z } from 'zod';
import { DomainError } from '../../../core/errors.js';
import { bureauOfBook, getBook } from '../../../ledger/index.js';
import { clauseCoverage, FORCES, packsWithin } from '../../../policy/index.js';
import { bookCoverage, type ClauseState } from '../../../procedures/index.js';
import { sheetOf } from '../../columns.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { Badge, Figure, Figures, Notice } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { yearChoices, yearQuery, yearsOf } from './asked.js';
import { ClauseLink } from './links.js';

export const STATUS_LABELS = {
  enforced: '由规则执行',
  procedural: '由程序落实',
  no_duty: '不设义务',
} as const;
export const STATE_LABELS = {
  shown: ['ok', '已有证据'],
  partly: ['warning', '部分缺少'],
  missing: ['danger', '没有证据'],
  nothing_due: ['plain', '本年无须提供'],
} as const;

const query = yearQuery.extend({
  status: z.enum(['enforced', 'procedural', 'no_duty']).optional(),
  state: z.enum(['shown', 'partly', 'missing', 'nothing_due']).optional(),
  clause: z.string().max(40).optional(),
});
type Page = PageContext<{ bookId: string }, z.output<typeof query>>;

/** What a rule decided, or what the book shows, in one sentence. */
export function stateText({ decisions, evidence, by, status }: ClauseState): string {
  if (decisions) {
    const { block, review, warn, pass } = decisions;
    if (block + review + warn + pass === 0) return '本年没有单据触及';
    return `拒绝 ${block}，复核 ${review}，提示 ${warn}，作为依据 ${pass}`;
  }
  if (evidence) return evidenceText(evidence);
  return status === 'no_duty' ? by.join('；') : '—';
}

function evidenceText({ label, due, shown, state }: NonNullable<ClauseState['evidence']>): string {
  if (state === 'nothing_due') return `${label}：本年没有须提供的资金或合同`;
  if (state === 'missing') return `${label}：应有 ${due} 项，一项都没有`;
  return `${label}：应有 ${due} 项，已有 ${shown} 项`;
}

const columns = (bookId: string, year: number, isWhole: boolean): Column<ClauseState>[] => [
  {
    key: 'clause',
    label: '条款',
    value: ({ clause }) => clause,
    show: ({ clause }) => (isWhole ? <ClauseLink bookId={bookId} clause={clause} year={year} /> : clause),
  },
  {
    key: 'documentNo',
    label: '文件',
    value: ({ documentNo, section }) => `${documentNo} ${section}`,
  },
  {
    key: 'text',
    label: '原文',
    value: ({ text }) => text,
    show: ({ text, quotation }) => <Quoted text={text} quotation={quotation} />,
  },
  { key: 'force', label: '性质', value: ({ force }) => FORCES[force] },
  { key: 'status', label: '落实方式', value: ({ status }) => STATUS_LABELS[status] },
  ...(isWhole
    ? [
        {
          key: 'state',
          label: `${year} 年的证据或裁定`,
          basis:
            '由规则执行的条款：本年裁定中提到该条款的次数，按最重的一项计。由程序落实的条款：应有记录的资金、合同或年度中，已有记录的项数。',
          value: stateText,
          show: (row: ClauseState) => (
            <>
              {row.evidence ? (
                <Badge tone={STATE_LABELS[row.evidence.state][0]}>
                  {STATE_LABELS[row.evidence.state][1]}
                </Badge>
              ) : null}{' '}
              {stateText(row)}
            </>
          ),
        },
      ]
    : []),
];

/** The sentence with its operative words marked. */
export function Quoted({ text, quotation }: { text: string; quotation: string }) {
  const at = text.indexOf(quotation);
  if (at < 0)
    return (
      <>
        {text} <mark>“{quotation}”</mark>
      </>
    );
  return (
    <>
      {text.slice(0, at)}
      <mark>{quotation}</mark>
      {text.slice(at + quotation.length)}
    </>
  );
}

/** The clauses in force with what the book shows; for who may not read the book, the clauses alone. */
async function load(page: Page) {
  const { deps, actor, params, query: asked } = page;
  try {
    const { year, years } = await yearsOf(page, params.bookId, asked.year);
    const of = {
      store: deps.store,
      packs: deps.policy.current,
      actor,
      bookId: params.bookId,
      year,
      now: deps.now(),
    };
    const { items, isCountComplete, decisionsCounted } = await bookCoverage(of);
    return { year, years, items, isWhole: true, counted: isCountComplete ? null : decisionsCounted };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'not_found') throw error;
    return clausesAlone(page);
  }
}

async function clausesAlone({ deps, actor, params, query: asked, today }: Page) {
  await getBook(deps.store, actor, params.bookId);
  const { divisionCode } = await bureauOfBook(deps.store.read, params.bookId);
  const thisYear = Number(today.slice(0, 4));
  const year = asked.year ?? thisYear;
  const [from, until] = [`${year}-01-01`, `${year}-12-31`];
  const items: ClauseState[] = clauseCoverage({
    packs: packsWithin(deps.policy.current, divisionCode, from, until),
  })
    .filter(
      ({ effectiveFrom, effectiveUntil }) => effectiveFrom <= until && (effectiveUntil ?? until) >= from,
    )
    .map(({ effectiveFrom: _from, effectiveUntil: _until, where: _where, ...row }) => ({
      ...row,
      by: [...row.by],
      decisions: null,
      evidence: null,
    }));
  const years = [thisYear, thisYear - 1, thisYear - 2, year];
  return { year, years: [...new Set(years)], items, isWhole: false, counted: null };
}

const found = (items: readonly ClauseState[], asked: z.output<typeof query>): ClauseState[] =>
  items.filter(
    ({ status, evidence, clause, text, documentNo }) =>
      (asked.status === undefined || status === asked.status) &&
      (asked.state === undefined || evidence?.state === asked.state) &&
      (asked.clause === undefined || `${clause} ${text} ${documentNo}`.includes(asked.clause)),
  );

export const coveragePage = definePage({
  path: '/books/:bookId/coverage',
  params: inBook,
  query,
  title: '条款覆盖',
  load,
  exported: async (page: Page) => {
    const { year, items, isWhole } = await load(page);
    return sheetOf(`条款覆盖-${year}`, columns(page.params.bookId, year, isWhole), () =>
      found(items, page.query),
    );
  },
  view: ({ year, years, items, isWhole, counted }, { params: { bookId }, query: asked }) => {
    const count = (is: (row: ClauseState) => boolean) => items.filter(is).length;
    const lacking = count(({ evidence }) => evidence?.state === 'missing' || evidence?.state === 'partly');
    return (
      <>
        <FilterBar>
          <SelectFilter
            name="year"
            label="年度"
            choices={yearChoices(years)}
            empty={null}
            initial={String(year)}
          />
          <SelectFilter name="status" label="落实方式" choices={Object.entries(STATUS_LABELS)} />
          {isWhole ? (
            <SelectFilter
              name="state"
              label="证据"
              choices={Object.entries(STATE_LABELS).map(([state, [, label]]) => [state, label])}
            />
          ) : null}
          <TextFilter name="clause" label="条款、文号或原文" />
        </FilterBar>
        {isWhole ? (
          <Figures>
            <Figure label={`${year} 年有效的条款`} basis="本地当年有效的政策包中的全部条款。">
              {items.length} 条
            </Figure>
            <Figure label="由规则执行" basis="办理时由规则判断，拒绝、复核或提示都留下裁定。">
              {count(({ status }) => status === 'enforced')} 条
            </Figure>
            <Figure label="由程序落实" basis="规则不能代替人做的事，看有没有留下记录。">
              {count(({ status }) => status === 'procedural')} 条
            </Figure>
            <Figure
              label="证据缺少或不全"
              tone={lacking > 0 ? 'warning' : 'ok'}
              basis="由程序落实的条款中，应有记录而没有或不全的。"
            >
              {lacking} 条
            </Figure>
          </Figures>
        ) : null}
        {counted === null ? null : (
          <Notice tone="info" title={`本年裁定很多，次数只计最近的 ${counted} 项。`} />
        )}
        <DataTable
          caption={`${year} 年本地有效的条款`}
          columns={columns(bookId, year, isWhole)}
          rows={found(items, asked)}
          idOf={({ pack, clause }) => `${pack} ${clause}`}
          empty={
            items.length === 0
              ? `${year} 年没有在本地有效的政策包。`
              : '没有符合条件的条款。请点“重置”查看全部。'
          }
          canExport
        />
      </>
    );
  },
});
