/** Values grouped under a key, keys in order of first appearance (Map.groupBy, which Node 20 lacks). */
export function groupBy<T, K>(values: Iterable<T>, keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** The values in arrays of at most `size`: a statement takes only so many arguments. */
export function chunksOf<T>(values: readonly T[], size = 1000): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < values.length; start += size) chunks.push(values.slice(start, start + size));
  return chunks;
}

/** Everything that is read of the values, so many of them at a time as a statement takes. */
export async function inChunks<T, Row>(
  values: Iterable<T>,
  read: (chunk: T[]) => Promise<Row[]>,
): Promise<Row[]> {
  const found: Row[] = [];
  for (const chunk of chunksOf([...values])) found.push(...(await read(chunk)));
  return found;
}
