import { action, attach, breach, fundKind, NOTHING } from './base.js';
import { sourceName } from './wording.js';

/** Money set aside out of a surplus (计提结余) is always looked at before it is used. */
export const surplusMoney = fundKind('surplus_money', {}, (_rule, { fund }) => {
  if (!fund.fromSurplus) return NOTHING;
  return breach(
    `${sourceName(fund)}（${fund.documentNo}）由结余计提，须核对计提依据、购买服务上限余额和是否变相用工`,
    [attach('approval_document'), action('由复核人核对结余资金管理依据和合同性质')],
  );
});
