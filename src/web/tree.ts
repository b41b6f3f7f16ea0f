/**
 * What a form held, as a tree: the field `lines.0.amount` is `tree.lines["0"].amount`, which is also where the API's
 * fault `/lines/0/amount` points. A name that ends in `[]` holds a list, every other one its last value.
 */
export type Tree = { [name: string]: Tree | string | string[] };

/** Names that would reach into every object of the process. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_DEPTH = 8;

export function treeOf(fields: Iterable<readonly [name: string, value: string]>): Tree {
  const tree = newTree();
  for (const [name, value] of fields) {
    const isList = name.endsWith('[]');
    const path = (isList ? name.slice(0, -2) : name).split('.');
    if (path.length > MAX_DEPTH || path.some((step) => FORBIDDEN.has(step))) continue;
    const last = path.pop() as string;
    let node = tree;
    for (const step of path) {
      const next = node[step];
      if (typeof next === 'object' && !Array.isArray(next)) node = next;
      else {
        const made = newTree();
        node[step] = made;
        node = made;
      }
    }
    const known = node[last];
    if (isList) node[last] = [...(Array.isArray(known) ? known : []), value];
    else if (typeof known !== 'object') node[last] = value;
  }
  return tree;
}

/** Without a prototype, so that no field name means anything else. */
const newTree = (): Tree => Object.create(null) as Tree;

/** The text or list at a dotted name; undefined where the form had none. */
export function valueAt(tree: unknown, name: string): string | string[] | undefined {
  let node: unknown = tree;
  for (const step of name.split('.')) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) return undefined;
    node = (node as Record<string, unknown>)[step];
  }
  if (node === null || node === undefined) return undefined;
  if (Array.isArray(node)) return node.map(String);
  return typeof node === 'object' ? undefined : String(node);
}

/** The rows under a name, in the order of their numbers. */
export function rowsAt(tree: unknown, name: string): unknown[] {
  let node: unknown = tree;
  for (const step of name.split('.')) node = (node as Record<string, unknown> | undefined)?.[step];
  if (Array.isArray(node)) return node;
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node)
    .filter(([key]) => /^\d{1,4}$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, row]) => row);
}

/**
 * The tree with its numbered rows counted anew from zero and wholly empty ones left out, so that what the API says of
 * row 2 is said of the third row on the page.
 */
export function compact(tree: Tree): Tree {
  const made = newTree();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value !== 'object' || Array.isArray(value)) made[key] = value;
    else if (isRows(value)) {
      const rows = rowsAt(tree, key).filter((row) => !isEmpty(row));
      made[key] = Object.assign(
        newTree(),
        Object.fromEntries(
          rows.map((row, index) => [index, typeof row === 'string' ? row : compact(row as Tree)]),
        ),
      );
    } else made[key] = compact(value);
  }
  return made;
}

const isRows = (value: Tree): boolean => {
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^\d{1,4}$/.test(key));
};

/** Nothing typed in it. What a page proposes by itself comes in fields whose names start with "_". */
export function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '' || value === 'false';
  if (Array.isArray(value)) return value.length === 0;
  return Object.entries(value as Tree).every(([key, member]) => key.startsWith('_') || isEmpty(member));
}
