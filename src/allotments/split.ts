import { showYuan, sumFen } from '../core/money.js';
import type { AllotmentFacts } from '../policy/index.js';

/**
 * The arithmetic that holds for every document that states its split, whatever the province: 4680万元 = 69 县 =
 * 234 乡镇. Null when everything stated agrees.
 */
export function splitDisagreement(facts: AllotmentFacts): string | null {
  const faults: string[] = [];
  const total = sumFen(facts.recipients.map((recipient) => recipient.amountFen));
  if (facts.documentTotalFen !== null && facts.documentTotalFen !== total) {
    faults.push(`文件总额 ${showYuan(facts.documentTotalFen)} 元，各单位合计 ${showYuan(total)} 元`);
  }
  const count = facts.recipients.length;
  if (facts.documentRecipients !== null && facts.documentRecipients !== count) {
    faults.push(`文件写明 ${facts.documentRecipients} 个单位，实际列出 ${count} 个`);
  }
  const parts = facts.recipients.flatMap((recipient) => recipient.partsFen);
  if (facts.documentParts !== null && facts.documentParts !== parts.length) {
    faults.push(`文件写明 ${facts.documentParts} 个乡镇（站点），实际列出 ${parts.length} 个`);
  }
  facts.recipients.forEach((recipient, index) => {
    const share = sumFen(recipient.partsFen);
    if (recipient.partsFen.length > 0 && share !== recipient.amountFen) {
      faults.push(
        `第 ${index + 1} 个单位 ${showYuan(recipient.amountFen)} 元，其乡镇（站点）合计 ${showYuan(share)} 元`,
      );
    }
  });
  return faults.length > 0 ? `分配数勾稽不符：${faults.join('；')}` : null;
}
