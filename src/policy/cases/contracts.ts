import { addDays, addMonths } from '../../core/dates.js';
import { parseYuan } from '../../core/money.js';
import { EVIDENCE_LABELS, type EvidenceKind } from '../../core/vocabulary.js';
import { BASE_CONTRACT, BASE_LINE } from '../baseCase.js';
import type { Rule } from '../kinds/index.js';
import {
  type At,
  aroundParameterDates,
  aroundValues,
  aroundWindow,
  type Patch,
  type Variant,
  valuesOf,
  type Witness,
  windowsOf,
  withoutContract,
} from './case.js';
import { missingOnes } from './spending.js';

/** Cases of the kinds that look at a contract, its documents and its staff. */

type Of<K extends Rule['kind']> = Extract<Rule, { kind: K }>;
const onContract = (name: string, contract: Patch): Variant => ({ name, facts: { contract } });
const START = BASE_CONTRACT.startDate;

export const contractRequired = (): Witness => ({
  facts: { contract: null },
  variants: [onContract('有合同', {})],
});

export function contractTerm(rule: Of<'contract_term'>, at: At): Witness {
  const id = rule.monthsParameter;
  const signed = (day: string): Patch => ({ signedDate: day });
  const first = valuesOf(at, id)[0];
  const day = first === undefined ? at.date : first.date;
  const end = (months: number, days: number) => addDays(addMonths(START, months), days);
  const longest = Math.max(...windowsOf(at, id).map(({ value }) => Number(value ?? 1)));
  return {
    facts: { contract: { ...signed(day), endDate: end(longest, 1) } },
    variants: [
      ...aroundValues(
        at,
        id,
        (months, off, date) => ({ contract: { ...signed(date), endDate: end(Number(months), Number(off)) } }),
        '日',
      ),
      ...windowsOf(at, id).flatMap((window) =>
        aroundWindow(`参数 ${id} 有效期（签订日）`, window, (date) => ({ contract: signed(date) })),
      ),
      ...withoutContract(at),
    ],
  };
}

export const budgetCode = (_rule: Rule, at: At): Witness => ({
  facts: { contract: { budgetCode: null } },
  variants: [onContract('已挂接预算', { budgetCode: 'B-2023-001' }), ...withoutContract(at)],
});

const dated = (kinds: readonly EvidenceKind[], date: string) => kinds.map((kind) => ({ kind, date }));

export function contractEvidence(rule: Of<'contract_evidence'>, at: At): Witness {
  const { longerThanMonths: months, onFinalPayment } = rule;
  const end = (count: number, days: number) => addDays(addMonths(START, count), days);
  const amountFen = BASE_LINE.amountFen;
  const amounts = [-1n, 0n, 1n] as const;
  return {
    facts: {
      contract: {
        evidence: [],
        ...(months === undefined ? {} : { endDate: end(months, 1) }),
        ...(onFinalPayment ? { amountFen: String(amountFen) } : {}),
      },
    },
    variants: [
      ...missingOnes(rule.evidence, (kinds) => ({ contract: { evidence: dated(kinds, at.date) } })),
      onContract('材料晚一日', { evidence: dated(rule.evidence, addDays(at.date, 1)) }),
      ...(months === undefined
        ? []
        : [
            onContract(`合同期恰好 ${months} 个月`, { endDate: end(months, 0) }),
            onContract(`合同期 ${months + 1} 个月`, { endDate: end(months + 1, 0) }),
          ]),
      ...amounts.map((off) =>
        onContract(`支付后与合同金额相差 ${off} 分`, {
          amountFen: String(amountFen * 2n),
          paidFen: String(amountFen + off),
        }),
      ),
      ...withoutContract(at),
    ],
  };
}

