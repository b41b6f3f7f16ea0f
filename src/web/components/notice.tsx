import type { ComponentChildren } from 'preact';

export type Tone = 'ok' | 'info' | 'warning' | 'danger';
const MARKS: Readonly<Record<Tone, string>> = { ok: '✓', info: 'i', warning: '!', danger: '×' };

/** Something to take note of. Colour is never alone: each tone has a mark. */
export function Notice({
  tone = 'info',
  title,
  children,
  isAlert,
}: {
  tone?: Tone;
  title?: string;
  children?: ComponentChildren;
  /** Read out as soon as it appears. */
  isAlert?: boolean;
}) {
  return (
    <div class={`notice ${tone}`} role={isAlert ? 'alert' : undefined}>
      <span class="mark" aria-hidden="true">
        {MARKS[tone]}
      </span>
      <div>
        {title ? <p class="notice-title">{title}</p> : null}
        {children}
      </div>
    </div>
  );
}

/** A word for a state, in its tone. */
export function Badge({ tone = 'info', children }: { tone?: Tone | 'plain'; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** What stands where there is nothing yet: says so, and what to do next. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}

/** One figure with its 口径. */
export function Figure({
  label,
  basis,
  children,
  tone,
  href,
}: {
  label: string;
  basis?: string;
  children: ComponentChildren;
  tone?: Tone;
  href?: string;
}) {
  return (
    <div class={`figure ${tone ?? ''}`}>
      <p class="figure-label">{href ? <a href={href}>{label}</a> : label}</p>
      <p class="figure-value">{children}</p>
      {basis ? <p class="basis">口径：{basis}</p> : null}
    </div>
  );
}

/** Figures beside each other. */
export function Figures({ children }: { children: ComponentChildren }) {
  return <div class="figures">{children}</div>;
}

/** Names and values of one thing; null values are left out. */
export function Facts({ items }: { items: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {items
        .filter(([, value]) => value !== null && value !== undefined && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A part of a page with its heading. */
export function Section({
  title,
  children,
  aside,
  id,
}: {
  title: string;
  children: ComponentChildren;
  aside?: ComponentChildren;
  id?: string;
}) {
  return (
    <section class="card" id={id}>
      <header class="card-head">
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** Links to the parts of one matter; the current one is marked. */
export function Tabs({ items }: { items: readonly { label: string; href: string; isCurrent: boolean }[] }) {
  return (
    <nav class="tabs" aria-label="分页签">
      {items.map(({ label, href, isCurrent }) => (
        <a key={href} href={href} aria-current={isCurrent ? 'page' : undefined}>
          {label}
        </a>
      ))}
    </nav>
  );
}
