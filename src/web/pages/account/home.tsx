import { Empty } from '../../components/notice.js';
import { definePage } from '../../page.js';
import { WORKSPACE_LABELS } from '../../workspaces.js';

export const homePage = definePage({
  path: '/home',
  title: '工作台',
  load: async ({ visitor }) => visitor?.workspace ?? null,
  view: (workspace) =>
    workspace ? (
      <p>{WORKSPACE_LABELS[workspace.kind]}</p>
    ) : (
      <Empty>您还没有岗位。请联系本单位的系统管理员授予岗位，再重新登录。</Empty>
    ),
});
