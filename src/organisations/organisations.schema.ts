import { z } from 'zod';
import { businessDate, choice, division, identifier, pageOf, pageQuery, text } from '../core/fields.js';
import { ORGANISATION_KINDS, PROVIDER_KINDS } from '../core/vocabulary.js';
import { isCreditCode } from './credit-code.js';

/** 中心城区, 新城区. */
const DISTRICT_CLASSES = ['central', 'new'] as const;

const creditCode = z
  .string()
  .trim()
  .toUpperCase()
  .refine(isCreditCode, '统一社会信用代码有误：应为 18 位，且校验位正确')
  .describe('统一社会信用代码 (GB 32100-2015)')
  .meta({ example: '52510521MJ1234567W' });
const districtClass = choice(
  DISTRICT_CLASSES,
  'Central or new urban district, where a staffing rule asks (WH-13)',
);

export const newOrganisation = z
  .strictObject({
    kind: choice(ORGANISATION_KINDS, 'Kind of organisation').meta({ example: 'township' }),
    name: text('Full name', 100, '福集镇'),
    parentId: identifier('The organisation above it'),
    divisionCode: division('Division; must lie within that of the parent, except for providers and donors'),
    creditCode: creditCode.nullable().default(null),
    providerKind: choice(PROVIDER_KINDS, 'What a provider is; null for any other kind')
      .nullable()
      .default(null),
    districtClass: districtClass.nullable().default(null),
    openedDate: businessDate('First day of its work'),
  })
  .describe('A bureau, township, station, provider or donor');
export type NewOrganisation = z.infer<typeof newOrganisation>;

export const organisationView = z
  .object({
    id: identifier('Organisation'),
    kind: choice(ORGANISATION_KINDS, 'Kind of organisation'),
    kindLabel: z.string().describe('Kind in Chinese').meta({ example: '乡镇（街道）' }),
    name: z.string().describe('Full name').meta({ example: '福集镇' }),
    parentId: identifier('The organisation above it').nullable(),
    divisionCode: division('Division'),
    creditCode: z.string().nullable().describe('统一社会信用代码').meta({ example: '52510521MJ1234567W' }),
    providerKind: choice(PROVIDER_KINDS, 'What a provider is').nullable(),
    districtClass: districtClass.nullable(),
    openedDate: businessDate('First day of its work'),
    closedDate: businessDate('Last day of its work; null while open').nullable(),
    bookId: identifier('Its own book; null unless it is a bureau').nullable(),
    version: z.number().int().describe('Version, as in the ETag').meta({ example: 1 }),
  })
  .describe('A bureau, township, station, provider or donor (单位)')
  .meta({ id: 'Organisation' });
export type OrganisationView = z.infer<typeof organisationView>;
export const organisationPage = pageOf(organisationView);

export const organisationQuery = z.object({
  ...pageQuery,
  kind: choice(ORGANISATION_KINDS, 'Only this kind').optional(),
  parentId: identifier('Only directly under this organisation').optional(),
  bookId: identifier('Only those whose registration this book’s log tells').optional(),
  text: z.string().trim().max(100).optional().describe('Part of the name').meta({ example: '福集' }),
});
export type OrganisationQuery = z.infer<typeof organisationQuery>;

export const closing = z
  .strictObject({ closedDate: businessDate('Last day of its work; today or earlier') })
  .describe('Closes an organisation without open ones below it');

export const SANCTION_LABELS = { blacklist: '黑名单', exit: '退出' } as const;
const sanctionKind = choice(
  ['blacklist', 'exit'],
  '黑名单, or 退出 of a provider that still has accounts to settle',
);

export const newSanction = z
  .strictObject({
    kind: sanctionKind,
    bureauId: identifier('The bureau that decided it, in whose book it is logged'),
    documentNo: text('文号 of the decision', 100, '泸县民〔2022〕示例号'),
    reason: text('Why', 500, '弄虚作假'),
    fromDate: businessDate('First day in force'),
    untilDate: businessDate('Last day in force; null: without end').nullable().default(null),
  })
  .describe('黑名单与退出 (YN-08)');
export type NewSanction = z.infer<typeof newSanction>;

export const settlement = z
  .strictObject({
    settledDate: businessDate('Day on which the provider’s accounts were settled; today or earlier'),
  })
  .describe('Settles an exit');

export const sanctionView = z
  .object({
    id: identifier('Sanction'),
    providerId: identifier('Provider'),
    kind: sanctionKind,
    kindLabel: z.string().describe('Kind in Chinese').meta({ example: '黑名单' }),
    bureauId: identifier('The bureau that decided it'),
    documentNo: z.string().describe('文号 of the decision').meta({ example: '泸县民〔2022〕示例号' }),
    reason: z
      .string()
      .nullable()
      .describe('Why; null for those who may not read the deciding bureau’s book')
      .meta({ example: '弄虚作假' }),
    fromDate: businessDate('First day in force'),
    untilDate: businessDate('Last day in force').nullable(),
    settledDate: businessDate('Day of settlement (exit only)').nullable(),
  })
  .describe('A blacklisting or an exit of a provider (黑名单与退出)')
  .meta({ id: 'Sanction' });
export type SanctionView = z.infer<typeof sanctionView>;
export const sanctionList = z.object({ items: z.array(sanctionView).describe('Newest first') });
