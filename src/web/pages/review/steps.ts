import type { ClaimAnswer, ClaimView, PaymentView } from '../../../claims/index.js';
import { parseYuan, showYuan } from '../../../core/money.js';
import type { PageContext } from '../../context.js';
import type { ApiAction, Done } from '../../page.js';
import type { Tree } from '../../tree.js';

const SAYS = {
  submit: '已提交，等待审核',
  withdraw: '已撤回，报账单回到草稿',
  review: '已审核，等待批准',
  'co-sign': '已会签，等待批准',
  return: '已退回经办人',
  reject: '已否决',
  approve: '已批准，等待支付',
  pay: '已支付',
  refund: '退款已登记',
  reverse: '已冲红',
  close: '已办结',
  waivers: '适用的例外批准已更新',
} as const;
export type StepName = keyof typeof SAYS;

const claimOf = (answer: ClaimView | ClaimAnswer): ClaimView => ('claim' in answer ? answer.claim : answer);

/** What a step did, in a sentence. */
export function sentenceOf(step: StepName, answer: ClaimView | ClaimAnswer): string {
  const { title, amount, payments } = claimOf(answer);
  const last: PaymentView | undefined = payments.at(-1);
  const money = ['pay', 'refund', 'reverse'].includes(step) && last ? last : null;
  return money
    ? `${SAYS[step]}：${title}，${showYuan(parseYuan(money.amount))} 元，凭证 ${money.voucherNo}。`
    : `${SAYS[step]}：${title}，${showYuan(parseYuan(amount))} 元。`;
}

/** A step of a claim as the action of a form; `to` says where to go on. */
export const stepAction = (step: StepName, to: (page: PageContext, typed: Tree) => string): ApiAction => ({
  operation: `POST /books/:bookId/claims/:id/${step}`,
  done: (answer: ClaimView | ClaimAnswer, page: PageContext, typed: Tree): Done => ({
    to: to(page, typed),
    say: sentenceOf(step, answer),
  }),
});
