import { DomainError } from './errors.js';

/*
 * A scanner for XML that people hand in (sheets, electronic invoices). It takes the part of XML 1.0 that such files are
 * made of: elements, attributes, text, CDATA, comments, processing instructions, the five entities and character
 * references. Whatever could make a parser fetch or multiply something (DOCTYPE, entity declarations) is refused, as are
 * documents that are not well-formed. Prefixes of names are left off.
 */

export type Attributes = Readonly<Record<string, string>>;

export interface XmlHandler {
  open(name: string, attributes: Attributes): void;
  /** May come in pieces. */
  text(text: string): void;
  close(name: string): void;
}

/** An element with what is in it; `text` is all text directly in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: XmlElement[];
  text: string;
}

const MAX_DEPTH = 64;
const MAX_ATTRIBUTES = 64;
const ENCODINGS = ['utf-8', 'utf8', 'gbk', 'gb2312', 'gb18030'];
const NAME = /[\p{L}_][\p{L}\p{N}_.\-:]*/uy;
const ATTRIBUTE = /\s+([\p{L}_][\p{L}\p{N}_.\-:]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/uy;
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 §2.2 says which characters there are.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const unreadable = (why: string) => new DomainError('xml_unreadable', `XML 内容无法读取：${why}`);

/** The text of an XML file in UTF-8, UTF-16 with a mark, or GBK/GB18030 as it declares. @throws DomainError `xml_unreadable` */
export function decodeXml(bytes: Buffer): string {
  const declared = /^[^>]{0,100}encoding\s*=\s*["']([\w-]+)["']/.exec(bytes.toString('latin1', 0, 200))?.[1];
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : (declared ?? 'utf-8').toLowerCase();
  if (encoding !== 'utf-16le' && !ENCODINGS.includes(encoding)) throw unreadable(`不支持 ${encoding} 编码`);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('文字编码有误');
  }
}

/** Tells `handler` what the document holds, in its order. @throws DomainError `xml_unreadable` */
export function scanXml(text: string, handler: XmlHandler): void {
  if (FORBIDDEN.test(text)) throw unreadable('含有不允许的字符');
  const open: string[] = [];
  let hasRoot = false;
  let at = 0;
  const skipTo = (end: string, from: number): number => {
    const found = text.indexOf(end, from);
    if (found < 0) throw unreadable('内容不完整');
    return found;
  };
  while (at < text.length) {
    const tag = text.indexOf('<', at);
    const said = text.slice(at, tag < 0 ? text.length : tag);
    if (said !== '') {
      if (open.length > 0) handler.text(decoded(said));
      else if (said.trim() !== '') throw unreadable('根元素之外有文字');
    }
    if (tag < 0) break;
    if (text.startsWith('<!--', tag)) at = skipTo('-->', tag + 4) + 3;
    else if (text.startsWith('<?', tag)) at = skipTo('?>', tag + 2) + 2;
    else if (text.startsWith('<![CDATA[', tag) && open.length > 0) {
      const end = skipTo(']]>', tag + 9);
      handler.text(text.slice(tag + 9, end));
      at = end + 3;
    } else if (text.startsWith('<!', tag)) throw unreadable('含有文档类型声明（DOCTYPE）');
    else if (text[tag + 1] === '/') {
      const end = skipTo('>', tag);
      const name = text.slice(tag + 2, end).trimEnd();
      if (open.pop() !== name) throw unreadable('标签没有正确配对');
      handler.close(local(name));
      at = end + 1;
    } else {
      if (open.length === 0 && hasRoot) throw unreadable('有多个根元素');
      hasRoot = true;
      const { name, attributes, isEmpty, end } = tagAt(text, tag);
      handler.open(local(name), attributes);
      if (isEmpty) handler.close(local(name));
      else open.push(name);
      if (open.length > MAX_DEPTH) throw unreadable('嵌套层次过多');
      at = end;
    }
  }
  if (open.length > 0 || !hasRoot) throw unreadable('内容不完整');
}

/** The whole document as a tree of at most `maxElements`. @throws DomainError `xml_unreadable` */
export function parseXml(text: string, maxElements: number): XmlElement {
  const document: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const path = [document];
  let count = 0;
  scanXml(text, {
    open(name, attributes) {
      count += 1;
      if (count > maxElements) throw unreadable('元素过多');
      const element: XmlElement = { name, attributes, children: [], text: '' };
      path.at(-1)?.children.push(element);
      path.push(element);
    },
    text(said) {
      const element = path.at(-1);
      if (element) element.text += said;
    },
    close() {
      path.pop();
    },
  });
  return document.children[0] as XmlElement;
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

function tagAt(text: string, tag: number) {
  NAME.lastIndex = tag + 1;
  const name = NAME.exec(text)?.[0];
  if (name === undefined) throw unreadable('标签有误');
  let end = NAME.lastIndex;
  const attributes: Record<string, string> = Object.create(null);
  const seen = new Set<string>();
  for (;;) {
    ATTRIBUTE.lastIndex = end;
    const found = ATTRIBUTE.exec(text);
    if (!found) break;
    end = ATTRIBUTE.lastIndex;
    const [, key = '', double, single] = found;
    if (seen.has(key) || seen.size >= MAX_ATTRIBUTES) throw unreadable('属性重复或过多');
    seen.add(key);
    if (key !== 'xmlns' && !key.startsWith('xmlns:'))
      attributes[local(key)] ??= decoded(double ?? single ?? '');
  }
  while (/\s/.test(text[end] ?? '')) end += 1;
  const isEmpty = text[end] === '/';
  if (isEmpty) end += 1;
  if (text[end] !== '>') throw unreadable('标签有误');
  return { name, attributes, isEmpty, end: end + 1 };
}

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&\s]{0,12})(;?)/g, (_, entity: string, end: string) => {
    const known = end === ';' ? (ENTITIES[entity] ?? characterOf(entity)) : null;
    if (known === null) throw unreadable('含有不认识的实体引用');
    return known;
  });
}

function characterOf(entity: string): string | null {
  const [, hex, decimal] = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(entity) ?? [];
  if (hex === undefined && decimal === undefined) return null;
  const code = hex === undefined ? Number.parseInt(decimal as string, 10) : Number.parseInt(hex, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
  const character = String.fromCodePoint(code);
  return FORBIDDEN.test(character) ? null : character;
}
