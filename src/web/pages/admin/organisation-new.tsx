import { z } from 'zod';
import { identifier } from '../../../core/fields.js';
import { ORGANISATION_LABELS, PROVIDER_KIND_LABELS } from '../../../core/vocabulary.js';
import {
  getOrganisation,
  kindsUnder,
  listManagedOrganisations,
  type OrganisationView,
  organisationQuery,
} from '../../../organisations/index.js';
import { type Choice, choicesOf, HiddenField, SelectField, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Empty, Section } from '../../components/notice.js';
import { definePage } from '../../page.js';
import { SHOWN } from './all-rows.js';
import { PickOrganisation } from './pick-organisation.js';

const query = organisationQuery
  .pick({ text: true, cursor: true })
  .extend({ parentId: z.optional(identifier('The organisation above it')) });

export const newOrganisationPage = definePage({
  path: '/organisations/new',
  query,
  title: '登记单位',
  load: async ({ deps, actor, query: { parentId, ...asked } }) =>
    parentId
      ? { parent: await getOrganisation(deps.store, actor, parentId), choices: null }
      : {
          parent: null,
          choices: await listManagedOrganisations(deps.store, actor, { ...asked, limit: SHOWN }),
        },
  view: ({ parent, choices }, { today }) => {
    if (!parent)
      return (
        <>
          <p>新单位设在哪个单位之下？承接机构和捐赠方登记在与其签约、受赠的民政部门之下。</p>
          <PickOrganisation {...choices} name="parentId" />
        </>
      );
    const kinds = kindsUnder(parent.kind);
    if (kinds.length === 0)
      return (
        <Empty>
          “{parent.name}”是{parent.kindLabel}，其下不设单位。<a href="/organisations/new">另选上级单位</a>
        </Empty>
      );
    return (
      <Section title={`在“${parent.name}”之下`} aside={<a href="/organisations/new">另选上级单位</a>}>
        <Form
          name="create"
          values={{ parentId: parent.id, openedDate: today, divisionCode: parent.divisionCode }}
        >
          <HiddenField name="parentId" />
          <div class="grid wide">
            <SelectField
              name="kind"
              label="类别"
              choices={kinds.map((kind): Choice => [kind, ORGANISATION_LABELS[kind]])}
              hint={
                kinds.some((kind) => kind.startsWith('bureau_'))
                  ? '民政部门登记后即建立自己的账套'
                  : undefined
              }
              isRequired
            />
            <TextField name="name" label="单位全称" hint="例如：福集镇社工站" isRequired />
            <TextField
              name="divisionCode"
              label="行政区划代码"
              hint={`六位数字（GB/T 2260），应在上级的区划 ${parent.divisionCode} 之内；承接机构和捐赠方除外`}
              isRequired
            />
            <TextField name="openedDate" label="成立日期" type="date" isRequired />
            <TextField
              name="creditCode"
              label="统一社会信用代码"
              hint="18 位；承接机构必填，其他单位可以不填"
            />
            {kinds.includes('provider') ? (
              <SelectField
                name="providerKind"
                label="机构类型"
                choices={choicesOf(PROVIDER_KIND_LABELS)}
                empty="不是承接机构"
                hint="只有承接机构填写"
              />
            ) : null}
            {kinds.some((kind) => kind === 'township' || kind === 'station_township') ? (
              <SelectField
                name="districtClass"
                label="城区类别"
                choices={[
                  ['central', '中心城区'],
                  ['new', '新城区'],
                ]}
                empty="不区分"
                hint="当地文件按城区类别规定人员配备的才填"
              />
            ) : null}
          </div>
          <Buttons>
            <Button action="create" look="main">
              登记
            </Button>
          </Buttons>
        </Form>
      </Section>
    );
  },
  actions: {
    create: {
      operation: 'POST /organisations',
      done: ({ id, name }: OrganisationView) => ({
        to: `/organisations/${id}`,
        say: `已登记“${name}”，接下来可以登记它的人员`,
      }),
    },
  },
});
