import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { renderToString } from 'preact-render-to-string';
import { PageProvider, type Said, usePage } from '../context.js';
import { rowsAt, valueAt } from '../tree.js';
import { Problem } from './problem.js';

interface FormState {
  readonly name: string;
  readonly said: Said | null;
  readonly values: unknown;
  /** Labels of the fields that were rendered, by their names: for the summary of faults. */
  readonly labels: Map<string, string>;
  /** Prefix of the names of the fields inside, such as `lines.0.`. */
  readonly prefix: string;
  readonly hasFiles: boolean;
  /** Id of what buttons in place replace. */
  readonly region: string;
  /** What a trial says against fields, by their names; null where the form has no trial. */
  readonly objections: ReadonlyMap<string, string> | null;
}
const FormContext = createContext<FormState | null>(null);

export function useForm(): FormState {
  const form = useContext(FormContext);
  if (!form) throw new Error('a field was rendered outside a form');
  return form;
}

/**
 * A form that posts to its page. `name` tells forms of one page apart and is, unless a button says otherwise, the
 * action that Enter does. `values` fills the fields until something was typed. What is wrong stands on top with links
 * to the fields. Forms with files are sent as multipart.
 */
export function Form({
  name,
  values,
  children,
  hasFiles,
  version,
  at,
  className,
  region,
  enter,
  objections = null,
}: {
  name: string;
  values?: unknown;
  children: ComponentChildren;
  hasFiles?: boolean;
  /** Version of what is changed, for If-Match. */
  version?: number;
  /** Another page that takes the form. */
  at?: string;
  className?: string;
  /** Id of an element around the form that buttons in place replace with it. */
  region?: string;
  /** The button that Enter presses; else the first one of the form, which may be one that takes something away. */
  enter?: string;
  objections?: ReadonlyMap<string, string> | null;
}) {
  const page = usePage();
  const said = page.said?.form === name ? page.said : null;
  const state: FormState = {
    name,
    said,
    values: values ?? {},
    labels: new Map(),
    prefix: '',
    hasFiles: hasFiles === true,
    region: region ?? `form-${name}`,
    objections,
  };
  const inside = <FormContext.Provider value={state}>{children}</FormContext.Provider>;
  // The summary stands before the fields and needs their labels, so they are rendered once to be asked.
  if (said?.problem) renderToString(<PageProvider value={page}>{inside}</PageProvider>);
  return (
    <form
      method="post"
      action={at ?? `${page.path}${page.search.size > 0 ? `?${page.search}` : ''}#form-${name}`}
      id={`form-${name}`}
      class={className ?? 'form'}
      encType={hasFiles ? 'multipart/form-data' : undefined}
      novalidate
    >
      {enter ? (
        <button type="submit" name="_action" value={enter} class="sr-only" tabIndex={-1} aria-hidden="true">
          按回车键
        </button>
      ) : null}
      <input type="hidden" name="_form" value={name} />
      <input type="hidden" name="_key" value={page.formKey} />
      {page.csrf ? <input type="hidden" name="_csrf" value={page.csrf} /> : null}
      {version === undefined ? null : <input type="hidden" name="_version" value={String(version)} />}
      {said?.problem ? (
        <Problem problem={said.problem} faults={said.faults} labels={state.labels} form={name} />
      ) : null}
      {inside}
    </form>
  );
}

/** What a field shows: what was typed, or else what the form was opened with. */
export function useValue(name: string): string {
  const { said, values, prefix } = useForm();
  const found = valueAt(said ? said.typed : values, `${prefix}${name}`);
  return Array.isArray(found) ? (found[0] ?? '') : (found ?? '');
}

/** The same of a list of words. */
export function useValues(name: string): string[] {
  const { said, values, prefix } = useForm();
  const found = valueAt(said ? said.typed : values, `${prefix}${name}`);
  return found === undefined ? [] : [found].flat();
}

/** The rows of a list: those typed, or the form's own, and never fewer than `least`. Fields inside are named by row. */
export function Rows({
  name,
  least = 0,
  children,
}: {
  name: string;
  least?: number;
  children: (index: number, path: string) => ComponentChildren;
}) {
  const form = useForm();
  const path = `${form.prefix}${name}`;
  const count = Math.max(rowsAt(form.said ? form.said.typed : form.values, path).length, least);
  return (
    <>
      {Array.from({ length: count }, (_, index) => (
        <FormContext.Provider key={index} value={{ ...form, prefix: `${path}.${index}.` }}>
          {children(index, `${path}.${index}`)}
        </FormContext.Provider>
      ))}
    </>
  );
}

/** Names of the fields inside get `name.` in front. */
export function Group({ name, children }: { name: string; children: ComponentChildren }) {
  const form = useForm();
  return (
    <FormContext.Provider value={{ ...form, prefix: `${form.prefix}${name}.` }}>
      {children}
    </FormContext.Provider>
  );
}

/** A button of a form. `look` is how much it stands out: one `main` a form. */
export function Button({
  action,
  children,
  look = 'plain',
  isInPlace,
  lookAt,
  shortcut,
  needs,
}: {
  action: string;
  children: ComponentChildren;
  look?: 'main' | 'plain' | 'danger' | 'link';
  /** With scripts only the form is replaced, and the page keeps its place. */
  isInPlace?: boolean;
  /** Id of what is looked at next. */
  lookAt?: string;
  /** Key that presses it where the page has keyboard flow. */
  shortcut?: string;
  /** Id of the text that has to be written first: the key leads there while it is empty. */
  needs?: string;
}) {
  const { hasFiles, name, region } = useForm();
  const { path, search } = usePage();
  const here = `${path}${search.size > 0 ? `?${search}` : ''}`;
  const inPlace = isInPlace
    ? {
        // With an id the keyboard's place is found again.
        id: `${name}-${action}`,
        'hx-post': here,
        'hx-target': `#${region}`,
        'hx-select': `#${region}`,
        'hx-swap': lookAt ? `outerHTML show:#${lookAt}:top` : 'outerHTML',
        // A file that was chosen is kept as well.
        ...(hasFiles ? { 'hx-encoding': 'multipart/form-data' } : {}),
      }
    : {};
  return (
    <button
      type="submit"
      name="_action"
      value={action}
      class={`button ${look}`}
      data-key={shortcut}
      data-needs={needs}
      formAction={lookAt ? `${here}#${lookAt}` : undefined}
      {...inPlace}
    >
      {children}
      {shortcut ? (
        <span class="key" aria-hidden="true">
          {shortcut}
        </span>
      ) : null}
    </button>
  );
}

/** The row of buttons at the end of a form. */
export function Buttons({ children }: { children: ComponentChildren }) {
  return <div class="buttons">{children}</div>;
}

/** A form that is only a button, with what it sends along. */
export function ButtonForm({
  name,
  action,
  children,
  fields = {},
  look,
  version,
  at,
}: {
  name?: string;
  action: string;
  children: ComponentChildren;
  fields?: Readonly<Record<string, string>>;
  look?: 'main' | 'plain' | 'danger' | 'link';
  version?: number;
  at?: string;
}) {
  return (
    <Form name={name ?? action} className="inline" version={version} at={at}>
      {Object.entries(fields).map(([key, value]) => (
        <input key={key} type="hidden" name={key} value={value} />
      ))}
      <Button action={action} look={look}>
        {children}
      </Button>
    </Form>
  );
}
