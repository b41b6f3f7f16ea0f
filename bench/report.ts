/** Runs `count` pieces of work with `waiting` of them under way at a time; pieces per second. */
export async function perSecond(
  count: number,
  waiting: number,
  work: (n: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: waiting }, async () => {
      while (next < count) await work(next++);
    }),
  );
  return (count / (performance.now() - started)) * 1000;
}

/** One line: what was measured, against what, in the same run, and the ratio. */
export function report(
  ours: string,
  oursRate: string,
  other: string,
  otherRate: string,
  ratio: number,
): void {
  console.log(`${ours} ${oursRate} ÷ ${other} ${otherRate} = ${ratio.toFixed(3)}`);
}
