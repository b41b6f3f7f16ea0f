import {
  type CheckpointView,
  listCheckpoints,
  listTimestamps,
  type TimestampView,
} from '../../../evidence/index.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { type Choice, FileField, SelectField, TextArea } from '../../components/field.js';
import { Button, ButtonForm, Buttons, Form } from '../../components/form.js';
import { ListTable, listSheet, TextFilterBar, textQuery } from '../../components/list.js';
import { Notice, Section } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import { definePage, inBook } from '../../page.js';
import { showInstant } from '../audit/words.js';
import { Hash } from './policy-parts.js';

/** As many as the list of checkpoints gives. */
const LISTED = 200;

const columnsIn = (bookId: string): readonly Column<CheckpointView>[] => [
  {
    key: 'size',
    label: '日志条数',
    kind: 'count',
    basis: '检查点签名时账套日志的条数，此后的记录由更晚的检查点覆盖',
    value: ({ size }) => size,
  },
  {
    key: 'root',
    label: '树根',
    isFixed: true,
    value: ({ root }) => root,
    show: ({ root }) => <Hash hex={root} />,
  },
  {
    key: 'cosignatures',
    label: '联署',
    value: ({ cosignatures }) =>
      cosignatures.map(({ name, signedAt }) => `${name}（${showInstant(signedAt)}）`).join('；') || null,
  },
  {
    key: 'timestamps',
    label: '时间戳',
    value: ({ timestamps }) => timestamps.map(({ signedAt }) => showInstant(signedAt)).join('；') || null,
  },
  {
    key: 'note',
    label: '检查点文本',
    isFixed: true,
    value: ({ note }) => note,
    show: ({ note, size }) => (
      <>
        <details class="inline-details">
          <summary>查看</summary>
          <pre class="code">
            <code>{note}</code>
          </pre>
        </details>{' '}
        <a
          href={`/api/v1/books/${bookId}/checkpoints/${size}/timestamp-request`}
          download={`checkpoint-${size}.tsq`}
        >
          时间戳请求
        </a>
      </>
    ),
  },
];

const STAMP_COLUMNS: readonly Column<TimestampView>[] = [
  {
    key: 'size',
    label: '检查点（日志条数）',
    kind: 'count',
    basis: '时间戳所盖检查点的日志条数',
    value: ({ size }) => size,
  },
  { key: 'signedAt', label: '时间', kind: 'date', value: ({ signedAt }) => showInstant(signedAt) },
  { key: 'signer', label: '时间戳机构', value: ({ signer }) => signer },
  { key: 'renewsId', label: '说明', value: ({ renewsId }) => (renewsId ? '续期' : '首次') },
];

