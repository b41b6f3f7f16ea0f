import type { ComponentChildren } from 'preact';
import { usePage } from '../context.js';
import type { Choice } from './field.js';

/** The bar over a list: 查询 asks with what is in it, 重置 forgets it. The order of the list is kept. */
export function FilterBar({ children }: { children: ComponentChildren }) {
  const { path, search } = usePage();
  return (
    <search aria-label="查询条件">
      <form method="get" action={path} class="filters">
        <div class="filter-fields">{children}</div>
        {['sort', 'order'].map((name) =>
          search.has(name) ? (
            <input key={name} type="hidden" name={name} value={search.get(name) ?? ''} />
          ) : null,
        )}
        <div class="buttons">
          <button type="submit" class="button main">
            查询
          </button>
          <a class="button plain" href={path}>
            重置
          </a>
        </div>
      </form>
    </search>
  );
}

interface Common {
  readonly name: string;
  readonly label: string;
}

function Filter({ name, label, children }: Common & { children: ComponentChildren }) {
  return (
    <div class="filter">
      <label for={`filter-${name}`}>{label}</label>
      {children}
    </div>
  );
}

export function TextFilter({
  type = 'text',
  initial = '',
  ...field
}: Common & { type?: 'text' | 'date' | 'month' | 'number'; initial?: string }) {
  const { search } = usePage();
  const value = search.get(field.name) ?? initial;
  return (
    <Filter {...field}>
      <input
        id={`filter-${field.name}`}
        name={field.name}
        type={type as 'text'}
        value={value}
        autocomplete="off"
      />
    </Filter>
  );
}

export function SelectFilter({
  choices,
  empty = '全部',
  initial = '',
  ...field
}: Common & { choices: readonly Choice[]; empty?: string | null; initial?: string }) {
  const { search } = usePage();
  const value = search.get(field.name) ?? initial;
  return (
    <Filter {...field}>
      <select id={`filter-${field.name}`} name={field.name}>
        {empty === null ? null : <option value="">{empty}</option>}
        {choices.map(([word, label]) => (
          <option key={word} value={word} selected={word === value}>
            {label}
          </option>
        ))}
      </select>
    </Filter>
  );
}
