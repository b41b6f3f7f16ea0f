import { z } from 'zod';
import { ButtonForm } from '../../components/form.js';
import { Empty } from '../../components/notice.js';
import { definePage } from '../../page.js';
import { ownPath, UNIT_COOKIE, WORKSPACE_COOKIE } from '../../pages.js';
import { WORKSPACE_LABELS } from '../../workspaces.js';

const DUTIES = {
  operator: '填写报账单、查看可用经费和审核结果',
  finance: '登记资金、审核、付款、对账、结账和报表',
  audit: '总览、抽查、核验和导出证据，只读',
  admin: '单位、人员与岗位、政策包、密钥和运行状况',
} as const;

export const workspacesPage = definePage({
  path: '/workspaces',
  title: '选择工作台',
  query: z.object({ next: z.string().optional() }),
  load: async ({ visitor }) => visitor?.workspaces ?? [],
  view: (workspaces, { query, visitor }) =>
    workspaces.length === 0 ? (
      <Empty>您还没有岗位。请联系本单位的系统管理员授予岗位，再重新登录。</Empty>
    ) : (
      <ul class="choices">
        {workspaces.map((workspace) => (
          <li key={workspace.id} class="card">
            <h2>
              {WORKSPACE_LABELS[workspace.kind]}　{workspace.organisationName}
            </h2>
            <p>
              岗位：{workspace.roleLabels.join('、')}。{DUTIES[workspace.kind]}。
            </p>
            <ButtonForm
              name={`enter-${workspace.id}`}
              action="workspace"
              at="/settings"
              look={workspace.id === visitor?.workspace?.id ? 'main' : 'plain'}
              fields={{ workspace: workspace.id, back: ownPath(query.next) }}
            >
              进入
            </ButtonForm>
          </li>
        ))}
      </ul>
    ),
});

/** Takes what the browser remembers: whom one acts for, and the unit of amounts. */
export const settingsPage = definePage({
  path: '/settings',
  title: '显示设置',
  load: async ({ visitor }) => visitor?.workspaces ?? [],
  view: () => (
    <p>
      <a href="/workspaces">选择工作台</a>
    </p>
  ),
  actions: {
    workspace: {
      local: async (typed, { visitor }) => {
        const id = String(typed['workspace'] ?? '');
        const isOwn = visitor?.workspaces.some((workspace) => workspace.id === id);
        return { to: ownPath(typed['back']), ...(isOwn ? { cookies: { [WORKSPACE_COOKIE]: id } } : {}) };
      },
    },
    unit: {
      local: async (typed) => ({
        to: ownPath(typed['back']),
        cookies: { [UNIT_COOKIE]: typed['unit'] === 'wan' ? 'wan' : 'yuan' },
      }),
    },
  },
});
