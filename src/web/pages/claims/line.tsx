import { formatYuan } from '../../../core/money.js';
import { END_USER_LABELS, EVIDENCE_LABELS } from '../../../core/vocabulary.js';
import {
  BENEFICIARY_CHOICES,
  type ChoiceGroup,
  economicCodeChoices,
  SERVICE_ITEM_CHOICES,
} from '../../choices.js';
import { Amount } from '../../components/amount.js';
import {
  AmountField,
  CheckList,
  type Choice,
  choicesOf,
  FileField,
  HiddenField,
  SelectField,
  TextField,
} from '../../components/field.js';
import { Button, Group, Rows, useForm } from '../../components/form.js';
import { rowsAt, type Tree } from '../../tree.js';
import { textAt } from './form-values.js';
import { fenOf } from './totals.js';
import { FIELD_LABELS, ROSTER_LABELS } from './words.js';

/** Photographs by the telephone's camera as well as files: no `capture`, so that either may be chosen. */
const ACCEPT = 'image/jpeg,image/png,.jpg,.jpeg,.png,.pdf,.ofd,.xml';
/** So many lines are shown with all their fields; of more, those that need work. */
const FEW_LINES = 6;
const MOST_OPEN = 30;
const CODES = economicCodeChoices();

export interface LineChoices {
  readonly funds: readonly ChoiceGroup[];
  readonly stations: readonly Choice[];
}

const label = (name: string) => FIELD_LABELS[name] as string;

/** The lines of a claim or report. What is folded up goes along unseen. */
export function Lines({ choices }: { choices: LineChoices }) {
  const { said, values, name, objections } = useForm();
  const lines = rowsAt(said ? said.typed : values, 'lines') as Tree[];
  const isFaulty = (index: number) =>
    [...(said?.faults.keys() ?? []), ...(objections?.keys() ?? [])].some((key) =>
      key.startsWith(`lines.${index}.`),
    );
  const open = new Set(
    lines
      .map((line, index) => ({ line, index }))
      .filter(
        ({ line, index }) =>
          isFaulty(index) || line['_open'] === '1' || (lines.length <= FEW_LINES && line['_open'] !== ''),
      )
      .slice(0, MOST_OPEN)
      .map(({ index }) => index),
  );
  const fault = said?.faults.get('lines');
  return (
    <section class="card" aria-labelledby={`${name}-lines`}>
      <header class="card-head">
        <h2 id={`${name}-lines`} tabIndex={-1}>
          明细（{lines.length} 行）
        </h2>
      </header>
      {fault ? <p class="fault">{fault}</p> : null}
      {lines.length === 0 ? <p>还没有明细。点“再加一行”，一行写一项用途，由一笔经费支付。</p> : null}
      <Rows name="lines">
        {(index, path) =>
          open.has(index) ? (
            <OpenLine index={index} path={path} choices={choices} canFold={lines.length > 1} />
          ) : (
            <FoldedLine index={index} path={path} line={lines[index] as Tree} />
          )
        }
      </Rows>
      <div class="buttons">
        <Button action="next" isInPlace>
          再加一行
        </Button>
        <span class="hint">新的一行沿用上一行的经费和分类</span>
      </div>
    </section>
  );
}

function LineButtons({ path, index }: { path: string; index: number }) {
  return (
    <>
      <Button action={`copy:${path}`} look="link" isInPlace>
        复制<span class="sr-only">第 {index + 1} 行</span>
      </Button>
      <Button action={`remove:${path}`} look="link" isInPlace>
        删除<span class="sr-only">第 {index + 1} 行</span>
      </Button>
    </>
  );
}

function FoldedLine({ index, path, line }: { index: number; path: string; line: Tree }) {
  const fen = fenOf(textAt(line, 'amount'));
  return (
    <div class="line folded">
      <div class="line-head">
        <h3>第 {index + 1} 行</h3>
        <span class="line-buttons">
          <Button action={`open:${path}`} look="link" isInPlace>
            修改<span class="sr-only">第 {index + 1} 行</span>
          </Button>
          <LineButtons path={path} index={index} />
        </span>
      </div>
      <p class="line-summary">
        <span>{textAt(line, 'description') || '（没有写用途）'}</span>
        {fen === null ? <span class="none">金额未填</span> : <Amount yuan={formatYuan(fen)} />}
      </p>
      <Unseen tree={{ ...line, _open: '' }} name={path} />
    </div>
  );
}

/** Everything in a part of the form, as hidden fields. */
function Unseen({ tree, name }: { tree: Tree; name: string }) {
  return (
    <>
      {Object.entries(tree).map(([key, value]) => {
        const path = `${name}.${key}`;
        if (Array.isArray(value))
          return value.map((word) => (
            <input key={`${path} ${word}`} type="hidden" name={`${path}[]`} value={word} />
          ));
        if (typeof value === 'object') return <Unseen key={path} tree={value} name={path} />;
        return value === '' ? null : <input key={path} type="hidden" name={path} value={value} />;
      })}
    </>
  );
}

