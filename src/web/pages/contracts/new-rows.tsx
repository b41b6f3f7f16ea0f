import type { ComponentChildren } from 'preact';
import { END_USER_LABELS, EVIDENCE_LABELS } from '../../../core/vocabulary.js';
import {
  BENEFICIARY_CHOICES,
  type ChoiceGroup,
  economicCodeChoices,
  SERVICE_ITEM_CHOICES,
} from '../../choices.js';
import {
  AmountField,
  CheckList,
  type Choice,
  choicesOf,
  FieldSet,
  FileField,
  SelectField,
  TextField,
} from '../../components/field.js';
import { Button, Rows } from '../../components/form.js';
import { ROSTER_LABELS } from './words.js';

/** A row of a list in the form, numbered, with a button that takes it out. */
function Row({
  name,
  path,
  canCopy,
  children,
}: {
  name: string;
  path: string;
  canCopy?: boolean;
  children: ComponentChildren;
}) {
  return (
    <div class="line wide">
      <div class="line-head">
        <span>{name}</span>
        <span class="tools">
          {canCopy ? (
            <Button action={`copy:${path}`} look="link" isInPlace>
              复制
            </Button>
          ) : null}
          <Button action={`remove:${path}`} look="link" isInPlace>
            移除
          </Button>
        </span>
      </div>
      <div class="grid">{children}</div>
    </div>
  );
}

const Add = ({ list, children }: { list: string; children: ComponentChildren }) => (
  <div class="wide">
    <Button action={`add:${list}`} isInPlace>
      {children}
    </Button>
  </div>
);

/** The amount, split by the fund that pays, the station and what is bought. */
export function LineRows({
  funds,
  stations,
}: {
  funds: readonly ChoiceGroup[];
  stations: readonly Choice[];
}) {
  const codes = economicCodeChoices();
  return (
    <>
      <Rows name="lines" least={1}>
        {(index, path) => (
          <Row name={`第 ${index + 1} 行`} path={path} canCopy>
            <SelectField name="fundId" label="资金" choices={funds} isRequired />
            <AmountField name="amount" label="金额" isRequired />
            <TextField name="description" label="内容" hint="例如：社工站为老服务" isRequired />
            <SelectField name="economicCode" label="支出经济分类" choices={codes} empty="尚不清楚" />
            <SelectField
              name="serviceItem"
              label="服务项目"
              choices={SERVICE_ITEM_CHOICES}
              empty="尚不清楚"
            />
            <SelectField name="stationId" label="服务的站点" choices={stations} empty="不分站点" />
            <SelectField
              name="endUser"
              label="最终使用方"
              choices={choicesOf(END_USER_LABELS)}
              empty="尚不清楚"
            />
            <SelectField
              name="rosterCoverage"
              label="受益人与救助名册"
              choices={choicesOf(ROSTER_LABELS)}
              empty="尚不清楚"
            />
            <CheckList
              name="beneficiaryGroups"
              label="受益群体"
              choices={BENEFICIARY_CHOICES}
              none="无特定群体"
              hint="都不勾选表示尚不清楚，须人工复核"
              isWide
            />
          </Row>
        )}
      </Rows>
      <Add list="lines">增加一行</Add>
    </>
  );
}

export function ScheduleRows() {
  return (
    <>
      <Rows name="schedule">
        {(index, path) => (
          <Row name={`第 ${index + 1} 期`} path={path}>
            <TextField name="dueDate" label="应付日期" type="date" isRequired />
            <AmountField name="amount" label="金额" isRequired />
            <TextField name="condition" label="付款条件" hint="例如：中期评估合格" isRequired />
          </Row>
        )}
      </Rows>
      <Add list="schedule">增加一期付款</Add>
    </>
  );
}

/** Id of the part that comes back with the preview, as its files were uploaded by then. */
export const EVIDENCE_PART = 'contract-evidence';

export function EvidenceRows() {
  return (
    <div class="full" id={EVIDENCE_PART}>
      <FieldSet legend="前置程序材料">
        <p class="hint wide">
          按“预算—采购—合同—监管—支付”的顺序登记，例如预算批复、采购文件、绩效目标表。日期是材料本身的日期。
        </p>
        <Rows name="evidence" least={1}>
          {(index, path) => (
            <Row name={`材料 ${index + 1}`} path={path}>
              <EvidenceFields />
            </Row>
          )}
        </Rows>
        <Add list="evidence">增加一份材料</Add>
      </FieldSet>
    </div>
  );
}

export const EvidenceFields = () => (
  <>
    <SelectField name="kind" label="种类" choices={choicesOf(EVIDENCE_LABELS)} isRequired />
    <TextField name="date" label="材料日期" type="date" isRequired />
    <TextField name="documentNo" label="文号或名称" hint="例如：泸县财采〔2022〕12号" isRequired />
    <FileField name="attachmentId" label="扫描件" hint="PDF、OFD、XML 或图片，10 MB 以内；可以以后补" />
  </>
);
