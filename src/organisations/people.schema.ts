import { z } from 'zod';
import { choice, identifier, instant, pageOf, pageQuery, text } from '../core/fields.js';
import { ROLES } from './may.js';
import { MAX_PASSWORD_LENGTH } from './passwords.js';

export const loginName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@-]{1,49}$/, '登录名为 2 至 50 位小写字母、数字或 . _ @ -')
  .describe('Login name; upper case is folded')
  .meta({ example: 'zhang.min' });

export const password = (description: string) =>
  z
    .string()
    .min(1, '不能为空')
    .max(MAX_PASSWORD_LENGTH, '过长')
    .describe(description)
    .meta({ example: '红河-社工-2022-春' });

const newGrantFields = {
  organisationId: identifier('Where the role holds'),
  role: choice(
    ROLES,
    '经办 operator, 审核 reviewer, 财务 finance, 出纳 payer, 审计 auditor, 督导 supervisor, 系统管理 admin',
  ),
};
export const newGrant = z.strictObject(newGrantFields).describe('A role at an organisation');
export type NewGrant = z.infer<typeof newGrant>;

export const newPerson = z
  .strictObject({
    loginName,
    displayName: text('Name', 50, '张敏'),
    organisationId: identifier('Where the person is employed'),
    password: password('First password, ten characters or more; null: the person cannot sign in yet')
      .nullable()
      .default(null),
    roles: z
      .array(newGrantFields.role)
      .max(ROLES.length)
      .default([])
      .describe('Roles at that organisation, granted at once')
      .meta({ example: ['operator'] }),
  })
  .describe('A person with a login of their own');
export type NewPerson = z.infer<typeof newPerson>;

export const grantView = z.object({
  id: identifier('Grant'),
  organisationId: identifier('Where the role holds'),
  organisationName: z.string().describe('Name of that organisation').meta({ example: '福集镇社工站' }),
  role: choice(ROLES, 'Role'),
  roleLabel: z.string().describe('Role in Chinese').meta({ example: '经办' }),
  grantedAt: instant('When it was granted'),
});
export type GrantView = z.infer<typeof grantView>;

export const personView = z
  .object({
    id: identifier('Person'),
    loginName: z.string().describe('Login name').meta({ example: 'zhang.min' }),
    displayName: z.string().describe('Name').meta({ example: '张敏' }),
    organisationId: identifier('Where the person is employed'),
    isActive: z.boolean().describe('False once deactivated').meta({ example: true }),
    grants: z.array(grantView).describe('Roles in force'),
    version: z.number().int().describe('Version, as in the ETag').meta({ example: 1 }),
  })
  .describe('A person with a login and the roles in force (人员)')
  .meta({ id: 'Person' });
export type PersonView = z.infer<typeof personView>;
export const personPage = pageOf(personView);

/** What people are to the service: with roles, without any, or ended. */
export const PERSON_STATES = { working: '在岗', without_role: '没有岗位', ended: '已停用' } as const;
export type PersonState = keyof typeof PERSON_STATES;

export const personQuery = z.object({
  ...pageQuery,
  organisationId: identifier('Only those employed there').optional(),
  bookId: identifier('Only those whose registration this book’s log tells').optional(),
  role: choice(ROLES, 'Only those with this role, wherever it holds').optional(),
  state: choice(
    ['working', 'without_role', 'ended'],
    'Only active people with a role, active people without one, or people deactivated',
  ).optional(),
  text: z
    .string()
    .trim()
    .max(50)
    .optional()
    .describe('Part of the name or login name')
    .meta({ example: '张' }),
});
export type PersonQuery = z.infer<typeof personQuery>;

export const passwordChange = z
  .strictObject({ currentPassword: password('Password so far'), newPassword: password('New password') })
  .describe('Changes one’s own password and ends all other sign-ins');
export type PasswordChange = z.infer<typeof passwordChange>;
