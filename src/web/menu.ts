import type { Role } from '../organisations/index.js';
import type { WorkspaceKind } from './workspaces.js';

export interface MenuItem {
  readonly label: string;
  /** Path of the page; `:bookId` becomes the book at hand. */
  readonly path: string;
  /** Not for providers, who see contracts and no funds. */
  readonly isForUnits?: true;
  /** Only for these roles, where not every role of the workspace may see the page. */
  readonly roles?: readonly Role[];
  /** Only for those who have contracts: the bureaus that buy and the providers. */
  readonly isForParties?: true;
}
export interface MenuGroup {
  readonly label: string;
  readonly items: readonly MenuItem[];
}

const item = (label: string, path: string): MenuItem => ({ label, path });
const inBook = (label: string, path: string): MenuItem => item(label, `/books/:bookId/${path}`);

const HOME: MenuGroup = { label: '工作台', items: [item('工作台', '/home')] };
const MINE: MenuGroup = {
  label: '我的',
  items: [item('后台任务', '/jobs'), item('常用查询', '/saved-filters'), item('账号与密码', '/account')],
};
const REPORTS: MenuGroup = {
  label: '报表',
  items: [
    inBook('资金拨付使用情况表', 'reports/usage'),
    inBook('明细账', 'reports/ledger'),
    inBook('余额表', 'reports/trial-balance'),
    inBook('支出分析', 'reports/expenditure'),
    inBook('资金流向', 'reports/flow'),
    inBook('执行进度', 'reports/execution'),
    inBook('公布数字', 'figures'),
  ],
};

/** The left menu of each workspace. Entries whose page does not exist are not shown, nor groups without entries. */
export const MENUS: Readonly<Record<WorkspaceKind, readonly MenuGroup[]>> = {
  operator: [
    HOME,
    {
      label: '报账',
      items: [
        inBook('报账单', 'claims'),
        inBook('填写报账单', 'claims/new'),
        inBook('批量导入', 'claim-import'),
        inBook('使用明细报送', 'provider-reports'),
      ],
    },
    {
      label: '经费',
      items: [
        { ...inBook('可用经费', 'funds'), isForUnits: true },
        { ...inBook('合同', 'contracts'), isForParties: true },
        { ...inBook('例外申请', 'waivers'), isForUnits: true },
        inBook('政策条款', 'coverage'),
      ],
    },
    MINE,
  ],
  finance: [
    HOME,
    {
      label: '报账',
      items: [
        inBook('审核队列', 'review'),
        inBook('报账单', 'claims'),
        inBook('付款', 'payments'),
        inBook('例外批准', 'waivers'),
      ],
    },
    {
      label: '资金',
      items: [
        inBook('资金批次', 'funds'),
        inBook('收文与到账', 'intakes'),
        inBook('下达指标', 'allotments'),
        inBook('拨付资金', 'disbursements'),
        inBook('上下级对账', 'upper-comparison'),
        inBook('救助资金上限', 'relief'),
      ],
    },
    {
      label: '合同',
      items: [
        inBook('合同', 'contracts'),
        inBook('使用明细', 'provider-reports'),
        inBook('承接机构', 'providers'),
      ],
    },
    REPORTS,
    {
      label: '期末与留痕',
      items: [
        inBook('结账', 'periods'),
        inBook('程序记录', 'procedures'),
        inBook('条款覆盖', 'coverage'),
        { ...inBook('证据包', 'evidence'), roles: ['finance'] },
        { ...inBook('核验', 'verification'), roles: ['finance'] },
        inBook('审计日志', 'log'),
      ],
    },
    MINE,
  ],
  audit: [
    HOME,
    {
      label: '总览',
      items: [item('各地总览', '/supervision'), inBook('本账套总览', 'supervision'), item('账套', '/books')],
    },
    {
      label: '检查',
      items: [
        inBook('资金批次', 'funds'),
        inBook('指标下达树', 'allotments/tree'),
        inBook('报账单', 'claims'),
        inBook('合同', 'contracts'),
        inBook('付款记录', 'payments'),
        inBook('拒绝与例外', 'refusals'),
        inBook('例外批准', 'waivers'),
        inBook('上下级对账', 'upper-comparison'),
        inBook('救助资金上限', 'relief'),
        inBook('承接机构', 'providers'),
      ],
    },
    REPORTS,
    {
      label: '证据',
      items: [
        inBook('条款覆盖', 'coverage'),
        inBook('程序记录', 'procedures'),
        inBook('审计日志', 'log'),
        inBook('核验', 'verification'),
        inBook('证据包', 'evidence'),
      ],
    },
    MINE,
  ],
  admin: [
    HOME,
    {
      label: '单位与人员',
      items: [item('单位', '/organisations'), item('人员与岗位', '/people'), item('账套', '/books')],
    },
    {
      label: '政策',
      items: [
        item('政策包', '/policy'),
        item('条款', '/policy/coverage'),
        item('规则空档', '/policy/gaps'),
        item('回测', '/policy/backtests'),
      ],
    },
    {
      label: '账套管理',
      items: [
        inBook('会计期间', 'periods'),
        inBook('签名密钥与见证', 'keys'),
        inBook('检查点与时间戳', 'checkpoints'),
        inBook('核验', 'verification'),
        inBook('证据包', 'evidence'),
        inBook('审计日志', 'log'),
        inBook('删除个人信息', 'erasures'),
      ],
    },
    { label: '系统', items: [item('运行状况', '/health')] },
    MINE,
  ],
};
