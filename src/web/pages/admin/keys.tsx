import { type KeyView, listKeys, listWitnesses, type WitnessView } from '../../../evidence/index.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { FileField, TextArea, TextField } from '../../components/field.js';
import { Button, ButtonForm, Buttons, Form } from '../../components/form.js';
import { ListTable, listSheet, TextFilterBar, textQuery } from '../../components/list.js';
import { Badge, Section } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import { usePage } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { showInstant } from '../audit/words.js';

const stateOf = ({ retiredAt, revokedAt }: KeyView): string =>
  revokedAt ? '已吊销' : retiredAt ? '已停用' : '在用';
const numberOf = ({ verifierKey }: { verifierKey: string }): string => verifierKey.split('+')[1] ?? '';

const KEY_COLUMNS: readonly Column<KeyView>[] = [
  { key: 'number', label: '编号', value: numberOf },
  {
    key: 'verifierKey',
    label: '公钥（交审计方留存）',
    isFixed: true,
    value: ({ verifierKey }) => verifierKey,
    show: ({ verifierKey }) => <code class="long">{verifierKey}</code>,
  },
  { key: 'createdAt', label: '启用', kind: 'date', value: ({ createdAt }) => showInstant(createdAt) },
  {
    key: 'state',
    label: '状态',
    value: stateOf,
    show: (key) => (
      <Badge tone={key.revokedAt ? 'danger' : key.retiredAt ? 'plain' : 'ok'}>{stateOf(key)}</Badge>
    ),
  },
  {
    key: 'ended',
    label: '停用或吊销',
    value: ({ retiredAt, revokedAt, revokedReason }) => {
      const at = revokedAt ?? retiredAt;
      return at ? `${showInstant(at)}${revokedReason ? `：${revokedReason}` : ''}` : null;
    },
  },
];

const WITNESS_COLUMNS: readonly Column<WitnessView>[] = [
  { key: 'name', label: '见证人', value: ({ name }) => name },
  {
    key: 'verifierKey',
    label: '公钥',
    isFixed: true,
    value: ({ verifierKey }) => verifierKey,
    show: ({ verifierKey }) => <code class="long">{verifierKey}</code>,
  },
  { key: 'createdAt', label: '登记', kind: 'date', value: ({ createdAt }) => showInstant(createdAt) },
  {
    key: 'retiredAt',
    label: '状态',
    value: ({ retiredAt }) => (retiredAt ? `${showInstant(retiredAt)} 停用` : '在用'),
  },
];