export function contractSteps(rule: Of<'contract_steps'>, at: At): Witness {
  const { signedDate } = BASE_CONTRACT;
  const { beforeSigning, beforePayment } = rule;
  const payable = at.date > signedDate ? at.date : signedDate;
  /** Every document in time, but for those named. */
  const file = (changed: Readonly<Partial<Record<EvidenceKind, string | null>>>): Patch => ({
    businessDate: payable,
    contract: {
      evidence: [...new Set([...beforeSigning, ...beforePayment])].flatMap((kind) => {
        const usual = beforeSigning.includes(kind) ? signedDate : payable;
        const date = changed[kind] === undefined ? usual : changed[kind];
        return date === null ? [] : [{ kind, date }];
      }),
    },
  });
  const label = (kind: EvidenceKind) => EVIDENCE_LABELS[kind];
  return {
    facts: { contract: { evidence: [] } },
    variants: [
      { name: '程序齐全', facts: file({}) },
      ...beforeSigning.flatMap((kind, index) => [
        { name: `签约前只缺${label(kind)}`, facts: file({ [kind]: null }) },
        { name: `${label(kind)}晚于签约一日`, facts: file({ [kind]: addDays(signedDate, 1) }) },
        { name: `${label(kind)}先于其余文件一日`, facts: file({ [kind]: addDays(signedDate, -1) }) },
        ...(index === 0
          ? []
          : [{ name: `只缺${label(kind)}以外的文件`, facts: file(onlyOf(kind, beforeSigning)) }]),
      ]),
      ...beforePayment.flatMap((kind) => [
        { name: `支付前只缺${label(kind)}`, facts: file({ [kind]: null }) },
        { name: `${label(kind)}晚于支付一日`, facts: file({ [kind]: addDays(payable, 1) }) },
        { name: `提交时缺${label(kind)}`, facts: { ...file({ [kind]: null }), stage: 'submission' } },
      ]),
      ...withoutContract(at),
    ],
  };
}
const onlyOf = (kept: EvidenceKind, all: readonly EvidenceKind[]) =>
  Object.fromEntries(all.filter((kind) => kind !== kept).map((kind) => [kind, null]));

const evaluation = (kind: 'interim' | 'final', executionYear: number, date: string, code = 'other') => ({
  kind,
  executionYear,
  date,
  grade: 'good',
  evaluatorCreditCode: code,
});

export function yearlyEvaluation(_rule: Rule, at: At): Witness {
  const second = addMonths(START, 12);
  const on = (name: string, businessDate: string, evaluations: readonly unknown[]): Variant => ({
    name,
    facts: { businessDate, contract: { evaluations } },
  });
  return {
    facts: { contract: { startDate: '1990-01-01', endDate: '2099-12-31' } },
    variants: [
      ['第一执行年度末日', addDays(second, -1), []] as const,
      ['第二执行年度首日', second, []] as const,
      ['第二执行年度首日，当日已评估', second, [evaluation('interim', 1, second)]] as const,
      ['第二执行年度首日，次日才评估', second, [evaluation('interim', 1, addDays(second, 1))]] as const,
      ['第二执行年度首日，只有末期评估', second, [evaluation('final', 1, second)]] as const,
      ['两年都已评估', second, [evaluation('interim', 1, second), evaluation('interim', 2, second)]] as const,
    ]
      .map(([name, date, evaluations]) => on(name, date, evaluations))
      .map(({ name, facts }) => ({
        name,
        facts: {
          ...facts,
          contract: { ...(facts['contract'] as Patch), startDate: START, endDate: addMonths(START, 36) },
        },
      }))
      .concat(withoutContract(at) as never),
  };
}

export const independentEvaluator = (_rule: Rule, at: At): Witness => ({
  facts: { contract: { evaluations: [evaluation('final', 1, at.date, BASE_CONTRACT.providerCreditCode)] } },
  variants: [
    onContract('第三方评估', { evaluations: [evaluation('final', 1, at.date)] }),
    onContract('没有评估', { evaluations: [] }),
    ...withoutContract(at),
  ],
});

const PLENTY = 999;
export function minimumStaff(rule: Of<'minimum_staff'>, at: At): Witness {
  const staffed = (count: number | null): Patch => ({
    contract: {
      certifiedWorkersPerStation: PLENTY,
      fulltimeWorkersPerStation: PLENTY,
      [rule.workers]: count,
    },
  });
  return {
    facts: staffed(0),
    variants: [
      ...aroundValues(at, rule.minimumParameter, (value, off) => staffed(Number(value) + Number(off)), '人'),
      ...aroundParameterDates(at, rule.minimumParameter, staffed(PLENTY)),
      { name: '人数未写明', facts: staffed(null) },
      { name: '人数充足', facts: staffed(PLENTY) },
      ...withoutContract(at),
    ],
  };
}

export const labourCostFloor = (rule: Of<'labour_cost_floor'>, at: At): Witness => ({
  facts: { contract: { unitLabourCostFen: '1' } },
  variants: [
    ...aroundValues(
      at,
      rule.floorParameter,
      (value, off) => ({ contract: { unitLabourCostFen: String(parseYuan(value) + off) } }),
      '分',
    ),
    ...aroundParameterDates(at, rule.floorParameter, { contract: { unitLabourCostFen: '99999999999' } }),
    onContract('人力成本未写明', { unitLabourCostFen: null }),
    ...withoutContract(at),
  ],
});
