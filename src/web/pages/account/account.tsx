import { listTokens } from '../../../organisations/index.js';
import { TextField } from '../../components/field.js';
import { Button, ButtonForm, Buttons, Form } from '../../components/form.js';
import { Facts, Notice, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { definePage } from '../../page.js';

export const accountPage = definePage({
  path: '/account',
  title: '账号与密码',
  load: async ({ deps, actor }) => (await listTokens(deps.store, actor)).items,
  view: (tokens, { visitor, said }) => (
    <>
      <Section title="本人">
        <Facts
          items={[
            ['姓名', visitor?.me.person.displayName],
            ['登录名', visitor?.me.person.loginName],
            ['单位', visitor?.me.organisation.name],
            [
              '岗位',
              visitor?.me.person.grants
                .map(({ organisationName, roleLabel }) => `${organisationName} ${roleLabel}`)
                .join('；'),
            ],
          ]}
        />
      </Section>
      <Section title="修改密码">
        <Form name="password">
          <TextField
            name="currentPassword"
            label="现在的密码"
            type="password"
            autocomplete="current-password"
            isRequired
          />
          <TextField
            name="newPassword"
            label="新密码"
            type="password"
            autocomplete="new-password"
            hint="至少 10 位，不要用常见密码。修改后其他登录和访问令牌都失效。"
            isRequired
          />
          <Buttons>
            <Button action="password" look="main">
              修改密码
            </Button>
          </Buttons>
        </Form>
      </Section>
      <Section title="访问令牌">
        <p class="hint">供财务软件等程序使用，权限与本人相同。令牌只在新建时显示一次。</p>
        {said?.action === 'token' && said.answer ? (
          <Notice tone="ok" title="令牌已建立，请现在抄下，之后不再显示：" isAlert>
            <p>
              <code>{(said.answer as { secret: string }).secret}</code>
            </p>
          </Notice>
        ) : null}
        <Form name="token" values={{ days: '90' }}>
          <TextField name="name" label="用途" hint="例如：财务软件对接" isRequired />
          <TextField name="days" label="有效天数" type="number" hint="1 至 366 天" isRequired />
          <Buttons>
            <Button action="token">新建令牌</Button>
          </Buttons>
        </Form>
        <DataTable
          caption="本人的令牌"
          rows={tokens}
          idOf={({ id }) => id}
          empty="还没有令牌。"
          columns={[
            { key: 'name', label: '用途', value: ({ name }) => name },
            {
              key: 'createdAt',
              label: '建立',
              kind: 'date',
              value: ({ createdAt }) => createdAt.slice(0, 10),
            },
            {
              key: 'expiresAt',
              label: '到期',
              kind: 'date',
              value: ({ expiresAt }) => expiresAt.slice(0, 10),
            },
            {
              key: 'state',
              label: '状态',
              value: ({ revokedAt }) => (revokedAt ? '已吊销' : '有效'),
            },
            {
              key: 'act',
              label: '操作',
              isFixed: true,
              value: () => null,
              show: ({ id, revokedAt }) =>
                revokedAt ? (
                  '—'
                ) : (
                  <ButtonForm name={`revoke-${id}`} action="revoke" look="link" fields={{ ':id': id }}>
                    吊销
                  </ButtonForm>
                ),
            },
          ]}
        />
      </Section>
    </>
  ),
  actions: {
    password: {
      operation: 'POST /password',
      done: () => ({ to: '/account', say: '密码已修改，其他登录和令牌已失效' }),
    },
    token: { operation: 'POST /tokens', done: 'show' },
    revoke: { operation: 'DELETE /tokens/:id', done: () => ({ to: '/account', say: '令牌已吊销' }) },
  },
});
