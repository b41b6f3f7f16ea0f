import {
  BASIS_LABELS,
  type DifferenceNoteView,
  type DifferenceOwners,
  type DifferenceView,
} from '../../../reconciliation/index.js';
import { Amount } from '../../components/amount.js';
import { HiddenField, SelectField, TextArea, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Facts, Notice, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { hrefWith, usePage } from '../../context.js';
import { LogLink } from '../audit/links.js';
import { showInstant } from '../audit/words.js';
import { DUTY_LABELS, ownerChoices, REMEDIES } from './words.js';

/** One difference of a book: its two records, what was said of it, and the form to say more. */
export function DifferencePart({
  bookId,
  differenceKey,
  difference,
  notes,
  owners,
  mayReadUpper,
}: {
  bookId: string;
  differenceKey: string;
  /** Null: it is resolved. */
  difference: DifferenceView | null;
  /** Newest first. */
  notes: readonly DifferenceNoteView[];
  /** Null for whoever may not say anything. */
  owners: DifferenceOwners | null;
  /** The log of the upper book is not open to everybody who reads the lower one. */
  mayReadUpper: boolean;
}) {
  const page = usePage();
  return (
    <Section
      id="difference"
      title={difference ? `差异：${difference.kindLabel}` : '差异'}
      aside={<a href={hrefWith(page, { difference: null })}>关闭</a>}
    >
      {difference ? (
        <Facts
          items={[
            ['对账内容', BASIS_LABELS[difference.basis]],
            ['资金', difference.fundName],
            ['金额', <Amount key="amount" yuan={difference.amount} />],
            ['差额（上级 − 下级）', <Amount key="difference" yuan={difference.difference} />],
            ['账龄', `${difference.ageDays} 天`],
            ['应办', `${DUTY_LABELS[difference.duty]}：${REMEDIES[difference.kind]}`],
            [
              '上级记录',
              <Record
                key="upper"
                record={difference.upper}
                bookId={mayReadUpper ? (difference.upper?.bookId ?? null) : null}
              />,
            ],
            ['下级记录', <Record key="own" record={difference.own} bookId={bookId} />],
            ['责任人', difference.ownerName ?? '未指定'],
            ['说明', difference.explanation ?? '没有'],
            ['预计解决日期', difference.expectedDate ?? '没有'],
          ]}
        />
      ) : (
        <Notice tone="ok" title="这项差异按所查的日期已经消除">
          <p>两边的记录已经一致；以前的说明仍在下面。</p>
        </Notice>
      )}
      <DataTable
        caption="说明的历史"
        rows={notes}
        idOf={({ id }) => id}
        empty="还没有人说明。"
        columns={[
          {
            key: 'recordedAt',
            label: '时间',
            value: (note) => note.recordedAt,
            show: (note) => showInstant(note.recordedAt),
          },
          { key: 'by', label: '登记人', value: ({ recordedByName }) => recordedByName },
          { key: 'owner', label: '责任人', value: ({ ownerName }) => ownerName },
          { key: 'explanation', label: '说明', isWide: true, value: ({ explanation }) => explanation },
          { key: 'expectedDate', label: '预计解决', kind: 'date', value: ({ expectedDate }) => expectedDate },
          {
            key: 'log',
            label: '日志',
            value: ({ logIndex }) => logIndex + 1,
            show: ({ logIndex }) => <LogLink bookId={bookId} index={logIndex} />,
          },
        ]}
      />
      {difference && owners ? (
        <Form
          name="note"
          values={{
            ownerId: difference.ownerId ?? '',
            expectedDate: difference.isOverdue ? '' : (difference.expectedDate ?? ''),
          }}
        >
          <HiddenField name="key" value={differenceKey} />
          <SelectField
            name="ownerId"
            label="责任人"
            empty="不变"
            choices={ownerChoices(owners)}
            hint="负责消除差异的人：本级或上级民政部门的在岗人员"
          />
          <TextField name="expectedDate" label="预计解决日期" type="date" hint="今天或以后；不填则不变" />
          <TextArea
            name="explanation"
            label="说明"
            hint="例如：文件在途，预计下周收文。不填则不变，已写的都保留在历史中"
            isWide
          />
          <Buttons>
            <Button action="note" look="main">
              登记
            </Button>
          </Buttons>
        </Form>
      ) : null}
    </Section>
  );
}

function Record({
  record,
  bookId,
}: {
  record: DifferenceView['upper'] | DifferenceView['own'];
  /** Null: its log is not to be seen. */
  bookId: string | null;
}) {
  if (record === null) return <span class="none">没有记录</span>;
  return (
    <>
      {record.documentNo}，{record.effectiveDate}，<Amount yuan={record.amount} />
      {bookId === null ? null : (
        <>
          （<LogLink bookId={bookId} index={record.logIndex} />）
        </>
      )}
    </>
  );
}
