import type { CommandContext } from '../audit/index.js';
import { refuse } from '../core/errors.js';
import type { OrganisationKind } from '../core/vocabulary.js';

/** What a person may be to an organisation (岗位). */
export const ROLE_LABELS = {
  operator: '经办',
  reviewer: '审核',
  finance: '财务',
  payer: '出纳',
  auditor: '审计',
  supervisor: '督导',
  admin: '系统管理',
} as const;
export type Role = keyof typeof ROLE_LABELS;
export const ROLES = Object.keys(ROLE_LABELS) as [Role, ...Role[]];

/** One role at one organisation. `organisationPath` is the ids from the root down, each followed by "/". */
export interface Grant {
  readonly organisationId: string;
  readonly organisationPath: string;
  readonly organisationKind: OrganisationKind;
  readonly role: Role;
}

/** Who acts. Roles come from grants alone; `via` opens no door. */
export interface Actor {
  readonly personId: string;
  readonly displayName: string;
  readonly via: 'session' | 'token' | 'system';
  readonly grants: readonly Grant[];
}

/** Who asks for a command, and in which context: the two things every use case is given. */
export interface Caller {
  readonly actor: Actor;
  readonly context: CommandContext;
}

/** What is acted on: whose book it is in, whose thing it is, and who had a hand in it before. */
export interface Subject {
  readonly bureauPath: string;
  readonly organisationPath: string;
  readonly makerId?: string | null;
  readonly reviewerId?: string | null;
  readonly approverId?: string | null;
}

export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly code: 'forbidden' | 'separation_of_duties';
      readonly message: string;
    };

/** How far a grant reaches: one sentence each in `REACHES`. */
type Reach = 'bureau' | 'unit' | 'self' | 'down' | 'tree' | 'kin';
type Permission = readonly [reach: Reach, ...roles: Role[]];
/** The hand that must be another's, or, for `own`, the actor's. */
type Duty = 'notMaker' | 'notReviewer' | 'notApprover' | 'own';

interface Rule {
  readonly label: string;
  /** Any one of these suffices; `null`: whoever is signed in. */
  readonly who: readonly Permission[] | null;
  readonly duties?: readonly Duty[];
}

const FINANCE: readonly Permission[] = [['bureau', 'finance']];
const OPERATOR: readonly Permission[] = [['unit', 'operator']];
const BOOK_READERS: Permission = ['down', 'finance', 'reviewer', 'payer', 'auditor', 'supervisor', 'admin'];
const PAYER: readonly Permission[] = [['bureau', 'payer']];
const WAIVER_APPROVERS: readonly Permission[] = [...FINANCE, ['down', 'supervisor']];
/** Who adds documents that show what was done. */
const SHOWERS: readonly Permission[] = [
  ['bureau', 'finance', 'reviewer'],
  ['down', 'supervisor'],
];
const RETURNS: readonly Permission[] = [
  ['unit', 'reviewer'],
  ['bureau', 'finance'],
];