/** The keys that sign a book's checkpoints, and who signs them besides. */
export const keysPage = definePage({
  path: '/books/:bookId/keys',
  params: inBook,
  query: textQuery,
  title: '签名密钥与见证人',
  load: async ({ deps, actor, params: { bookId }, visitor }) => {
    const subject = await bureauSubject(deps.store.read, bookId);
    const isReader = visitor?.workspace?.kind === 'audit';
    return {
      keys: (await listKeys(deps.store, actor, bookId)).items,
      witnesses: (await listWitnesses(deps.store, actor, bookId)).items,
      mayManage: !isReader && may(actor, 'key.manage', subject).allowed,
      mayImport: !isReader && may(actor, 'checkpoint.manage', subject).allowed,
    };
  },
  view: ({ keys, witnesses, mayManage, mayImport }) => {
    const inUse = keys.filter(({ retiredAt, revokedAt }) => !retiredAt && !revokedAt);
    return (
      <>
        <p class="hint">
          账套的每个检查点都由在用的密钥签名。轮换之后新旧两把同时签名，把新公钥发给审计方之后再停用旧的；怀疑泄露时吊销，只由它签的检查点不再通过核验。
        </p>
        <TextFilterBar label="编号、公钥或状态" />
        <ListTable
          caption="签名密钥"
          rows={keys}
          idOf={({ id }) => id}
          empty="还没有签名密钥。签第一个检查点时自动建立，也可以现在点“轮换”。"
          tools={
            mayManage ? (
              <ButtonForm action="rotate" look="main">
                轮换（增加一把新密钥）
              </ButtonForm>
            ) : null
          }
          columns={[
            ...KEY_COLUMNS,
            ...(mayManage
              ? [
                  {
                    key: 'act',
                    label: '操作',
                    isFixed: true,
                    value: () => null,
                    show: (key: KeyView) => (
                      <KeyActions item={key} mayRetire={inUse.length > 1 && inUse.includes(key)} />
                    ),
                  },
                ]
              : []),
          ]}
        />
        <ListTable
          part="witnesses"
          caption="见证人"
          rows={witnesses}
          idOf={({ id }) => id}
          empty={
            <>
              还没有见证人。请上级民政局或审计局生成见证公钥（<code>funds witness keygen</code>
              ），再在下面登记。
            </>
          }
          columns={[
            ...WITNESS_COLUMNS,
            ...(mayManage
              ? [
                  {
                    key: 'act',
                    label: '操作',
                    isFixed: true,
                    value: () => null,
                    show: ({ id, retiredAt }: WitnessView) =>
                      retiredAt ? (
                        '—'
                      ) : (
                        <ButtonForm
                          name={`retireWitness-${id}`}
                          action="retireWitness"
                          look="link"
                          fields={{ ':id': id }}
                        >
                          停用
                        </ButtonForm>
                      ),
                  },
                ]
              : []),
          ]}
        />
        {mayManage ? (
          <Section title="登记见证人">
            <Form name="addWitness">
              <TextField
                name="verifierKey"
                label="见证人公钥"
                hint="形如 audit.luzhou.example+c64c2262+BAwD…，由见证人在自己的电脑上生成后交来"
                isRequired
                isWide
              />
              <Buttons>
                <Button action="addWitness" look="main">
                  登记见证人
                </Button>
              </Buttons>
            </Form>
          </Section>
        ) : null}
        {mayImport ? (
          <Section title="登记联署">
            <Form name="cosign" hasFiles>
              <p class="hint">
                从“检查点与时间戳”下载检查点交给见证人，见证人联署（<code>funds witness cosign</code>
                ）后交回，在此登记。
              </p>
              <FileField name="_noteFile" label="已联署的检查点文件" accept=".txt" />
              <TextArea name="note" label="或粘贴其内容" rows={6} isWide />
              <Buttons>
                <Button action="cosign" look="main">
                  登记联署
                </Button>
              </Buttons>
            </Form>
          </Section>
        ) : null}
      </>
    );
  },
  actions: {
    rotate: {
      operation: 'POST /books/:bookId/keys',
      done: (_answer: unknown, { params }) => ({
        to: `/books/${params['bookId']}/keys`,
        say: '已增加一把新密钥，新旧密钥同时签名。请把新公钥发给审计方，再停用旧的',
      }),
    },
    retire: {
      operation: 'POST /books/:bookId/keys/:id/retire',
      done: (_answer: unknown, { params }) => ({
        to: `/books/${params['bookId']}/keys`,
        say: '密钥已停用，它签过的检查点仍可核验',
      }),
    },
    revoke: {
      operation: 'POST /books/:bookId/keys/:id/revoke',
      done: (_answer: unknown, { params }) => ({
        to: `/books/${params['bookId']}/keys`,
        say: '密钥已吊销，请通知审计方',
      }),
    },
    addWitness: {
      operation: 'POST /books/:bookId/witnesses',
      done: ({ name }: WitnessView, { params }) => ({
        to: `/books/${params['bookId']}/keys`,
        say: `已登记见证人 ${name}`,
      }),
    },
    retireWitness: {
      operation: 'POST /books/:bookId/witnesses/:id/retire',
      done: ({ name }: WitnessView, { params }) => ({
        to: `/books/${params['bookId']}/keys`,
        say: `见证人 ${name} 已停用，以前的联署仍然有效`,
      }),
    },
    cosign: {
      operation: 'POST /books/:bookId/cosignatures',
      fileTexts: { _noteFile: { into: 'note', as: 'utf8' } },
      done: ({ items }: { items: readonly { name: string }[] }, { params }) => ({
        to: `/books/${params['bookId']}/checkpoints`,
        say: `已登记 ${items.map(({ name }) => name).join('、')} 的联署`,
      }),
    },
  },
  exported: async (page) => {
    const { deps, actor, params, search } = page;
    if (search.get('part') === 'witnesses') {
      const { items } = await listWitnesses(deps.store, actor, params.bookId);
      return listSheet(page, '见证人', WITNESS_COLUMNS, items, 'witnesses');
    }
    const { items } = await listKeys(deps.store, actor, params.bookId);
    return listSheet(page, '签名密钥', KEY_COLUMNS, items);
  },
});

function KeyActions({ item: key, mayRetire }: { item: KeyView; mayRetire: boolean }) {
  const { said } = usePage();
  if (key.revokedAt || key.retiredAt) return <>—</>;
  const { id } = key;
  return (
    <>
      {mayRetire ? (
        <ButtonForm name={`retire-${id}`} action="retire" look="link" fields={{ ':id': id }}>
          停用
        </ButtonForm>
      ) : null}
      <details class="inline-details" open={said?.form === `revoke-${id}`}>
        <summary>吊销</summary>
        <Form name={`revoke-${id}`}>
          <input type="hidden" name=":id" value={id} />
          <TextField name="reason" label="吊销的理由" hint="例如：主机失窃，密钥可能泄露" isRequired />
          <Button action="revoke" look="danger">
            吊销密钥 {numberOf(key)}
          </Button>
        </Form>
      </details>
    </>
  );
}
