import { z } from 'zod';
import { identifier } from '../../../core/fields.js';
import { PROVIDER_KIND_LABELS } from '../../../core/vocabulary.js';
import {
  getOrganisation,
  kindsUnder,
  listOrganisations,
  may,
  type OrganisationView,
  organisationNames,
  visibleBookOf,
} from '../../../organisations/index.js';
import { TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Facts, Notice, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { definePage } from '../../page.js';
import { MOST } from './all-rows.js';
import { organisationColumns } from './organisations.js';

const DISTRICTS = { central: '中心城区', new: '新城区' } as const;

export const organisationPage = definePage({
  path: '/organisations/:id',
  params: z.object({ id: identifier('Organisation') }),
  load: async ({ deps, actor, params }) => {
    const { store } = deps;
    const organisation = await getOrganisation(store, actor, params.id);
    const subject = await visibleBookOf(store.read, actor, params.id);
    const below = await listOrganisations(store, actor, { parentId: params.id, limit: MOST });
    const names = await organisationNames(store.read, [organisation.parentId]);
    return {
      organisation,
      parentName: names[organisation.parentId ?? ''] ?? null,
      below: below.items.map((one) => ({ ...one, parentName: organisation.name })),
      isMore: below.nextCursor !== null,
      bookId: subject.bookId,
      mayManage: may(actor, 'organisation.manage', subject).allowed,
      mayManagePeople: may(actor, 'person.manage', subject).allowed,
    };
  },
  title: ({ organisation }) => organisation.name,
  view: (
    { organisation, parentName, below, isMore, bookId, mayManage, mayManagePeople },
    { today, pages },
  ) => {
    const { id, parentId, closedDate } = organisation;
    const isOpen = closedDate === null;
    const takesMore = mayManage && isOpen && kindsUnder(organisation.kind).length > 0;
    const isTop = parentId === null;
    return (
      <>
        <Section title="单位情况">
          <Facts
            items={[
              ['类别', organisation.kindLabel],
              ['上级单位', parentId ? <a href={`/organisations/${parentId}`}>{parentName}</a> : null],
              ['行政区划代码', organisation.divisionCode],
              ['统一社会信用代码', organisation.creditCode],
              ['机构类型', organisation.providerKind && PROVIDER_KIND_LABELS[organisation.providerKind]],
              ['城区类别', organisation.districtClass && DISTRICTS[organisation.districtClass]],
              ['成立日期', organisation.openedDate],
              ['撤销日期', closedDate],
              [
                '账套',
                organisation.bookId ? (
                  <a href={`/books?text=${encodeURIComponent(organisation.name)}`}>本单位账套</a>
                ) : null,
              ],
              [
                '黑名单与退出',
                organisation.kind === 'provider' && pages.has('/books/:bookId/providers') ? (
                  <a href={`/books/${bookId}/providers`}>在承接机构页查看</a>
                ) : null,
              ],
            ]}
          />
          {mayManagePeople ? (
            <div class="buttons">
              <a class="button plain" href={`/people?organisationId=${id}`}>
                本单位人员
              </a>
              {isOpen ? (
                <a class="button plain" href={`/people/new?organisationId=${id}`}>
                  登记人员
                </a>
              ) : null}
            </div>
          ) : null}
        </Section>
        <DataTable
          caption="下级单位"
          columns={organisationColumns.filter(({ key }) => key !== 'parent')}
          rows={below}
          idOf={(one) => one.id}
          tools={
            takesMore ? (
              <a class="button main" href={`/organisations/new?parentId=${id}`}>
                登记下级单位
              </a>
            ) : null
          }
          empty={takesMore ? '还没有下级单位。请点“登记下级单位”。' : '没有下级单位。'}
        />
        {isMore ? (
          <p>
            只列出前 {MOST} 个，<a href={`/organisations?parentId=${id}`}>查看全部下级单位</a>
          </p>
        ) : null}
        {mayManage && isOpen && !isTop ? (
          <Section title="撤销单位">
            {below.some((one) => one.closedDate === null) ? (
              <Notice tone="warning" title="还有未撤销的下级单位，请先撤销它们。" />
            ) : (
              <Form name="close" values={{ closedDate: today }} version={organisation.version}>
                <p class="hint">撤销后不能再安排人员、新建报账，已有记录照旧保留。撤销不能收回。</p>
                <TextField name="closedDate" label="最后工作日" type="date" isRequired />
                <Buttons>
                  <Button action="close" look="danger">
                    撤销“{organisation.name}”
                  </Button>
                </Buttons>
              </Form>
            )}
          </Section>
        ) : null}
      </>
    );
  },
  actions: {
    close: {
      operation: 'POST /organisations/:id/close',
      done: ({ id, name, closedDate }: OrganisationView) => ({
        to: `/organisations/${id}`,
        say: `“${name}”已撤销，最后工作日 ${closedDate}`,
      }),
    },
  },
});
