import { coSignClaim, stepInput } from '../claims/index.js';
import type { Demo } from './context.js';
import type { Qingyang } from './sichuan.js';
import { approve, type ClaimInput, claim, type LineInput, pay, review } from './steps.js';

export type OnContract = Pick<ClaimInput, 'contractId' | 'payeeType' | 'payeeId' | 'payeeName'>;

/** A station with one person for two duties: the maker may not review, and the county co-signs instead. */
export async function coSign(
  demo: Demo,
  place: Qingyang,
  stationId: string,
  onContract: OnContract,
  line: LineInput,
): Promise<void> {
  const { cases } = demo;
  const { team } = place;
  cases.group('会签：小站一人兼经办、审核两岗，不能自己审核自己');
  const by = { organisationId: stationId, operator: place.alone };
  const source = '省级奖补2022·青羊区一人站';
  const businessDate = '2022-09-22';
  const { claim: made } = await claim(demo, team, by, {
    ...onContract,
    title: '第二站第一期服务费',
    businessDate,
    lines: [line],
  });
  await cases.try({
    source: `${source}·自己审核`,
    amount: line.amount,
    outcome: 'block',
    rule: 'separation_of_duties',
    clause: '会计法第二十五条（岗位分离）',
    work: () => review(demo, team, made.id, businessDate, null, place.alone),
  });
  await cases.pass({
    source: `${source}·县级会签后支付`,
    amount: line.amount,
    outcome: 'allow',
    rule: 'SN-03.contract',
    clause: '会签留痕（岗位分离）',
    because: '由县级审核岗会签并记入日志，再由另一人审批、另一人支付',
    work: async () => {
      const caller = await demo.as(team.reviewer, '2022-09-23');
      const note = stepInput.parse({ note: '站点仅一人，县级会签，已核服务记录' });
      const signed = await coSignClaim(demo.store, caller, team.bureau.bookId, made.id, null, note);
      if (!signed.isCoSigned) throw new Error('the co-signature left no trace');
      await approve(demo, team, made.id, '2022-09-26');
      return pay(demo, team, made.id, '2022-09-28', '青羊付字2022-002');
    },
  });
}
