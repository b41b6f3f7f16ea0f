import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { projectFile } from '../../src/core/project.js';
import { offlineVerifierPage, offlineVerifierScript } from '../../src/verifier/html.js';
import { type Built, buildPackage, checkpointText, OLD_KEY, ORIGIN, signedNote } from './build-package.js';
import { readerOf, verify } from './verifier.js';

const page = offlineVerifierPage();
const between = (start: string, end: string): string => {
  const parts = page.split(start);
  t.equal(parts.length, 2, start);
  return parts[1]!.split(end)[0]!;
};
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

t.test('the page is one file that loads nothing', async (t) => {
  const script = between('<script type="module">', '</script>');
  const markup = page.replace(script, '');
  t.notMatch(page, /https?:\/\/|wss?:\/\//);
  t.notMatch(markup, /\s(src|href|action|data|srcset|poster|background|style|on[a-z]+)\s*=/i);
  t.notMatch(markup, /url\(|@import|<(link|img|iframe|object|embed|base|svg)\b/i);
  t.notMatch(
    script,
    /\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|eval|Function)\s*\(/,
  );
  t.notMatch(script, /innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  // Nothing is imported but parts of Node, and these only where Node runs.
  t.same(script.match(/^import .*$/gm), null);
  const code = script.replace(/\/\*\*[\s\S]*?\*\//g, '');
  const imports = code.match(/\bimport\([^)]*\)/g) ?? [];
  t.ok(imports.length > 3);
  for (const one of imports) t.match(one, /^import\('node:[a-z/]+'\)$/);
  t.notMatch(script, /<\/script|<!--/i);
  t.notMatch(page, /\r/);
});

t.test('its policy allows its script and its style alone', async (t) => {
  const script = between('<script type="module">', '</script>');
  const style = between('<style>', '</style>');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
  t.equal(
    policy,
    `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
  );
  t.ok(page.indexOf('Content-Security-Policy') < page.indexOf('<style>'));
  t.equal(page.match(/<script/g)?.length, 1);
});

t.test('the page is labelled', async (t) => {
  t.match(page, /<html lang="zh-CN">/);
  t.match(page, /<meta charset="utf-8">/);
  for (const [, id] of page.matchAll(/<(?:input|textarea)[^>]*\sid="([^"]+)"/g))
    t.match(page, new RegExp(`<label for="${id}">`), id ?? '');
  for (const [, ids] of page.matchAll(/aria-(?:describedby|labelledby)="([^"]+)"/g))
    for (const id of ids!.split(' ')) t.match(page, new RegExp(`id="${id}"`), id ?? '');
  for (const [, id] of between('<script type="module">', '</script>').matchAll(/part\('([^']+)'\)/g))
    t.match(page, new RegExp(`id="${id}"`), id ?? '');
  t.match(page, /@media print/);
  t.match(page, /不会上传/);
});

/** Relative luminance of WCAG 2.2. */
function luminance(colour: string): number {
  const hex = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

t.test('text stands out by 4.5 to 1', async (t) => {
  const style = between('<style>', '</style>');
  const named = new Map(
    [...style.matchAll(/(--[a-z]+): (#[0-9a-f]+)/g)].map(([, name, value]) => [`var(${name})`, value!]),
  );
  const colourOf = (colour: string) => named.get(colour) ?? colour;
  let count = 0;
  for (const [, rule] of style.matchAll(/\{([^{}]*)\}/g)) {
    const colour = /(?:^|[\s;])color: ([^;]+);/.exec(rule!)?.[1];
    const ground = /background: ([^;]+);/.exec(rule!)?.[1] ?? '#fff';
    if (!colour || !colourOf(colour).startsWith('#')) continue;
    const [light, dark] = [luminance(colourOf(colour)), luminance(colourOf(ground))].sort((a, b) => b - a);
    t.ok((light! + 0.05) / (dark! + 0.05) >= 4.5, rule ?? '');
    count += 1;
  }
  t.ok(count >= 8);
});

t.test('the script of the page verifies like the verifier', async (t) => {
  const file = join(t.testdir(), 'inline.mjs');
  writeFileSync(file, between('<script type="module">', '</script>'));
  const inline = (await import(pathToFileURL(file).href)) as Awaited<
    typeof import('./verifier.js')
  >['verifier'];
  const { zip } = buildPackage();
  t.same(await inline.verifyPackage(readerOf(zip)), await verify(zip));
});

/** As much of an element as the page uses. */
class FakeElement {
  readonly handlers = new Map<string, (event: object) => unknown>();
  readonly classList = { add: () => {}, remove: () => {} };
  readonly attributes = new Map<string, string>();
  children: (FakeElement | string)[] = [];
  files: File[] = [];
  value = '';
  className = '';
  hidden = true;
  disabled = false;
  required = true;
  isFocused = false;
  addEventListener(name: string, handler: (event: object) => unknown) {
    this.handlers.set(name, handler);
  }
  setAttribute(name: string, value: string) {
    this.attributes.set(name, value);
  }
  append(...children: (FakeElement | string)[]) {
    this.children.push(...children);
  }
  focus() {
    this.isFocused = true;
  }
  set textContent(text: string) {
    this.children = text === '' ? [] : [text];
  }
  get textContent(): string {
    return this.children.map((child) => (typeof child === 'string' ? child : child.textContent)).join('');
  }
}

t.test('the page shows what was found', async (t) => {
  const parts = new Map<string, FakeElement>();
  const part = (id: string) => {
    if (!parts.has(id)) parts.set(id, new FakeElement());
    return parts.get(id)!;
  };
  Object.assign(globalThis, {
    document: { getElementById: part, createElement: () => new FakeElement(), addEventListener: () => {} },
  });
  await import(pathToFileURL(projectFile('src', 'verifier', 'page.mjs')).href);
  t.equal(part('form').hidden, false);
  t.equal(part('unsupported').hidden, true);
  const submit = async (zip: Uint8Array, keys = '') => {
    part('package').files = [new File([new Uint8Array(zip)], '包.zip')];
    part('package').handlers.get('change')!({});
    part('keys').value = keys;
    await part('form').handlers.get('submit')!({ preventDefault: () => {} });
  };
  const built = buildPackage();
  part('known').files = [new File([checkpointOf(built)], 'old.txt')];
  await submit(built.zip, `${OLD_KEY.vkey}\n`);
  t.match(part('chosen').textContent, /包\.zip/);
  t.equal(part('verdict').textContent, '结论：未发现不符；2 项未核验');
  t.equal(part('verdict').className, 'verdict part');
  t.equal(part('checks').children.length, 15);
  t.match(part('checks').textContent, /5公钥核对✓ 通过/);
  t.match(part('checks').textContent, /8与旧检查点一致✓ 通过/);
  t.match(part('checks').textContent, /14时间戳○ 未核验/);
  t.match(part('about').textContent, /泸县民政局社工站资金账套（book-luxian）/);
  t.equal(part('result').hidden, false);
  t.equal(part('running').hidden, true);
  t.equal(part('result-title').isFocused, true);

  await submit(buildPackage({ files: (files) => files.delete('data/cover.html') && undefined }).zip);
  t.match(part('verdict').textContent, /^结论：发现 2 项不符/);
  t.equal(part('verdict').className, 'verdict bad');
  t.match(part('checks').textContent, /1压缩包结构✗ 不符共 1 处不符：data\/cover\.html：缺少这个文件/);
  t.equal(part('checks').children.length, 15);
});

const checkpointOf = ({ leaves }: Built) => signedNote(checkpointText(ORIGIN, leaves.slice(0, 7)), [OLD_KEY]);

t.test('the script for Node is the file itself', async (t) => {
  t.match(offlineVerifierScript(), /^#!\/usr\/bin\/env node\n/);
});
