import type { ComponentChildren } from 'preact';
import { useForm } from './form.js';

/** What every field has. */
export interface Common {
  readonly name: string;
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly isRequired?: boolean;
  /** Takes the whole width of the form's grid. */
  readonly isWide?: boolean;
  /** A trial may say something against it: there is a place for that beside it. */
  readonly isTried?: boolean;
}

/** Id of the place where a trial says something against a field. */
export const triedId = (form: string, name: string) => `${form}-${name}-tried`.replaceAll('.', '-');

/** Registers the label, and gives what a control and its notes need. */
export function useField({ name, label, hint, isRequired, isTried }: Common) {
  const form = useForm();
  const path = `${form.prefix}${name}`;
  form.labels.set(path, label);
  const fault = form.said?.faults.get(path);
  const id = `${form.name}-${path}`;
  const tried = isTried && form.objections ? triedId(form.name, path) : null;
  const notes = [
    ...(hint ? [`${id}-hint`] : []),
    ...(fault ? [`${id}-fault`] : []),
    ...(tried ? [tried] : []),
  ].join(' ');
  const objection = tried ? form.objections?.get(path) : undefined;
  const control = {
    id,
    name: path,
    'aria-describedby': notes || undefined,
    'aria-invalid': fault || objection ? ('true' as const) : undefined,
    'aria-required': isRequired ? ('true' as const) : undefined,
  };
  return { id, path, fault, control };
}

export function Labelled({
  id,
  label,
  hint,
  fault,
  isRequired,
  isWide,
  name,
  isTried,
  children,
}: Common & { id: string; fault: string | undefined; children: ComponentChildren }) {
  return (
    <div class={isWide ? 'field wide' : 'field'}>
      <label for={id}>
        {label}
        {isRequired ? <Required /> : null}
      </label>
      {children}
      <Notes id={id} hint={hint} fault={fault} />
      <Tried name={name} isTried={isTried} />
    </div>
  );
}

/** What a trial says against the field, or the empty place for it. */
function Tried({ name, isTried }: Pick<Common, 'name' | 'isTried'>) {
  const form = useForm();
  if (!isTried || !form.objections) return null;
  const path = `${form.prefix}${name}`;
  return (
    <p class="fault" id={triedId(form.name, path)}>
      {form.objections.get(path)}
    </p>
  );
}

/** What helps to fill a field in, and what is wrong with it; the control is described by both. */
export function Notes({
  id,
  hint,
  fault,
}: {
  id: string;
  hint: ComponentChildren;
  fault: string | undefined;
}) {
  return (
    <>
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
      {fault ? (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      ) : null}
    </>
  );
}

export const Required = () => (
  <span class="required" title="必填">
    *
  </span>
);
