import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

/** Markup of a component, as a page holds it. */
export const render = (element: VNode): string => renderToString(element);

export interface Found {
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

const decode = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/** Elements of a name in order, with their attributes and the text inside, tags removed. */
export function elements(markup: string, name: string): readonly Found[] {
  const pattern = new RegExp(`<${name}((?:\\s[^>]*?)?)(?:/>|>([\\s\\S]*?)</${name}>)`, 'g');
  return [...markup.matchAll(pattern)].map(([, attributes = '', inside = '']) => ({
    attributes: Object.fromEntries(
      [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, decode(value ?? '')]),
    ),
    text: decode(inside.replace(/<[^>]*>/g, '')),
  }));
}

export const withClass = (found: readonly Found[], name: string): readonly Found[] =>
  found.filter(({ attributes }) => attributes['class']?.split(' ').includes(name));

/** The drawing of one size, out of a figure that holds both. */
export function drawing(markup: string, size: 'wide' | 'narrow'): string {
  const found = [...markup.matchAll(/<svg[\s\S]*?<\/svg>/g)].find(([svg]) =>
    svg.slice(0, 200).includes(`chart-${size}`),
  );
  if (!found) throw new Error(`no ${size} drawing`);
  return found[0];
}

/** Cells of every row of the data tables, row headers included. */
export const tableRows = (markup: string): readonly (readonly Found[])[] =>
  [...markup.matchAll(/<tbody>([\s\S]*?)<\/tbody>/g)].flatMap(([, body = '']) =>
    [...body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
      [...row.matchAll(/<t[hd][\s\S]*?<\/t[hd]>/g)].flatMap(([cell]) =>
        elements(cell, cell.startsWith('<th') ? 'th' : 'td'),
      ),
    ),
  );

/** An attribute as the figure it is. */
export const figure = ({ attributes }: Found, name: string): number => Number(attributes[name]);