/** The one table: who may do what (design §1), and which hands must differ. */
const RULES = {
  // What lies in the way of everything in a book: for others it does not exist. Providers come by a contract.
  'book.enter': { label: '进入账套', who: [['kin', ...ROLES]] },
  'book.read': { label: '查看账套', who: [BOOK_READERS] },
  'book.verify': { label: '核验账套', who: [['down', 'finance', 'auditor', 'supervisor', 'admin']] },
  'unit.read': { label: '查看本单位业务', who: [['unit', 'operator', 'reviewer']] },
  // Asked of the unit that spends from the book, or of the bureau itself.
  'fund.read': { label: '查看资金', who: [BOOK_READERS, ['unit', 'operator', 'reviewer']] },
  // Asked of the provider (承接机构), or of the bureau itself, whose operators draft contracts.
  'contract.read': {
    label: '查看合同',
    who: [BOOK_READERS, ['self', 'operator', 'reviewer'], ['bureau', 'operator']],
  },
  'policy.read': { label: '查看政策', who: null },
  'policy.reload': { label: '载入政策包', who: [['down', 'admin']] },
  // Asked of each book whose cases are judged.
  'policy.backtest': { label: '回测政策包', who: [['down', 'finance', 'auditor', 'supervisor', 'admin']] },
  'organisation.read': { label: '查看单位', who: [['kin', ...ROLES]] },
  'organisation.manage': { label: '管理单位', who: [['tree', 'admin']] },
  'person.manage': { label: '管理人员', who: [['tree', 'admin']] },
  'data.erase': { label: '删除个人信息', who: [['down', 'admin']] },
  'evidence.export': { label: '导出证据包', who: [['down', 'finance', 'auditor', 'supervisor', 'admin']] },
  'evidence.export_clear': { label: '导出未脱敏证据包', who: [['down', 'auditor', 'admin']] },
  'checkpoint.manage': {
    label: '管理检查点与时间戳',
    who: [['down', 'finance', 'auditor', 'supervisor', 'admin']],
  },
  'key.manage': { label: '管理签名密钥与见证人', who: [['down', 'admin']] },
  'sanction.manage': { label: '登记黑名单与退出', who: [['down', 'finance', 'supervisor']] },
  'fund.manage': { label: '登记资金', who: FINANCE },
  'relief_cap.true_up': { label: '年终校准救助资金购买服务上限', who: FINANCE },
  'allotment.issue': { label: '下达指标', who: FINANCE },
  'disbursement.issue': { label: '拨付资金', who: PAYER },
  'intake.record': { label: '登记收文与到账', who: FINANCE },
  // Kept in the lower book, whose difference it is; whoever issued the money may have the answer.
  'difference.note': { label: '登记对账差异的责任人与说明', who: [['down', 'finance']] },
  'figure.record': { label: '登记公布数字', who: [...FINANCE, ['down', 'supervisor']] },
  'period.close': { label: '结账', who: FINANCE },
  'contract.prepare': { label: '起草合同', who: [['bureau', 'finance', 'operator']] },
  'contract.sign': { label: '签订合同', who: FINANCE, duties: ['notMaker'] },
  'contract.evidence': {
    label: '补充合同材料',
    who: SHOWERS,
  },
  'procedure.record': { label: '登记程序记录', who: SHOWERS },
  'procedure.withdraw': { label: '撤销程序记录', who: SHOWERS },
  'waiver.read': { label: '查看例外批准', who: [BOOK_READERS, ['unit', 'operator', 'reviewer']] },
  // Asked of the unit whose claim it is meant for, or of the bureau itself.
  'waiver.request': { label: '申请例外批准', who: [...FINANCE, ...OPERATOR] },
  'waiver.approve': { label: '批准例外', who: WAIVER_APPROVERS, duties: ['notMaker'] },
  'waiver.reject': { label: '否决例外申请', who: WAIVER_APPROVERS, duties: ['notMaker'] },
  'waiver.revoke': { label: '撤销例外批准', who: WAIVER_APPROVERS },
  'provider_report.create': { label: '报送承接机构使用明细', who: OPERATOR },
  'attachment.upload': { label: '上传附件', who: [...OPERATOR, ['bureau', 'finance', 'reviewer', 'payer']] },
  'claim.create': { label: '新建报账', who: OPERATOR },
  'claim.edit': { label: '修改报账', who: OPERATOR, duties: ['own'] },
  'claim.submit': { label: '提交报账', who: OPERATOR, duties: ['own'] },
  'claim.withdraw': { label: '撤回报账', who: OPERATOR, duties: ['own'] },
  'claim.review': { label: '审核报账', who: [['unit', 'reviewer']], duties: ['notMaker'] },
  'claim.co_sign': { label: '会签报账', who: [['bureau', 'reviewer', 'finance']], duties: ['notMaker'] },
  'claim.return': { label: '退回报账', who: RETURNS },
  'claim.reject': { label: '驳回报账', who: RETURNS },
  'claim.approve': { label: '审批报账', who: FINANCE, duties: ['notMaker', 'notReviewer'] },
  'claim.reverse': { label: '冲红报账', who: FINANCE },
  'claim.pay': { label: '支付报账', who: PAYER, duties: ['notMaker', 'notApprover'] },
  'claim.refund': { label: '登记退款', who: PAYER },
} as const satisfies Readonly<Record<string, Rule>>;
export type Action = keyof typeof RULES;
export const ACTIONS = Object.keys(RULES) as [Action, ...Action[]];