function OpenLine({
  index,
  path,
  choices,
  canFold,
}: {
  index: number;
  path: string;
  choices: LineChoices;
  canFold: boolean;
}) {
  const { said, values, objections } = useForm();
  const rows = rowsAt(said ? said.typed : values, 'lines');
  const isNew = said?.action === 'next' && index === rows.length - 1;
  const line = (rows[index] ?? {}) as Tree;
  const faults = [...(said?.faults.keys() ?? []), ...(objections?.keys() ?? [])].filter((key) =>
    key.startsWith(`${path}.`),
  );
  const isOpen = (...names: string[]) =>
    names.some((name) => faults.some((key) => key.startsWith(`${path}.${name}`)) || hasSomething(line[name]));
  return (
    <div class="line">
      <div class="line-head">
        <h3>第 {index + 1} 行</h3>
        <span class="line-buttons">
          {canFold ? (
            <Button action={`close:${path}`} look="link" isInPlace>
              收起<span class="sr-only">第 {index + 1} 行</span>
            </Button>
          ) : null}
          <LineButtons path={path} index={index} />
        </span>
      </div>
      <HiddenField name="_open" value="1" />
      <div class="grid">
        <TextField
          name="description"
          label={label('description')}
          isFocused={isNew}
          hint="例如：为老服务活动物料"
          isRequired
          isWide
        />
        <SelectField name="fundId" label={label('fundId')} choices={choices.funds} isRequired isWide />
        <AmountField name="amount" label={label('amount')} isRequired isTried />
        <SelectField
          name="economicCode"
          label={label('economicCode')}
          choices={CODES}
          empty="不清楚（转人工复核）"
        />
        <SelectField
          name="serviceItem"
          label={label('serviceItem')}
          choices={SERVICE_ITEM_CHOICES}
          empty="不清楚"
        />
        <SelectField
          name="stationId"
          label={label('stationId')}
          choices={choices.stations}
          empty="不属于某一个站点"
        />
        <SelectField
          name="endUser"
          label={label('endUser')}
          choices={choicesOf(END_USER_LABELS)}
          empty="不清楚"
        />
      </div>
      <details class="more" open={isOpen('beneficiaryGroups')}>
        <summary>受益群体</summary>
        <CheckList
          name="beneficiaryGroups"
          label="这笔钱帮助了谁"
          choices={BENEFICIARY_CHOICES}
          none="不针对特定人群"
          hint="可以选几项。福彩公益金、救助资金按受益群体判断，不选会转人工复核"
          isWide
        />
      </details>
      <details class="more" open={isOpen('invoice', 'invoiceFile')}>
        <summary>发票</summary>
        <div class="grid">
          <FileField
            name="invoiceFile"
            label="发票文件"
            accept={ACCEPT}
            hint="可以拍照。PDF、OFD、XML、JPG、PNG，每个不超过 10 MB"
          />
          <div class="field">
            <Button action={`read:${path}`} isInPlace>
              读取数电票
            </Button>
            <p class="hint">选好 XML 或 OFD 文件后点这里，自动填写下面四项</p>
          </div>
          <Group name="invoice">
            <TextField name="number" label={label('number')} hint="数电票 20 位；旧版写代码加号码" isTried />
            <TextField name="sellerName" label={label('sellerName')} />
            <TextField name="issuedDate" label={label('issuedDate')} type="date" isTried />
            <AmountField name="faceAmount" label={label('faceAmount')} />
          </Group>
        </div>
      </details>
      <details class="more" open={isOpen('rosterCoverage', 'evidence')}>
        <summary>更多：名册、附件</summary>
        <div class="grid">
          <SelectField
            name="rosterCoverage"
            label={label('rosterCoverage')}
            choices={choicesOf(ROSTER_LABELS)}
            empty="没有核对"
            hint="受益人是否在救助或低收入名册内"
          />
          <Rows name="evidence">
            {(number, itemPath) => (
              <div class="evidence wide">
                <div class="grid">
                  <SelectField
                    name="kind"
                    label={`附件 ${number + 1} 是什么`}
                    choices={choicesOf(EVIDENCE_LABELS)}
                    isRequired
                  />
                  <FileField name="attachmentId" label="文件" accept={ACCEPT} isRequired />
                </div>
                <Button action={`remove:${itemPath}`} look="link" isInPlace>
                  去掉附件 {number + 1}
                </Button>
              </div>
            )}
          </Rows>
        </div>
        <Button action={`add:${path}.evidence`} isInPlace>
          加一个附件
        </Button>
      </details>
    </div>
  );
}

const hasSomething = (value: Tree[string] | undefined): boolean =>
  value === undefined
    ? false
    : typeof value === 'string'
      ? value !== ''
      : Array.isArray(value)
        ? value.length > 0
        : Object.values(value).length > 0 && Object.values(value).some(hasSomething);
