/**
 * The closed word lists of the field, each with its Chinese label. Everything that stores, judges or shows
 * one of these words takes it from here.
 */

const keys = <T extends Record<string, unknown>>(record: T) =>
  Object.keys(record) as [Extract<keyof T, string>, ...Extract<keyof T, string>[]];

/** The six kinds of money a station may be paid from (资金来源). */
export const SOURCE_LABELS = {
  provincial_subsidy: '省级奖补',
  welfare_lottery: '福彩公益金',
  social_relief: '困难群众救助补助',
  charity: '慈善/社会资金',
  local_budget: '本级财政',
  department_purchase: '其他部门购买服务',
} as const;
export type SourceType = keyof typeof SOURCE_LABELS;
export const SOURCE_TYPES = keys(SOURCE_LABELS);

/** The level of government that the money comes from (资金级次). */
export const LEVEL_LABELS = {
  central: '中央',
  provincial: '省级',
  prefecture: '市（州）级',
  county: '县级',
  township: '乡镇级',
} as const;
export type Level = keyof typeof LEVEL_LABELS;
export const LEVELS = keys(LEVEL_LABELS);

/** Kinds of organisation. The four station tiers are the last four before provider. */
export const ORGANISATION_LABELS = {
  bureau_provincial: '省民政厅',
  bureau_prefecture: '市（州）民政局',
  bureau_county: '县（市、区）民政局',
  township: '乡镇（街道）',
  station_prefecture: '市州社工支持中心',
  station_county: '县社工总站',
  station_township: '乡镇（街道）社工站',
  station_village: '村（社区）社工室',
  provider: '承接机构',
  donor: '捐赠方',
} as const;
export type OrganisationKind = keyof typeof ORGANISATION_LABELS;
export const ORGANISATION_KINDS = keys(ORGANISATION_LABELS);

/** Whom a line's money helps (受益群体), with the lottery purpose that each group answers to. */
export const BENEFICIARY_GROUPS = {
  elderly: { label: '老年人', purpose: 'elderly' },
  disabled: { label: '残疾人', purpose: 'disabled' },
  children_in_need: { label: '孤儿及困境儿童', purpose: 'orphans' },
  left_behind_children: { label: '农村留守儿童', purpose: 'orphans' },
  subsistence_allowance: { label: '低保对象', purpose: 'needy' },
  extreme_poverty: { label: '特困人员', purpose: 'needy' },
  temporary_relief: { label: '临时救助对象', purpose: 'needy' },
  near_subsistence: { label: '低保边缘家庭', purpose: 'needy' },
  expenditure_poverty: { label: '支出型困难家庭', purpose: 'needy' },
  vagrants: { label: '流浪乞讨人员', purpose: 'needy' },
  other_public_welfare: { label: '其他社会公益', purpose: 'other_public_welfare' },
  students: { label: '在校学生', purpose: null },
  general_public: { label: '一般居民', purpose: null },
  staff: { label: '工作人员', purpose: null },
} as const;
export type BeneficiaryGroup = keyof typeof BENEFICIARY_GROUPS;
export const BENEFICIARY_GROUP_CODES = keys(BENEFICIARY_GROUPS);

/** The issuing purposes of the welfare lottery (发行宗旨), plus the fifth that real announcements carry. */
export const PURPOSE_LABELS = {
  elderly: '扶老',
  disabled: '助残',
  orphans: '救孤',
  needy: '济困',
  other_public_welfare: '其他社会公益',
} as const;
export type Purpose = keyof typeof PURPOSE_LABELS;
export const PURPOSES = keys(PURPOSE_LABELS);

