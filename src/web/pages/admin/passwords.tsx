import { TextField } from '../../components/field.js';
import type { PageContext } from '../../context.js';
import { type Tree, valueAt } from '../../tree.js';
import { weaknessOf } from './setup.js';

/** A password that somebody else will use, typed twice. */
export function PasswordFields({
  name,
  label,
  hint,
  isRequired,
}: {
  name: string;
  label: string;
  hint: string;
  isRequired?: boolean;
}) {
  return (
    <>
      <TextField
        name={name}
        label={label}
        type="password"
        autocomplete="new-password"
        hint={hint}
        isRequired={isRequired ?? false}
      />
      <TextField
        name="_passwordAgain"
        label={`再次输入${label}`}
        type="password"
        autocomplete="new-password"
        isRequired={isRequired ?? false}
      />
    </>
  );
}

/** What is wrong with a password typed twice; nothing where none was typed. */
export const passwordCheck =
  (name: string, loginNameOf: (typed: Tree) => string) =>
  (typed: Tree, _page: PageContext): [field: string, message: string][] => {
    const given = String(valueAt(typed, name) ?? '');
    const again = String(valueAt(typed, '_passwordAgain') ?? '');
    const weakness = given === '' ? null : weaknessOf(given, loginNameOf(typed));
    return [
      ...(weakness ? [[name, weakness] as [string, string]] : []),
      ...(given === again ? [] : [['_passwordAgain', '两次输入的密码不一致'] as [string, string]]),
    ];
  };
