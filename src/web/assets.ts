import { readFileSync } from 'node:fs';
import { sha256Hex } from '../core/ids.js';
import { projectFile } from '../core/project.js';
import type { App } from '../http/context.js';

const read = (name: string) => readFileSync(projectFile('src', 'web', 'assets', name), 'utf8');

interface Asset {
  readonly file: string;
  readonly type: string;
  readonly text: string;
}

const STYLE_SHEETS = [
  'tokens.css',
  'layout.css',
  'components.css',
  'charts.css',
  'admin.css',
  'audit.css',
  'claims.css',
  'contracts.css',
  'reports.css',
  'review.css',
  'tree.css',
  'print.css',
];
const FILES = {
  styles: { file: 'app.css', type: 'text/css; charset=utf-8', text: STYLE_SHEETS.map(read).join('\n') },
  script: { file: 'app.js', type: 'text/javascript; charset=utf-8', text: read('app.js') },
  htmx: {
    file: 'htmx-2.0.11.min.js',
    type: 'text/javascript; charset=utf-8',
    text: read('htmx-2.0.11.min.js'),
  },
  icon: { file: 'icon.svg', type: 'image/svg+xml', text: read('icon.svg') },
} satisfies Readonly<Record<string, Asset>>;

const hashOf = (text: string) => sha256Hex(text).slice(0, 12);
const addressOf = ({ file, text }: Asset) => `/assets/${hashOf(text)}/${file}`;

/** Addresses of the files that every page loads. They change with their content and are kept by browsers for good. */
export const ASSETS = {
  styles: addressOf(FILES.styles),
  script: addressOf(FILES.script),
  htmx: addressOf(FILES.htmx),
  icon: addressOf(FILES.icon),
};

export function assetRoutes(app: App): void {
  for (const asset of Object.values(FILES))
    app.get(addressOf(asset), { schema: { hide: true } }, async (_request, reply) =>
      reply.type(asset.type).header('cache-control', 'public, max-age=31536000, immutable').send(asset.text),
    );
}
