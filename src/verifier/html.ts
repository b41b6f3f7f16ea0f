import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { projectFile } from '../core/project.js';

const source = (name: string): string => readFileSync(projectFile('src', 'verifier', name), 'utf8');

/** The verifier for Node, as it is. */
export const offlineVerifierScript = (): string => source('verify.mjs');

/**
 * The verifier as one page that is opened from disk: script and style inside, and a policy that allows these two and
 * nothing else, so that the page cannot reach a network even if it wanted to.
 */
export function offlineVerifierPage(): string {
  const verifier = offlineVerifierScript().replace(/^#!.*\n/, '');
  const script = `\n${verifier}\n${without(source('page.mjs'), "import { show, verifyPackage } from './verify.mjs';\n")}`;
  if (/<\/script|<!--/i.test(script)) throw new Error('the script would end before its end');
  const template = source('verify.template.html');
  const style = /<style>([\s\S]*?)<\/style>/.exec(template)?.[1];
  if (style === undefined) throw new Error('the template has no style');
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return replaced(replaced(template, '{{policy}}', policy), '/* verifier */', script);
}

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

function replaced(text: string, mark: string, value: string): string {
  const parts = text.split(mark);
  if (parts.length !== 2) throw new Error(`${mark} does not stand there once`);
  return parts.join(value);
}

const without = (text: string, line: string): string => replaced(text, line, '');
