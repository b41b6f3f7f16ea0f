const CHINA = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

/** An instant as people in China read it: "7月31日 10:00". */
export function showInstant(instant: string): string {
  const parts = Object.fromEntries(
    CHINA.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]),
  );
  return `${parts['month']}月${parts['day']}日 ${parts['hour']}:${parts['minute']}`;
}
