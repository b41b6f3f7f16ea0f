import type { ComponentChildren } from 'preact';
import { isPlace, usePage } from '../context.js';
import type { Choice } from './field.js';
import { Button, ButtonForm, Form } from './form.js';

/** The bar over a list: 查询 asks with what is in it, 重置 forgets it. The order of the list and the tab are kept. */
export function FilterBar({ children }: { children: ComponentChildren }) {
  const { path, search } = usePage();
  const tab = search.get('tab');
  return (
    <div class="filter-bar">
      <search aria-label="查询条件">
        <form method="get" action={path} class="filters">
          <div class="filter-fields">{children}</div>
          {[...search]
            .filter(([name]) => KEPT.test(name))
            .map(([name, value]) => (
              <input key={name} type="hidden" name={name} value={value} />
            ))}
          <div class="buttons">
            <button type="submit" class="button main">
              查询
            </button>
            <a class="button plain" href={tab === null ? path : `${path}?tab=${encodeURIComponent(tab)}`}>
              重置
            </a>
          </div>
        </form>
      </search>
      <SavedFilters />
    </div>
  );
}

/** How the tables of the page are sorted, and the tab. */
const KEPT = /^((\w+\.)?(sort|order)|tab)$/;

/** Queries kept under a name, and keeping this one. */
function SavedFilters() {
  const { path, search, savedFilters } = usePage();
  const query = new URLSearchParams([...search].filter(([name, value]) => value !== '' && !isPlace(name)));
  if (savedFilters.length === 0 && query.size === 0) return null;
  return (
    <div class="saved-filters">
      {savedFilters.length > 0 ? (
        <ul aria-label="常用查询">
          {savedFilters.map((saved) => (
            <li key={saved.id}>
              <a
                href={`${path}?${saved.query}`}
                aria-current={saved.query === query.toString() ? 'true' : undefined}
              >
                {saved.name}
              </a>
              <ButtonForm
                name={`drop-${saved.id}`}
                action="drop"
                at="/saved-filters"
                look="link"
                fields={{ ':id': saved.id, _back: path }}
              >
                <span class="sr-only">删除常用查询“{saved.name}”</span>
                <span aria-hidden="true">×</span>
              </ButtonForm>
            </li>
          ))}
        </ul>
      ) : null}
      {query.size > 0 ? (
        <Form name="keep-filter" at="/saved-filters" className="inline">
          <input type="hidden" name="path" value={path} />
          <input type="hidden" name="query" value={query.toString()} />
          <label for="keep-filter-name">存为常用查询</label>
          <input id="keep-filter-name" name="name" maxLength={30} autocomplete="off" />
          <Button action="keep">保存</Button>
        </Form>
      ) : null}
    </div>
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
