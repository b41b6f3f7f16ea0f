import type { ComponentChildren } from 'preact';
import { economicCodeName } from '../../../core/economic-codes.js';
import { formatYuan } from '../../../core/money.js';
import {
  BENEFICIARY_GROUPS,
  END_USER_LABELS,
  EVIDENCE_LABELS,
  LEVEL_LABELS,
  ORGANISATION_LABELS,
  PAYEE_LABELS,
  PRICING_LABELS,
  PROVIDER_KIND_LABELS,
  SERVICE_ITEMS,
  SOURCE_LABELS,
} from '../../../core/vocabulary.js';
import { type Facts as CaseFacts, reviveFacts, type Stage } from '../../../policy/index.js';
import { Amount } from '../../components/amount.js';
import { Facts } from '../../components/notice.js';
import { usePage } from '../../context.js';
import { placeOfBooks } from '../../places.js';
import { PageLink } from './links.js';

const STAGES: Readonly<Record<Stage, string>> = {
  allotment: '下达',
  contract: '签订合同',
  submission: '提交报账',
  payment: '审批或支付',
  provider_report: '承接机构使用明细',
};
const COVERAGES = { all: '全部在名册内', some: '部分在名册内', none: '不在名册内' } as const;

/** Not known is said as such: it is never the same as no. */
const known = <Value,>(value: Value | null, show: (value: Value) => ComponentChildren): ComponentChildren =>
  value === null ? '未知' : show(value);
const yesNo = (value: boolean | null) => known(value, (is) => (is ? '是' : '否'));
const list = (labels: readonly string[], empty: string) => (labels.length > 0 ? labels.join('、') : empty);
const Fen = ({ of }: { of: bigint }) => <Amount yuan={formatYuan(of)} />;

/** What a decision was made on, as the log has it, in words of the field. */
export function CaseFactsView({ recorded, bookId }: { recorded: unknown; bookId: string }) {
  const facts = reviveFacts(recorded);
  const book = usePage().visitor?.book;
  const placeOf = placeOfBooks(book ? [book] : []);
  return (
    <>
      <Facts
        items={[
          ['判断环节', STAGES[facts.stage]],
          ['业务日期', facts.businessDate],
          ['地区', placeOf(facts.divisionCode)],
          ['收款人', facts.payee ? payeeText(facts.payee) : null],
          [
            '适用的例外批准',
            facts.waivers.map(({ clause, documentNo }) => `${clause} ${documentNo}`).join('；'),
          ],
        ]}
      />
      {Object.values(facts.funds).map((fund) => (
        <FundFactsView key={fund.fundId} fund={fund} bookId={bookId} />
      ))}
      {facts.contract ? <ContractFactsView contract={facts.contract} bookId={bookId} /> : null}
      {facts.lines.map((line, index) => (
        <LineFactsView key={line.lineId} line={line} index={index} facts={facts} />
      ))}
      {facts.allotment ? <AllotmentFactsView allotment={facts.allotment} /> : null}
    </>
  );
}

function payeeText({ type, providerKind, blacklistings, hasUnsettledExit }: NonNullable<CaseFacts['payee']>) {
  return [
    PAYEE_LABELS[type],
    ...(providerKind === null ? [] : [PROVIDER_KIND_LABELS[providerKind]]),
    ...blacklistings.map(({ documentNo, from }) => `黑名单 ${documentNo}（${from} 起）`),
    ...(hasUnsettledExit ? ['退出后尚未结清'] : []),
  ].join('，');
}

function FundFactsView({ fund, bookId }: { fund: CaseFacts['funds'][string]; bookId: string }) {
  const { reliefCap: cap, charity } = fund;
  return (
    <>
      <h3>
        资金：
        <PageLink pattern="/books/:bookId/funds/:id" of={{ bookId, id: fund.fundId }}>
          {fund.documentNo}
        </PageLink>
      </h3>
      <Facts
        items={[
          ['来源', `${SOURCE_LABELS[fund.type]}，${LEVEL_LABELS[fund.level]}，${fund.year} 年`],
          ['发文日期', fund.documentDate],
          ['项目', fund.programme],
          ['指标单位', ORGANISATION_LABELS[fund.holderKind]],
          ['申报站点', fund.declaredStationIds === null ? null : `${fund.declaredStationIds.length} 个`],
          ['申报已确认', fund.type === 'provincial_subsidy' ? yesNo(fund.declarationConfirmed) : null],
          ['由结余计提', fund.fromSurplus ? '是' : null],
          ['社会救助工作经费', fund.isReliefWorkFund ? '是（不计入 5%）' : null],
          ['预算项目编码', fund.budgetCode],
        ]}
      />
      {cap ? (
        <Facts
          items={[
            [`${cap.year} 年支出基数`, known(cap.base, ({ amountFen }) => <Fen of={amountFen} />)],
            ['基数依据', cap.base?.documentNo],
            ['本次之前已支付的购买服务', <Fen key="paid" of={cap.paidFen} />],
            ['本次之前已占用的购买服务', <Fen key="committed" of={cap.committedFen} />],
            ['本次新增', <Fen key="adds" of={cap.addsFen} />],
          ]}
        />
      ) : null}
      {charity ? (
        <Facts
          items={[
            ['捐赠协议', charity.agreementNo],
            ['募捐备案', charity.filingNo],
            ['约定期限', `${charity.from} 至 ${charity.until}`],
            [
              '约定用途',
              list(
                charity.serviceItems.map((item) => SERVICE_ITEMS[item].label),
                '未限定',
              ),
            ],
            ['募捐组织有公开募捐资格', yesNo(charity.raisedByQualified)],
            [
              '同意书',
              list(
                charity.consents.map(({ from }) => `${from} 起`),
                '',
              ),
            ],
          ]}
        />
      ) : null}
    </>
  );
}

