/**
 * What shows, outside of any single decision, that a procedural duty was done: how it is called, and whether it is to
 * be shown for each fund, each project (contract) or each year of a book.
 */
export const PROCEDURES = {
  allotment_chain: { label: '指标下达链', per: 'fund' },
  spending_report: { label: '资金四列报表', per: 'fund' },
  declaration: { label: '申报、审核、确认记录', per: 'fund' },
  announcement: { label: '公告记录', per: 'fund' },
  donation_register: { label: '捐赠与物资登记', per: 'fund' },
  evidence_package: { label: '审计证据包', per: 'year' },
  separation_of_duties: { label: '岗位分离记录', per: 'year' },
  source_mix: { label: '资金来源构成表', per: 'year' },
  relief_cap: { label: '救助资金购买服务额度表', per: 'year' },
  flag: { label: '疑点清单', per: 'year' },
  finding: { label: '问题单', per: 'year' },
  rectification: { label: '整改与销号记录', per: 'year' },
  supervision: { label: '督导记录', per: 'contract' },
  performance: { label: '绩效目标与评价', per: 'contract' },
  staffing: { label: '人员配备与持证名册', per: 'contract' },
  exit: { label: '承接机构退出与接管', per: 'contract' },
  blacklist: { label: '黑名单登记', per: 'year' },
  special_audit: { label: '专项审计记录', per: 'year' },
  inspection: { label: '抽查与检查记录', per: 'year' },
  periodic_report: { label: '定期报送记录', per: 'year' },
  management_rules: { label: '管理制度文件', per: 'year' },
  local_basis: { label: '本地操作依据', per: 'year' },
  project_register: { label: '项目立项与评审登记', per: 'year' },
  credit_record: { label: '人员信用登记', per: 'year' },
} as const satisfies Readonly<Record<string, { label: string; per: 'fund' | 'contract' | 'year' }>>;
export type Procedure = keyof typeof PROCEDURES;
export const PROCEDURE_KINDS = Object.keys(PROCEDURES) as [Procedure, ...Procedure[]];
