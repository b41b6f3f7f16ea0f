import { z } from 'zod';
import { TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { definePage } from '../../page.js';
import { ownPath } from '../../pages.js';
import type { Tree } from '../../tree.js';

export const signInPage = definePage({
  path: '/sign-in',
  isPublic: true,
  title: '登录',
  query: z.object({ next: z.string().optional() }),
  load: async () => null,
  view: () => (
    <section class="card sign-in">
      <Form name="signIn">
        <TextField name="loginName" label="登录名" autocomplete="username" isRequired isWide />
        <TextField
          name="password"
          label="密码"
          type="password"
          autocomplete="current-password"
          isRequired
          isWide
        />
        <Buttons>
          <Button action="signIn" look="main">
            登录
          </Button>
        </Buttons>
      </Form>
      <p class="hint">
        忘记密码，请找本单位的系统管理员重置。核验已有的证据包不需要登录：见“<a href="/evidence">证据包</a>
        ”页。
      </p>
    </section>
  ),
  actions: {
    signIn: {
      operation: 'POST /session',
      done: (answer: { person: { grants: unknown[] } }, { query }) => {
        const next = ownPath(query['next']);
        // Several roles: first say for whom; the address asked for stays the goal.
        const isMany = answer.person.grants.length > 1;
        return { to: isMany ? `/workspaces?next=${encodeURIComponent(next)}` : next };
      },
    },
  },
});

export const signOutPage = definePage({
  path: '/sign-out',
  isPublic: true,
  title: '退出登录',
  load: async () => null,
  view: () => (
    <section class="card sign-in">
      <p>退出后，本机不再能查看账套。</p>
      <Form name="signOut">
        <Buttons>
          <Button action="signOut" look="main">
            退出登录
          </Button>
        </Buttons>
      </Form>
    </section>
  ),
  actions: {
    signOut: {
      operation: 'DELETE /session',
      done: (_answer: unknown, _page, _typed: Tree) => ({ to: '/sign-in', say: '已退出登录' }),
    },
  },
});