function ContractFactsView({
  contract,
  bookId,
}: {
  contract: NonNullable<CaseFacts['contract']>;
  bookId: string;
}) {
  const evidence = contract.evidence.map(({ kind, date }) => `${EVIDENCE_LABELS[kind]}（${date}）`);
  return (
    <>
      <h3>
        <PageLink pattern="/books/:bookId/contracts/:id" of={{ bookId, id: contract.contractId }}>
          合同
        </PageLink>
      </h3>
      <Facts
        items={[
          ['签订日期', contract.signedDate],
          ['期限', `${contract.startDate} 至 ${contract.endDate}`],
          ['购买方', ORGANISATION_LABELS[contract.buyerKind]],
          ['合同金额', <Fen key="amount" of={contract.amountFen} />],
          ['本次之前已支付', <Fen key="paid" of={contract.paidFen} />],
          ['计价方式', known(contract.pricing, (pricing) => PRICING_LABELS[pricing])],
          ['材料', list(evidence, '没有登记')],
          [
            '评估',
            list(
              contract.evaluations.map(
                ({ executionYear, date }) => `第 ${executionYear} 执行年度（${date}）`,
              ),
              '没有登记',
            ),
          ],
        ]}
      />
    </>
  );
}

function LineFactsView({
  line,
  index,
  facts,
}: {
  line: CaseFacts['lines'][number];
  index: number;
  facts: CaseFacts;
}) {
  const groups = known(line.beneficiaryGroups, (codes) =>
    list(
      codes.map((code) => BENEFICIARY_GROUPS[code].label),
      '无特定群体',
    ),
  );
  return (
    <>
      <h3>第 {index + 1} 行</h3>
      <Facts
        items={[
          ['金额', <Fen key="amount" of={line.amountFen} />],
          ['资金', facts.funds[line.fundId]?.documentNo],
          ['支出经济分类', known(line.economicCode, (code) => `${code} ${economicCodeName(code) ?? ''}`)],
          ['服务项目', known(line.serviceItem, (item) => SERVICE_ITEMS[item].label)],
          ['受益群体', groups],
          ['最终使用方', known(line.endUser, (user) => END_USER_LABELS[user])],
          ['名册覆盖', known(line.rosterCoverage, (coverage) => COVERAGES[coverage])],
          [
            '服务站点',
            line.stationId === null ? '未指定' : known(line.stationKind, (kind) => ORGANISATION_LABELS[kind]),
          ],
          ['站点在申报名单内', line.stationId === null ? null : yesNo(line.stationIsDeclared)],
          [
            '附件种类',
            list(
              line.evidence.map((kind) => EVIDENCE_LABELS[kind]),
              '没有',
            ),
          ],
          ['摘要中的提示词', line.matchedTerms.join('、')],
        ]}
      />
    </>
  );
}

function AllotmentFactsView({ allotment }: { allotment: NonNullable<CaseFacts['allotment']> }) {
  return (
    <>
      <h3>分配</h3>
      <Facts
        items={[
          ['文件所列合计', known(allotment.documentTotalFen, (fen) => <Fen of={fen} />)],
          ['文件所列单位数', known(allotment.documentRecipients, String)],
          ['实际分配单位数', String(allotment.recipients.length)],
        ]}
      />
      <ul>
        {allotment.recipients.map(({ organisationKind, amountFen, partsFen }, index) => (
          <li key={index}>
            {ORGANISATION_LABELS[organisationKind]} <Fen of={amountFen} />
            {partsFen.length > 0 ? `（再分给 ${partsFen.length} 个单位）` : ''}
          </li>
        ))}
      </ul>
    </>
  );
}
