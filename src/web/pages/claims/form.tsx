import type { ComponentChildren } from 'preact';
import type { SpendingPreview } from '../../../claims/index.js';
import { formatYuan } from '../../../core/money.js';
import { PAYEE_LABELS } from '../../../core/vocabulary.js';
import { Amount } from '../../components/amount.js';
import { OutcomeBadge } from '../../components/decision.js';
import { CheckField, choicesOf, HiddenField, SelectField, TextField } from '../../components/field.js';
import { Button, Form } from '../../components/form.js';
import { Notice } from '../../components/notice.js';
import { usePage } from '../../context.js';
import { compact, rowsAt, type Tree } from '../../tree.js';
import { type ClaimChoices, contractLabel, fundGroups } from './choices.js';
import { textAt, type Values } from './form-values.js';
import { Lines } from './line.js';
import { comesTo, decisionShown, Panel } from './panel.js';
import { totalsOf } from './totals.js';
import { objectionsOf, type WayPlace } from './way-button.js';
import { FIELD_LABELS } from './words.js';

const label = (name: string) => FIELD_LABELS[name] as string;
const WITHIN = 'claim-work';
const NAME = 'claim';

/**
 * A claim to fill in, in the order people know: what for, lines with invoices and documents, whom to pay; beside it (on
 * a telephone below) what the rules say.
 */
export function ClaimForm({
  values,
  choices,
  version,
  explained = null,
  claimId,
  isToldAbove = false,
}: {
  values: Values;
  choices: ClaimChoices;
  /** Of the draft that is edited: the version that its form was opened with. */
  version?: number;
  explained?: SpendingPreview | null;
  claimId?: string;
  /** What is said of the draft stands above the form already. */
  isToldAbove?: boolean;
}) {
  const page = usePage();
  const said = page.said?.form === NAME ? page.said : null;
  const typed = compact(said ? said.typed : values);
  // Pressing again must not do what was just refused: the version stays the one that the form was opened with.
  const based = textAt(typed, '_version') || (version === undefined ? '' : String(version));
  const shown = decisionShown(said, explained);
  const isStale = said?.problem?.code === 'stale_version';
  return (
    <div id={WITHIN} class="claim-work">
      <Form
        name={NAME}
        values={values}
        hasFiles
        className="claim-form"
        region={WITHIN}
        enter="preview"
        objections={objectionsOf(shown)}
        {...(based ? { version: Number(based) } : {})}
      >
        <HiddenField name="_unfinished" />
        <HiddenField name="_unfinishedVersion" />
        {isStale && version !== undefined ? (
          <Stale latest={version} isOfKept={said.action === 'keepAgain'} />
        ) : null}
        {isStale && version === undefined ? <Stale isOfKept /> : null}
        <Basics choices={choices} typed={typed} />
        <Lines choices={{ funds: fundGroups(choices, page), stations: choices.stations }} />
        <Payee choices={choices} typed={typed} />
        <Bar typed={typed} outcome={comesTo(shown)}>
          <Button action="preview" isInPlace lookAt="preview">
            预检
          </Button>
          <Button
            action={
              textAt(typed, '_unfinished') && !(isStale && said.action === 'keepAgain') ? 'keepAgain' : 'keep'
            }
          >
            暂存
          </Button>
          <Button action="save">保存草稿</Button>
          <Button action="submit" look="main">
            提交
          </Button>
        </Bar>
      </Form>
      <Panel
        form={NAME}
        within={WITHIN}
        typed={typed}
        choices={choices}
        explained={isToldAbove ? null : explained}
        waiver={waiverOf(choices, typed, claimId)}
        rows={rowsAt(said ? said.typed : values, 'lines').length}
      />
    </div>
  );
}

/** What an exception for this claim would be asked for: the claim once it is saved, until then its one fund. */
export function waiverOf({ units }: ClaimChoices, typed: Tree, claimId?: string): WayPlace['waiver'] {
  if (!units.some(({ kind }) => kind !== 'provider')) return null;
  if (claimId) return { claimId };
  const funds = new Set(rowsAt(typed, 'lines').map((line) => textAt(line, 'fundId')));
  const [fundId] = funds;
  return fundId && funds.size === 1 ? { fundId } : {};
}

