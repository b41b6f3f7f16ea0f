import { type HTMLElement, parse } from 'node-html-parser';
import type { Test } from 'tap';
import { withSeal } from '../../src/audit/index.js';
import { newSecret, sha256Hex } from '../../src/core/ids.js';
import type { Store } from '../../src/db/store.js';
import type { App } from '../../src/http/context.js';
import type { Actor } from '../../src/organisations/index.js';
import { NOW, serve } from '../http/service.js';

/** A page as a browser without scripts has it. */
export interface Visit {
  readonly status: number;
  readonly url: string;
  readonly html: string;
  readonly page: HTMLElement;
  readonly headers: Readonly<Record<string, unknown>>;
  /** What the page says, without markup. */
  readonly text: string;
}
export type Fields = Readonly<Record<string, string | readonly string[] | SentFile>>;
export interface SentFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** The service with its pages, and browsers without scripts that are signed in as anybody. */
export async function servePages(t: Test, store: Store, given: Parameters<typeof serve>[2] = {}) {
  const service = await serve(t, store, given);
  return { ...service, visitorAs: (actor: Actor | null) => browse(service.app, store, actor) };
}

/** A session of the actor; its cookie. */
export async function sessionOf(store: Store, actor: Actor): Promise<string> {
  const secret = newSecret();
  const row = {
    tokenHash: sha256Hex(secret),
    personId: actor.personId,
    createdAt: NOW,
    expiresAt: '2099-01-01T00:00:00.000Z',
  };
  await store.admin
    .insertInto('session')
    .values(withSeal(store.keys, 'session', row))
    .execute();
  return secret;
}

export async function browse(app: App, store: Store, actor: Actor | null) {
  const cookies = new Map<string, string>();
  if (actor) cookies.set('session', await sessionOf(store, actor));

  async function send(
    method: 'GET' | 'POST',
    url: string,
    body?: { readonly payload: string | Buffer; readonly type: string },
    steps = 0,
  ): Promise<Visit> {
    const reply = await app.inject({
      method,
      url,
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        accept: 'text/html',
        'sec-fetch-site': 'same-origin',
        ...(body ? { 'content-type': body.type } : {}),
      },
      ...(body ? { payload: body.payload } : {}),
    });
    for (const cookie of [reply.headers['set-cookie'] ?? []].flat()) {
      const [name = '', value = ''] = (cookie.split(';', 1)[0] ?? '').split(/=(.*)/s);
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(cookie)) cookies.delete(name);
      else cookies.set(name, decodeURIComponent(value));
    }
    const { location } = reply.headers;
    if (location && reply.statusCode >= 300 && reply.statusCode < 400 && steps < 5)
      return send('GET', location, undefined, steps + 1);
    const page = parse(reply.body, { comment: false });
    for (const unseen of page.querySelectorAll('script, style')) unseen.remove();
    const text = page.structuredText.replaceAll(/\s+/g, ' ');
    return { status: reply.statusCode, url, html: reply.body, page, headers: reply.headers, text };
  }

  return {
    cookies,
    get: (url: string) => send('GET', url),
    /** Fills in a form of a page and presses a button, as a person would; names that it has not are refused. */
    async submit(visit: Visit, form: string, fields: Fields = {}, button?: string): Promise<Visit> {
      const element = visit.page.querySelector(`#form-${CSS_SAFE(form)}`);
      if (!element) throw new Error(`${visit.url} has no form ${form}: ${visit.text.slice(0, 300)}`);
      const beside = visit.page.querySelectorAll(`button[form="form-${form}"]`);
      const sent = filled(element, fields, button, beside);
      const address = new URL(element.getAttribute('action') ?? visit.url, `http://page${visit.url}`);
      const url = `${address.pathname}${address.search}`;
      if (element.getAttribute('enctype') === 'multipart/form-data')
        return send('POST', url, multipart(sent));
      const payload = new URLSearchParams(sent.map(([name, value]) => [name, String(value)])).toString();
      return send('POST', url, { payload, type: 'application/x-www-form-urlencoded' });
    },
    post: (url: string, payload: string) =>
      send('POST', url, { payload, type: 'application/x-www-form-urlencoded' }),
  };
}
export type Browser = Awaited<ReturnType<typeof browse>>;

const CSS_SAFE = (name: string) => name.replaceAll(/[^\w-]/g, (sign) => `\\${sign}`);

type Sent = [name: string, value: string | SentFile][];

/** The successful controls of a form (HTML §4.10.21.4) with some of them filled in. */
function filled(
  form: HTMLElement,
  fields: Fields,
  button: string | undefined,
  beside: readonly HTMLElement[],
): Sent {
  const sent: Sent = [];
  const left = new Map(Object.entries(fields));
  const take = (name: string) => {
    const value = left.get(name);
    left.delete(name);
    return value;
  };
  const boxes = new Set<string>();
  const boxNames = new Set(
    form.querySelectorAll('input[type=checkbox]').map((box) => box.getAttribute('name')),
  );
  for (const control of form.querySelectorAll('input, select, textarea')) {
    const name = control.getAttribute('name');
    if (!name) continue;
    const type = control.getAttribute('type');
    if (type === 'checkbox') {
      const given = fields[name];
      const value = control.getAttribute('value') ?? 'on';
      boxes.add(name);
      const isOn = given === undefined ? control.hasAttribute('checked') : [given].flat().includes(value);
      if (isOn) sent.push([name, value]);
      continue;
    }
    if (type === 'hidden' && boxNames.has(name)) {
      sent.push([name, control.getAttribute('value') ?? '']);
      continue;
    }
    const own =
      control.tagName === 'SELECT'
        ? (control.querySelector('option[selected]') ?? control.querySelector('option'))?.getAttribute(
            'value',
          )
        : control.tagName === 'TEXTAREA'
          ? control.text
          : control.getAttribute('value');
    const given = take(name);
    if (control.tagName === 'SELECT' && typeof given === 'string') {
      const isOffered = control.querySelectorAll('option').some((one) => one.getAttribute('value') === given);
      if (!isOffered) throw new Error(`${name} does not offer ${given}`);
    }
    if (type === 'file') {
      if (given) sent.push([name, given as SentFile]);
    } else sent.push([name, (given as string | undefined) ?? own ?? '']);
  }
  for (const name of boxes) left.delete(name);
  if (left.size > 0) throw new Error(`the form has no field ${[...left.keys()].join(', ')}`);
  const pressed = [...form.querySelectorAll('button[name]'), ...beside].find(
    (one) => button === undefined || one.getAttribute('value') === button,
  );
  if (!pressed) throw new Error(`the form has no button ${button}`);
  sent.push([pressed.getAttribute('name') as string, pressed.getAttribute('value') ?? '']);
  return sent;
}

function multipart(sent: Sent): { payload: Buffer; type: string } {
  const boundary = '----form-of-a-test';
  const parts = sent.map(([name, value]) => {
    const isFile = typeof value !== 'string';
    const head = isFile ? `; filename="${value.name}"\r\nContent-Type: ${value.type}` : '';
    return Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n`),
      isFile ? value.bytes : Buffer.from(value),
      Buffer.from('\r\n'),
    ]);
  });
  return {
    payload: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}
