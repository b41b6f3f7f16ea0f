import type { ScopeKind } from '../../../evidence/index.js';
import type { ChoiceGroup } from '../../choices.js';
import { HiddenField, SelectField, TextArea, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Empty } from '../../components/notice.js';
import { PageLink } from './links.js';

const CONTENTS: Readonly<Record<ScopeKind, string>> = {
  book: '本账套的全部日志、分录、余额、裁定、附件清单和工作底稿。',
  fund: '一笔资金从下达文号到支付的全部记录；其余日志只留哈希，仍可核验。',
  project: '一份合同及其报账、支付、材料的全部记录；其余日志只留哈希，仍可核验。',
  claim: '一张报账单及其裁定、附件、支付的全部记录；其余日志只留哈希，仍可核验。',
  period: '业务日期在这段时间内的全部记录；其余日志只留哈希，仍可核验。',
};

/** The form of an export: what of the book, with or without personal data, for whom. */
export function ExportForm({
  scope,
  choices,
  claim,
  canExportClear,
  bookId,
}: {
  scope: ScopeKind;
  choices: readonly ChoiceGroup[];
  claim: { readonly id: string; readonly title: string } | null;
  canExportClear: boolean;
  bookId: string;
}) {
  if (scope === 'claim' && claim === null)
    return (
      <Empty>
        请先打开要取证的{' '}
        <PageLink pattern="/books/:bookId/claims" of={{ bookId }}>
          报账单
        </PageLink>
        ，从它的页面进入“导出证据”。
      </Empty>
    );
  if ((scope === 'fund' || scope === 'project') && choices.length === 0)
    return (
      <Empty>{scope === 'fund' ? '本账套还没有登记资金。' : '本账套还没有合同。'}请改选其他范围。</Empty>
    );
  const values = { input: { kind: scope, id: claim?.id ?? '', isRedacted: 'true' } };
  return (
    <>
      <p class="hint">{CONTENTS[scope]}</p>
      <Form name="package" values={values}>
        <HiddenField name="input.kind" value={scope} />
        {claim ? (
          <>
            <HiddenField name="input.id" value={claim.id} />
            <p class="full">报账单：{claim.title}</p>
          </>
        ) : null}
        {scope === 'fund' || scope === 'project' ? (
          <SelectField
            name="input.id"
            label={scope === 'fund' ? '资金（文号）' : '合同'}
            choices={choices}
            isRequired
            isWide
          />
        ) : null}
        {scope === 'period' ? (
          <>
            <TextField name="input.from" label="起始日期" type="date" isRequired />
            <TextField name="input.until" label="截止日期" type="date" isRequired />
          </>
        ) : null}
        {canExportClear ? (
          <>
            <SelectField
              name="input.isRedacted"
              label="个人信息"
              empty={null}
              choices={[
                ['true', '脱敏：姓名、说明文字和附件只留承诺值'],
                ['false', '不脱敏：含个人信息和附件原件'],
              ]}
              hint="不脱敏的，须写明接收单位和理由，并记入日志。"
            />
            <TextField name="input.recipient" label="接收单位" hint="例如：泸州市审计局。不脱敏时必填" />
            <TextArea
              name="input.reason"
              label="理由"
              hint="例如：专项审计，审计通知书〔2026〕12号。不脱敏时必填"
              rows={2}
              isWide
            />
          </>
        ) : (
          <>
            <HiddenField name="input.isRedacted" value="true" />
            <TextField name="input.recipient" label="接收单位" hint="可不填。例如：泸州市审计局" />
            <p class="hint full">
              个人信息、说明文字和附件只留承诺值。需要未脱敏的，由审计或系统管理岗导出并写明理由。
            </p>
          </>
        )}
        <Buttons>
          <Button action="package" look="main">
            导出证据包
          </Button>
          <Button action="tables">只导出工作底稿（Excel）</Button>
        </Buttons>
        <p class="hint full">证据包可离线核验；工作底稿只是其中的表格，不含签名和证明。</p>
      </Form>
    </>
  );
}
