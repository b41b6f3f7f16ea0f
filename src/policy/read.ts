import { createHash } from 'node:crypto';
import { isCollection, isMap, isScalar, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import type { z } from 'zod';
import { packIssueText } from './issueText.js';
import { type Pack, packSchema } from './pack.schema.js';

/** One fault of a pack file. `line` is 1-based. */
export interface PackFault {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export type Path = readonly PropertyKey[];

/** What a file says, as far as its form is right. */
export interface PackFile {
  readonly file: string;
  /**
   * The file without the clauses, parameters, rules and tests that are malformed; null where nothing can be judged
   * without what is malformed.
   */
  readonly pack: Pack | null;
  /** Faults of form; with none, `pack` is the whole file. */
  readonly faults: readonly PackFault[];
  /** Ids that occur in what was left out of `pack`: that they are missing from it is no fault. */
  readonly leftOut: ReadonlySet<string>;
  readonly lineOf: (path: Path) => number;
}

export function readPack(file: string, bytes: Uint8Array): PackFile {
  const counter = new LineCounter();
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const fault = { file, line: 1, message: '不是 UTF-8 编码的文本' };
    return { file, pack: null, faults: [fault], leftOut: new Set(), lineOf: () => 1 };
  }
  const document = documentOf(text, counter);
  if (document === null) {
    const fault = { file, line: 1, message: '不是有效的 YAML：层次过多' };
    return { file, pack: null, faults: [fault], leftOut: idsIn(text), lineOf: () => 1 };
  }
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const lineOf = (path: Path) => lineAt(offsetOf(document.contents, path));
  const unread = { file, pack: null, leftOut: idsIn(text), lineOf };
  const broken = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    file,
    line: lineAt(pos[0]),
    message: `不是有效的 YAML：${message.split('\n')[0]}`,
  }));
  if (broken.length > 0) return { ...unread, faults: broken };
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    // Aliases that name each other grow without bound; the parser counts them and stops.
    const message = `不是有效的 YAML：${error instanceof Error ? error.message : error}`;
    return { ...unread, faults: [{ file, line: 1, message }] };
  }
  const about = { file, text, sha256: createHash('sha256').update(bytes).digest('hex') };
  const result = packSchema.safeParse(content, { error: packIssueText });
  if (result.success) {
    return { file, pack: { ...result.data, ...about }, faults: [], leftOut: new Set(), lineOf };
  }
  const { issues } = result.error;
  const faults = issues.flatMap(issueFaults).map(({ path, message }) => ({
    file,
    line: lineOf(path),
    message: `${path.map(String).join('.')}：${message}`,
  }));
  const sound = withoutMalformed(content, issues);
  if (sound === null) return { ...unread, faults };
  const rest = packSchema.safeParse(sound.content, { error: packIssueText });
  if (!rest.success) return { ...unread, faults };
  const lineOfKept = (path: Path) => {
    const [part, index, ...more] = path;
    const places = sound.kept.get(part as string);
    return lineOf(places && index !== undefined ? [part!, places[index as number]!, ...more] : path);
  };
  const pack = { ...rest.data, ...about };
  return { file, pack, faults, leftOut: idsIn(JSON.stringify(sound.removed)), lineOf: lineOfKept };
}

/** Null for what is nested deeper than the parser can follow. */
function documentOf(text: string, lineCounter: LineCounter) {
  try {
    return parseDocument(text, { lineCounter, merge: true });
  } catch {
    return null;
  }
}

const PARTS = ['clauses', 'parameters', 'rules', 'tests'];

/**
 * The content without the items of PARTS that have an issue, the place that each kept one has in the file, and what was
 * removed; null for an issue elsewhere, on which everything else depends.
 */
function withoutMalformed(content: unknown, issues: readonly z.core.$ZodIssue[]) {
  const malformed = new Map<string, Set<number>>(PARTS.map((part) => [part, new Set()]));
  for (const { path } of issues) {
    const [part, index] = path;
    const found = malformed.get(part as string);
    if (found === undefined || typeof index !== 'number') return null;
    found.add(index);
  }
  const kept = new Map<string, number[]>();
  const removed: unknown[] = [];
  const sound: Record<string, unknown> = { ...(content as object) };
  for (const [part, indices] of malformed) {
    const items = sound[part];
    if (indices.size === 0 || !Array.isArray(items)) continue;
    const places = [...items.keys()].filter((index) => !indices.has(index));
    sound[part] = places.map((index) => items[index]);
    kept.set(part, places);
    removed.push(...[...indices].map((index) => items[index]));
  }
  return { content: sound, kept, removed };
}

const idsIn = (text: string): ReadonlySet<string> =>
  new Set(text.match(/[A-Z]{2,}[A-Z0-9-]*(?:\.[a-z0-9-]+)*/g) ?? []);

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
