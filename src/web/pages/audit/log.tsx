import { z } from 'zod';
import { addDays } from '../../../core/dates.js';
import { businessDate } from '../../../core/fields.js';
import { type LogSummary, listLog, logQuery } from '../../../evidence/index.js';
import { personNames } from '../../../organisations/index.js';
import { sheetOf } from '../../columns.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { Notice } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { Outcome, SubjectLink } from './links.js';
import {
  ACTION_GROUPS,
  ACTION_LABELS,
  actionLabel,
  OUTCOME_CHOICES,
  outcomeOf,
  SUBJECT_LABELS,
  showInstant,
  subjectLabel,
} from './words.js';

const query = z.object({
  cursor: logQuery.shape.cursor,
  action: logQuery.shape.action,
  outcome: logQuery.shape.outcome,
  subjectType: logQuery.shape.subjectType,
  subjectId: logQuery.shape.subjectId,
  actorId: logQuery.shape.actorId,
  order: z.enum(['asc', 'desc']).optional(),
  from: businessDate('First day (China time)').optional(),
  until: businessDate('Last day (China time)').optional(),
});
type Page = PageContext<{ bookId: string }, z.output<typeof query>>;

/** The instant at which a day begins in China. */
const startOf = (date: string) => new Date(`${date}T00:00:00+08:00`).toISOString();

const askedOf = ({ from, until, ...asked }: z.output<typeof query>, limit: number) => ({
  ...asked,
  limit,
  order: asked.order ?? ('desc' as const),
  ...(from === undefined ? {} : { recordedFrom: startOf(from) }),
  ...(until === undefined ? {} : { recordedUntil: startOf(addDays(until, 1)) }),
});

type Row = LogSummary;
const columns = (bookId: string): Column<Row>[] => [
  {
    key: 'time',
    label: '序号',
    kind: 'count',
    value: ({ logIndex }) => logIndex + 1,
    show: ({ logIndex }) => <a href={`/books/${bookId}/log/${logIndex}`}>{logIndex + 1}</a>,
  },
  { key: 'recordedAt', label: '时间', kind: 'date', value: ({ recordedAt }) => showInstant(recordedAt) },
  {
    key: 'action',
    label: '办理事项',
    value: ({ action }) => actionLabel(action),
    show: ({ action, logIndex }) => <a href={`/books/${bookId}/log/${logIndex}`}>{actionLabel(action)}</a>,
  },
  {
    key: 'subject',
    label: '对象',
    value: ({ subjectType }) => subjectLabel(subjectType),
    show: ({ subjectType, subjectId }) => (
      <>
        <SubjectLink bookId={bookId} type={subjectType} id={subjectId}>
          {subjectLabel(subjectType)}
        </SubjectLink>{' '}
        <a href={`/books/${bookId}/log?subjectId=${subjectId}&order=asc`}>它的全部日志</a>
      </>
    ),
  },
  {
    key: 'outcome',
    label: '结果',
    value: ({ outcome }) => outcomeOf(outcome)?.label ?? null,
    show: ({ outcome }) => <Outcome outcome={outcome} />,
  },
];

/** For the file alone: what the proof of an entry starts from. */
const leafColumn: Column<Row> = { key: 'leaf', label: '叶子值', value: ({ leafHash }) => leafHash };

export const logListPage = definePage({
  path: '/books/:bookId/log',
  params: inBook,
  query,
  title: '审计日志',
  load: async ({ deps: { store }, actor, params: { bookId }, query: asked }: Page) => {
    const found = await listLog(store, actor, bookId, { ...askedOf(asked, 50), count: true });
    // Named only where the book's log has something that they did.
    const { actorId } = found.items.length > 0 ? asked : { actorId: undefined };
    const names = actorId === undefined ? {} : await personNames(store.read, [actorId]);
    return { found, person: actorId === undefined ? null : (names[actorId] ?? null) };
  },
  exported: async ({ deps: { store }, actor, params: { bookId }, query: asked }: Page) => {
    async function* rows() {
      let cursor: string | undefined;
      do {
        const given = { ...askedOf(asked, 200), cursor };
        const { items, nextCursor } = await listLog(store, actor, bookId, given);
        yield* items;
        cursor = nextCursor ?? undefined;
      } while (cursor !== undefined);
    }
    return sheetOf('审计日志', [...columns(bookId), leafColumn], rows);
  },
  view: ({ found, person }, { params: { bookId }, query: asked }) => (
    <>
      <FilterBar>
        <SelectFilter
          name="action"
          label="办理事项"
          choices={[
            ...ACTION_GROUPS.map(([prefix, label]) => [prefix, `${label}（全部）`] as const),
            ...Object.entries(ACTION_LABELS),
          ]}
        />
        <SelectFilter name="subjectType" label="对象" choices={Object.entries(SUBJECT_LABELS)} />
        <SelectFilter name="outcome" label="结果" choices={OUTCOME_CHOICES} />
        <TextFilter name="from" label="自" type="date" />
        <TextFilter name="until" label="至" type="date" />
      </FilterBar>
      {asked.subjectId !== undefined || asked.actorId !== undefined ? (
        <Notice tone="info" title={person ? `只列 ${person} 办理的日志` : '只列同一张单据或同一对象的日志'}>
          <p>
            <a href={`/books/${bookId}/log`}>查看全部日志</a>
          </p>
        </Notice>
      ) : null}
      <DataTable
        caption="日志只增不改，被拒绝的办理也在其中"
        columns={columns(bookId)}
        rows={found.items}
        idOf={({ logIndex }) => String(logIndex)}
        cursors={{
          next: found.nextCursor,
          prev: found.prevCursor,
          ...(found.total ? { count: `${found.total.count}${found.total.isCapped ? '+' : ''} 条` } : {}),
        }}
        sortable={['time']}
        empty="没有符合条件的日志。请放宽条件，或点“重置”查看全部。"
        canExport
      />
    </>
  ),
});
