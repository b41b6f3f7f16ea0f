import type { ComponentChildren } from 'preact';
import { besideOf, keptAs } from '../files.js';
import { Button, useForm, useValue, useValues } from './form.js';
import { type Common, Labelled, Notes, Required, useField } from './labelled.js';

/** One line of text; `type` as HTML has it. */
export function TextField({
  type = 'text',
  autocomplete = 'off',
  placeholder,
  suggestions,
  isFocused,
  ...field
}: Common & {
  /** Where typing goes on. */
  isFocused?: boolean;
  type?: 'text' | 'password' | 'date' | 'month' | 'search' | 'number';
  autocomplete?: string;
  placeholder?: string;
  /** Offered while typing; anything else may be typed. */
  suggestions?: readonly string[];
}) {
  const value = useValue(field.name);
  const { id, fault, control } = useField(field);
  return (
    <Labelled {...field} id={id} fault={fault}>
      <input
        {...control}
        type={type as 'text'}
        value={type === 'password' ? '' : value}
        autocomplete={autocomplete}
        placeholder={placeholder}
        autofocus={isFocused}
        list={suggestions ? `${id}-list` : undefined}
      />
      {suggestions ? (
        <datalist id={`${id}-list`}>
          {suggestions.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      ) : null}
    </Labelled>
  );
}

/** An amount in yuan. Separators and ¥ may be typed. */
export function AmountField(field: Common) {
  const value = useValue(field.name);
  const { id, fault, control } = useField(field);
  return (
    <Labelled {...field} label={`${field.label}（元）`} id={id} fault={fault}>
      <input {...control} type="text" inputMode="decimal" class="amount" value={value} autocomplete="off" />
    </Labelled>
  );
}

export function TextArea(field: Common & { rows?: number }) {
  const value = useValue(field.name);
  const { id, fault, control } = useField(field);
  return (
    <Labelled {...field} id={id} fault={fault}>
      <textarea {...control} rows={field.rows ?? 3}>
        {value}
      </textarea>
    </Labelled>
  );
}

export type Choice = readonly [value: string, label: string];
/** Labels of a word list as choices. */
export const choicesOf = (labels: Readonly<Record<string, string>>): Choice[] => Object.entries(labels);

/** One of several. `empty` is what stands for nothing chosen; without it the first one is chosen. */
export function SelectField({
  choices,
  empty = '请选择',
  ...field
}: Common & {
  choices: readonly Choice[] | readonly { label: string; choices: readonly Choice[] }[];
  empty?: string | null;
}) {
  const value = useValue(field.name);
  const { id, fault, control } = useField(field);
  const option = ([word, label]: Choice) => (
    <option key={word} value={word} selected={word === value}>
      {label}
    </option>
  );
  return (
    <Labelled {...field} id={id} fault={fault}>
      <select {...control}>
        {empty === null ? null : <option value="">{empty}</option>}
        {choices.map((entry) =>
          'choices' in entry ? (
            <optgroup key={entry.label} label={entry.label}>
              {entry.choices.map(option)}
            </optgroup>
          ) : (
            option(entry)
          ),
        )}
      </select>
    </Labelled>
  );
}

/** Yes or no. An empty box is sent as no. */
export function CheckField(field: Common) {
  const value = useValue(field.name);
  const { id, fault, control } = useField({ ...field, isRequired: false });
  return (
    <div class={field.isWide ? 'field check wide' : 'field check'}>
      <input type="hidden" name={control.name} value="false" />
      <label for={id}>
        <input {...control} type="checkbox" value="true" checked={value === 'true'} /> {field.label}
      </label>
      <Notes id={id} hint={field.hint} fault={fault} />
    </div>
  );
}

/** Any of several. `none` is the box that says "none of them" where that differs from not knowing. */
export function CheckList({
  choices,
  none,
  ...field
}: Common & { choices: readonly Choice[]; none?: string }) {
  const values = useValues(field.name);
  const { id, path, fault, control } = useField(field);
  const all: readonly Choice[] = none ? [...choices, ['', none]] : choices;
  return (
    <fieldset
      class={field.isWide ? 'field checks wide' : 'field checks'}
      id={id}
      aria-describedby={control['aria-describedby']}
    >
      <legend>
        {field.label}
        {field.isRequired ? <Required /> : null}
      </legend>
      {all.map(([word, label]) => (
        <label key={word}>
          <input type="checkbox" name={`${path}[]`} value={word} checked={values.includes(word)} /> {label}
        </label>
      ))}
      <Notes id={id} hint={field.hint} fault={fault} />
    </fieldset>
  );
}

/**
 * A file whose id becomes the value. One that was uploaded stays when the rest of the form is refused, and can be taken
 * out. The form needs `hasFiles`.
 */
export function FileField({
  accept = '.pdf,.ofd,.xml,.jpg,.jpeg,.png',
  ...field
}: Common & { accept?: string }) {
  const value = useValue(field.name);
  const fileName = useValue(besideOf(field.name));
  const { id, path, fault, control } = useField(field);
  return (
    <Labelled {...field} id={id} fault={fault}>
      {value ? (
        <div class="uploaded">
          <input type="hidden" name={path} value={value} />
          <input type="hidden" name={besideOf(path)} value={fileName} />
          <span id={id}>已上传：{fileName || value}</span>
          <Button action={`clear:${path}`} look="link" isInPlace>
            移除
          </Button>
        </div>
      ) : (
        <input {...control} type="file" accept={accept} />
      )}
    </Labelled>
  );
}

/**
 * A file that is the whole content of what a button does (`fileField`), such as a workbook: one that was just looked at
 * goes along again, if it is small enough, so that it need not be chosen twice.
 */
export function BodyFileField({ accept, ...field }: Common & { accept: string }) {
  const kept = useValue(keptAs(field.name));
  const fileName = useValue(besideOf(field.name));
  const { id, path, fault, control } = useField(field);
  return (
    <Labelled {...field} id={id} fault={fault}>
      <input {...control} type="file" accept={accept} />
      {kept ? (
        <>
          <input type="hidden" name={keptAs(path)} value={kept} />
          <input type="hidden" name={besideOf(path)} value={fileName} />
          <p class="hint">刚才检查的是：{fileName}。导入的就是它；改过的表格请重新选择、重新检查。</p>
        </>
      ) : null}
    </Labelled>
  );
}

/** A value that goes along unseen. */
export function HiddenField({ name, value }: { name: string; value?: string }) {
  const { prefix } = useForm();
  const typed = useValue(name);
  return <input type="hidden" name={`${prefix}${name}`} value={value ?? typed} />;
}

/** Fields in a grid under a heading. */
export function FieldSet({ legend, children }: { legend: string; children: ComponentChildren }) {
  return (
    <fieldset class="fields">
      <legend>{legend}</legend>
      <div class="grid">{children}</div>
    </fieldset>
  );
}
