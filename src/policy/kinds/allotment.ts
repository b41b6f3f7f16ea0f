import { z } from 'zod';
import { type Fen, showYuan, sumFen } from '../../core/money.js';
import { ORGANISATION_KINDS, ORGANISATION_LABELS } from '../../core/vocabulary.js';
import type { AllotmentFacts } from '../facts.js';
import { type At, action, breach, caution, type Finding, fundKind, NOTHING, needsReview } from './base.js';

const allotmentOf = ({ facts, fund }: At): AllotmentFacts | null =>
  facts.allotment !== null && facts.allotment.fundId === fund.fundId ? facts.allotment : null;

/** The document's total is the sum of its recipients and of their parts, and the counts agree. */
export const allotmentSums = fundKind('allotment_sums', {}, (_rule, at) => {
  const allotment = allotmentOf(at);
  if (allotment === null) return NOTHING;
  const { recipients, documentTotalFen, documentRecipients, documentParts } = allotment;
  const parts = recipients.flatMap(({ partsFen }) => partsFen);
  const sum = sumFen(recipients.map(({ amountFen }) => amountFen));
  const partsSum = sumFen(parts);
  const findings: Finding[] = [];
  const yuan = (fen: Fen) => `${showYuan(fen)} 元`;
  const figures = [
    ['文件总额', documentTotalFen === null ? '未登记' : yuan(documentTotalFen)],
    [`${recipients.length} 个分配单位合计`, yuan(sum)],
    [`${parts.length} 个项目合计`, yuan(partsSum)],
  ] as const;
  const ask = (what: string) =>
    findings.push(
      ...needsReview(`分配表没有登记${what}，无法核对，须经复核`, [action(`按文件补录${what}`)], { figures }),
    );
  const refuse = (message: string, remedy: string) =>
    findings.push(...breach(message, [action(remedy)], { figures }));

  if (documentTotalFen === null) ask('文件总额');
  else if (documentTotalFen !== sum) {
    refuse(
      `文件总额 ${yuan(documentTotalFen)}，各单位分配之和 ${yuan(sum)}，相差 ${yuan(abs(documentTotalFen - sum))}`,
      '核对分配表，使各单位之和等于文件总额',
    );
  }
  if (documentRecipients === null) ask('文件写明的单位数');
  else if (documentRecipients !== recipients.length) {
    refuse(`文件写明 ${documentRecipients} 个单位，分配表有 ${recipients.length} 个`, '核对分配单位清单');
  }
  if (documentParts === null) ask('文件写明的项目数');
  else if (documentParts !== parts.length) {
    refuse(`文件写明 ${documentParts} 个项目，分配表有 ${parts.length} 个`, '核对乡镇（街道）项目清单');
  }
  const uneven = recipients.filter(({ amountFen, partsFen }) => amountFen !== sumFen(partsFen));
  if (uneven.length > 0) {
    const first = uneven[0]!;
    refuse(
      `${uneven.length} 个单位的分配额不等于其项目之和，例如分配 ${yuan(first.amountFen)}、项目之和 ${yuan(sumFen(first.partsFen))}`,
      '核对各单位的项目明细，使其之和等于分配额',
    );
  }
  return findings.length === 0 ? NOTHING : findings;
});

const abs = (fen: Fen): Fen => (fen < 0n ? -fen : fen);

/** Who may receive the indicator from above. */
export const allotmentRecipient = fundKind(
  'allotment_recipient',
  { kinds: z.array(z.enum(ORGANISATION_KINDS)).min(1) },
  (rule, at) => {
    const allotment = allotmentOf(at);
    if (allotment === null) return NOTHING;
    const denied = allotment.recipients.filter(
      ({ organisationKind }) => !rule.kinds.includes(organisationKind),
    );
    if (denied.length === 0) return NOTHING;
    const names = [
      ...new Set(denied.map(({ organisationKind }) => ORGANISATION_LABELS[organisationKind])),
    ].sort();
    const allowed = rule.kinds.map((kind) => ORGANISATION_LABELS[kind]).join('、');
    return breach(
      `分配表把指标下达给${names.join('、')}（${denied.length} 个），该资金只能下达给${allowed}`,
      [action(`改为下达到${allowed}`)],
    );
  },
);

/** A standard per station that a part should reach. */
export const allotmentFloor = fundKind('allotment_floor', { floorParameter: z.string() }, (rule, at) => {
  const allotment = allotmentOf(at);
  if (allotment === null) return NOTHING;
  const floor = at.parameters.fen(rule.floorParameter, at.facts.businessDate);
  if (floor === null) {
    return caution('没有现行的每站标准，无法核对', [action('由政策管理员登记现行标准')]);
  }
  const below = allotment.recipients.flatMap(({ partsFen }) => partsFen).filter((fen) => fen < floor);
  if (below.length === 0) return NOTHING;
  return breach(`${below.length} 个站点分得不足 ${showYuan(floor)} 元的建设标准`, [
    action(`把每站补足到 ${showYuan(floor)} 元，或说明其余来源`),
  ]);
});
