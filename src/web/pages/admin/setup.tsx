import { z } from 'zod';
import { DomainError } from '../../../core/errors.js';
import { ORGANISATION_LABELS } from '../../../core/vocabulary.js';
import {
  checkDivisionOfBureau,
  demandSetupLink,
  demandStrongPassword,
  type SetupView,
  setupForm,
} from '../../../organisations/index.js';
import { FieldSet, HiddenField, SelectField, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import type { PageContext } from '../../context.js';
import { definePage } from '../../page.js';
import { type Tree, valueAt } from '../../tree.js';

const { kind } = setupForm.shape.bureau.shape;
const KINDS = kind.options.map((one) => [one, ORGANISATION_LABELS[one]] as const);

/** The secret of the link: in the address at first, in the form from then on. */
const tokenOf = ({ said, query }: PageContext): string =>
  String((said ? valueAt(said.typed, 'token') : query['token']) ?? '');

/** What stands behind the one-time link of the first start. */
export const setupPage = definePage({
  path: '/setup',
  isPublic: true,
  title: '首次设置',
  query: z.object({ token: z.string().optional() }),
  // The address holds the secret: nothing that the page asks for says more than the origin. Not `no-referrer`, under
  // which browsers send the form itself with `Origin: null` (Fetch §3.2), which is refused.
  headers: { 'referrer-policy': 'strict-origin' },
  load: async (page) => {
    const token = tokenOf(page as PageContext);
    await demandSetupLink(page.deps.store, token, page.deps.now());
    return token;
  },
  view: (token) => (
    <section class="card narrow">
      <p>在此建立本系统的最上级单位、它的账套和第一位系统管理员。各项都必须填写；此链接只能用一次。</p>
      <Form name="setup" values={{ token }} at="/setup">
        <HiddenField name="token" />
        <FieldSet legend="单位">
          <SelectField name="bureau.kind" label="单位级别" choices={KINDS} isRequired />
          <TextField name="bureau.name" label="单位全称" hint="例如：泸县民政局" isRequired />
          <TextField
            name="bureau.divisionCode"
            label="行政区划代码"
            hint="六位数字（GB/T 2260）：省级形如 510000，市州级形如 510500，县级形如 510521"
            isRequired
          />
        </FieldSet>
        <FieldSet legend="系统管理员">
          <TextField
            name="admin.loginName"
            label="登录名"
            autocomplete="username"
            hint="2 至 50 位小写字母、数字或 . _ @ -，例如：li.hua"
            isRequired
          />
          <TextField name="admin.displayName" label="姓名" autocomplete="name" isRequired />
          <TextField
            name="admin.password"
            label="密码"
            type="password"
            autocomplete="new-password"
            hint="至少 10 位，不要用常见密码"
            isRequired
          />
          <TextField
            name="admin._passwordAgain"
            label="再次输入密码"
            type="password"
            autocomplete="new-password"
            isRequired
          />
        </FieldSet>
        <Buttons>
          <Button action="setup" look="main">
            完成设置
          </Button>
        </Buttons>
      </Form>
    </section>
  ),
  actions: {
    setup: {
      operation: 'POST /setup',
      check: faultsOf,
      done: ({ bureau }: SetupView) => ({
        to: '/sign-in',
        say: `已建立“${bureau.name}”和它的账套，设置链接已失效。请用刚才的登录名和密码登录，然后登记下级单位和人员。`,
      }),
    },
  },
});

/** What no schema says, so that nobody is sent back twice and types the password again. */
function faultsOf(typed: Tree): [field: string, message: string][] {
  const given = (name: string) => String(valueAt(typed, name) ?? '');
  const level = kind.safeParse(given('bureau.kind'));
  const mismatch = level.success ? checkDivisionOfBureau(level.data, given('bureau.divisionCode')) : null;
  const weakness = weaknessOf(given('admin.password'), given('admin.loginName'));
  const isSame = given('admin._passwordAgain') === given('admin.password');
  return [
    ...(mismatch ? [['bureau.divisionCode', mismatch[1]] as [string, string]] : []),
    ...(weakness ? [['admin.password', weakness] as [string, string]] : []),
    ...(isSame ? [] : [['admin._passwordAgain', '两次输入的密码不一致'] as [string, string]]),
  ];
}

export function weaknessOf(password: string, loginName: string): string | null {
  try {
    demandStrongPassword(password, loginName);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}
