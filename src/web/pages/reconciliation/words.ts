import type { DifferenceOwners, DifferenceView } from '../../../reconciliation/index.js';
import type { Choice } from '../../components/field.js';

/** Who has to act, seen from the book that the difference is of. */
export const DUTY_LABELS: Readonly<Record<DifferenceView['duty'], string>> = { lower: '本级', upper: '上级' };

/** What to do about a difference, by its kind: the list says it, so that nobody needs to guess. */
export const REMEDIES: Readonly<Record<DifferenceView['kind'], string>> = {
  not_taken_in: '收到文件后到“收文与到账”收文',
  in_transit: '资金到账后到“收文与到账”登记到账',
  amount_differs: '核对文件金额，登记错的一方冲正后重新登记',
  more_than_issued: '核对是否重复登记，多记的部分缴回或冲正',
  no_upper_record: '请上级补登下达或拨付，或更正本级的登记',
  recorded_by_hand: '改由“收文与到账”办理，使两边的记录勾连',
  other_month: '两边业务日期跨月，核对后写明原因',
  not_acknowledged: '请上级在“拨付资金”中确认到账',
};

export const ownerChoices = ({ items }: DifferenceOwners): Choice[] =>
  items.map(({ id, name, organisationName }) => [id, `${name}（${organisationName}）`]);
