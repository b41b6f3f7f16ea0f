import { BASE_BASIS_LABELS, BASE_LEVELS, LEVEL_LABELS } from '../../../core/vocabulary.js';
import { RESOLUTION_LABELS } from '../../../relief/index.js';
import {
  AmountField,
  choicesOf,
  FieldSet,
  FileField,
  HiddenField,
  SelectField,
  TextArea,
  TextField,
} from '../../components/field.js';
import { Button, Buttons, Form, Group, Rows } from '../../components/form.js';
import type { OverrunEntries } from './relief.js';

/** Declares the base of the cap, with its parts by level. */
export function BaseForm({ year, today }: { year: number; today: string }) {
  return (
    <Form name="declare" hasFiles values={{ year: String(year), declaredDate: today, documentDate: today }}>
      <HiddenField name="year" />
      <FieldSet legend="全年救助资金总支出">
        <SelectField
          name="basis"
          label="阶段"
          choices={choicesOf(BASE_BASIS_LABELS)}
          hint="依次为预计、年中投影、决算，不能退回前一阶段"
          isRequired
        />
        <AmountField name="amount" label="总额" isRequired />
        <Group name="split">
          {BASE_LEVELS.map((level) => (
            <AmountField key={level} name={level} label={`其中：${LEVEL_LABELS[level]}`} />
          ))}
        </Group>
      </FieldSet>
      <FieldSet legend="依据">
        <TextField name="documentNo" label="依据文件" hint="例如：2022年1—6月发放统计" isRequired />
        <TextField name="documentDate" label="文件日期" type="date" isRequired />
        <TextField
          name="declaredDate"
          label="申报日期"
          type="date"
          hint="从这一天起计算，不追溯"
          isRequired
        />
        <FileField name="attachmentId" label="依据附件" hint="年中投影和决算必须上传" />
        <AmountField name="spentToDate" label="年中投影：已支出" hint="其他阶段不填" />
        <TextField name="spentAsOf" label="年中投影：截至" type="date" hint="其他阶段不填" />
      </FieldSet>
      <Buttons>
        <Button action="declare" look="main">
          申报
        </Button>
      </Buttons>
    </Form>
  );
}

/** Compares the year with its final base. */
export function TrueUpForm({ year, today }: { year: number; today: string }) {
  return (
    <Form name="trueUp" values={{ date: today }}>
      <HiddenField name=":year" value={String(year)} />
      <TextField name="date" label="校准日期" type="date" isRequired />
      <TextArea
        name="note"
        label="核对结论"
        hint="例如：决算基数低于预计，超出部分改由本级财政列支"
        isRequired
        isWide
      />
      <Buttons>
        <Button action="trueUp" look="main">
          登记校准
        </Button>
      </Buttons>
    </Form>
  );
}

/** Says by which entries an overrun was settled. */
export function ResolutionForm({ year, entries }: { year: number; entries: OverrunEntries }) {
  return (
    <Form name="resolve">
      <HiddenField name=":year" value={String(year)} />
      <p>先在报账单或合同中冲红、退款或解除占用，再在这里登记是哪一笔处理了超支。</p>
      <Rows name="lines" least={1}>
        {(index, path) => (
          <fieldset class="line">
            <legend>第 {index + 1} 笔</legend>
            <div class="grid">
              <SelectField name="kind" label="处理方式" choices={choicesOf(RESOLUTION_LABELS)} isRequired />
              <AmountField name="amount" label="金额" isRequired />
              <SelectField name="entryId" label="退出上限的分录" choices={entries.out} isRequired />
              <TextField name="documentNo" label="依据文号" isRequired />
              <Group name="target">
                <SelectField name="fundId" label="改由哪笔资金列支" choices={entries.funds} empty="不改列" />
                <SelectField name="entryId" label="该资金的列支分录" choices={entries.borne} empty="不改列" />
              </Group>
            </div>
            <Button action={`remove:${path}`} look="link" isInPlace>
              移除
            </Button>
          </fieldset>
        )}
      </Rows>
      <Buttons>
        <Button action="add:lines" isInPlace>
          增加一笔
        </Button>
        <Button action="resolve" look="main">
          登记处理
        </Button>
      </Buttons>
    </Form>
  );
}
