import { z } from 'zod';
import { YUAN_PATTERN } from '../core/money.js';
import { rowsAt, type Tree } from './tree.js';

/**
 * A form's texts as the values that `schema` asks for, so that one schema serves JSON and forms: numbers and booleans
 * from their texts, an empty field as null or as left out, amounts without ¥, separators and full-width digits. What
 * cannot be read is handed on as it is, and the schema says what is wrong with it.
 */
export function coerce(schema: z.ZodType, value: Tree[string] | undefined): unknown {
  const inner = unwrapped(schema);
  if (inner.isNullable || inner.isOptional) {
    const isBlank =
      value === undefined || (typeof value === 'string' && value.trim() === '') || isBlankTree(value);
    if (isBlank)
      return inner.isNullable ? (value === undefined && inner.isOptional ? undefined : null) : undefined;
  }
  return read(inner.schema, value);
}

function read(schema: z.ZodType, value: Tree[string] | undefined): unknown {
  if (schema instanceof z.ZodObject) return readObject(schema, value);
  if (schema instanceof z.ZodArray) return readList(schema, value);
  if (schema instanceof z.ZodDiscriminatedUnion) return readUnion(schema, value);
  if (schema instanceof z.ZodRecord && typeof value === 'object' && !Array.isArray(value)) {
    const entries = Object.entries(value).map(([key, member]) => [
      key,
      coerce(schema.valueType as z.ZodType, member),
    ]);
    return Object.fromEntries(entries.filter(([, member]) => member !== undefined && member !== null));
  }
  if (typeof value !== 'string') return value;
  if (schema instanceof z.ZodNumber)
    return /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value || undefined;
  if (schema instanceof z.ZodBoolean || schema instanceof z.ZodLiteral) return readWord(value);
  if (value.trim() === '') return undefined;
  return isAmount(schema) ? plainAmount(value) : value;
}

const readWord = (value: string): unknown => (value === 'true' ? true : value === 'false' ? false : value);

function readObject(schema: z.ZodObject, value: Tree[string] | undefined): unknown {
  if (typeof value === 'string') return value === '' ? undefined : value;
  const tree = (Array.isArray(value) ? {} : (value ?? {})) as Tree;
  const shape = schema.shape as Record<string, z.ZodType>;
  const known = Object.entries(shape).map(([key, member]) => [key, coerce(member, own(tree, key))]);
  // Left in, so that a strict schema refuses what it does not know; what a page keeps for itself starts with "_".
  const others = Object.entries(tree).filter(([key]) => !(key in shape) && !key.startsWith('_'));
  return Object.fromEntries([...known.filter(([, member]) => member !== undefined), ...others]);
}

function readList(schema: z.ZodArray, value: Tree[string] | undefined): unknown {
  const item = schema.element as z.ZodType;
  if (typeof value === 'string') return value.trim() === '' ? undefined : [coerce(item, value)];
  if (Array.isArray(value)) return value.filter((text) => text !== '').map((text) => coerce(item, text));
  return value === undefined ? undefined : rowsAt({ value }, 'value').map((row) => coerce(item, row as Tree));
}

function readUnion(schema: z.ZodDiscriminatedUnion, value: Tree[string] | undefined): unknown {
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const { discriminator } = schema.def;
  const chosen = (schema.options as readonly z.ZodObject[]).find((option) => {
    const word = option.shape[discriminator] as z.ZodType | undefined;
    return word?.safeParse(value[discriminator]).success;
  });
  return chosen ? readObject(chosen, value) : value;
}

interface Unwrapped {
  readonly schema: z.ZodType;
  readonly isNullable: boolean;
  readonly isOptional: boolean;
}

function unwrapped(schema: z.ZodType): Unwrapped {
  let inner: z.ZodType = schema;
  let isNullable = false;
  let isOptional = false;
  for (;;) {
    if (inner instanceof z.ZodNullable) isNullable = true;
    else if (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) isOptional = true;
    else break;
    inner = inner.unwrap() as z.ZodType;
  }
  if (inner instanceof z.ZodPipe) return { ...unwrapped(inner.in as z.ZodType), isNullable, isOptional };
  return { schema: inner, isNullable, isOptional };
}

/** An optional object of which nothing was filled in. */
const isBlankTree = (value: Tree[string]): boolean =>
  Array.isArray(value)
    ? false
    : typeof value === 'object' &&
      Object.values(value).every((member) => member === '' || isBlankTree(member));

const own = (tree: Tree, key: string) => (Object.hasOwn(tree, key) ? tree[key] : undefined);

/** The schemas of core/fields that ask for yuan. */
const isAmount = (schema: z.ZodType): boolean =>
  schema instanceof z.ZodString &&
  (schema.def.checks ?? []).some((check) => {
    const { def } = check._zod as { def: { pattern?: RegExp } };
    return def.pattern?.source === YUAN_PATTERN.source;
  });

/** People write ￥1,234.50, １２３４ or 1234 元; anything else is left for the schema to refuse. */
export function plainAmount(text: string): string {
  const halfWidth = text.normalize('NFKC').replaceAll(/[\s¥]|元$/g, '');
  return /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(halfWidth) ? halfWidth.replaceAll(',', '') : halfWidth;
}