/** What is bought (服务项目). `relief_*` are the closed catalogue of YN-10 (5) and YN-11 (7). */
export const SERVICE_ITEMS = {
  relief_household_screening: { label: '对象排查', catalogue: 'relief_transactional' },
  relief_means_investigation: { label: '家计调查', catalogue: 'relief_transactional' },
  relief_training: { label: '业务培训', catalogue: 'relief_transactional' },
  relief_publicity: { label: '政策宣传', catalogue: 'relief_transactional' },
  relief_performance_review: { label: '绩效评价', catalogue: 'relief_transactional' },
  relief_care: { label: '照料护理', catalogue: 'relief_service' },
  relief_rehabilitation: { label: '康复训练', catalogue: 'relief_service' },
  relief_medical_escort: { label: '送医陪护', catalogue: 'relief_service' },
  relief_social_inclusion: { label: '社会融入', catalogue: 'relief_service' },
  relief_capacity_building: { label: '能力提升', catalogue: 'relief_service' },
  relief_counselling: { label: '心理疏导', catalogue: 'relief_service' },
  relief_resource_linking: { label: '资源链接', catalogue: 'relief_service' },
  station_service: { label: '社工站综合服务', catalogue: 'general' },
  elderly_service: { label: '为老服务', catalogue: 'general' },
  child_service: { label: '儿童关爱服务', catalogue: 'general' },
  disability_service: { label: '助残服务', catalogue: 'general' },
  community_governance: { label: '社区治理服务', catalogue: 'general' },
  supervision: { label: '督导服务', catalogue: 'general' },
  staff_training: { label: '社工人才培训', catalogue: 'general' },
  direct_assistance: { label: '困难群众直接救助', catalogue: 'direct' },
  subsidy: { label: '补贴资助', catalogue: 'direct' },
  equipment: { label: '设备购置', catalogue: 'goods' },
  premises: { label: '场所布置与修缮', catalogue: 'goods' },
  construction: { label: '设施建设', catalogue: 'goods' },
  office_running: { label: '办公运转', catalogue: 'running' },
  wages: { label: '人员工资', catalogue: 'running' },
  personal_reward: { label: '个人奖励', catalogue: 'running' },
  official_hospitality: { label: '公务接待、因公出国（境）与公务用车', catalogue: 'running' },
  other: { label: '其他', catalogue: 'other' },
} as const;
export type ServiceItem = keyof typeof SERVICE_ITEMS;
export const SERVICE_ITEM_CODES = keys(SERVICE_ITEMS);

/** Who ends up using what the money bought (最终使用方). */
export const END_USER_LABELS = {
  beneficiary: '服务对象',
  station: '社工站',
  provider: '承接机构',
  bureau: '行政机关',
} as const;
export type EndUser = keyof typeof END_USER_LABELS;
export const END_USERS = keys(END_USER_LABELS);

/** Who is paid (收款人类型). */
export const PAYEE_LABELS = {
  provider: '承接机构',
  supplier: '供应商',
  institution: '事业单位或公益机构',
  individual: '个人',
} as const;
export type PayeeType = keyof typeof PAYEE_LABELS;
export const PAYEE_TYPES = keys(PAYEE_LABELS);

/** What a provider is, as far as the rules ask. */
export const PROVIDER_KIND_LABELS = {
  social_organisation: '社会组织',
  company: '企业',
  labour_dispatch: '劳务派遣/人力资源公司',
  institution: '事业单位',
} as const;
export type ProviderKind = keyof typeof PROVIDER_KIND_LABELS;
export const PROVIDER_KINDS = keys(PROVIDER_KIND_LABELS);

/** Documents that show that a duty was done (凭证与证据). */
export const EVIDENCE_LABELS = {
  budget_approval: '预算批复',
  procurement_record: '采购文件',
  signed_contract: '已签合同',
  supervision_record: '项目监管记录',
  performance_targets: '绩效目标表',
  budget_assurance: '各年预算保障证明',
  interim_evaluation: '中期评估报告',
  third_party_evaluation: '第三方评估报告',
  acceptance: '验收单',
  asset_card: '资产卡片',
  lottery_sign_photo: '“彩票公益金资助”标识照片',
  beneficiary_roster: '受益人名册',
  staff_roster: '人员名册',
  service_record: '服务记录',
  approval_document: '批准文件',
  donor_consent: '捐赠人同意书',
  agreement: '协议',
  invoice: '发票',
  arrival_voucher: '到账凭证',
  supervision_evaluation: '督导评估记录',
  cost_allocation: '成本分摊表',
  other: '其他材料',
} as const;
export type EvidenceKind = keyof typeof EVIDENCE_LABELS;
export const EVIDENCE_KINDS = keys(EVIDENCE_LABELS);

/** How a contract is priced (计价方式). */
export const PRICING_LABELS = { by_service: '按服务计价', lump_sum: '总价', by_head: '按人头计价' } as const;
export type Pricing = keyof typeof PRICING_LABELS;
export const PRICINGS = keys(PRICING_LABELS);

/** The state of a declared expenditure base of relief money (支出基数的口径). */
export const BASE_BASIS_LABELS = { estimate: '预计', projection: '年中投影', final: '决算' } as const;
export type BaseBasis = keyof typeof BASE_BASIS_LABELS;
export const BASE_BASES = keys(BASE_BASIS_LABELS);

/** Whose money relief spending is made of (YN-24 三级配套, and the county's own). */
export const BASE_LEVELS = [
  'central',
  'provincial',
  'prefecture',
  'county',
] as const satisfies readonly Level[];
export type BaseLevel = (typeof BASE_LEVELS)[number];

/** Grades of an evaluation (评估等级). */
export const GRADE_LABELS = { excellent: '优秀', good: '良好', pass: '合格', fail: '不合格' } as const;
export type Grade = keyof typeof GRADE_LABELS;
export const GRADES = keys(GRADE_LABELS);
