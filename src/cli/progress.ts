/** A progress reporter on standard error; silent unless a person watches. */
export function progress(label: string): (done: number, total: number) => void {
  if (!process.stderr.isTTY) return () => {};
  let shownAt = 0;
  return (done, total) => {
    const now = Date.now();
    if (done < total && now - shownAt < 200) return;
    shownAt = now;
    process.stderr.write(`\r\x1b[K${label} ${done}/${total}${done >= total ? '\r\x1b[K' : ''}`);
  };
}