function Stale({ latest, isOfKept }: { latest?: number; isOfKept: boolean }) {
  return isOfKept ? (
    <Notice tone="warning" title="这份暂存在别的窗口改过">
      <p>您刚才填写的内容都在下面。再点“暂存”，会另存一份，两份都在。</p>
    </Notice>
  ) : (
    <Notice tone="warning" title="这张报账单在您打开之后又被保存过（可能在另一个窗口）">
      <p>您刚才填写的内容都在下面，没有丢失。可以先“暂存”再去看最新内容；确认以本页为准的，点：</p>
      <HiddenField name="_latest" value={String(latest)} />
      <Button action="overwrite" look="danger">
        用本页内容覆盖
      </Button>
    </Notice>
  );
}

function Basics({ choices, typed }: { choices: ClaimChoices; typed: Tree }) {
  const { units, contracts } = choices;
  const contractId = textAt(typed, 'contractId');
  return (
    <section class="card" aria-labelledby="claim-basics">
      <header class="card-head">
        <h2 id="claim-basics">基本信息</h2>
      </header>
      <div class="grid">
        <TextField name="title" label={label('title')} hint="例如：7 月为老服务活动费" isRequired isWide />
        <SelectField
          name="organisationId"
          label={label('organisationId')}
          choices={units.map(({ id, name }) => [id, name])}
          empty={units.length === 1 ? null : '请选择'}
          isRequired
        />
        <TextField
          name="businessDate"
          label={label('businessDate')}
          type="date"
          hint="实际发生的日期，决定适用哪些规定"
          isTried
          isRequired
        />
        {contracts.length > 0 ? (
          <>
            <SelectField
              name="contractId"
              label={label('contractId')}
              choices={contracts.map((contract) => [contract.id, contractLabel(contract)])}
              empty="不按合同支付"
              hint="购买服务的付款要选合同，收款人就是承接机构"
              isTried
            />
            <CheckField name="isFinalPayment" label="这是合同的尾款" />
          </>
        ) : contractId ? (
          <HiddenField name="contractId" />
        ) : null}
      </div>
    </section>
  );
}

function Payee({ choices, typed }: { choices: ClaimChoices; typed: Tree }) {
  const contract = choices.contracts.find(({ id }) => id === textAt(typed, 'contractId'));
  return (
    <section class="card" aria-labelledby="claim-payee">
      <header class="card-head">
        <h2 id="claim-payee">收款人</h2>
      </header>
      {contract ? (
        <p>
          按合同付给承接机构：<strong>{contract.providerName}</strong>。不必填写。
          <HiddenField name="payeeType" value="provider" />
        </p>
      ) : (
        <div class="grid">
          <SelectField
            name="payeeType"
            label={label('payeeType')}
            choices={choicesOf(PAYEE_LABELS)}
            isRequired
          />
          {choices.providers.length > 0 ? (
            <SelectField
              name="payeeId"
              label={label('payeeId')}
              choices={choices.providers}
              empty="没有登记，自己填写"
              hint="选了就不必再写名称"
            />
          ) : null}
          <TextField
            name="payeeName"
            label={label('payeeName')}
            hint="与发票销售方、收款账户的户名一致"
            isRequired
          />
        </div>
      )}
    </section>
  );
}

/** Stays in sight on a telephone: the sum, and what can be done now. */
export function Bar({
  typed,
  outcome = null,
  children,
}: {
  typed: Tree;
  outcome?: string | null;
  children: ComponentChildren;
}) {
  return (
    <div class="claim-bar">
      <output id="claim-sum" class="claim-sum">
        合计 <Amount yuan={formatYuan(totalsOf(typed).totalFen)} />
        {outcome ? ' ' : null}
        {outcome ? (
          <a href="#preview">
            <OutcomeBadge outcome={outcome} />
          </a>
        ) : null}
      </output>
      <div class="buttons">{children}</div>
    </div>
  );
}
