import { z } from 'zod';
import { identifier } from '../../../core/fields.js';
import {
  getOrganisation,
  listManagedOrganisations,
  type PersonView,
  personQuery,
  ROLE_LABELS,
  rolesAt,
} from '../../../organisations/index.js';
import { CheckList, type Choice, FieldSet, HiddenField, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Section } from '../../components/notice.js';
import { definePage } from '../../page.js';
import { SHOWN } from './all-rows.js';
import { PasswordFields, passwordCheck } from './passwords.js';
import { PickOrganisation } from './pick-organisation.js';

const query = personQuery
  .pick({ text: true, cursor: true })
  .extend({ organisationId: z.optional(identifier('Where the person is employed')) });

export const newPersonPage = definePage({
  path: '/people/new',
  query,
  title: '登记人员',
  load: async ({ deps, actor, query: { organisationId, ...asked } }) =>
    organisationId
      ? { organisation: await getOrganisation(deps.store, actor, organisationId), choices: null }
      : {
          organisation: null,
          choices: await listManagedOrganisations(deps.store, actor, { ...asked, limit: SHOWN }),
        },
  view: ({ organisation, choices }) =>
    organisation ? (
      <Section title={`“${organisation.name}”的人员`} aside={<a href="/people/new">另选单位</a>}>
        <Form name="create" values={{ organisationId: organisation.id }}>
          <HiddenField name="organisationId" />
          <FieldSet legend="本人">
            <TextField name="displayName" label="姓名" hint="例如：张敏" isRequired />
            <TextField
              name="loginName"
              label="登录名"
              hint="2 至 50 位小写字母、数字或 . _ @ -，例如：zhang.min"
              isRequired
            />
            <PasswordFields
              name="password"
              label="首个密码"
              hint="至少 10 位，不要用常见密码；请当面告知本人，登录后自行修改。留空则暂不能登录。"
            />
          </FieldSet>
          <CheckList
            name="roles"
            label="在本单位的岗位"
            choices={rolesAt(organisation.kind).map((role): Choice => [role, ROLE_LABELS[role]])}
            hint="可以先不选，以后再授予。经办、审核、审批、付款不能由同一人办理，请分开授予。"
            isWide
          />
          <Buttons>
            <Button action="create" look="main">
              登记
            </Button>
          </Buttons>
        </Form>
      </Section>
    ) : (
      <>
        <p>这个人在哪个单位工作？</p>
        <PickOrganisation {...choices} name="organisationId" />
      </>
    ),
  actions: {
    create: {
      operation: 'POST /people',
      check: passwordCheck('password', (typed) => String(typed['loginName'] ?? '')),
      done: ({ id, displayName, grants }: PersonView) => ({
        to: `/people/${id}`,
        say: `已登记“${displayName}”${grants.length === 0 ? '，还没有岗位，请在下面授予' : ''}`,
      }),
    },
  },
});
