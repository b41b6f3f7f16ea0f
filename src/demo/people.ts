import {
  createPerson,
  creditCheckCharacter,
  newPerson,
  ROLE_LABELS,
  type Role,
} from '../organisations/index.js';
import type { Demo } from './context.js';
import { type Bureau, OPENED, type Root } from './provinces.js';

/** Every sample user's password; the demonstration prints it, so it protects nothing. */
export const SAMPLE_PASSWORD = 'shegong-demo-2022';

/** Somebody who may sign in to look around. */
export interface SampleUser {
  readonly loginName: string;
  readonly password: string;
  readonly displayName: string;
  readonly organisation: string;
  readonly roles: string;
}

/** The five pairs of hands of a bureau: who makes, reviews, approves and pays are four different people. */
export interface Team {
  readonly bureau: Bureau;
  readonly operator: string;
  readonly reviewer: string;
  readonly finance: string;
  readonly payer: string;
}

const SURNAMES = '王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗';
const GIVEN = [
  '敏',
  '静',
  '建国',
  '秀英',
  '志强',
  '玉兰',
  '晓燕',
  '文华',
  '春梅',
  '海波',
  '丽娟',
  '永平',
  '思源',
];

export class People {
  readonly sampleUsers: SampleUser[] = [];
  #count = 0;

  constructor(private readonly demo: Demo) {}

  /** Registers a person with roles; with `signIn`, one who can sign in and is listed as a sample user. */
  async add(
    root: Root,
    at: { readonly id: string; readonly name: string },
    loginName: string,
    roles: readonly Role[],
    signIn: boolean,
  ): Promise<string> {
    const displayName = this.#name();
    const caller = await this.demo.as(root.adminId, OPENED);
    const password = signIn ? SAMPLE_PASSWORD : null;
    const input = newPerson.parse({ loginName, displayName, organisationId: at.id, password, roles });
    const person = await createPerson(this.demo.store, caller, input);
    if (signIn) {
      const labels = roles.map((role) => ROLE_LABELS[role]).join('、');
      this.sampleUsers.push({
        loginName,
        password: SAMPLE_PASSWORD,
        displayName,
        organisation: at.name,
        roles: labels,
      });
    }
    return person.id;
  }

  /** One person for each of the four steps of a claim. */
  async team(root: Root, bureau: Bureau, prefix: string, signIn = false): Promise<Team> {
    const add = (name: string, role: Role) => this.add(root, bureau, `${prefix}.${name}`, [role], signIn);
    return {
      bureau,
      operator: await add('jingban', 'operator'),
      reviewer: await add('shenhe', 'reviewer'),
      finance: await add('caiwu', 'finance'),
      payer: await add('chuna', 'payer'),
    };
  }

  #name(): string {
    const index = this.#count;
    this.#count += 1;
    const surname = SURNAMES[index % SURNAMES.length] as string;
    return `${surname}${GIVEN[Math.floor(index / SURNAMES.length + index) % GIVEN.length]}`;
  }
}

/** A well-formed 统一社会信用代码 of a social service organisation (52) of a place; the organisation is invented. */
export function sampleCreditCode(divisionCode: string, serial: number): string {
  const content = `52${divisionCode}MJ${String(serial).padStart(7, '0')}`;
  return content + creditCheckCharacter(content);
}
