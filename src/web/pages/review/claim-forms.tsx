import type { ComponentChildren } from 'preact';
import { type ClaimDossier, type ClaimStep, standingPayments } from '../../../claims/index.js';
import { formatYuan, parseYuan, showYuan } from '../../../core/money.js';
import type { WaiverView } from '../../../waivers/index.js';
import { AmountField, CheckList, SelectField, TextArea, TextField } from '../../components/field.js';
import { Button, ButtonForm, Buttons, Form } from '../../components/form.js';
import { Section } from '../../components/notice.js';
import { usePage } from '../../context.js';
import { PAYMENT_LABELS } from './words.js';

/** What is not paid yet of a claim, in yuan. */
export const openAmount = ({ amount, paid }: { amount: string; paid: string }): string =>
  formatYuan(parseYuan(amount) - parseYuan(paid));

/** A form that is folded until it is wanted, or until it has something to say. */
function Folded({ name, title, children }: { name: string; title: string; children: ComponentChildren }) {
  const { said } = usePage();
  return (
    <details class="step" open={said?.form === name}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}

const opinionHint = (outcome: string | null) =>
  outcome === 'review' ? '规则判断为“须人工复核”，须写明为什么可以继续' : '可不填';

/** The steps that the person may take with the claim now; nothing for who may take none. */
export function StepForms({ dossier, waivers }: { dossier: ClaimDossier; waivers: readonly WaiverView[] }) {
  const { claim, steps } = dossier;
  const has = (step: ClaimStep) => steps.includes(step);
  if (steps.length === 0) return null;
  const { version, outcome } = claim;
  const needsNote = outcome === 'review';
  return (
    <Section title="办理" id="steps">
      {has('submit') ? (
        <div class="step">
          <p>提交后由规则判断，占用指标和发票，进入审核；提交后到批准前可以撤回。</p>
          <ButtonForm action="submit" look="main" version={version}>
            提交
          </ButtonForm>
        </div>
      ) : null}
      {has('review') || has('co_sign') ? (
        <Form name="review" version={version} className="form step">
          <TextArea
            name="note"
            label="审核意见"
            hint={opinionHint(outcome)}
            isRequired={needsNote}
            isWide
            rows={2}
          />
          <Buttons>
            {has('review') ? (
              <Button action="review" look="main">
                审核通过
              </Button>
            ) : (
              <Button action="coSign" look="main">
                会签（该单位没有其他审核人员）
              </Button>
            )}
          </Buttons>
        </Form>
      ) : null}
      {has('approve') ? (
        <Form name="approve" version={version} className="form step">
          <TextArea
            name="note"
            label="审批意见"
            hint={opinionHint(outcome)}
            isRequired={needsNote}
            isWide
            rows={2}
          />
          <Buttons>
            <Button action="approve" look="main">
              批准
            </Button>
          </Buttons>
        </Form>
      ) : null}
      {has('pay') ? <PayForm dossier={dossier} /> : null}
      {has('return') ? (
        <Folded name="return" title="退回经办人修改">
          <Form name="return" version={version}>
            <TextArea
              name="note"
              label="退回原因"
              hint="例如：发票抬头有误，请更换"
              isRequired
              isWide
              rows={2}
            />
            <Buttons>
              <Button action="return">退回</Button>
            </Buttons>
          </Form>
        </Folded>
      ) : null}
      {has('reject') ? (
        <Folded name="reject" title="否决（不能再提交）">
          <Form name="reject" version={version}>
            <TextArea name="note" label="否决原因" isRequired isWide rows={2} />
            <Buttons>
              <Button action="reject" look="danger">
                否决
              </Button>
            </Buttons>
          </Form>
        </Folded>
      ) : null}
      {has('withdraw') ? (
        <Folded name="withdraw" title="撤回到草稿">
          <Form name="withdraw" version={version}>
            <TextArea name="note" label="撤回原因" hint="可不填" isWide rows={2} />
            <Buttons>
              <Button action="withdraw">撤回</Button>
            </Buttons>
          </Form>
        </Folded>
      ) : null}
      {has('refund') ? <RefundForm /> : null}
      {has('reverse') ? <ReverseForm dossier={dossier} /> : null}
      {has('close') ? (
        <Folded name="close" title={`办结，余下 ${showYuan(parseYuan(openAmount(claim)))} 元不再支付`}>
          <Form name="close" version={version}>
            <TextArea name="note" label="办结说明" hint="可不填" isWide rows={2} />
            <Buttons>
              <Button action="close">办结</Button>
            </Buttons>
          </Form>
        </Folded>
      ) : null}
      {has('edit') && (waivers.length > 0 || claim.waivers.length > 0) ? (
        <WaiverForm dossier={dossier} waivers={waivers} />
      ) : null}
    </Section>
  );
}

const MoneyFields = () => (
  <>
    <TextField name="voucherNo" label="凭证号" hint="例如：付字2022-001" isRequired />
    <TextField name="effectiveDate" label="业务日期" type="date" isRequired />
  </>
);

function PayForm({ dossier: { claim } }: { dossier: ClaimDossier }) {
  const { today } = usePage();
  return (
    <Form name="pay" values={{ effectiveDate: today }} className="form step">
      <MoneyFields />
      <AmountField
        name="amount"
        label="金额"
        hint={`不填则付清未付的 ${showYuan(parseYuan(openAmount(claim)))} 元`}
      />
      <TextArea
        name="note"
        label="意见"
        hint="批准之后规则又要求人工复核时须填写，平时可不填"
        isWide
        rows={2}
      />
      <Buttons>
        <Button action="pay" look="main">
          支付
        </Button>
      </Buttons>
    </Form>
  );
}

function RefundForm() {
  const { today } = usePage();
  return (
    <Folded name="refund" title="登记收款人退款">
      <Form name="refund" values={{ effectiveDate: today }}>
        <MoneyFields />
        <AmountField name="amount" label="退回金额" isRequired />
        <TextArea name="note" label="说明" hint="例如：重复付款退回" isWide rows={2} />
        <Buttons>
          <Button action="refund">登记退款</Button>
        </Buttons>
      </Form>
    </Folded>
  );
}

function ReverseForm({ dossier: { claim } }: { dossier: ClaimDossier }) {
  const { today } = usePage();
  return (
    <Folded name="reverse" title="冲红一笔付错的支付">
      <Form name="reverse" values={{ effectiveDate: today }}>
        <SelectField
          name="paymentId"
          label="冲红的支付"
          isRequired
          choices={standingPayments(claim).map(({ id, kind, voucherNo, effectiveDate, amount }) => [
            id,
            `${PAYMENT_LABELS[kind]} ${voucherNo}，${effectiveDate}，${showYuan(parseYuan(amount))} 元`,
          ])}
        />
        <TextField name="voucherNo" label="红字凭证号" isRequired />
        <TextField name="effectiveDate" label="业务日期" type="date" isRequired />
        <TextArea name="note" label="说明" hint="例如：收款账号填错" isWide rows={2} />
        <Buttons>
          <Button action="reverse" look="danger">
            冲红
          </Button>
        </Buttons>
      </Form>
    </Folded>
  );
}

function WaiverForm({
  dossier: { claim },
  waivers,
}: {
  dossier: ClaimDossier;
  waivers: readonly WaiverView[];
}) {
  const known = new Map<string, string>([
    ...waivers.map(
      ({ id, documentNo, clause, until }) => [id, `${documentNo}，条款 ${clause}，至 ${until}`] as const,
    ),
    ...claim.waivers.map(
      ({ id, documentNo, clause, until }) => [id, `${documentNo}，条款 ${clause}，至 ${until}`] as const,
    ),
  ]);
  return (
    <Folded name="waivers" title="适用例外批准">
      <Form name="waivers" version={claim.version} values={{ waiverIds: claim.waivers.map(({ id }) => id) }}>
        <CheckList
          name="waiverIds"
          label="本单凭哪些例外批准通过"
          hint="只列已批准、在有效期内、针对本单或本单资金的例外；都不勾选表示不用例外"
          choices={[...known]}
          isWide
        />
        <Buttons>
          <Button action="waivers">保存</Button>
        </Buttons>
      </Form>
    </Folded>
  );
}
