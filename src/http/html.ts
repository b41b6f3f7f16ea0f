/** Text that is HTML already; only `html` makes it. */
export class Html {
  constructor(readonly text: string) {}
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

type Value = string | Html | readonly Html[];

/** A template whose values are escaped, for text and for quoted attributes, unless they are HTML themselves. */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  new Html(parts.map((part, index) => part + (index < values.length ? put(values[index]) : '')).join(''));

function put(value: Value | undefined): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);
  return (value ?? []).map(({ text }) => text).join('');
}

/** A whole page with its one style sheet. */
export const page = (title: string, styleSheet: string, content: Html): Html => html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · 社工站资金合规台账</title>
<link rel="stylesheet" href="${styleSheet}">
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
