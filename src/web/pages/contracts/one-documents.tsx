import { EVALUATION_LABELS } from '../../../contracts/index.js';
import { EVIDENCE_LABELS, GRADE_LABELS } from '../../../core/vocabulary.js';
import { choicesOf, SelectField, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Badge, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { usePage } from '../../context.js';
import { EvidenceFields } from './new-rows.js';
import type { ContractData } from './one-load.js';

/** The documents of the procedure with their files, and a form that adds one. */
export function ContractDocuments({ contract: { bookId, evidence, status }, files, allowed }: ContractData) {
  const { today } = usePage();
  return (
    <Section title="程序材料">
      <DataTable
        caption="预算、采购、合同、监管、支付各环节的材料"
        rows={evidence}
        idOf={({ kind, date, documentNo, attachmentId }) => `${kind} ${date} ${documentNo} ${attachmentId}`}
        empty={
          allowed.addEvidence
            ? '还没有登记材料。请按下面的表单登记预算批复、采购文件等。'
            : '还没有登记材料。本级财务或审核登记之后，这里会列出。'
        }
        columns={[
          { key: 'kind', label: '种类', value: ({ kind }) => EVIDENCE_LABELS[kind] },
          { key: 'date', label: '材料日期', kind: 'date', value: ({ date }) => date },
          { key: 'documentNo', label: '文号或名称', isWide: true, value: ({ documentNo }) => documentNo },
          {
            key: 'file',
            label: '扫描件',
            isFixed: true,
            value: ({ attachmentId }) => attachmentId && (files[attachmentId] ?? null),
            show: ({ attachmentId }) => {
              if (attachmentId === null) return <span class="none">没有附</span>;
              const name = files[attachmentId] ?? '附件';
              return allowed.files ? (
                <a href={`/api/v1/books/${bookId}/attachments/${attachmentId}`}>{name}</a>
              ) : (
                name
              );
            },
          },
        ]}
      />
      {allowed.addEvidence && status !== 'closed' ? (
        <Form name="evidence" hasFiles enter="evidence" values={{ date: today }}>
          <h3>补充材料</h3>
          <EvidenceFields />
          <Buttons>
            <Button action="evidence">登记材料</Button>
          </Buttons>
        </Form>
      ) : null}
    </Section>
  );
}

const GRADE_TONES = { excellent: 'ok', good: 'ok', pass: 'info', fail: 'danger' } as const;

export function Evaluations({ contract: { evaluations, status }, allowed }: ContractData) {
  const { today } = usePage();
  return (
    <Section title="评估">
      <DataTable
        caption="中期与末期评估"
        rows={evaluations}
        idOf={({ kind, executionYear, date, grade }) => `${kind} ${executionYear} ${date} ${grade}`}
        empty="还没有评估。跨年度的合同，下一执行年度首次付款之前须有上一年度的中期评估。"
        columns={[
          { key: 'evaluation', label: '评估', value: ({ kind }) => EVALUATION_LABELS[kind] },
          {
            key: 'executionYear',
            label: '执行年度',
            value: ({ executionYear }) => `第 ${executionYear} 执行年度`,
          },
          { key: 'evaluatedOn', label: '评估日期', kind: 'date', value: ({ date }) => date },
          {
            key: 'grade',
            label: '等级',
            value: ({ grade }) => GRADE_LABELS[grade],
            show: ({ grade }) => <Badge tone={GRADE_TONES[grade]}>{GRADE_LABELS[grade]}</Badge>,
          },
          {
            key: 'evaluator',
            label: '评估机构信用代码',
            value: ({ evaluatorCreditCode }) => evaluatorCreditCode,
          },
        ]}
      />
      {allowed.addEvidence && status !== 'pending' ? (
        <Form name="evaluate" values={{ date: today, executionYear: '1' }}>
          <h3>登记评估</h3>
          <SelectField name="kind" label="评估" choices={choicesOf(EVALUATION_LABELS)} isRequired />
          <TextField
            name="executionYear"
            label="执行年度"
            type="number"
            hint="从合同开始日起，第一年填 1"
            isRequired
          />
          <TextField name="date" label="评估日期" type="date" isRequired />
          <SelectField name="grade" label="等级" choices={choicesOf(GRADE_LABELS)} isRequired />
          <TextField
            name="evaluatorCreditCode"
            label="评估机构统一社会信用代码"
            hint="18 位，例如：51510000MJQ0000000"
            isRequired
          />
          <Buttons>
            <Button action="evaluate">登记评估</Button>
          </Buttons>
        </Form>
      ) : null}
    </Section>
  );
}
