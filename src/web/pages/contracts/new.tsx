import type { ComponentChildren } from 'preact';
import { z } from 'zod';
import type { ContractAnswer } from '../../../contracts/index.js';
import { identifier } from '../../../core/fields.js';
import { PRICING_LABELS } from '../../../core/vocabulary.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { bookFunds, type ChoiceGroup, fundChoices } from '../../choices.js';
import {
  AmountField,
  CheckList,
  type Choice,
  choicesOf,
  FieldSet,
  SelectField,
  TextField,
} from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Notice } from '../../components/notice.js';
import { FIND, FindBox, type Found, PickField } from '../../components/picker.js';
import { definePage, inBook } from '../../page.js';
import { partyChoices, renewableChoices, waiverChoices } from './choices.js';
import { EvidenceRows, LineRows, ScheduleRows } from './new-rows.js';
import { Preview, PreviewButton } from './preview.js';

/** A contract as it is drafted: parties, term, lines by fund, documents; judged as often as one likes before it is kept. */
export const newContractPage = definePage({
  path: '/books/:bookId/contracts/new',
  params: inBook,
  query: z.object({ providerId: identifier('Provider').optional() }),
  title: '起草合同',
  load: async (page) => {
    const { deps, actor, params, visitor, query } = page;
    const { bookId } = params;
    if (!may(actor, 'contract.prepare', await bureauSubject(deps.store.read, bookId)).allowed) return null;
    const book = visitor?.book ?? null;
    return {
      buyerId: book?.bureauId ?? '',
      parties: await partyChoices(page, book ? [book.bureauId, book.bureauName] : null, query.providerId),
      funds: fundChoices(await bookFunds(page, bookId), page),
      renewables: await renewableChoices(page, bookId),
      waivers: await waiverChoices(page, bookId, null),
    };
  },
  view: (data, { params: { bookId }, query: { providerId }, today }) =>
    data === null ? (
      <Notice tone="info" title="您没有起草合同的权限">
        <p>
          合同由本级民政局的财务或经办起草。<a href={`/books/${bookId}/contracts`}>回到合同列表</a>
        </p>
      </Notice>
    ) : (
      <section class="card">
        {data.parties.providers.choices.length === 0 && !data.parties.providers.isSearched ? (
          <Notice tone="warning" title="还没有登记承接机构">
            <p>请系统管理员在“单位”中登记承接机构（统一社会信用代码、类别），再来起草合同。</p>
          </Notice>
        ) : null}
        {data.funds.length === 0 ? (
          <Notice tone="warning" title="还没有资金批次">
            <p>先在“资金批次”登记或收文，合同的每一行都要指明由哪一笔资金支付。</p>
          </Notice>
        ) : null}
        <Form
          name="prepare"
          hasFiles
          enter="preview"
          values={{
            buyerId: data.buyerId,
            providerId: providerId ?? '',
            signedDate: today,
            startDate: today,
            pricing: 'by_service',
          }}
        >
          <Basics {...data} />
          <FieldSet legend="合同明细（按付款的资金分行）">
            {data.parties.stations.isSearched ? (
              <FindBox of="stations" label="查找站点" found={data.parties.stations} />
            ) : null}
            <LineRows funds={data.funds} stations={data.parties.stations.choices} />
          </FieldSet>
          <FieldSet legend="付款计划（可不填；填了合计应等于合同金额）">
            <ScheduleRows />
          </FieldSet>
          <EvidenceRows />
          {data.waivers.length > 0 ? (
            <FieldSet legend="例外批准">
              <CheckList name="waiverIds" label="适用的例外批准" choices={data.waivers} isWide />
            </FieldSet>
          ) : null}
          <Preview />
          <Buttons>
            <PreviewButton />
            <Button action="prepare" look="main">
              起草
            </Button>
            <a class="button plain" href={`/books/${bookId}/contracts`}>
              返回
            </a>
          </Buttons>
          <p class="hint">起草不占用资金；由另一位财务签订之后，合同金额才从可用转为合同占用。</p>
        </Form>
      </section>
    ),
  actions: {
    find: FIND,
    preview: { operation: 'POST /books/:bookId/contracts/preview', isTrial: true, done: 'show' },
    prepare: {
      operation: 'POST /books/:bookId/contracts',
      done: ({ contract, decision }: ContractAnswer) => ({
        to: `/books/${contract.bookId}/contracts/${contract.id}`,
        say:
          decision.outcome === 'review'
            ? `已起草 ${contract.contractNo}。规则要求人工复核，签订人须填写复核意见。`
            : `已起草 ${contract.contractNo}，等待另一位财务签订。`,
        ...(decision.outcome === 'review' ? { tone: 'warning' as const } : {}),
      }),
    },
  },
});

function Basics({
  parties,
  renewables,
}: {
  parties: { providers: Found; buyers: Found };
  renewables: readonly Choice[];
  funds: readonly ChoiceGroup[];
}): ComponentChildren {
  return (
    <>
      <FieldSet legend="合同">
        <TextField name="contractNo" label="合同号" hint="例如：泸县民政购〔2022〕1号" isRequired />
        <TextField name="title" label="名称" hint="例如：2022年社工站政府购买服务" isRequired />
        <PickField of="buyers" name="buyerId" label="购买主体" found={parties.buyers} isRequired />
        <PickField
          of="providers"
          name="providerId"
          label="承接机构"
          found={parties.providers}
          hint="列表里没有的，请系统管理员在“单位”中登记"
          isRequired
        />
        <SelectField name="renewsId" label="续签自" choices={renewables} empty="不是续签" />
        <TextField name="budgetCode" label="预算项目编码" hint="例如：2022-SW-001" />
      </FieldSet>
      <FieldSet legend="期限与计价">
        <TextField name="signedDate" label="签订日期" type="date" isRequired />
        <TextField name="startDate" label="期限第一天" type="date" isRequired />
        <TextField name="endDate" label="期限最后一天" type="date" isRequired />
        <SelectField name="pricing" label="计价方式" choices={choicesOf(PRICING_LABELS)} empty="未写明" />
        <AmountField name="unitLabourCost" label="每岗每年人工成本" hint="价格按人工成本测算才填" />
        <TextField
          name="certifiedWorkersPerStation"
          label="每站持证社工人数"
          type="number"
          hint="合同写明才填"
        />
        <TextField
          name="fulltimeWorkersPerStation"
          label="每站专职社工人数"
          type="number"
          hint="合同写明才填"
        />
      </FieldSet>
    </>
  );
}