/**
 * Whether `actor` may do `action` to `subject`. Pure: the same on every page, route and command. A hand that the
 * subject does not name is not compared, except that what must be one's own must name its maker.
 */
export function may(actor: Actor, action: Action, subject: Subject): Verdict {
  const rule: Rule = RULES[action];
  if (!isReached(actor, rule, subject)) {
    return { allowed: false, code: 'forbidden', message: `您没有“${rule.label}”的权限：${whoMay(rule)}` };
  }
  for (const duty of rule.duties ?? []) {
    const fault = DUTIES[duty](actor.personId, subject);
    if (fault)
      return { allowed: false, code: 'separation_of_duties', message: `不能${rule.label}：${fault}` };
  }
  return { allowed: true };
}

/** @throws DomainError `forbidden` or `separation_of_duties`, a refusal that the log records. */
export function demand(actor: Actor, action: Action, subject: Subject): void {
  const verdict = may(actor, action, subject);
  if (!verdict.allowed) throw refuse(verdict.code, verdict.message);
}

function isReached(actor: Actor, rule: Rule, subject: Subject): boolean {
  if (rule.who === null) return true;
  return rule.who.some(([reach, ...roles]) =>
    actor.grants.some(
      (grant) => roles.includes(grant.role) && REACHES[reach].covers(grant.organisationPath, subject),
    ),
  );
}

/** Every path ends in "/", so a prefix is an ancestor or the organisation itself. */
const REACHES: Readonly<
  Record<Reach, { covers: (path: string, subject: Subject) => boolean; label: string }>
> = {
  bureau: { label: '本账套民政局的', covers: (path, { bureauPath }) => path === bureauPath },
  unit: {
    label: '本单位（或本账套内上级单位）的',
    covers: (path, { bureauPath, organisationPath }) =>
      path === organisationPath || (path.startsWith(bureauPath) && organisationPath.startsWith(path)),
  },
  self: { label: '本单位的', covers: (path, { organisationPath }) => path === organisationPath },
  down: { label: '本账套民政局或其上级的', covers: (path, { bureauPath }) => bureauPath.startsWith(path) },
  tree: {
    label: '本单位或其上级的',
    covers: (path, { organisationPath }) => organisationPath.startsWith(path),
  },
  kin: {
    label: '本单位、上级或下级的',
    covers: (path, { organisationPath }) =>
      organisationPath.startsWith(path) || path.startsWith(organisationPath),
  },
};

const whoMay = (rule: Rule) =>
  `应由${(rule.who ?? [])
    .map(
      ([reach, ...roles]) => `${REACHES[reach].label}${roles.map((role) => ROLE_LABELS[role]).join('、')}岗`,
    )
    .join('，或')}办理`;

const SMALL_STATION = '站点只有一人时，由县级民政局会签';

/** What is wrong, or null. */
const DUTIES: Readonly<Record<Duty, (personId: string, subject: Subject) => string | null>> = {
  notMaker: (personId, { makerId }) =>
    makerId === personId ? `经办人与办理人不能是同一人，请由他人办理（${SMALL_STATION}）` : null,
  notReviewer: (personId, { reviewerId }) =>
    reviewerId === personId ? '审核人与审批人不能是同一人，请由另一位财务人员审批' : null,
  notApprover: (personId, { approverId }) =>
    approverId === personId ? '审批人与付款人不能是同一人，请由另一位出纳人员支付' : null,
  own: (personId, { makerId }) => (makerId === personId ? null : '只能由经办人本人办理'),
};
