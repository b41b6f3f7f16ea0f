import { PROCEDURES, type Procedure } from '../../../policy/index.js';
import { type Choice, choicesOf } from '../../components/field.js';

/** What a kind is shown for, as a heading over the kinds. */
export const PER_LABELS = {
  fund: '按资金批次登记',
  contract: '按合同登记',
  year: '按年度登记',
} as const;
type Per = keyof typeof PER_LABELS;

const ALL = Object.entries(PROCEDURES) as [Procedure, { label: string; per: Per }][];

export const KIND_CHOICES: readonly Choice[] = choicesOf(
  Object.fromEntries(ALL.map(([kind, { label }]) => [kind, label])),
);

/** The kinds by what they are shown for. */
export const KIND_GROUPS = (Object.keys(PER_LABELS) as Per[]).map((per) => ({
  per,
  label: PER_LABELS[per],
  kinds: ALL.filter(([, kind]) => kind.per === per).map(([kind, { label }]) => ({ kind, label })),
}));

export const STATE_LABELS = { counting: '有效', withdrawn: '已撤销' } as const;
