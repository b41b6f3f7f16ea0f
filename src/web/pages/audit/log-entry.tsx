import type { LogBody } from '../../../audit/index.js';
import { canonicalJson } from '../../../core/canonical-json.js';
import { parseCheckpoint, parseTlogProof } from '../../../core/checkpoint.js';
import { DomainError } from '../../../core/errors.js';
import { formatYuan } from '../../../core/money.js';
import { parseNote } from '../../../core/note.js';
import {
  getLogEntry,
  logIndex,
  namesInBook,
  proveEntry,
  type RowChange,
  rowChangesOf,
} from '../../../evidence/index.js';
import { LAYER_LABELS, type Layer } from '../../../ledger/index.js';
import type { Names } from '../../../organisations/index.js';
import { Amount } from '../../components/amount.js';
import { Badge, Empty, Facts, Notice, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { TABLE_LABELS } from './column-words.js';
import { isNamed, labelOfColumn, showValue } from './entry-values.js';
import { Hash, Outcome, SubjectLink } from './links.js';
import { Proof, type ProofText } from './proof.js';
import { actionLabel, showInstant, subjectLabel } from './words.js';

type Deps = PageContext['deps'];
type Actor = PageContext['actor'];

/** What the rows say of people stays sealed here: who needs it finds it on the page of the person. */
const PERSONAL: ReadonlySet<string> = new Set(['person', 'apiToken']);
const isSealedText = (value: unknown) => typeof value === 'string' && value.startsWith('sealed:');

async function proofOf({ store }: Deps, actor: Actor, bookId: string, index: number): Promise<ProofText> {
  try {
    const text = await proveEntry(store, actor, bookId, index);
    const proof = parseTlogProof(text);
    const { size, rootHash } = parseCheckpoint(parseNote(proof.checkpoint).text);
    return { text, size, root: rootHash, fault: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const fault = error.code === 'not_found' ? '本账套还没有签署检查点' : error.message;
    return { text: null, size: null, root: null, fault };
  }
}

/** Ids that the entry's rows and postings mention. */
function mentionedIn(changes: readonly RowChange[], { actor, entries = [] }: LogBody): string[] {
  const values = changes
    .flatMap(({ columns }) => columns)
    .filter(({ column }) => isNamed(column))
    .flatMap(({ before, after }) => [before, after])
    .filter((value): value is string => typeof value === 'string');
  const posted = entries.flatMap(({ postings }) =>
    postings.flatMap(([fundId, , from, , to]) => [fundId, from, to]),
  );
  return [actor, ...values, ...posted];
}

interface Line {
  readonly id: string;
  readonly place: string;
  readonly kind: RowChange['kind'];
  readonly label: string;
  readonly column: string;
  readonly table: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The columns that people can read, each with its row in words; the same table's rows are numbered. */
function linesOf(changes: readonly RowChange[]): Line[] {
  const counts = new Map<string, number>();
  return changes.flatMap(({ table, kind, columns }) => {
    const nth = (counts.get(table) ?? 0) + 1;
    counts.set(table, nth);
    const place = `${TABLE_LABELS[table as keyof typeof TABLE_LABELS] ?? '其他'} ${nth}`;
    return columns.flatMap(({ column, before, after }) => {
      const label = labelOfColumn(column);
      const isEmpty = [before, after].every((value) => value === null || value === undefined || value === '');
      if (label === null || isEmpty) return [];
      const shown = (value: unknown) =>
        PERSONAL.has(table) && isSealedText(value) ? '（已加密，只留承诺值）' : value;
      const values = { before: shown(before), after: shown(after) };
      return [{ id: `${place} ${column}`, place, kind, label, column, table, ...values }];
    });
  });
}

export const logEntryPage = definePage({
  path: '/books/:bookId/log/:index',
  params: inBook.extend({ index: logIndex }),
  load: async ({ deps, actor, visitor, params: { bookId, index } }) => {
    const entry = await getLogEntry(deps.store, actor, bookId, index);
    const body = entry.body as unknown as LogBody;
    const changes = await rowChangesOf(deps.store, actor, bookId, index);
    const { decision, entries, data } = body;
    return {
      summary: { ...entry, body: null },
      isDecided: decision !== undefined,
      entries: entries ?? [],
      data: data ?? {},
      lines: linesOf(changes),
      names: await namesInBook(deps.store, actor, bookId, mentionedIn(changes, body)),
      proof: await proofOf(deps, actor, bookId, index),
      logSize: visitor?.book?.logSize ?? 0,
      // One long text, so that what is sealed in it stays as the leaf hash has it.
      raw: canonicalJson(body),
    };
  },
  title: ({ summary }) => `日志第 ${summary.logIndex + 1} 条：${actionLabel(summary.action)}`,
  view: (
    { summary, isDecided, entries, data, lines, names, proof, logSize, raw },
    { params: { bookId } },
  ) => {
    const { logIndex: index } = summary;
    return (
      <>
        <Section
          title="谁在何时做了什么"
          aside={
            <nav class="tools" aria-label="相邻的日志">
              {index > 0 ? <a href={`/books/${bookId}/log/${index - 1}`}>上一条</a> : null}
              {index + 1 < logSize ? <a href={`/books/${bookId}/log/${index + 1}`}>下一条</a> : null}
            </nav>
          }
        >
          <Facts
            items={[
              [
                '办理人',
                summary.actorId === 'system' ? '系统自动' : (names[summary.actorId] ?? '（不在名册）'),
              ],
              ['办理事项', actionLabel(summary.action)],
              [
                '对象',
                <SubjectLink key="subject" bookId={bookId} type={summary.subjectType} id={summary.subjectId}>
                  {subjectLabel(summary.subjectType)}
                </SubjectLink>,
              ],
              ['时间', showInstant(summary.recordedAt)],
              ['结果', <Outcome key="outcome" outcome={summary.outcome} />],
              ['说明', typeof data['note'] === 'string' ? data['note'] : null],
              ['接收单位', typeof data['recipient'] === 'string' ? data['recipient'] : null],
              ['理由', typeof data['reason'] === 'string' ? data['reason'] : null],
              [
                '裁定',
                isDecided ? (
                  <a key="decision" href={`/books/${bookId}/decisions/${index}`}>
                    查看裁定、条款与事实
                  </a>
                ) : null,
              ],
            ]}
          />
        </Section>
        <Section title="改动了哪些记录">
          {lines.length === 0 ? (
            <Empty>
              {summary.outcome?.startsWith('refused:')
                ? '办理被拒绝，没有改动任何记录；拒绝本身留在日志里。'
                : '这一条没有改动账套的记录，或只改动了内部编号。'}
            </Empty>
          ) : (
            <DataTable
              caption="原值与新值"
              rows={lines}
              idOf={({ id }) => id}
              pageSize={200}
              empty=""
              columns={[
                {
                  key: 'place',
                  label: '记录',
                  value: ({ place }) => place,
                  show: ({ place, kind }) => (
                    <>
                      {place} {kind === 'new' ? <Badge tone="ok">新增</Badge> : null}
                      {kind === 'removed' ? <Badge tone="danger">删除</Badge> : null}
                    </>
                  ),
                },
                { key: 'label', label: '栏目', value: ({ label }) => label },
                {
                  key: 'before',
                  label: '原值',
                  isFixed: true,
                  value: () => null,
                  show: (line) =>
                    line.kind === 'new' ? '—' : <Value line={line} value={line.before} names={names} />,
                },
                {
                  key: 'after',
                  label: '新值',
                  isFixed: true,
                  value: () => null,
                  show: (line) => <Value line={line} value={line.after} names={names} />,
                },
              ]}
            />
          )}
        </Section>
        {entries.length > 0 ? <Postings entries={entries} names={names} bookId={bookId} /> : null}
        <Proof proof={proof} index={index} bookId={bookId} leafHash={summary.leafHash} />
        <Section title="完整内容">
          <p class="hint">
            日志保存的就是下面这一行文字（RFC 8785
            规范格式，金额为分，个人信息和说明文字只有承诺值）。前面加一个 0 字节求 SHA-256，就是叶子值{' '}
            <Hash>{summary.leafHash}</Hash>。
          </p>
          <details>
            <summary>展开原文</summary>
            <pre>{raw}</pre>
          </details>
        </Section>
      </>
    );
  },
});

function Value({ line, value, names }: { line: Line; value: unknown; names: Names }) {
  if (line.column.endsWith('Fen') && typeof value === 'string')
    return <Amount yuan={formatYuan(BigInt(value))} />;
  return <>{showValue(line.table, line.column, value, names) ?? <span class="none">—</span>}</>;
}

function Postings({
  entries,
  names,
  bookId,
}: {
  entries: NonNullable<LogBody['entries']>;
  names: Names;
  bookId: string;
}) {
  const rows = entries.flatMap(({ id, effectiveDate, postings, reverses }) =>
    postings.map((posting, seq) => ({ id: `${id} ${seq}`, effectiveDate, posting, reverses })),
  );
  const layer = (code: string, subject: string) =>
    `${LAYER_LABELS[code as Layer] ?? code}${subject && names[subject] ? `（${names[subject]}）` : ''}`;
  return (
    <Section title="记账分录">
      <DataTable
        caption="金额由转出科目移到转入科目"
        rows={rows}
        idOf={({ id }) => id}
        pageSize={200}
        empty=""
        columns={[
          { key: 'date', label: '业务日期', kind: 'date', value: ({ effectiveDate }) => effectiveDate },
          {
            key: 'fund',
            label: '资金',
            value: ({ posting: [fundId] }) => names[fundId] ?? '',
            show: ({ posting: [fundId] }) => (
              <SubjectLink bookId={bookId} type="fund" id={fundId}>
                {names[fundId] ?? '资金'}
              </SubjectLink>
            ),
          },
          { key: 'from', label: '转出', value: ({ posting: [, from, subject] }) => layer(from, subject) },
          { key: 'to', label: '转入', value: ({ posting: [, , , to, subject] }) => layer(to, subject) },
          {
            key: 'amount',
            label: '金额',
            kind: 'amount',
            basis: '本条日志记下的这一笔分录的金额。',
            value: ({ posting: [, , , , , fen] }) => formatYuan(BigInt(fen)),
          },
        ]}
      />
      {rows.some(({ reverses }) => reverses !== null) ? (
        <Notice tone="info" title="这是冲红分录，原分录保留不动。" />
      ) : null}
    </Section>
  );
}
