import { z } from 'zod';
import { SERVICE_ITEM_CODES, SERVICE_ITEMS } from '../../core/vocabulary.js';
import { action, attach, breach, lineKind, NOTHING, needsReview } from './base.js';
import { itemName, sourceName } from './wording.js';

const catalogues = [...new Set(Object.values(SERVICE_ITEMS).map(({ catalogue }) => catalogue))] as [
  string,
  ...string[],
];

/**
 * A closed catalogue of what may be bought. An approval document turns a refusal into a review: it exists, but a
 * person has to read what it approves.
 */
export const serviceCatalogue = lineKind(
  'service_catalogue',
  {
    catalogues: z.array(z.enum(catalogues)).min(1),
    /** Not a purchase, so not of the catalogue, when paid straight from the fund: help given to people. */
    directItems: z.array(z.enum(SERVICE_ITEM_CODES)).default([]),
    as: z.string().min(2),
  },
  (rule, { line, fund, facts }) => {
    const item = line.serviceItem;
    if (item === null) {
      return needsReview(`本行没有填写服务项目，无法与${rule.as}对照，须经复核`, [action('补填服务项目')]);
    }
    if (rule.catalogues.includes(SERVICE_ITEMS[item].catalogue)) return NOTHING;
    if (facts.contract === null && facts.stage !== 'provider_report' && rule.directItems.includes(item)) {
      return NOTHING;
    }
    const message = `本行“${itemName(item)}”不在${rule.as}内，${sourceName(fund)}`;
    if (line.evidence.includes('approval_document')) {
      return needsReview(`${message}须凭所附批准文件复核后支付`, [
        action('由复核人核对批准文件写明的事项和金额'),
      ]);
    }
    return breach(`${message}${rule.severity === 'block' ? '不能购买' : '购买前须核对依据'}`, [
      attach('approval_document'),
      action(`改为${rule.as}内的服务项目，或改由其他资金支付`),
    ]);
  },
);
