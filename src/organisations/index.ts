export { creditCheckCharacter, isCreditCode } from './credit-code.js';
export {
  ACTIONS,
  type Action,
  type Actor,
  type Caller,
  demand,
  type Grant,
  may,
  ROLE_LABELS,
  ROLES,
  type Role,
  type Subject,
  type Verdict,
} from './may.js';
export { type Names, organisationNames, personNames } from './names.js';
export { idsOf, installationSubject, type OrganisationBook } from './organisations.repository.js';
export * from './organisations.schema.js';
export {
  bookOf,
  closeOrganisation,
  createOrganisation,
  getOrganisation,
  listManagedOrganisations,
  listOrganisations,
  visibleBookOf,
} from './organisations.service.js';
export { demandStrongPassword, hashPassword } from './passwords.js';
export { changePassword, resetPassword } from './passwords.service.js';
export * from './people.schema.js';
export {
  createPerson,
  deactivatePerson,
  getPerson,
  grantRole,
  listPeople,
  revokeGrant,
  rolesAt,
} from './people.service.js';
export { checkDivisionOfBureau, kindsUnder } from './placement.js';
export {
  createSanction,
  listSanctions,
  sanctionedProviders,
  sanctionsOf,
  settleSanction,
} from './sanctions.service.js';
export * from './saved-filters.schema.js';
export { dropFilter, listSavedFilters, saveFilter } from './saved-filters.service.js';
export * from './sessions.schema.js';
export {
  actorOfLogin,
  actorOfPerson,
  actorOfSession,
  actorOfToken,
  getMe,
  type SignedIn,
  signIn,
  signOut,
} from './sessions.service.js';
export { completeSetup, createSetupLink, demandSetupLink, foundRoot } from './setup.js';
export { createToken, listTokens, revokeToken } from './tokens.service.js';
