import { CheckList, TextArea, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Badge, Notice, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { usePage } from '../../context.js';
import type { ContractData } from './one-load.js';

/** Signing, by another hand than the maker's, to whom it is said why not. */
export function Signing({ contract: { status, version }, allowed, history }: ContractData) {
  const isReview = history?.decision?.view.outcome === 'review';
  if (status === 'pending' && allowed.isOwn)
    return (
      <Notice tone="info" title="等待另一位财务签订">
        <p>这份合同由您起草。经办与签订须由不同的人办理，请本局另一位财务签订。</p>
      </Notice>
    );
  if (status === 'pending' && allowed.sign)
    return (
      <Section title="签订">
        <Form name="sign" version={version}>
          <p class="hint">签订时按今天的事实再判断一次；通过之后，合同金额从可用转为合同占用。</p>
          <TextArea
            name="note"
            label="复核意见"
            hint={
              isReview
                ? '规则要求人工复核：写明为什么可以签订，例如：已核对文号与受益人名册'
                : '规则要求复核时必填'
            }
            isRequired={isReview}
            isWide
          />
          <Buttons>
            <Button action="sign" look="main">
              签订
            </Button>
          </Buttons>
        </Form>
      </Section>
    );
  return null;
}

/** At the end of a contract, by whoever may sign one. */
export function Closing({ contract: { status, version }, allowed }: ContractData) {
  const { today } = usePage();
  if (status !== 'signed' || !allowed.close) return null;
  return (
    <Section title="关闭合同">
      <Form name="close" version={version} values={{ effectiveDate: today }}>
        <p class="hint">
          合同办结或解除后关闭：没有报账的占用回到可用。还有在途报账的不能关闭；关闭之后不能再报账，也不能恢复。
        </p>
        <TextField name="effectiveDate" label="业务日期" type="date" isRequired />
        <Buttons>
          <Button action="close" look="danger">
            关闭合同
          </Button>
        </Buttons>
      </Form>
    </Section>
  );
}

/** The exceptions that it is to pass under; they are chosen until it is signed. */
export function Waivers({ contract, waivers: choices }: ContractData) {
  const { bookId, waivers, version } = contract;
  const { pages } = usePage();
  if (waivers.length === 0 && choices.length === 0) return null;
  const hasPage = pages.has('/books/:bookId/waivers/:id');
  return (
    <Section title="适用的例外批准">
      <DataTable
        caption="合同和它项下的报账凭这些例外批准办理"
        rows={waivers}
        idOf={({ id }) => id}
        empty="没有适用的例外批准。"
        columns={[
          { key: 'clause', label: '条款', value: ({ clause }) => clause },
          {
            key: 'approval',
            label: '批准文号',
            value: ({ documentNo }) => documentNo,
            show: ({ id, documentNo }) =>
              hasPage ? <a href={`/books/${bookId}/waivers/${id}`}>{documentNo}</a> : documentNo,
          },
          { key: 'from', label: '有效期自', kind: 'date', value: ({ from }) => from },
          { key: 'until', label: '有效期至', kind: 'date', value: ({ until }) => until },
          {
            key: 'revoked',
            label: '状态',
            value: ({ isRevoked }) => (isRevoked ? '已撤销' : '有效'),
            show: ({ isRevoked }) =>
              isRevoked ? <Badge tone="danger">已撤销</Badge> : <Badge tone="ok">有效</Badge>,
          },
        ]}
      />
      {choices.length > 0 ? (
        <Form name="waivers" version={version} values={{ waiverIds: waivers.map(({ id }) => id) }}>
          <CheckList
            name="waiverIds"
            label="适用的例外批准（替换上面的）"
            choices={choices}
            none="都不适用"
            isRequired
            isWide
          />
          <Buttons>
            <Button action="waivers">保存</Button>
          </Buttons>
        </Form>
      ) : null}
    </Section>
  );
}
