import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCollection, isMap, isScalar, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import type { z } from 'zod';
import { DomainError } from '../core/errors.js';
import { checkPacks } from './check.js';
import { RuleIndex } from './compile.js';
import { packIssueText } from './issueText.js';
import { type Pack, packSchema } from './pack.schema.js';

/** Packs that loaded together without a fault: immutable, and all that a decision needs besides its facts. */
export interface PackSet {
  readonly packs: readonly Pack[];
  /** Keywords of all text rules, unique, in code point order. */
  readonly terms: readonly string[];
  /** Derived from `packs`; holds the cache of applicable rules. */
  readonly index: RuleIndex;
}

/** One fault of a pack file. `line` is 1-based. */
export interface PackFault {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/**
 * Loads every `*.yaml` of a folder.
 * @throws DomainError `policy_packs_invalid` with *all* faults, each with file and line, in `details.faults`.
 */
export function loadPacks(folder = defaultPackFolder()): PackSet {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  return parsePacks(names.map((file) => ({ file, bytes: readFileSync(join(folder, file)) })));
}

/** src/policy/packs beside the nearest package.json that has it, from the sources and from dist/ alike. */
export function defaultPackFolder(): string {
  let root = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const folder = join(root, 'src', 'policy', 'packs');
    if (existsSync(join(root, 'package.json')) && existsSync(folder)) return folder;
    const parent = dirname(root);
    if (parent === root) throw new Error('no package with policy packs above the policy module');
    root = parent;
  }
}

export function parsePacks(files: readonly { readonly file: string; readonly bytes: Uint8Array }[]): PackSet {
  const parsed = files.map(({ file, bytes }) => parseOne(file, bytes));
  const faults = parsed.flatMap((one) => one.faults);
  const packs = parsed.flatMap((one) => (one.pack === null ? [] : [one.pack]));
  const lineIn = new Map(parsed.map((one) => [one.file, one.lineOf]));
  for (const { file, path, message } of checkPacks(packs)) {
    faults.push({ file, line: lineIn.get(file)!(path), message });
  }
  if (packs.length === 0 && faults.length === 0)
    faults.push({ file: '.', line: 1, message: '没有找到政策包' });
  if (faults.length > 0) {
    faults.sort(
      (a, b) => compareText(a.file, b.file) || a.line - b.line || compareText(a.message, b.message),
    );
    throw invalid(faults);
  }
  return compilePacks(packs);
}

/**
 * A set of packs that were loaded before. Nothing is checked across them: the packs in force at one place and date are
 * enough to decide there, though a rule that they override may stand in another.
 */
export function compilePacks(packs: readonly Pack[]): PackSet {
  const terms = new Set(
    packs.flatMap(({ rules }) => rules.flatMap((rule) => (rule.kind === 'text_match' ? rule.keywords : []))),
  );
  return Object.freeze({
    packs: deepFreeze(packs),
    terms: Object.freeze([...terms].sort()),
    index: new RuleIndex(packs),
  });
}

/**
 * A set with one pack more, which takes the place of the pack of the same document id.
 * @throws DomainError `policy_packs_invalid` with all faults of the pack, and of the set with it in
 */
export function withPack({ packs }: PackSet, file: string, bytes: Uint8Array): PackSet {
  const { pack, faults, lineOf } = parseOne(file, bytes);
  if (pack === null) throw invalid(faults);
  const others = packs.filter(({ document }) => document.id !== pack.document.id);
  const found = checkPacks([...others, pack]).map((fault) => {
    const other = others.find((each) => each.file === fault.file);
    const line = other
      ? parseOne(other.file, Buffer.from(other.text, 'utf8')).lineOf(fault.path)
      : lineOf(fault.path);
    return { file: fault.file, line, message: fault.message };
  });
  if (found.length > 0) throw invalid(found);
  return compilePacks([...others, pack]);
}

/** One pack by itself. @throws DomainError `policy_packs_invalid` */
export function parsePack(file: string, bytes: Uint8Array): Pack {
  const { pack, faults } = parseOne(file, bytes);
  if (pack === null) throw invalid(faults);
  return pack;
}

function invalid(faults: readonly PackFault[]): DomainError {
  const list = faults.map(({ file, line, message }) => `${file}:${line} ${message}`).join('\n');
  return new DomainError('policy_packs_invalid', `政策包有 ${faults.length} 处错误：\n${list}`, {
    details: { faults },
  });
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

type Path = readonly PropertyKey[];
interface Parsed {
  readonly file: string;
  readonly pack: Pack | null;
  readonly faults: PackFault[];
  readonly lineOf: (path: Path) => number;
}

function parseOne(file: string, bytes: Uint8Array): Parsed {
  const counter = new LineCounter();
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const fault = { file, line: 1, message: '不是 UTF-8 编码的文本' };
    return { file, pack: null, faults: [fault], lineOf: () => 1 };
  }
  const document = documentOf(text, counter);
  if (document === null) {
    const fault = { file, line: 1, message: '不是有效的 YAML：层次过多' };
    return { file, pack: null, faults: [fault], lineOf: () => 1 };
  }
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const lineOf = (path: Path) => lineAt(offsetOf(document.contents, path));
  const broken = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    file,
    line: lineAt(pos[0]),
    message: `不是有效的 YAML：${message.split('\n')[0]}`,
  }));
  if (broken.length > 0) return { file, pack: null, faults: broken, lineOf };
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    // Aliases that name each other grow without bound; the parser counts them and stops.
    const message = `不是有效的 YAML：${error instanceof Error ? error.message : error}`;
    return { file, pack: null, faults: [{ file, line: 1, message }], lineOf };
  }
  const result = packSchema.safeParse(content, { error: packIssueText });
  if (!result.success) {
    const faults = result.error.issues.flatMap(issueFaults).map(({ path, message }) => ({
      file,
      line: lineOf(path),
      message: `${path.map(String).join('.')}：${message}`,
    }));
    return { file, pack: null, faults, lineOf };
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { file, pack: { ...result.data, file, text, sha256 }, faults: [], lineOf };
}

/** Null for what is nested deeper than the parser can follow. */
function documentOf(text: string, lineCounter: LineCounter) {
  try {
    return parseDocument(text, { lineCounter, merge: true });
  } catch {
    return null;
  }
}

/** One fault per misspelt key, so that each is shown on its own line. */
function issueFaults(issue: z.core.$ZodIssue): { path: Path; message: string }[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: `不认识的键 ${key}` }));
}

/** Offset of the node at `path`, or of the nearest one above it. */
function offsetOf(root: ParsedNode | null, path: Path): number {
  let node: ParsedNode | null = root;
  let offset = root?.range[0] ?? 0;
  for (const step of path) {
    if (!isCollection(node)) break;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) break;
      offset = pair.key.range[0];
      node = pair.value as ParsedNode | null;
    } else {
      node = node.get(Number(step), true) as ParsedNode | null;
      offset = node?.range[0] ?? offset;
    }
  }
  return offset;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
