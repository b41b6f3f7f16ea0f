import { z } from 'zod';
import { choice, division, identifier, instant, text } from '../core/fields.js';
import { ORGANISATION_KINDS } from '../core/vocabulary.js';
import { organisationView } from './organisations.schema.js';
import { loginName, password, personView } from './people.schema.js';

export const signInForm = z
  .strictObject({
    loginName: z.string().trim().toLowerCase().max(100).describe('Login name').meta({ example: 'zhang.min' }),
    password: password('Password'),
  })
  .describe('Opens a session; the secret comes back as the cookie `session`');
export type SignIn = z.infer<typeof signInForm>;

export const sessionView = z
  .object({ person: personView, expiresAt: instant('When the session ends by itself') })
  .describe('Who is signed in');
export const meView = z
  .object({
    person: personView,
    organisation: organisationView.describe('Where the person is employed'),
    via: choice(['session', 'token', 'system'], 'How the request was authenticated'),
  })
  .describe('Who asks');
export type Me = z.infer<typeof meView>;

export const newToken = z
  .strictObject({
    name: text('What the token is for', 50, '财务软件对接'),
    days: z
      .number()
      .int()
      .min(1)
      .max(366)
      .default(90)
      .describe('Days until it expires. Unit: days')
      .meta({ example: 90 }),
  })
  .describe('A token for programs; it may do what its owner may');
export type NewToken = z.infer<typeof newToken>;

export const tokenView = z.object({
  id: identifier('Token'),
  name: z.string().describe('What it is for').meta({ example: '财务软件对接' }),
  createdAt: instant('When it was created'),
  expiresAt: instant('When it expires'),
  revokedAt: instant('When it was revoked').nullable(),
});
export type TokenView = z.infer<typeof tokenView>;
export const createdTokenView = tokenView.extend({
  secret: z.string().describe('The token itself, shown this once').meta({ example: 'sfl_…' }),
});
export type CreatedTokenView = z.infer<typeof createdTokenView>;
export const tokenList = z.object({ items: z.array(tokenView).describe('Newest first') });

export const setupForm = z
  .strictObject({
    token: z
      .string()
      .min(1, '不能为空')
      .max(100)
      .describe('Secret of the set-up link')
      .meta({ example: 'k3…' }),
    bureau: z
      .strictObject({
        kind: choice(
          ORGANISATION_KINDS.filter((kind) => kind.startsWith('bureau_')) as [
            'bureau_provincial',
            'bureau_prefecture',
            'bureau_county',
          ],
          'Kind of the topmost bureau of this installation',
        ),
        name: text('Full name', 100, '泸县民政局'),
        divisionCode: division('Division'),
      })
      .describe('The topmost bureau'),
    admin: z
      .strictObject({
        loginName,
        displayName: text('Name', 50, '李华'),
        password: password('Password, ten characters or more'),
      })
      .describe('The first administrator'),
  })
  .describe('Completes the set-up, once');
export type SetupForm = z.infer<typeof setupForm>;
export const setupView = z
  .object({ bureau: organisationView, admin: personView })
  .describe('What the set-up made');
export type SetupView = z.infer<typeof setupView>;
