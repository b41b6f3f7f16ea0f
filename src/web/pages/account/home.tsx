import type { VNode } from 'preact';
import { Empty } from '../../components/notice.js';
import type { PageContext } from '../../context.js';
import { definePage } from '../../page.js';
import { WORKSPACE_LABELS, type WorkspaceKind } from '../../workspaces.js';
import { adminHome } from '../admin/home.js';
import * as audit from '../audit/home.js';
import * as claims from '../claims/home.js';
import * as finance from '../review/home.js';

/** What stands on the first page of a workspace. */
interface Home<Data> {
  readonly load: (page: PageContext<unknown, unknown>) => Promise<Data>;
  readonly View: (props: { data: Data }) => VNode;
}
const home = <Data,>({ load, View }: Home<Data>) => ({
  load,
  view: (data: unknown) => <View data={data as Data} />,
});

const HOMES: Partial<Record<WorkspaceKind, ReturnType<typeof home>>> = {
  admin: home(adminHome),
  audit: home(audit),
  finance: home(finance),
  operator: home(claims),
};

export const homePage = definePage({
  path: '/home',
  load: async (page) => {
    const workspace = page.visitor?.workspace ?? null;
    const own = workspace ? HOMES[workspace.kind] : undefined;
    return { workspace, data: own ? await own.load(page) : null };
  },
  title: ({ workspace }) => (workspace ? `${WORKSPACE_LABELS[workspace.kind]}工作台` : '工作台'),
  view: ({ workspace, data }) => {
    if (!workspace) return <Empty>您还没有岗位。请联系本单位的系统管理员授予岗位，再重新登录。</Empty>;
    const own = HOMES[workspace.kind];
    return own ? own.view(data) : <p>请从左侧菜单选择要办的事。</p>;
  },
});
