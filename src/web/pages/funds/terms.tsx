import type { VNode } from 'preact';
import { PURPOSE_LABELS, type SourceType } from '../../../core/vocabulary.js';
import type { FundTerms } from '../../../ledger/index.js';
import { BENEFICIARY_CHOICES, SERVICE_ITEM_CHOICES } from '../../choices.js';
import {
  CheckField,
  CheckList,
  type Choice,
  choicesOf,
  SelectField,
  TextField,
} from '../../components/field.js';
import { Group } from '../../components/form.js';
import { placesText } from '../../places.js';
import type { Tree } from '../../tree.js';

const KNOWN: readonly Choice[] = [
  ['true', '是'],
  ['false', '否'],
];

/** Choices that the terms of some types need. */
export interface TermChoices {
  readonly stations: readonly Choice[];
  readonly donors: readonly Choice[];
}

/** The fields that only this type of source has. */
export function TermFields({ type, stations, donors }: { type: SourceType } & TermChoices) {
  return <Group name="terms">{FIELDS[type]({ stations, donors })}</Group>;
}

const FIELDS: Readonly<Record<SourceType, (choices: TermChoices) => VNode>> = {
  provincial_subsidy: ({ stations }) => (
    <>
      <CheckList
        name="declaredStationIds"
        label="申报名单中的站点"
        choices={stations}
        hint="文件附有名单才勾选；都不勾选表示没有登记名单，支出时需要人工核对"
        isWide
      />
      <SelectField
        name="declarationConfirmed"
        label="已经县申报、市审核、省确认"
        choices={KNOWN}
        empty="尚不清楚"
      />
    </>
  ),
  welfare_lottery: () => (
    <>
      <CheckList
        name="namedPurposes"
        label="文件列明的用途"
        choices={choicesOf(PURPOSE_LABELS)}
        none="文件没有列明"
        isRequired
        isWide
      />
      <TextField name="announcementDue" label="使用情况公告截止日" type="date" />
    </>
  ),
  social_relief: () => (
    <>
      <CheckField name="isWorkFund" label="属于社会救助工作经费（不计入 5% 上限）" />
      <CheckField name="fromSurplus" label="由结余计提" />
      <TextField
        name="capDocumentNo"
        label="本地上限文件文号"
        hint="规定购买服务比例的本地文件，没有可不填"
      />
    </>
  ),
  charity: ({ donors }) => (
    <>
      <SelectField
        name="form"
        label="捐赠形式"
        choices={[
          ['cash', '货币'],
          ['in_kind', '实物或服务（只登记估值）'],
        ]}
        isRequired
      />
      <SelectField name="donorId" label="捐赠方" choices={donors} empty="未登记" />
      <TextField name="agreementNo" label="捐赠协议" hint="例如：捐赠协议2022-01" />
      <TextField name="filingNo" label="募捐方案备案号" />
      <CheckField name="isPublicRaising" label="向公众募集" />
      <SelectField name="raisedByQualified" label="募集方具有公开募捐资格" choices={KNOWN} empty="尚不清楚" />
      <CheckList
        name="serviceItems"
        label="约定的服务项目"
        choices={SERVICE_ITEM_CHOICES}
        none="没有"
        isRequired
        isWide
      />
      <CheckList
        name="beneficiaryGroups"
        label="约定的受益群体"
        choices={BENEFICIARY_CHOICES}
        none="没有"
        isRequired
        isWide
      />
      <TextField
        name="areas"
        label="约定的地区"
        hint="行政区划代码或其前几位，多个用逗号分开，例如：530702, 5307"
        isRequired
      />
      <TextField name="from" label="约定期限第一天" type="date" isRequired />
      <TextField name="until" label="约定期限最后一天" type="date" isRequired />
    </>
  ),
  local_budget: () => <TextField name="budgetCode" label="预算项目编码" hint="例如：2022-SW-001" />,
  department_purchase: () => (
    <>
      <TextField name="department" label="委托部门" hint="例如：共青团县委" isRequired />
      <TextField name="agreementNo" label="委托协议" hint="例如：委托协议2022-3" />
      <TextField name="from" label="期限第一天" type="date" isRequired />
      <TextField name="until" label="期限最后一天" type="date" isRequired />
    </>
  ),
};

/** "530702, 5307" in the field `areas` as the list that the API takes. */
export function withAreas(tree: Tree): Tree {
  const { areas } = tree;
  return typeof areas === 'string' ? { ...tree, areas: areas.split(/[,，、\s]+/).filter(Boolean) } : tree;
}

const yesNo = (value: boolean | null) => (value === null ? '尚不清楚' : value ? '是' : '否');
const list = (codes: readonly string[], choices: readonly Choice[]) =>
  choices
    .filter(([code]) => codes.includes(code))
    .map(([, label]) => label)
    .join('、') || '无';

/** The terms of a fund as names and values. */
export function termFacts(terms: FundTerms): [string, string | null][] {
  switch (terms.type) {
    case 'provincial_subsidy':
      return [
        [
          '申报名单',
          terms.declaredStationIds === null ? '没有登记' : `${terms.declaredStationIds.length} 个站点`,
        ],
        ['县申报、市审核、省确认', yesNo(terms.declarationConfirmed)],
      ];
    case 'welfare_lottery':
      return [
        ['文件列明的用途', list(terms.namedPurposes, choicesOf(PURPOSE_LABELS))],
        ['公告截止日', terms.announcementDue],
      ];
    case 'social_relief':
      return [
        ['社会救助工作经费', yesNo(terms.isWorkFund)],
        ['由结余计提', yesNo(terms.fromSurplus)],
        ['本地上限文件', terms.capDocumentNo],
      ];
    case 'charity':
      return [
        ['捐赠形式', terms.form === 'cash' ? '货币' : '实物或服务'],
        ['捐赠协议', terms.agreementNo],
        ['募捐方案备案号', terms.filingNo],
        ['向公众募集', yesNo(terms.isPublicRaising)],
        ['公开募捐资格', yesNo(terms.raisedByQualified)],
        ['服务项目', list(terms.serviceItems, SERVICE_ITEM_CHOICES)],
        ['受益群体', list(terms.beneficiaryGroups, BENEFICIARY_CHOICES)],
        ['地区', terms.areas.length > 0 ? placesText(terms.areas) : '无'],
        ['期限', `${terms.from} 至 ${terms.until}`],
      ];
    case 'local_budget':
      return [['预算项目编码', terms.budgetCode]];
    case 'department_purchase':
      return [
        ['委托部门', terms.department],
        ['委托协议', terms.agreementNo],
        ['期限', `${terms.from} 至 ${terms.until}`],
      ];
  }
}