/** Signed states of a book's log, and what others added to them. */
export const checkpointsPage = definePage({
  path: '/books/:bookId/checkpoints',
  params: inBook,
  query: textQuery,
  title: '检查点与时间戳',
  load: async ({ deps, actor, params: { bookId }, visitor }) => {
    const subject = await bureauSubject(deps.store.read, bookId);
    return {
      checkpoints: (await listCheckpoints(deps.store, actor, bookId)).items,
      stamps: (await listTimestamps(deps.store, actor, bookId)).items,
      mayManage: visitor?.workspace?.kind !== 'audit' && may(actor, 'checkpoint.manage', subject).allowed,
      isUpper: visitor?.book?.bureauKind !== 'bureau_county',
      asksItself: deps.config.tsaUrl !== null,
      takesStamps: deps.tsaRoots.length > 0,
    };
  },
  view: ({ checkpoints, stamps, mayManage, isUpper, asksItself, takesStamps }, { params, visitor }) => {
    const logSize = visitor?.book?.logSize ?? 0;
    const newest = checkpoints[0];
    const unsigned = logSize - (newest?.size ?? 0);
    return (
      <>
        {logSize === 0 ? null : unsigned > 0 ? (
          <Notice
            tone="info"
            title={`还有 ${unsigned} 条日志没有被检查点覆盖。服务每隔几秒自动签一次，也可以现在签。`}
          />
        ) : (
          <Notice tone="ok" title={`最新检查点覆盖全部 ${logSize} 条日志。`}>
            <p>请把检查点另外留存：以后出示的日志必须是它的延续。</p>
          </Notice>
        )}
        <TextFilterBar label="条数、树根、见证人或时间" />
        <ListTable
          caption={checkpoints.length === LISTED ? `最近 ${LISTED} 个检查点` : '检查点'}
          columns={columnsIn(params.bookId)}
          rows={checkpoints}
          idOf={({ size }) => String(size)}
          pageSize={25}
          empty="还没有检查点。账套有记录之后自动签第一个。"
          tools={
            mayManage ? (
              <>
                <ButtonForm action="sign" look="main">
                  现在签检查点
                </ButtonForm>
                {isUpper ? <ButtonForm action="lower">登记下级检查点</ButtonForm> : null}
              </>
            ) : null
          }
        />
        <ListTable
          part="stamps"
          caption="时间戳"
          columns={STAMP_COLUMNS}
          rows={stamps}
          idOf={({ id }) => id}
          empty="还没有时间戳。建议在每月结账之后，对当时的检查点办理。"
        />
        {mayManage && checkpoints.length > 0 ? (
          <Section title="办理时间戳">
            {takesStamps ? (
              <StampForms checkpoints={checkpoints} stamps={stamps} asksItself={asksItself} />
            ) : (
              <p>
                没有配置可信时间戳机构的根证书（TSA_ROOTS_FILE），不能核验和登记时间戳。请系统管理员在服务器上配置。
              </p>
            )}
          </Section>
        ) : null}
      </>
    );
  },
  actions: {
    sign: {
      operation: 'POST /books/:bookId/checkpoints',
      done: ({ size }: CheckpointView, { params }) => ({
        to: `/books/${params['bookId']}/checkpoints`,
        say: `已签检查点，覆盖 ${size} 条日志`,
      }),
    },
    lower: {
      operation: 'POST /books/:bookId/lower-checkpoints',
      done: ({ items }: { items: readonly unknown[] }, { params }) => ({
        to: `/books/${params['bookId']}/checkpoints`,
        say: `已把 ${items.length} 个下级账套的最新检查点记入本账套的日志`,
      }),
    },
    ask: {
      operation: 'POST /books/:bookId/checkpoints/:size/timestamp',
      done: ({ signedAt }: TimestampView, { params }) => ({
        to: `/books/${params['bookId']}/checkpoints`,
        say: `时间戳已取得并登记，时间 ${showInstant(signedAt)}`,
      }),
    },
    import: {
      operation: 'POST /books/:bookId/timestamps',
      fileTexts: { _tokenFile: { into: 'token', as: 'base64' } },
      done: ({ signedAt }: TimestampView, { params }) => ({
        to: `/books/${params['bookId']}/checkpoints`,
        say: `时间戳核验无误，已登记，时间 ${showInstant(signedAt)}`,
      }),
    },
  },
  exported: async (page) => {
    const { deps, actor, search } = page;
    const { bookId } = page.params;
    if (search.get('part') === 'stamps') {
      const { items } = await listTimestamps(deps.store, actor, bookId);
      return listSheet(page, '时间戳', STAMP_COLUMNS, items, 'stamps');
    }
    const { items } = await listCheckpoints(deps.store, actor, bookId);
    return listSheet(page, '检查点', columnsIn(bookId), items);
  },
});

function StampForms({
  checkpoints,
  stamps,
  asksItself,
}: {
  checkpoints: readonly CheckpointView[];
  stamps: readonly TimestampView[];
  asksItself: boolean;
}) {
  const choices = checkpoints.map(({ size }): Choice => [String(size), `${size} 条日志时的检查点`]);
  return (
    <>
      {asksItself ? (
        <Form name="ask">
          <SelectField name=":size" label="检查点" choices={choices} empty={null} isRequired />
          <Buttons>
            <Button action="ask" look="main">
              向时间戳机构申请
            </Button>
          </Buttons>
        </Form>
      ) : null}
      <Form name="import" hasFiles>
        <p class="hint">
          下载上面列表中的“时间戳请求”，带到时间戳机构换回答复，在此登记。与检查点不符的、不是可信机构的不予登记。
        </p>
        <div class="grid wide">
          <SelectField name="size" label="检查点" choices={choices} empty={null} isRequired />
          <FileField name="_tokenFile" label="时间戳答复文件（.tsr）" accept=".tsr,.tst,.der" />
          {stamps.length > 0 ? (
            <SelectField
              name="renewsId"
              label="为哪个时间戳续期"
              choices={stamps.map(
                ({ id, size, signedAt }): Choice => [id, `${size} 条，${showInstant(signedAt)}`],
              )}
              empty="不是续期"
            />
          ) : null}
        </div>
        <TextArea name="token" label="或粘贴 Base64 内容" rows={3} isWide />
        <Buttons>
          <Button action="import">登记时间戳</Button>
        </Buttons>
      </Form>
    </>
  );
}
