import { z } from 'zod';
import { identifier } from '../../../core/fields.js';
import type { Dependencies } from '../../../http/context.js';
import {
  type Actor,
  bookOf,
  getOrganisation,
  getPerson,
  listManagedOrganisations,
  may,
  type PersonView,
  ROLE_LABELS,
  visibleBookOf,
} from '../../../organisations/index.js';
import { type Choice, choicesOf, SelectField } from '../../components/field.js';
import { FilterBar, TextFilter } from '../../components/filter.js';
import { Button, ButtonForm, Buttons, Form } from '../../components/form.js';
import { Badge, Facts, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { definePage } from '../../page.js';
import { SHOWN } from './all-rows.js';
import { PasswordFields, passwordCheck } from './passwords.js';
import { stateOf } from './people.js';

const toPerson = ({ id, displayName }: PersonView, say: (name: string) => string) => ({
  to: `/people/${id}`,
  say: say(displayName),
});

/** The grants that the actor may take back: a person holds a handful of them. */
async function revocable({ store }: Dependencies, actor: Actor, { grants }: PersonView): Promise<string[]> {
  const places = new Map<string, boolean>();
  for (const { organisationId } of grants)
    if (!places.has(organisationId))
      places.set(
        organisationId,
        may(actor, 'person.manage', await bookOf(store.read, organisationId)).allowed,
      );
  return grants.filter(({ organisationId }) => places.get(organisationId)).map(({ id }) => id);
}

export const personPage = definePage({
  path: '/people/:id',
  params: z.object({ id: identifier('Person') }),
  query: z.object({ text: z.optional(z.string().trim().max(100)) }),
  load: async ({ deps, actor, params, query: { text } }) => {
    const person = await getPerson(deps.store, actor, params.id);
    const home = await visibleBookOf(deps.store.read, actor, person.organisationId);
    const mayManage = may(actor, 'person.manage', home).allowed;
    const found =
      mayManage && text
        ? (await listManagedOrganisations(deps.store, actor, { text, limit: SHOWN })).items
        : [];
    return {
      person,
      organisation: await getOrganisation(deps.store, actor, person.organisationId),
      mayManage,
      isSelf: person.id === actor.personId,
      revocable: mayManage ? await revocable(deps, actor, person) : [],
      found: found.filter(({ id, closedDate }) => id !== person.organisationId && closedDate === null),
    };
  },
  title: ({ person }) => person.displayName,
  view: ({ person, organisation, mayManage, isSelf, revocable: mine, found }, { query: { text } }) => {
    const [tone, state] = stateOf(person);
    const places = [organisation, ...found].map(({ id, name }): Choice => [id, name]);
    return (
      <>
        <Section title="人员情况">
          <Facts
            items={[
              ['登录名', person.loginName],
              ['单位', <a href={`/organisations/${organisation.id}`}>{organisation.name}</a>],
              ['状态', <Badge tone={tone}>{state}</Badge>],
            ]}
          />
        </Section>
        <DataTable
          caption="现有岗位"
          rows={person.grants}
          idOf={({ id }) => id}
          empty={
            person.isActive ? '还没有岗位，登录后不能办理业务。请在下面授予。' : '已停用，岗位都已收回。'
          }
          columns={[
            { key: 'role', label: '岗位', value: ({ roleLabel }) => roleLabel },
            { key: 'organisation', label: '在哪个单位', value: ({ organisationName }) => organisationName },
            {
              key: 'grantedAt',
              label: '授予日期',
              kind: 'date',
              value: ({ grantedAt }) => grantedAt.slice(0, 10),
            },
            {
              key: 'act',
              label: '操作',
              isFixed: true,
              value: () => null,
              show: ({ id, roleLabel }) =>
                mine.includes(id) ? (
                  <ButtonForm name={`revoke-${id}`} action="revoke" look="link" fields={{ ':grantId': id }}>
                    收回{roleLabel}岗
                  </ButtonForm>
                ) : (
                  '—'
                ),
            },
          ]}
        />
        {mayManage && person.isActive ? (
          <>
            <Section title="授予岗位">
              <p class="hint">
                财务、出纳、审计、督导岗只能设在民政部门。授予其他单位的岗位，请先按名称找到它。
              </p>
              <FilterBar>
                <TextFilter name="text" label="其他单位的名称" />
              </FilterBar>
              {text && found.length === 0 ? <p>您管理的单位中没有名称含“{text}”的其他单位。</p> : null}
              <Form name="grant" values={{ organisationId: found[0]?.id ?? organisation.id }}>
                <div class="grid wide">
                  <SelectField name="organisationId" label="单位" choices={places} empty={null} isRequired />
                  <SelectField name="role" label="岗位" choices={choicesOf(ROLE_LABELS)} isRequired />
                </div>
                <Buttons>
                  <Button action="grant" look="main">
                    授予岗位
                  </Button>
                </Buttons>
              </Form>
            </Section>
            {isSelf ? (
              <p>
                本人的密码在“<a href="/account">账号与密码</a>”修改。
              </p>
            ) : (
              <>
                <Section title="重置密码">
                  <Form name="password">
                    <div class="grid wide">
                      <PasswordFields
                        name="newPassword"
                        label="新密码"
                        hint="至少 10 位，不要用常见密码；请当面告知本人。重置后，此人的登录和访问令牌都失效。"
                        isRequired
                      />
                    </div>
                    <Buttons>
                      <Button action="password">重置密码</Button>
                    </Buttons>
                  </Form>
                </Section>
                <Section title="停用人员">
                  <p class="hint">
                    离岗时停用：岗位全部收回，立即不能登录，以往办理的记录照旧保留。停用不能收回。
                  </p>
                  <ButtonForm action="deactivate" look="danger">
                    停用“{person.displayName}”
                  </ButtonForm>
                </Section>
              </>
            )}
          </>
        ) : null}
      </>
    );
  },
  actions: {
    grant: {
      operation: 'POST /people/:id/grants',
      done: (person: PersonView) => toPerson(person, (name) => `已授予“${name}”岗位`),
    },
    revoke: {
      operation: 'DELETE /people/:id/grants/:grantId',
      done: (person: PersonView) => toPerson(person, (name) => `已收回“${name}”的岗位`),
    },
    password: {
      operation: 'POST /people/:id/password',
      check: passwordCheck('newPassword', () => ''),
      done: (_answer: unknown, { params }) => ({
        to: `/people/${params['id']}`,
        say: '密码已重置，此人的登录和访问令牌已失效',
      }),
    },
    deactivate: {
      operation: 'POST /people/:id/deactivate',
      done: (person: PersonView) => toPerson(person, (name) => `“${name}”已停用`),
    },
  },
});
