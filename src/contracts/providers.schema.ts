import { z } from 'zod';
import { choice } from '../core/fields.js';
import type { OrganisationView, SanctionView } from '../organisations/index.js';

export const PROVIDER_SCOPE_LABELS = {
  contracted: '与本账套有合同的',
  sanctioned: '有黑名单或退出记录的',
} as const;

export const providerQuery = z.object({
  scope: choice(['contracted', 'sanctioned'], 'Only those with a contract in the book, or with a sanction')
    .optional()
    .meta({ example: 'contracted' }),
  text: z.string().trim().max(100).optional().describe('Part of the name').meta({ example: '社会工作' }),
});
export type ProviderQuery = z.infer<typeof providerQuery>;

/** A provider (承接机构) and what a book has to do with it. Amounts in yuan, of signed and closed contracts. */
export interface ProviderView {
  readonly organisation: OrganisationView;
  readonly contractCount: number;
  readonly pendingCount: number;
  readonly amount: string;
  readonly paid: string;
  /** Newest first. */
  readonly sanctions: readonly SanctionView[];
}
